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
constexpr float kLeastHeight = 0.2F;  // of the box: less is no digit
constexpr float kSameInk = 1.2F;      // of heights
constexpr double kLeastDrawn = 0.6;   // of the numbers
constexpr float kAround = 0.08F;      // of the digits' height, left around them
constexpr float kSoft = 1;            // pixels, for soft edges

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

float median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
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
  std::vector<Band> bands;
  for (const auto& number : ruler.numbers) {
    if (const auto band = ink_of(bgr, number)) bands.push_back(*band);
  }
  if (bands.size() < kLeastDrawn * static_cast<double>(ruler.numbers.size())) return false;
  // Where strokes touch a digit, both are one; the lower ones are digits.
  std::ranges::sort(bands, {}, &Band::height);
  const float height = bands[bands.size() / 4].height;
  std::vector<float> offsets;
  for (const auto& band : bands) {
    if (alike(band.height, height, kSameInk)) offsets.push_back(band.offset);
  }
  const float offset = median(offsets);
  const float thickness = height * (1 + 2 * kAround) + 2 * kSoft;
  ruler.longest = 0;
  for (auto& number : ruler.numbers) {
    const float narrower = std::min(1.0F, thickness / number.thickness);
    number.centre += number.across() * offset;
    number.length *= narrower;
    number.thickness = std::min(number.thickness, thickness);
    ruler.longest = std::max(ruler.longest, number.length);
  }
  for (auto& place : ruler.places) place.centre += ruler.corridor.across() * offset;
  const auto along = ruler.corridor.along;
  ruler.corridor = ruler.numbers.front();
  for (const auto& number : ruler.numbers) ruler.corridor = hull(ruler.corridor, number, along);
  return true;
}

}  // namespace veilgate::detect
