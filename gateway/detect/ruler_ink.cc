#include "detect/ruler_ink.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

namespace veilgate::detect {
namespace {

constexpr double kInk = 0.45;        // of the digits' contrast against the paper
constexpr double kStrongest = 0.95;  // quantile of the contrast: the digits' own
constexpr double kLeastLevels = 12;  // of it: less is no print
constexpr double kInkOfRow = 0.04;   // of a row of pixels through a digit
constexpr double kInkOfGap = 0.02;   // of a gap: dust and hairs
constexpr double kInkOfGapRow = 0.06;
constexpr float kLeastHeight = 0.2F;      // of the box: less is no digit
constexpr float kSameInk = 1.2F;          // of heights
constexpr std::size_t kLeastCentres = 3;  // that tell the row's direction
constexpr double kLeastDrawn = 0.6;       // of the numbers
constexpr float kAround = 0.08F;          // of the digits' height, left around them
constexpr float kSoft = 1;                // pixels, for soft edges

/// The slab's pixels, upright, one for one.
cv::Mat1b straight(const cv::Mat& bgr, const Slab& slab) {
  const cv::Size size(std::max(1, cvRound(slab.length)), std::max(1, cvRound(slab.thickness)));
  const cv::Point2f corner = slab.centre - slab.along * (slab.length / 2) - slab.across() * (slab.thickness / 2);
  const cv::Matx23f back(slab.along.x, slab.across().x, corner.x, slab.along.y, slab.across().y, corner.y);
  cv::Mat colour, grey;
  cv::warpAffine(bgr, colour, back, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  cv::cvtColor(colour, grey, cv::COLOR_BGR2GRAY);
  return grey;
}

double quantile(const cv::Mat1b& levels, double share) {
  std::vector<uchar> sorted(levels.begin(), levels.end());
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
  std::ranges::nth_element(sorted, at);
  return *at;
}

/// How far each pixel is from the paper.
cv::Mat1b contrast_of(const cv::Mat1b& grey) {
  cv::Mat1b out;
  cv::absdiff(grey, cv::Scalar(quantile(grey, 0.5)), out);
  return out;
}

struct Band {
  float offset = 0, height = 0;  ///< of its middle from the slab's; pixels
};

/// The rows of a number's box that its digits take.
std::optional<Band> ink_of(const cv::Mat& bgr, const Slab& number) {
  const auto contrast = contrast_of(straight(bgr, number));
  const double strongest = quantile(contrast, kStrongest);
  if (strongest < kLeastLevels) return std::nullopt;
  const auto is_inked = [&](int y) {
    return cv::countNonZero(contrast.row(y) > kInk * strongest) > kInkOfRow * contrast.cols;
  };
  const int middle = contrast.rows / 2;
  int top = middle, bottom = middle;
  while (top > 0 && is_inked(top - 1)) --top;
  while (bottom + 1 < contrast.rows && is_inked(bottom + 1)) ++bottom;
  const auto height = static_cast<float>(bottom - top + 1);
  if (height < kLeastHeight * number.thickness) return std::nullopt;
  return Band{static_cast<float>(top + bottom + 1) / 2 - static_cast<float>(contrast.rows) / 2, height};
}

}  // namespace

bool is_blank(const cv::Mat& bgr, const Slab& gap, const Slab& number) {
  const auto drawn = contrast_of(straight(bgr, number));
  const double strongest = std::max(kLeastLevels, quantile(drawn, kStrongest));
  const cv::Mat1b ink = contrast_of(straight(bgr, gap)) > kInk * strongest;
  if (cv::countNonZero(ink) > kInkOfGap * static_cast<double>(ink.total())) return false;
  // The tops of a line close below are little ink, in a few rows.
  const auto is_inked = [&](int y) { return cv::countNonZero(ink.row(y)) > kInkOfGapRow * ink.cols; };
  for (int y = 1; y < ink.rows; ++y) {
    if (is_inked(y - 1) && is_inked(y)) return false;
  }
  return true;
}

bool fit_to_ink(const cv::Mat& bgr, Ruler& ruler) {
  std::vector<std::optional<Band>> bands;
  std::vector<float> heights;
  for (const auto& number : ruler.numbers) {
    bands.push_back(ink_of(bgr, number));
    if (bands.back()) heights.push_back(bands.back()->height);
  }
  if (static_cast<double>(heights.size()) < kLeastDrawn * static_cast<double>(bands.size())) return false;
  // Where strokes touch a digit, both are one; the lower ones are digits.
  std::ranges::sort(heights);
  const float height = heights[heights.size() / 4];
  std::vector<cv::Point2f> centres;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    if (!bands[i] || !alike(bands[i]->height, height, kSameInk)) continue;
    centres.push_back(ruler.numbers[i].centre + ruler.numbers[i].across() * bands[i]->offset);
  }
  if (centres.size() < kLeastCentres) return false;
  cv::Vec4f line;
  cv::fitLine(centres, line, cv::DIST_L1, 0, 0.01, 0.01);
  cv::Point2f along(line[0], line[1]);
  if (along.dot(ruler.corridor.along) < 0) along = -along;
  const cv::Point2f across{-along.y, along.x}, middle(line[2], line[3]);
  const auto on_line = [&](const cv::Point2f& point) { return point - across * (point - middle).dot(across); };
  const float thickness = height * (1 + 2 * kAround) + 2 * kSoft;
  ruler.longest = 0;
  for (auto& number : ruler.numbers) {
    number = {on_line(number.centre), along, number.length * std::min(1.0F, thickness / number.thickness), thickness};
    ruler.longest = std::max(ruler.longest, number.length);
  }
  for (auto& place : ruler.places) place.centre = on_line(place.centre);
  ruler.corridor = hull(ruler.numbers.front(), ruler.numbers.back(), along);
  return true;
}

}  // namespace veilgate::detect
