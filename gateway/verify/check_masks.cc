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

/// Colours under masks are made up at this size, from as far away as this (the widest first), where at least so much of
/// the neighbourhood is known.
struct FillReach {
  double sigma;  ///< pixels of that size
  int coarser;   ///< by how much the colours are shrunk for it: what is blurred so far shows none of it
};
constexpr int kFillSide = 480;
constexpr std::array kFillReaches{FillReach{60, 8}, FillReach{15, 2}, FillReach{4, 1}};
constexpr double kFillLeast = 0.02;

cv::Mat blurred(const cv::Mat& picture, const FillReach& reach) {
  cv::Mat out;
  cv::resize(picture, out, pixel::scaled(picture.size(), 1.0 / reach.coarser), 0, 0, cv::INTER_AREA);
  cv::GaussianBlur(out, out, {}, reach.sigma / reach.coarser);
  cv::resize(out, out, picture.size(), 0, 0, cv::INTER_LINEAR);
  return out;
}

bool is_flat(const cv::Mat& part) {
  const cv::Rect inner =
      cv::Rect({}, part.size()) & cv::Rect(kBleed, kBleed, part.cols - 2 * kBleed, part.rows - 2 * kBleed);
  if (inner.empty()) return true;  // too narrow to show anything
  // All rows into one, and that into a pixel: parting the channels would cost five times as much.
  cv::Mat low = part(inner).row(0).clone(), high = low.clone();
  for (int y = inner.y + 1; y < inner.br().y; ++y) {
    const cv::Mat row = part.row(y).colRange(inner.x, inner.br().x);
    cv::min(low, row, low);
    cv::max(high, row, high);
  }
  cv::reduce(low, low, 1, cv::REDUCE_MIN);
  cv::reduce(high, high, 1, cv::REDUCE_MAX);
  return cv::norm(high, low, cv::NORM_INF) <= kFlatLevels;
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
  const cv::Mat shown = hidden == 0;
  cv::Mat colours = pixel::shrunk(bgr, size), cover = pixel::shrunk(shown, size), known;
  // Neighbours of a mask are mixed with it at this size.
  cv::dilate(cover < 255, cover, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  colours.convertTo(colours, CV_32FC3);
  cv::Mat(~cover).convertTo(known, CV_32F, 1 / 255.0);
  colours.setTo(cv::Scalar::all(0), cover);
  cv::Mat fill(size, CV_32FC3, cv::mean(bgr));
  // From far to near: what is nearer counts where there is any of it.
  for (const auto& reach : kFillReaches) {
    cv::Mat sum = blurred(colours, reach), weight = blurred(known, reach);
    std::array<cv::Mat, 3> planes;
    cv::split(sum, planes.data());
    for (auto& plane : planes) plane /= weight;
    cv::merge(planes.data(), planes.size(), sum);
    sum.copyTo(fill, weight > kFillLeast);
  }
  fill.convertTo(fill, CV_8UC3);
  cv::Mat out;
  cv::resize(fill, out, bgr.size(), 0, 0, cv::INTER_LINEAR);
  bgr.copyTo(out, shown);
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
