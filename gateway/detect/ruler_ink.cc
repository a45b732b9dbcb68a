#include "detect/ruler_ink.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

#include "detect/plain_text.h"

namespace veilgate::detect {
namespace {

constexpr double kInk = 0.45;        // of the digits' contrast against the paper
constexpr double kStrongest = 0.95;  // quantile of the contrast: the digits' own
constexpr double kLeastLevels = 12;  // of it: less is no print
constexpr double kInkOfRow = 0.04;   // of a row of pixels through a digit
constexpr double kInkInGap = 0.25;   // of the same contrast: a name in pencil is paler
constexpr double kInkOfGap = 0.02;   // of a gap: dust and hairs
constexpr double kInkOfGapRow = 0.06;
constexpr float kLeastHeight = 0.2F;      // of the box: less is no digit
constexpr float kSameInk = 1.2F;          // of heights
constexpr std::size_t kLeastCentres = 3;  // that tell the row's direction
constexpr double kLeastDrawn = 0.6;       // of the numbers
constexpr float kAround = 0.08F;          // of the digits' height, left around them
constexpr float kSoft = 1;                // pixels, for soft edges
constexpr float kToRead = 0.2F;           // of the digits' height, shown around them
// Along the row, of its height.
constexpr float kAside = 0.7F;           // digits stand so far off their places at most
constexpr float kBetweenDigits = 0.36F;  // of one number
constexpr float kBesideDigit = 0.2F;     // blank as a rule
constexpr float kWidestDigit = 0.85F;    // with what is between it and the next one

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

/// Runs of lines that hold ink, those that are near each other in one: first and last line.
std::vector<cv::Range> runs_of(const std::vector<bool>& inked, float near) {
  std::vector<cv::Range> out;
  for (int i = 0; i < static_cast<int>(inked.size()); ++i) {
    if (!inked[static_cast<std::size_t>(i)]) continue;
    if (out.empty() || static_cast<float>(i - out.back().end) > near) out.emplace_back(i, i);
    out.back().end = i;
  }
  return out;
}

/// What is drawn on the slab, upright; empty where too little stands out.
cv::Mat1b drawn_on(const cv::Mat& bgr, const Slab& slab) {
  const auto contrast = contrast_of(straight(bgr, slab));
  const double strongest = quantile(contrast, kStrongest);
  if (strongest < kLeastLevels) return {};
  return contrast > kInk * strongest;
}

Band band_of(const cv::Range& run, int count) {
  const auto height = static_cast<float>(run.end - run.start + 1);
  return {static_cast<float>(run.start + run.end + 1) / 2 - static_cast<float>(count) / 2, height};
}

/// The rows of a number's box that may be its digits, the nearest to the middle first.
std::vector<Band> bands_of(const cv::Mat& bgr, const Slab& number) {
  const auto ink = drawn_on(bgr, number);
  std::vector<bool> inked;
  for (int y = 0; y < ink.rows; ++y) inked.push_back(cv::countNonZero(ink.row(y)) > kInkOfRow * ink.cols);
  std::vector<Band> out;
  for (const auto& run : runs_of(inked, 1)) {
    const auto band = band_of(run, ink.rows);
    if (band.height >= kLeastHeight * number.thickness) out.push_back(band);
  }
  std::ranges::sort(out, {}, [](const Band& one) { return std::max(0.0F, std::abs(one.offset) - one.height / 2); });
  return out;
}

Slab in_band(const Slab& number, const Band& band) {
  return {number.centre + number.across() * band.offset, number.along, number.length, band.height};
}

/// A loose box shows strokes or another line as well: its digits are where they can be read.
Result<std::optional<Band>> digits_of(const cv::Mat& bgr, const Slab& number, int value, int turns,
                                      const ReadSlab& read) {
  const auto bands = bands_of(bgr, number);
  if (bands.empty()) return std::optional<Band>();
  if (std::abs(bands.front().offset) <= bands.front().height / 2) return std::optional(bands.front());
  for (const auto& band : bands) {
    auto there = in_band(number, band);
    there.thickness *= 1 + 2 * kToRead;
    VG_ASSIGN(const auto reading, read(there, turns));
    if (reading.least >= kNumberCertainty && scale_number(reading.text) == value) return std::optional(band);
  }
  return std::optional<Band>();
}

struct Extent {
  float offset = 0, width = 0;  ///< of its middle from the slab's, along the row; pixels
};

/// What is drawn nearest to the slab's middle and may be the digits of one number; nullopt where that is in doubt.
std::optional<Extent> extent_of(const cv::Mat& bgr, const Slab& number, std::size_t digits) {
  Slab there = number;
  there.length += 2 * kAside * number.thickness;
  const auto ink = drawn_on(bgr, there);
  std::vector<bool> inked;
  for (int x = 0; x < ink.cols; ++x) inked.push_back(cv::countNonZero(ink.col(x)) > kInkOfRow * ink.rows);
  std::optional<Extent> nearest;
  bool in_doubt = false;
  for (const auto& run : runs_of(inked, kBetweenDigits * number.thickness)) {
    const auto band = band_of(run, ink.cols);
    const bool cut = run.start == 0 || run.end + 1 == ink.cols;
    const bool wide = band.height > kWidestDigit * static_cast<float>(digits) * number.thickness;
    if (nearest && std::abs(band.offset) >= std::abs(nearest->offset)) continue;
    nearest = Extent{band.offset, band.height};
    in_doubt = cut || wide;
  }
  return in_doubt ? std::nullopt : nearest;
}

/// Where the number stands among all of them.
ScaleNumber& place_of(Ruler& ruler, const Slab& number) {
  return *std::ranges::min_element(ruler.places, {},
                                   [&](const ScaleNumber& one) { return cv::norm(one.centre - number.centre); });
}

struct Line {
  cv::Point2f point, along;
  cv::Point2f nearest(const cv::Point2f& to) const {
    const cv::Point2f across{-along.y, along.x};
    return to - across * (to - point).dot(across);
  }
};

Line line_through(const std::vector<cv::Point2f>& points, const cv::Point2f& about) {
  cv::Vec4f line;
  cv::fitLine(points, line, cv::DIST_L1, 0, 0.01, 0.01);
  const cv::Point2f along(line[0], line[1]);
  return {{line[2], line[3]}, along.dot(about) < 0 ? -along : along};
}

void set_row(const Line& line, float thickness, Ruler& ruler) {
  ruler.longest = 0;
  for (auto& number : ruler.numbers) {
    const float length = number.length * std::min(1.0F, thickness / number.thickness);
    number = {line.nearest(number.centre), line.along, length, thickness};
    ruler.longest = std::max(ruler.longest, length);
  }
  for (auto& place : ruler.places) place.centre = line.nearest(place.centre);
}

/// Puts the number where it is drawn; how far that is along the row. `about`: its neighbour's, for perspective adds up.
float centre_number(const cv::Mat& bgr, float about, Slab& number, Ruler& ruler) {
  ScaleNumber& place = place_of(ruler, number);
  Slab there = number;
  there.centre += there.along * about;
  const auto drawn = extent_of(bgr, there, std::to_string(place.value).size());
  if (!drawn) return about;
  number.centre = place.centre = there.centre + there.along * drawn->offset;
  number.length = std::max(number.length, drawn->width + 2 * kBesideDigit * number.thickness);
  ruler.longest = std::max(ruler.longest, number.length);
  return about + drawn->offset;
}

void centre_numbers(const cv::Mat& bgr, Ruler& ruler) {
  auto& numbers = ruler.numbers;
  const std::size_t middle = numbers.size() / 2;
  const float there = centre_number(bgr, 0, numbers[middle], ruler);
  float about = there;
  for (std::size_t i = middle + 1; i < numbers.size(); ++i) about = centre_number(bgr, about, numbers[i], ruler);
  about = there;
  for (std::size_t i = middle; i-- > 0;) about = centre_number(bgr, about, numbers[i], ruler);
}

}  // namespace

bool is_blank(const cv::Mat& bgr, const Slab& gap, const Slab& number) {
  const auto drawn = contrast_of(straight(bgr, number));
  const double strongest = std::max(kLeastLevels, quantile(drawn, kStrongest));
  const cv::Mat1b ink = contrast_of(straight(bgr, gap)) > std::max(kLeastLevels, kInkInGap * strongest);
  if (cv::countNonZero(ink) > kInkOfGap * static_cast<double>(ink.total())) return false;
  // The tops of a line close below are little ink, in a few rows.
  const auto is_inked = [&](int y) { return cv::countNonZero(ink.row(y)) > kInkOfGapRow * ink.cols; };
  for (int y = 1; y < ink.rows; ++y) {
    if (is_inked(y - 1) && is_inked(y)) return false;
  }
  return true;
}

Result<bool> fit_to_ink(const cv::Mat& bgr, Ruler& ruler, const ReadSlab& read) {
  std::vector<std::optional<Band>> bands;
  std::vector<float> heights;
  for (std::size_t i = 0; i < ruler.numbers.size(); ++i) {
    VG_ASSIGN(auto band, digits_of(bgr, ruler.numbers[i], place_of(ruler, ruler.numbers[i]).value, ruler.turns, read));
    if (band) heights.push_back(band->height);
    bands.push_back(band);
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
  set_row(line_through(centres, ruler.corridor.along), height * (1 + 2 * kAround) + 2 * kSoft, ruler);
  centre_numbers(bgr, ruler);
  ruler.corridor = hull(ruler.numbers.front(), ruler.numbers.back(), ruler.numbers.front().along);
  return true;
}

}  // namespace veilgate::detect
