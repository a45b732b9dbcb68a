#include "verify/check_masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

#include "pixel/shrink.h"
#include "pixel/sizes.h"

namespace veilgate::verify {
namespace {

/// Colours of the neighbourhood bleed this far into a mask where chroma is subsampled.
constexpr int kBleed = 2;
/// Levels that a solid mask may differ in, after colour conversion.
constexpr double kFlatLevels = 8;

/// Colours under masks are made up at this size, from as far away as this (pixels of it, the widest first), where at
/// least so much of the neighbourhood is known.
constexpr int kFillSide = 480;
constexpr std::array kFillReaches{60.0, 15.0, 4.0};
constexpr double kFillLeast = 0.02;

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

cv::Mat without_masks(const cv::Mat& bgr, const cv::Mat1b& hidden) {
  if (cv::countNonZero(hidden) == 0) return bgr;
  const cv::Size size = pixel::at_most(bgr.size(), kFillSide);
  cv::Mat colours = pixel::shrunk(bgr, size), cover = pixel::shrunk(hidden * 255, size), known;
  // Neighbours of a mask are mixed with it at this size.
  cv::dilate(cover > 0, cover, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  colours.convertTo(colours, CV_32FC3);
  cv::Mat(~cover).convertTo(known, CV_32F, 1 / 255.0);
  colours.setTo(cv::Scalar::all(0), cover);
  cv::Mat fill(size, CV_32FC3, cv::mean(bgr));
  // From far to near: what is nearer counts where there is any of it.
  for (const double reach : kFillReaches) {
    cv::Mat sum, weight;
    cv::GaussianBlur(colours, sum, {}, reach);
    cv::GaussianBlur(known, weight, {}, reach);
    std::array<cv::Mat, 3> planes;
    cv::split(sum, planes.data());
    for (auto& plane : planes) plane /= weight;
    cv::merge(planes.data(), planes.size(), sum);
    sum.copyTo(fill, weight > kFillLeast);
  }
  cv::Mat large, out = bgr.clone();
  fill.convertTo(fill, CV_8UC3);
  cv::resize(fill, large, bgr.size(), 0, 0, cv::INTER_LINEAR);
  large.copyTo(out, hidden);
  return out;
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
