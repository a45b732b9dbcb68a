#include "detect/step_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

constexpr std::size_t kParts = 8;    // of a line
constexpr double kPartShare = 0.35;  // of the whole line's step that a part must show to agree
constexpr double kAgreeing = 0.74;   // of the line
constexpr double kLeastStep = 1.2;   // levels
constexpr double kSure = 5;          // times the noise
constexpr double kLeastNoise = 0.2;  // levels: of flat pictures
constexpr double kDeviation = 1.48;  // of noise, over its median
constexpr double kApart = 5;         // rows; nearer, two lines are the same step

struct Sample {
  StepLine line;
  cv::Vec3f mean;
  double agreeing = 0;  ///< share of the line
};

Sample sample(const cv::Mat3f& steps, const Range& columns, double at, double tilt) {
  std::array<cv::Vec3f, kParts> sums{};
  std::array<float, kParts> counts{};
  const double middle = (columns.from + columns.to) / 2.0;
  for (int x = columns.from; x < columns.to; ++x) {
    const int y = cvRound(at + tilt * (x - middle));
    if (y < 0 || y >= steps.rows) continue;
    const auto part = static_cast<std::size_t>(x - columns.from) * kParts / static_cast<std::size_t>(columns.size());
    sums[part] += steps(y, x);
    ++counts[part];
  }
  Sample out{{at, tilt, 0}, {}, 0};
  float all = 0;
  for (std::size_t i = 0; i < kParts; ++i) out.mean += sums[i], all += counts[i];
  if (all == 0) return out;
  out.mean *= 1 / all;
  const float needed = static_cast<float>(kPartShare) * out.mean.dot(out.mean);
  for (std::size_t i = 0; i < kParts; ++i) {
    if (counts[i] > 0 && sums[i].dot(out.mean) > needed * counts[i]) out.agreeing += counts[i] / all;
  }
  return out;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Of each channel: most of the lines that were tried run along nothing.
cv::Vec3d noise_of(const std::vector<Sample>& samples) {
  cv::Vec3d out;
  for (int c = 0; c < 3; ++c) {
    std::vector<double> values;
    for (const auto& one : samples) values.push_back(std::abs(one.mean[c]));
    out[c] = std::max(kLeastNoise, kDeviation * median(std::move(values)));
  }
  return out;
}

/// The surest of those that are the same step.
std::vector<StepLine> distinct(std::vector<StepLine> lines) {
  std::stable_sort(lines.begin(), lines.end(), [](const StepLine& a, const StepLine& b) { return a.sure > b.sure; });
  std::vector<StepLine> out;
  for (const auto& line : lines) {
    const bool known =
        std::any_of(out.begin(), out.end(), [&](const StepLine& one) { return std::abs(one.at - line.at) < kApart; });
    if (!known) out.push_back(line);
  }
  return out;
}

}  // namespace

cv::Mat3f steps_down(const cv::Mat3f& picture) {
  cv::Mat3f out;
  const cv::Mat kernel = (cv::Mat_<float>(4, 1) << -0.5F, -0.5F, 0.5F, 0.5F);
  cv::filter2D(picture, out, -1, kernel, {0, 2}, 0, cv::BORDER_REPLICATE);
  return out;
}

std::vector<StepLine> step_lines(const cv::Mat3f& steps, const Range& columns, const Range& rows, const Tilts& tilts) {
  if (rows.size() < kApart || columns.size() < static_cast<int>(kParts)) return {};
  std::vector<Sample> samples;
  const int turns = cvRound(tilts.most / tilts.step);
  for (int y = rows.from; y < rows.to; ++y) {
    for (int turn = -turns; turn <= turns; ++turn) samples.push_back(sample(steps, columns, y, turn * tilts.step));
  }
  const auto noise = noise_of(samples);
  std::vector<StepLine> found;
  for (auto& one : samples) {
    double square = 0;
    for (int c = 0; c < 3; ++c) square += one.mean[c] * one.mean[c] / (noise[c] * noise[c]);
    one.line.sure = std::sqrt(square);
    const bool stands_out = cv::norm(one.mean) >= kLeastStep && one.line.sure >= kSure;
    if (stands_out && one.agreeing >= kAgreeing) found.push_back(one.line);
  }
  return distinct(std::move(found));
}

}  // namespace veilgate::detect
