#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

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

class PixelCheck {
 public:
  PixelCheck(const pixel::Frame& output, const Masks& masks, const DetectView& detect,
             const std::function<bool(const Region&)>& excused)
      : output_(output), masks_(masks), detect_(detect), excused_(excused) {}

  Result<std::vector<Finding>> run() {
    if (output_.bgr.empty()) return fail(ErrorKind::Bug, "verify.frame", "an empty frame cannot be verified");
    hidden_ = hidden_by(output_, masks_);
    findings_ = check_masks(output_, masks_, hidden_);
    picture_ = without_masks(output_.bgr, hidden_);
    std::vector<Region> here;
    std::ranges::copy_if(masks_.burned, std::back_inserter(here),
                         [&](const Region& mask) { return mask.frame == output_.index; });
    for (const auto& shown : views_of(output_.bgr.size(), here)) VG_TRY(look(shown));
    return std::move(findings_);
  }

 private:
  /// The smallest halving of the frame from which the view can be made: halving is ten times as fast as shrinking a
  /// large picture in one go. An odd last row or column is left out.
  const cv::Mat& source_for(const Shown& shown) {
    const cv::Mat* source = &picture_;
    if (shown.area.size() != picture_.size()) return *source;
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

  Result<cv::Mat> shown_picture(const Shown& shown) {
    const cv::Mat& source = source_for(shown);
    cv::Mat out = source.size() == picture_.size() ? source(shown.area) : source;
    if (out.size() != shown.size) {
      const bool smaller = shown.size.width < out.cols;
      cv::resize(out, out, shown.size, 0, 0, smaller ? cv::INTER_AREA : cv::INTER_CUBIC);
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

  Result<void> look(const Shown& shown) {
    VG_ASSIGN(const cv::Mat picture, shown_picture(shown));
    VG_ASSIGN(const std::vector<Region> regions, detect_({picture, output_.index}, shown.view));
    for (const auto& region : regions) note(in_frame(region, shown, output_.bgr.size()), shown.name);
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
  std::deque<cv::Mat> halves_;
  cv::Mat1b hidden_;
  cv::Mat picture_;  ///< without the shapes of what is hidden
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
