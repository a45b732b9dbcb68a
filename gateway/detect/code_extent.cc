#include "detect/code_extent.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace veilgate::detect {
namespace {

/// Samples along the code: a few per module of the longest usual code.
constexpr int kSamples = 256;
/// Correlation with the scan line from which a parallel line still crosses the same bars.
constexpr double kSamePattern = 0.5;
/// Parallel lines that may fail in a row: glare or a scratch across the bars.
constexpr int kMaxGap = 3;

float length(const cv::Point2f& v) { return std::hypot(v.x, v.y); }

/// Brightness along a line, zero mean and unit length; empty when the line leaves the picture or is flat.
std::vector<double> profile(const cv::Mat& grey, const cv::Point2f& from, const cv::Point2f& to) {
  std::vector<double> values;
  double mean = 0;
  for (int i = 0; i < kSamples; ++i) {
    const auto at = from + (to - from) * ((static_cast<float>(i) + 0.5F) / kSamples);
    const int x = cvRound(at.x), y = cvRound(at.y);
    if (x < 0 || y < 0 || x >= grey.cols || y >= grey.rows) return {};
    values.push_back(grey.at<std::uint8_t>(y, x));
    mean += values.back() / kSamples;
  }
  double norm = 0;
  for (auto& value : values) norm += (value - mean) * (value - mean);
  if (norm <= 0) return {};
  for (auto& value : values) value = (value - mean) / std::sqrt(norm);
  return values;
}

bool same_pattern(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty()) return false;
  double sum = 0;
  for (int i = 0; i < kSamples; ++i) sum += a[static_cast<std::size_t>(i)] * b[static_cast<std::size_t>(i)];
  return sum >= kSamePattern;
}

/// How far, in pixels, the bars go on in direction `step` (one pixel long) from the line.
float reach(const cv::Mat& grey, const cv::Point2f& from, const cv::Point2f& to, const cv::Point2f& step) {
  const auto wanted = profile(grey, from, to);
  const int most = cvRound(length(to - from));
  int last = 0;
  for (int i = 1; i <= most && i - last <= kMaxGap; ++i) {
    const auto offset = step * static_cast<float>(i);
    if (same_pattern(wanted, profile(grey, from + offset, to + offset))) last = i;
  }
  return static_cast<float>(last);
}

}  // namespace

Corners whole_bars(const cv::Mat& grey, const Corners& scanned) {
  const auto left = (scanned[0] + scanned[3]) * 0.5F, right = (scanned[1] + scanned[2]) * 0.5F;
  const auto along = right - left;
  const float size = length(along);
  if (size < 1) return scanned;
  const cv::Point2f down(-along.y / size, along.x / size);
  const auto up = down * -1.0F;
  const auto above = up * reach(grey, left, right, up), below = down * reach(grey, left, right, down);
  return {left + above, right + above, right + below, left + below};
}

Rect with_quiet_zone(const Corners& corners, float share) {
  float left = corners[0].x, top = corners[0].y, right = left, bottom = top, longest = 0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    left = std::min(left, corners[i].x), right = std::max(right, corners[i].x);
    top = std::min(top, corners[i].y), bottom = std::max(bottom, corners[i].y);
    longest = std::max(longest, length(corners[(i + 1) % corners.size()] - corners[i]));
  }
  const float margin = longest * share;
  return {left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin};
}

}  // namespace veilgate::detect
