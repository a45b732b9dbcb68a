#include "detect/bar_code.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

namespace veilgate::detect {
namespace {

/// Of the smallest level but the picture itself: a code that fills the picture is striped finely enough there.
constexpr int kLeastSide = 400;
constexpr float kInLine = 0.966F;  ///< cosine of 15 degrees
/// Lines read across the bars, in the middle half of their height.
constexpr int kLines = 16;
constexpr float kHeightRead = 0.5F;
constexpr int kLeastSamples = 64, kMostSamples = 1000, kMostTurned = 500;
/// Pixels are square: the gradients of fine bars lean towards the axes by up to 8 degrees.
constexpr float kMostOff = 12, kStep = 2;
/// Of what changes along the lines, the share that is the same in all of them.
constexpr double kLeastSteady = 0.75;
constexpr float kInside = 0.8F;  ///< of the length
/// Degrees that bars may turn by from a code's middle to its ends, in perspective.
constexpr float kMostFan = 20, kFanStep = 4;
constexpr double kHopeless = 0.3;  ///< a step off the bars' angle
/// Without the first and the last: a code of four digits has 14, and what else is striped seldom as many.
constexpr std::size_t kLeastBars = 12, kMostBars = 250;
/// Standard deviation of widths, by their mean: of bars or of gaps. Equal steps have less.
constexpr double kLeastVaried = 0.25;
/// Of a bar and the gap behind it: codes are made of widths up to four modules, rulers go on over what is not striped.
constexpr double kMostVaried = 0.8;
/// And the share of all change that one pitch may make: found also where stripes are as fine as pixels.
constexpr double kMostEven = 0.5;
constexpr int kPitchWidth = 2;  ///< in waves per line
constexpr double kLeastDark = 0.35, kMostDark = 0.65;
constexpr double kLeastContrast = 15;  ///< standard deviation
/// A bar ends where brightness crosses its surroundings by this share of the contrast: grain does not.
constexpr float kCrossing = 0.2F;
/// Brightness is compared with what is around it, up to this share of the length: light may fall off.
constexpr int kSurroundings = 6;

cv::Point2f turned_by(const cv::Point2f& v, float degrees) {
  const double angle = degrees * CV_PI / 180;
  const auto c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
  return {c * v.x - s * v.y, s * v.x + c * v.y};
}

/// Lines along the place, straightened: one row each, `samples` columns. `fan_degrees`: from its middle to its ends
/// bars turn by so much, as they do in perspective.
cv::Mat1b lines_of(const cv::Mat& grey, const BarPlace& place, int samples, float fan_degrees) {
  const auto right = place.along * (place.length / static_cast<float>(samples));
  const auto first = place.middle - right * (static_cast<float>(samples - 1) / 2);
  const auto straight_down = cv::Point2f(-place.along.y, place.along.x) * (place.height * kHeightRead / kLines);
  cv::Mat2f from(kLines, samples);
  for (int x = 0; x < samples; ++x) {
    const float share = 2 * static_cast<float>(x) / static_cast<float>(samples - 1) - 1;
    const auto down = fan_degrees == 0 ? straight_down : turned_by(straight_down, fan_degrees * share);
    const auto top = first + right * static_cast<float>(x) - down * ((kLines - 1) / 2.0F);
    for (int y = 0; y < kLines; ++y) {
      const auto at = top + down * static_cast<float>(y);
      from(y, x) = {at.x, at.y};
    }
  }
  cv::Mat1b lines;
  cv::remap(grey, lines, from, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return lines;
}

cv::Mat1f mean_of(const cv::Mat1b& lines) {
  cv::Mat1f mean;
  cv::reduce(lines, mean, 0, cv::REDUCE_AVG, CV_32F);
  return mean;
}

double deviation(const cv::Mat& values) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(values, mean, deviation);
  return deviation[0];
}

double steadiness(const cv::Mat1b& lines) {
  const double all = deviation(lines), common = deviation(mean_of(lines));
  return all > 0 ? common * common / (all * all) : 0;
}

/// How the bars of a place run.
struct Run {
  BarPlace place;
  float fan_degrees = 0;
  double steady = 0;  ///< how much its lines are alike
};

/// Turned so that the lines are alike.
Run straightened(const cv::Mat& grey, const BarPlace& place, int samples) {
  Run best{place};
  const auto attempt = [&](const BarPlace& from, float degrees, float fan) {
    BarPlace other = place;
    other.along = turned_by(from.along, degrees);
    // The ends hold corners of what is beside the code.
    BarPlace inside = other;
    inside.length *= kInside;
    const double steady = steadiness(lines_of(grey, inside, samples, fan * kInside));
    if (steady > best.steady) best = {other, fan, steady};
  };
  for (float degrees = -kMostOff; degrees <= kMostOff; degrees += kStep) attempt(place, degrees, 0);
  if (best.steady < kHopeless) return best;
  for (const float finer : {kStep / 2, kStep / 4}) {
    const Run near = best;
    for (const float degrees : {-finer, finer}) attempt(near.place, degrees, near.fan_degrees);
  }
  if (best.steady >= kLeastSteady) return best;
  for (float fan = kFanStep; fan <= kMostFan; fan += kFanStep) {
    const BarPlace near = best.place;
    for (const float side : {-fan, fan}) {
      for (float degrees = -2 * kStep; degrees <= 2 * kStep; degrees += kStep) attempt(near, degrees, side);
    }
  }
  return best;
}

/// Widths of what is dark and of what is light, without the first and the last of both.
struct Widths {
  std::vector<double> dark, light;
};

Widths widths_of(const cv::Mat1f& line) {
  cv::Mat1f around;
  cv::blur(line, around, {std::max(3, line.cols / kSurroundings), 1});
  const float enough = kCrossing * static_cast<float>(deviation(line));
  Widths out;
  bool dark = line(0) < around(0);
  double width = 0;
  for (int x = 0; x < line.cols; ++x, ++width) {
    const float over = dark ? line(x) - around(x) : around(x) - line(x);
    if (over < enough) continue;
    (dark ? out.dark : out.light).push_back(std::exchange(width, 0));
    dark = !dark;
  }
  for (auto* widths : {&out.dark, &out.light}) {
    if (!widths->empty()) widths->erase(widths->begin());
  }
  return out;
}

double varied(const std::vector<double>& widths) {
  const cv::Mat all(widths, false);
  const double mean = cv::mean(all)[0];
  return mean > 0 ? deviation(all) / mean : 0;
}

/// The share of what changes along the line that changes in one pitch.
double evenness(const cv::Mat1f& line) {
  cv::Mat1f around, power;
  cv::blur(line, around, {std::max(3, line.cols / kSurroundings), 1});
  cv::Mat2f waves;
  cv::dft(line - around, waves, cv::DFT_COMPLEX_OUTPUT);
  std::array<cv::Mat, 2> parts;
  cv::split(waves.colRange(0, line.cols / 2), parts.data());
  cv::magnitude(parts[0], parts[1], power);
  power = power.mul(power);
  cv::Point strongest;
  cv::minMaxLoc(power, nullptr, nullptr, nullptr, &strongest);
  const cv::Rect near = cv::Rect(strongest.x - kPitchWidth, 0, 2 * kPitchWidth + 1, 1) & cv::Rect({}, power.size());
  return cv::sum(power(near))[0] / std::max(1e-6, cv::sum(power)[0]);
}

bool are_bars(const cv::Mat1f& line) {
  if (deviation(line) < kLeastContrast) return false;
  if (evenness(line) > kMostEven) return false;
  const auto [dark, light] = widths_of(line);
  if (std::min(dark.size(), light.size()) < kLeastBars || dark.size() > kMostBars) return false;
  if (std::max(varied(dark), varied(light)) < kLeastVaried) return false;
  std::vector<double> steps(std::min(dark.size(), light.size()));
  std::ranges::transform(dark, light, steps.begin(), std::plus());
  if (varied(steps) > kMostVaried) return false;
  const double ink = cv::sum(dark)[0], share = ink / (ink + cv::sum(light)[0]);
  return share >= kLeastDark && share <= kMostDark;
}

/// All of the bars: what the gradients told, and as far as the pattern goes on.
Corners corners_of(const cv::Mat& grey, const BarPlace& place) {
  const auto half = place.along * (place.length / 2), down = cv::Point2f(-place.along.y, place.along.x);
  const auto left = place.middle - half, right = place.middle + half;
  const auto whole = whole_bars(grey, {left, right, right, left});
  const float above = std::max((left - whole[0]).dot(down), place.height / 2);
  const float below = std::max((whole[3] - left).dot(down), place.height / 2);
  return {left - down * above, right - down * above, right + down * below, left + down * below};
}

/// Whether `other` is more of the code at `place`, behind glare or a crease: strokes of the same direction in its line.
bool goes_on(const BarPlace& place, const BarPlace& other) {
  if (std::abs(place.along.dot(other.along)) < kInLine) return false;
  const auto way = other.middle - place.middle;
  const float away = std::abs(way.dot(place.along)), aside = std::abs(way.cross(place.along));
  const float gap = away - (place.length + other.length) / 2;
  return aside <= place.height / 2 && gap <= std::max(place.length, other.length) / 2;
}

/// The codes among the places, and what goes on from them.
std::vector<Corners> codes_at(const cv::Mat& grey, std::vector<BarPlace> places) {
  std::vector<BarPlace> codes;
  std::vector<Corners> out;
  const auto keep_others = [&](const auto& is_code) {
    const auto first = std::stable_partition(places.begin(), places.end(), std::not_fn(is_code));
    codes.insert(codes.end(), first, places.end());
    places.erase(first, places.end());
  };
  keep_others([&](const BarPlace& place) {
    const auto corners = bar_code_at(grey, place);
    if (corners) out.push_back(*corners);
    return corners.has_value();
  });
  keep_others([&](const BarPlace& place) {
    const bool more = std::ranges::any_of(codes, [&](const BarPlace& code) { return goes_on(code, place); });
    if (more) out.push_back(corners_of(grey, place));
    return more;
  });
  return out;
}

}  // namespace

std::optional<Corners> bar_code_at(const cv::Mat& grey, const BarPlace& place) {
  const int samples = std::clamp(cvRound(place.length), kLeastSamples, kMostSamples);
  const Run run = straightened(grey, place, std::min(samples, kMostTurned));
  if (run.steady < kLeastSteady) return std::nullopt;
  const auto lines = lines_of(grey, run.place, std::min(2 * samples, kMostSamples), run.fan_degrees);
  if (!are_bars(mean_of(lines))) return std::nullopt;
  return corners_of(grey, run.place);
}

std::vector<Corners> bar_codes(Picture& picture) {
  std::vector<Corners> out;
  int side = std::max(picture.width(), picture.height());
  do {
    const cv::Mat& grey = picture.halved(side);
    const float x = static_cast<float>(picture.width()) / static_cast<float>(grey.cols);
    const float y = static_cast<float>(picture.height()) / static_cast<float>(grey.rows);
    for (auto corners : codes_at(grey, bar_places(grey))) {
      for (auto& corner : corners) corner = {corner.x * x, corner.y * y};
      out.push_back(corners);
    }
    side /= 2;
  } while (side >= kLeastSide);
  return out;
}

}  // namespace veilgate::detect
