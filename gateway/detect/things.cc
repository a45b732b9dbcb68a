#include "detect/things.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "detect/geometry.h"
#include "detect/thing_outline.h"
#include "detect/thing_sides.h"
#include "pixel/shrink.h"

namespace veilgate::detect {
namespace {

/// Edges of things are seen at this size, and a search costs milliseconds.
constexpr int kLongSide = 640;
/// Written areas from which things are looked for, the largest first: a page of text has one thing, not hundreds.
constexpr std::size_t kMaxStarts = 40;
/// A start that mostly lies on a thing that was found needs no search of its own.
constexpr double kOnThing = 0.8;
/// Lines that are about half on one need no sides either: these would be those of what lies beside the thing.
constexpr double kHalfOnThing = 0.5;
/// Of something to be kept, more than this under the thing, and the thing is left as it is.
constexpr double kKeptUnder = 0.2;
/// A thing becomes one box where the box holds no more than this beside it; a slanted one becomes strips.
constexpr double kBoxWaste = 1.25;
constexpr int kMaxStrips = 16;

cv::Rect shrunk(const Box& box, double scale, const cv::Size& level) {
  const int x = static_cast<int>(std::floor(box.x * scale)), y = static_cast<int>(std::floor(box.y * scale));
  const cv::Rect out(x, y, static_cast<int>(std::ceil(box.right() * scale)) - x,
                     static_cast<int>(std::ceil(box.bottom() * scale)) - y);
  return out & cv::Rect({}, level);
}

double share_under(const cv::Rect& box, const cv::Mat1b& thing) {
  return box.empty() ? 0 : cv::countNonZero(thing(box)) / static_cast<double>(box.area());
}

/// Boxes that cover the thing's pixels: one, or strips across its longer side.
std::vector<cv::Rect> boxes_over(const cv::Mat1b& thing, const cv::Rect& bounds) {
  const double area = cv::countNonZero(thing(bounds));
  const bool lying = bounds.width >= bounds.height;
  const int length = lying ? bounds.width : bounds.height;
  std::vector<cv::Rect> boxes;
  for (int count = 1; count <= std::min(kMaxStrips, length); count *= 2) {
    boxes.clear();
    double sum = 0;
    for (int i = 0; i < count; ++i) {
      const int from = length * i / count, to = length * (i + 1) / count;
      const cv::Rect strip = lying ? cv::Rect(bounds.x + from, bounds.y, to - from, bounds.height)
                                   : cv::Rect(bounds.x, bounds.y + from, bounds.width, to - from);
      const cv::Rect inside = cv::boundingRect(thing(strip));
      if (inside.empty()) continue;
      boxes.push_back(inside + strip.tl());
      sum += inside.area();
    }
    if (sum <= kBoxWaste * area) break;
  }
  return boxes;
}

const char* reason_of(EndsAt ends_at) {
  switch (ends_at) {
    case EndsAt::Paper:
      return "widened: paper";
    case EndsAt::Sides:
      return "widened: sides";
    case EndsAt::Edge:
      break;
  }
  return "widened: outline";
}

class Widening {
 public:
  Widening(const pixel::Frame& frame, std::span<const Region> found) : frame_(frame) {
    const auto& bgr = frame.bgr;
    scale_ = std::min(1.0, static_cast<double>(kLongSide) / std::max(bgr.cols, bgr.rows));
    const cv::Size size(std::max(1, cvRound(bgr.cols * scale_)), std::max(1, cvRound(bgr.rows * scale_)));
    level_ = pixel::shrunk(bgr, size);
    written_ = cv::Mat1b::zeros(size);
    all_ = cv::Mat1b::zeros(size);
    for (const auto& region : found) {
      const bool stands = region.kind == RegionKind::Text || region.kind == RegionKind::Barcode;
      const cv::Rect box = shrunk(region.box, scale_, size);
      if (!stands || box.empty()) continue;
      if (region.kept) {
        kept_.push_back(box);
      } else {
        starts_.push_back({box, shrunk_slab(region), region.kind == RegionKind::Barcode});
        written_(box) = 255;
      }
    }
    std::stable_sort(starts_.begin(), starts_.end(),
                     [](const Start& a, const Start& b) { return a.box.area() > b.box.area(); });
    if (starts_.size() > kMaxStarts) starts_.resize(kMaxStarts);
  }

  std::vector<Region> run() {
    if (starts_.empty()) return {};
    const OutlineSearch search(level_, written_);
    for (const auto& start : starts_) {
      if (share_on_things(start.slab) >= kOnThing) continue;
      add(search.around(start.slab, start.barcode));
    }
    add_by_sides(search.lab());
    return std::move(regions_);
  }

 private:
  struct Start {
    cv::Rect box;
    Slab slab;
    bool barcode;
  };

  double share_on_things(const Slab& slab) const { return share_on(patch_of(slab.rect(), level_.size()), all_); }

  /// Where colour has told nothing.
  void add_by_sides(const cv::Mat3b& lab) {
    std::vector<Slab> lines;
    for (const auto& start : starts_) {
      if (!start.barcode) lines.push_back(start.slab);
    }
    const SideSearch search(lab);
    for (const auto& writing : writings(lines)) {
      if (share_on_things(writing.hull) < kHalfOnThing) add(search.around(writing));
    }
  }

  Slab shrunk_slab(const Region& region) const {
    Slab slab = slab_of(region);
    const auto scale = static_cast<float>(scale_);
    slab.centre *= scale, slab.length *= scale, slab.thickness *= scale;
    return slab;
  }

  bool keeps_what_must_stay(const cv::Mat1b& thing) const {
    return std::none_of(kept_.begin(), kept_.end(),
                        [&](const cv::Rect& box) { return share_under(box, thing) > kKeptUnder; });
  }

  /// Judged by what is burned: a thing that bends around something to be kept is no label.
  bool keeps_what_must_stay(const std::vector<cv::Rect>& boxes) const {
    if (kept_.empty()) return true;
    cv::Mat1b burned = cv::Mat1b::zeros(level_.size());
    for (const auto& box : boxes) burned(box) = 255;
    return keeps_what_must_stay(burned);
  }

  void add(const std::optional<Outline>& found) {
    if (!found || !keeps_what_must_stay(found->cover)) return;
    const Outline& outline = *found;
    const auto boxes = boxes_over(outline.cover, outline.bounds);
    if (!keeps_what_must_stay(boxes)) return;
    all_ |= outline.cover;
    for (const auto& box : boxes) {
      const Rect full(static_cast<float>(box.x / scale_), static_cast<float>(box.y / scale_),
                      static_cast<float>(box.width / scale_), static_cast<float>(box.height / scale_));
      const Box clip = clipped(full, frame_.bgr.cols, frame_.bgr.rows);
      if (clip.empty()) continue;
      regions_.push_back({clip, frame_.index, RegionKind::Label, outline.score, "things", reason_of(outline.ends_at)});
    }
  }

  const pixel::Frame& frame_;
  double scale_ = 1;
  cv::Mat level_;
  cv::Mat1b written_, all_;
  std::vector<cv::Rect> kept_;
  std::vector<Start> starts_;
  std::vector<Region> regions_;
};

}  // namespace

Result<std::vector<Region>> label_regions(const pixel::Frame& frame, std::span<const Region> found) try {
  if (frame.bgr.empty() || frame.bgr.type() != CV_8UC3) {
    return fail(ErrorKind::Permanent, "detect.frame", "the frame is not an 8-bit colour picture");
  }
  return Widening(frame, found).run();
} catch (const std::bad_alloc&) {
  return fail(ErrorKind::Transient, "detect.memory", "not enough memory to look for labels");
} catch (const cv::Exception& error) {
  if (error.code == cv::Error::StsNoMem) {
    return fail(ErrorKind::Transient, "detect.memory", "not enough memory to look for labels");
  }
  return fail(ErrorKind::Permanent, "detect.frame", "the frame cannot be searched for labels");
}

}  // namespace veilgate::detect
