#include "verify/check_masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

namespace veilgate::verify {
namespace {

/// Colours of the neighbourhood bleed this far into a mask where chroma is subsampled.
constexpr int kBleed = 2;
/// Levels that a solid mask may differ in, after colour conversion.
constexpr double kFlatLevels = 8;

bool is_flat(const cv::Mat& part) {
  const cv::Rect inner =
      cv::Rect({}, part.size()) & cv::Rect(kBleed, kBleed, part.cols - 2 * kBleed, part.rows - 2 * kBleed);
  if (inner.empty()) return true;  // too narrow to show anything
  double low = 0, high = 0;
  std::array<cv::Mat, 3> planes;
  cv::split(part(inner), planes.data());
  return std::ranges::all_of(planes, [&](const cv::Mat& plane) {
    cv::minMaxLoc(plane, &low, &high);
    return high - low <= kFlatLevels;
  });
}

cv::Rect inside(const Box& box, const cv::Mat& frame) {
  return cv::Rect(box.x, box.y, box.w, box.h) & cv::Rect({}, frame.size());
}

Finding finding(const Region& region, const char* what) {
  return {"verify.mask",
          fmt::format("frame {} at {},{} {}x{}: {}", region.frame, region.box.x, region.box.y, region.box.w,
                      region.box.h, what),
          true};
}

}  // namespace

cv::Mat1b hidden_by(const pixel::Frame& output, const Masks& masks) {
  cv::Mat1b hidden = cv::Mat1b::zeros(output.bgr.size());
  if (!masks.solid) return hidden;
  for (const auto& mask : masks.burned) {
    const cv::Rect area = inside(mask.box, output.bgr);
    if (mask.frame == output.index && !area.empty() && is_flat(output.bgr(area))) hidden(area) = 1;
  }
  return hidden;
}

double hidden_share(const cv::Mat1b& hidden, const Box& box) {
  const cv::Rect area = inside(box, hidden);
  return area.empty() ? 1.0 : cv::countNonZero(hidden(area)) / static_cast<double>(area.area());
}

std::vector<Finding> check_masks(const pixel::Frame& output, const Masks& masks, const cv::Mat1b& hidden) {
  std::vector<Finding> out;
  if (!masks.solid) return out;
  for (const auto& mask : masks.burned) {
    const cv::Rect area = inside(mask.box, output.bgr);
    if (mask.frame == output.index && !area.empty() && !is_flat(output.bgr(area)))
      out.push_back(finding(mask, "a mask that is not of one colour"));
  }
  for (const auto& region : masks.to_hide) {
    if (region.frame != output.index || hidden_share(hidden, region.box) >= masks.least_hidden) continue;
    out.push_back(finding(region, "found, but not under a mask"));
  }
  return out;
}

}  // namespace veilgate::verify
