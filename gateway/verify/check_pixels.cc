#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "verify/verify.h"

namespace veilgate::verify {
namespace {

constexpr std::array<double, 3> kThumbnailScales{0.5, 0.25, 0.12};
/// Under this side a thumbnail shows nothing that a person could recognise.
constexpr int kMinThumbnailSide = 24;
constexpr int kPreviewQuality = 50;
/// The edges of a solid mask can look like text: a region mostly inside one is the mask itself.
constexpr double kOwnMaskShare = 0.6;
/// The same thing seen again at another scale.
constexpr double kSameShare = 0.5;
constexpr std::size_t kMaxFindings = 200;

double area(const Box& box) { return box.empty() ? 0.0 : static_cast<double>(box.w) * box.h; }

/// Share of `box` that the union of the masks covers.
double covered_share(const Box& box, std::span<const Region> masked, int frame) {
  if (box.empty()) return 1.0;
  cv::Mat1b cover = cv::Mat1b::zeros(box.h, box.w);
  for (const auto& region : masked) {
    const Box common = intersection(box, region.box);
    if (region.frame != frame || common.empty()) continue;
    cover(cv::Rect(common.x - box.x, common.y - box.y, common.w, common.h)) = 1;
  }
  return cv::countNonZero(cover) / area(box);
}

Box to_full_frame(const Box& box, double scale_x, double scale_y, const cv::Mat& full) {
  const int left = std::clamp(static_cast<int>(std::floor(box.x / scale_x)), 0, full.cols);
  const int top = std::clamp(static_cast<int>(std::floor(box.y / scale_y)), 0, full.rows);
  const int right = std::clamp(static_cast<int>(std::ceil(box.right() / scale_x)), 0, full.cols);
  const int bottom = std::clamp(static_cast<int>(std::ceil(box.bottom() / scale_y)), 0, full.rows);
  return {left, top, right - left, bottom - top};
}

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
  PixelCheck(const pixel::Frame& output, std::span<const Region> masked, const DetectView& detect)
      : output_(output), masked_(masked), detect_(detect) {}

  Result<std::vector<Finding>> run() {
    if (output_.bgr.empty()) return fail(ErrorKind::Bug, "verify.frame", "an empty frame cannot be verified");
    VG_TRY(look(output_.bgr, View::Full, "full size"));
    for (const double scale : kThumbnailScales) VG_TRY(look_at_thumbnail(scale));
    VG_TRY(look_at_preview());
    return std::move(findings_);
  }

 private:
  Result<void> look_at_thumbnail(double scale) {
    cv::Mat small;
    const cv::Size size(static_cast<int>(std::lround(output_.bgr.cols * scale)),
                        static_cast<int>(std::lround(output_.bgr.rows * scale)));
    if (std::min(size.width, size.height) < kMinThumbnailSide) return {};
    cv::resize(output_.bgr, small, size, 0, 0, cv::INTER_AREA);
    return look(small, View::Preview, std::to_string(std::lround(scale * 100)) + " % thumbnail");
  }

  Result<void> look_at_preview() {
    std::vector<std::uint8_t> jpeg;
    if (!cv::imencode(".jpg", output_.bgr, jpeg, {cv::IMWRITE_JPEG_QUALITY, kPreviewQuality})) {
      return fail(ErrorKind::Bug, "verify.preview", "the preview cannot be encoded");
    }
    const cv::Mat preview = cv::imdecode(jpeg, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (preview.size() != output_.bgr.size())
      return fail(ErrorKind::Bug, "verify.preview", "the preview cannot be decoded");
    return look(preview, View::Preview, "recompressed preview");
  }

  Result<void> look(const cv::Mat& picture, View view, const std::string& name) {
    const double scale_x = static_cast<double>(picture.cols) / output_.bgr.cols;
    const double scale_y = static_cast<double>(picture.rows) / output_.bgr.rows;
    VG_ASSIGN(const std::vector<Region> regions, detect_({picture, output_.index}, view));
    for (auto region : regions) {
      if (region.corners) {
        for (std::size_t i = 0; i < region.corners->size(); ++i) {
          int& value = (*region.corners)[i];
          value = static_cast<int>(std::lround(value / (i % 2 == 0 ? scale_x : scale_y)));
        }
      }
      note(region, to_full_frame(region.box, scale_x, scale_y, output_.bgr), name);
    }
    return {};
  }

  void note(const Region& region, const Box& box, const std::string& view) {
    if (findings_.size() >= kMaxFindings || covered_share(box, masked_, output_.index) >= kOwnMaskShare) return;
    for (const auto& [kind, known] : known_) {
      if (kind == region.kind && area(intersection(known, box)) >= kSameShare * std::max(area(known), area(box)))
        return;
    }
    known_.emplace_back(region.kind, box);
    std::array<char, 16> score{};
    std::snprintf(score.data(), score.size(), "%.2f", region.score);
    std::string where = "frame " + std::to_string(output_.index) + " at " + std::to_string(box.x) + "," +
                        std::to_string(box.y) + " " + std::to_string(box.w) + "x" + std::to_string(box.h) + ", score " +
                        score.data() + ", " + view;
    findings_.push_back({code_of(region.kind), std::move(where), true,
                         Region{box, output_.index, region.kind, region.score, "verify:" + region.source, region.reason,
                                false, std::nullopt, region.corners}});
  }

  const pixel::Frame& output_;
  std::span<const Region> masked_;
  const DetectView& detect_;
  std::vector<std::pair<RegionKind, Box>> known_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> check_pixels(const pixel::Frame& output, std::span<const Region> masked,
                                          const DetectView& detect) {
  try {
    return PixelCheck(output, masked, detect).run();
  } catch (const std::exception&) {
    return fail(ErrorKind::Bug, "verify.preview", "a preview cannot be made");
  }
}

}  // namespace veilgate::verify
