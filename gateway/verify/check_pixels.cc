#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "pixel/shrink.h"
#include "verify/check_masks.h"
#include "verify/verify.h"
#include "verify/views.h"

namespace veilgate::verify {
namespace {

constexpr int kPreviewQuality = 50;
/// The edges of a solid mask can look like text: a region mostly inside one is the mask itself.
constexpr double kOwnMaskShare = 0.6;
/// The same thing seen again at another scale; and what lies within something found already.
constexpr double kSameShare = 0.5;
constexpr double kWithin = 0.85;
/// Something with more of it under masks may be made of their shapes.
constexpr double kTouches = 0.02;
constexpr std::size_t kMaxFindings = 200;

double area(const Box& box) { return box.empty() ? 0.0 : static_cast<double>(box.w) * box.h; }

const char* code_of(RegionKind kind) {
  switch (kind) {
    case RegionKind::Face:
      return "verify.face";
    case RegionKind::Text:
      return "verify.text";
    case RegionKind::Barcode:
      return "verify.barcode";
    case RegionKind::Label:
      return "verify.label";
    default:
      return "verify.region";
  }
}

/// One picture of a frame and its halves, each made once: halving is ten times as fast as shrinking a large picture in
/// one go. An odd last row or column is left out.
class Levels {
 public:
  explicit Levels(cv::Mat whole) : whole_(std::move(whole)) {}
  /// The smallest level from which the view can be made.
  const cv::Mat& source_for(const Shown& shown) {
    const cv::Mat* source = &whole_;
    if (shown.area.size() != whole_.size()) return *source;
    for (std::size_t i = 0; source->cols / 2 >= shown.size.width && source->rows / 2 >= shown.size.height; ++i) {
      if (i == halves_.size()) {
        const cv::Rect even(0, 0, source->cols & ~1, source->rows & ~1);
        cv::Mat half;
        cv::resize((*source)(even), half, even.size() / 2, 0, 0, cv::INTER_AREA);
        halves_.push_back(half);
      }
      source = &halves_[i];
    }
    return *source;
  }
  bool is_whole(const cv::Mat& level) const { return level.size() == whole_.size(); }

 private:
  cv::Mat whole_;
  std::deque<cv::Mat> halves_;
};

class PixelCheck {
 public:
  PixelCheck(const pixel::Frame& output, const Masks& masks, const DetectView& detect,
             const std::function<bool(const Region&)>& excused)
      : output_(output), masks_(masks), detect_(detect), excused_(excused), levels_(output.bgr) {}

  Result<std::vector<Finding>> run() {
    if (output_.bgr.empty()) return fail(ErrorKind::Bug, "verify.frame", "an empty frame cannot be verified");
    hidden_ = hidden_by(output_, masks_);
    findings_ = check_masks(output_, masks_, hidden_);
    std::vector<Region> here;
    std::ranges::copy_if(masks_.burned, std::back_inserter(here),
                         [&](const Region& mask) { return mask.frame == output_.index; });
    for (const auto& shown : views_of(output_.bgr.size(), here)) VG_TRY(look(shown));
    return std::move(findings_);
  }

 private:
  static Result<cv::Mat> shown_picture(Levels& levels, const Shown& shown) {
    const cv::Mat& source = levels.source_for(shown);
    cv::Mat out = levels.is_whole(source) ? source(shown.area) : source;
    if (out.size() != shown.size) {
      if (shown.size.width < out.cols) {
        out = pixel::shrunk(out, shown.size);
      } else {
        cv::resize(out, out, shown.size, 0, 0, cv::INTER_CUBIC);
      }
    }
    if (shown.mirrored) {
      cv::Mat flipped;
      cv::flip(out, flipped, 1);
      out = flipped;
    }
    return shown.recompressed ? recompressed(out) : out;
  }

  static Result<cv::Mat> recompressed(const cv::Mat& picture) {
    std::vector<std::uint8_t> jpeg;
    if (!cv::imencode(".jpg", picture, jpeg, {cv::IMWRITE_JPEG_QUALITY, kPreviewQuality}))
      return fail(ErrorKind::Bug, "verify.preview", "the preview cannot be encoded");
    const cv::Mat preview = cv::imdecode(jpeg, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (preview.size() != picture.size())
      return fail(ErrorKind::Bug, "verify.preview", "the preview cannot be decoded");
    return preview;
  }

  /// What is seen in one view, in the frame's pixels.
  Result<std::vector<Region>> seen_in(Levels& levels, const Shown& shown) {
    VG_ASSIGN(const cv::Mat picture, shown_picture(levels, shown));
    VG_ASSIGN(auto regions, detect_({picture, output_.index}, shown.view));
    for (auto& region : regions) region = in_frame(std::move(region), shown, output_.bgr.size());
    return regions;
  }

  /// Masks in a row look like writing, and a black head like a face: what reaches onto masks counts as it is seen when
  /// their shapes are painted over.
  Result<void> look(const Shown& shown) {
    VG_ASSIGN(const auto regions, seen_in(levels_, shown));
    std::vector<Box> touching;
    for (const auto& region : regions) {
      if (hidden_share(hidden_, region.box) > kTouches && !region.box.empty()) {
        if (!is_own_trace(region)) touching.push_back(region.box);
      } else {
        note(region, shown.name);
      }
    }
    if (touching.empty()) return {};
    if (!without_masks_) without_masks_.emplace(without_masks(output_.bgr, hidden_));
    VG_ASSIGN(const auto again, seen_in(*without_masks_, shown));
    for (const auto& region : again) {
      const auto reaches = [&](const Box& box) { return !intersection(box, region.box).empty(); };
      if (std::ranges::any_of(touching, reaches)) note(region, shown.name);
    }
    return {};
  }

  /// The edges of a mask can look like text, and a black head like a face. But a mask hides no eye beside it.
  bool is_own_trace(const Region& region) const {
    if (hidden_share(hidden_, region.box) < kOwnMaskShare) return false;
    if (region.kind != RegionKind::Face || !region.eyes) return true;
    const auto& eyes = *region.eyes;
    const auto hides = [&](int x, int y) { return hidden_share(hidden_, {x, y, 1, 1}) > 0; };
    return hides(eyes[0], eyes[1]) && hides(eyes[2], eyes[3]);
  }

  void note(const Region& region, const std::string& view) {
    if (findings_.size() >= kMaxFindings || region.box.empty() || is_own_trace(region)) return;
    if (excused_ && excused_(region)) return;
    if (is_known(region)) return;
    known_.emplace_back(region.kind, region.box);
    const Box& box = region.box;
    Finding found{code_of(region.kind),
                  fmt::format("frame {} at {},{} {}x{}, score {:.2f}, {}", output_.index, box.x, box.y, box.w, box.h,
                              region.score, view),
                  true, region};
    found.region->frame = output_.index;
    found.region->source = "verify:" + region.source;
    found.region->eyes.reset();
    findings_.push_back(std::move(found));
  }

  bool is_known(const Region& region) const {
    return std::ranges::any_of(known_, [&](const auto& known) {
      const double common = area(intersection(known.second, region.box)), own = area(region.box);
      return known.first == region.kind &&
             (common >= kSameShare * std::max(area(known.second), own) || common >= kWithin * own);
    });
  }

  const pixel::Frame& output_;
  const Masks& masks_;
  const DetectView& detect_;
  const std::function<bool(const Region&)>& excused_;
  Levels levels_;
  std::optional<Levels> without_masks_;  ///< made when it is needed
  cv::Mat1b hidden_;
  std::vector<std::pair<RegionKind, Box>> known_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> check_pixels(const pixel::Frame& output, const Masks& masks, const DetectView& detect,
                                          const std::function<bool(const Region&)>& excused) {
  try {
    return PixelCheck(output, masks, detect, excused).run();
  } catch (const std::exception&) {
    return fail(ErrorKind::Bug, "verify.preview", "a preview cannot be made");
  }
}

}  // namespace veilgate::verify
