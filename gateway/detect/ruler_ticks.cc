#include "detect/ruler_ticks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "detect/plain_text.h"

namespace veilgate::detect {
namespace {

// Where strokes stand, in heights of the row.
constexpr float kOverlap = 0.6F;  // of boxes, which are wider than what they show
constexpr float kReach = 1.6F;
constexpr float kThickest = 2;
constexpr float kParallel = 0.98F;
constexpr float kBeyond = 0.35F;  // of the way between numbers, past the last one

constexpr int kSamples = 8;     // of one stroke and the gap behind it
constexpr int kWindow = 4;      // strokes that are judged together
constexpr int kMinWindows = 7;  // one stroke apart: 10 strokes in step
constexpr int kBands = 6;       // across the piece; strokes end at different heights, and the ruler's edge is near
constexpr int kRowsInBand = 2;
constexpr int kMaxStrokes = 800;   // of one piece
constexpr double kMinLevels = 4;   // grey levels of the comb's amplitude
constexpr double kMinShare = 0.6;  // of all variance: the comb
constexpr double kMaxDrift = 60;   // degrees, from one window to the next
constexpr float kRim = 0.5F;       // of the thickness, at both ends of a piece: what detectors leave around it

/// From the row's numbers to pixels along the row: places[i] stands at i. A polynomial: perspective bends it a little,
/// and each place is a few pixels off.
class Scale {
 public:
  explicit Scale(const Ruler& ruler) : ruler_(ruler) {
    const auto count = static_cast<int>(ruler.places.size());
    const int degree = count >= 8 ? 2 : 1;
    cv::Mat left(count - 2, degree + 1, CV_64F), right(count - 2, 1, CV_64F);
    for (int i = 1; i + 1 < count; ++i) {
      for (int power = 0; power <= degree; ++power) left.at<double>(i - 1, power) = std::pow(i, power);
      right.at<double>(i - 1) = along(ruler.places[static_cast<std::size_t>(i)].centre);
    }
    cv::Mat solved;
    if (cv::solve(left, right, solved, cv::DECOMP_SVD)) {
      for (int power = 0; power <= degree; ++power)
        factors_[static_cast<std::size_t>(power)] = solved.at<double>(power);
    }
  }
  double along(const cv::Point2f& point) const {
    return static_cast<double>((point - ruler_.corridor.centre).dot(ruler_.corridor.along));
  }
  double at(double place) const { return factors_[0] + place * (factors_[1] + place * factors_[2]); }
  /// The place at these pixels.
  double place(double pixels) const {
    double out = 0;
    for (int i = 0; i < 8; ++i) {  // Newton; nearly straight
      const double slope = factors_[1] + 2 * factors_[2] * out;
      if (std::abs(slope) < 1) return -1;
      out -= (at(out) - pixels) / slope;
    }
    return out;
  }
  double last() const { return static_cast<double>(ruler_.places.size()) - 2; }

 private:
  const Ruler& ruler_;
  std::array<double, 3> factors_{};
};

struct Extent {
  double from = 0, to = 0;  ///< places
};

/// One line along the piece: grey levels, one sample column per place.
std::vector<double> levels(const cv::Mat& grey, const Slab& piece, const Scale& scale, const Ruler& ruler,
                           const Extent& extent, int strokes, int band) {
  const cv::Point2f way = piece.along.dot(ruler.corridor.along) < 0 ? -piece.along : piece.along;
  const float slope = std::max(0.5F, way.dot(ruler.corridor.along));
  const double middle = scale.along(piece.centre);
  const auto count = static_cast<int>(std::lround((extent.to - extent.from) * strokes * kSamples)) + 1;
  cv::Mat x(kRowsInBand, count, CV_32F), y(kRowsInBand, count, CV_32F), seen;
  for (int row = 0; row < kRowsInBand; ++row) {
    const float share = (static_cast<float>(band * kRowsInBand + row) + 0.5F) / (kBands * kRowsInBand) - 0.5F;
    for (int i = 0; i < count; ++i) {
      const double place = extent.from + static_cast<double>(i) / (strokes * kSamples);
      const auto off = static_cast<float>(scale.at(place) - middle) / slope;
      const cv::Point2f point = piece.centre + way * off + piece.across() * (share * piece.thickness);
      x.at<float>(row, i) = point.x;
      y.at<float>(row, i) = point.y;
    }
  }
  cv::remap(grey, seen, x, y, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  std::vector<double> out;
  for (int i = 0; i < count; ++i) out.push_back(cv::mean(seen.col(i))[0]);
  return out;
}

struct Comb {
  double share = 0, levels = 0, phase = 0;
};

/// What of the samples around `middle` is a comb of this distance.
std::optional<Comb> comb_at(const std::vector<double>& line, int middle) {
  constexpr int kHalf = kWindow * kSamples / 2;
  if (middle - kHalf - kSamples / 2 < 0 || middle + kHalf + kSamples / 2 >= static_cast<int>(line.size())) return {};
  std::complex<double> first, second;
  double all = 0, weights = 0;
  for (int i = -kHalf; i < kHalf; ++i) {
    const int at = middle + i;
    double trend = 0;  // over one tooth, which takes out nothing of the comb
    for (int k = -kSamples / 2; k < kSamples / 2; ++k) trend += line[static_cast<std::size_t>(at + k)];
    const double value = line[static_cast<std::size_t>(at)] - trend / kSamples;
    const double weight = 0.5 + 0.5 * std::cos(std::numbers::pi * i / kHalf);
    const double angle = 2 * std::numbers::pi * at / kSamples;
    first += weight * value * std::polar(1.0, -angle);
    second += weight * value * std::polar(1.0, -2 * angle);
    all += weight * value * value;
    weights += weight;
  }
  const double one = 2 * std::abs(first) / weights, two = 2 * std::abs(second) / weights;
  if (all <= 0) return Comb{};
  return Comb{(one * one + two * two) / 2 / (all / weights), one, std::arg(first)};
}

/// The best comb of all bands, or one that is none.
std::optional<Comb> best_comb(const std::array<std::vector<double>, kBands>& lines, int middle) {
  std::optional<Comb> best;
  for (const auto& line : lines) {
    const auto one = comb_at(line, middle);
    if (one && one->levels >= kMinLevels && (!best || one->share > best->share)) best = one;
  }
  return best;
}

bool is_comb(const cv::Mat& grey, const Slab& piece, const Scale& scale, const Ruler& ruler, const Extent& piece_is,
             int strokes) {
  const double tooth = 1.0 / strokes, half = kWindow * tooth / 2;
  // What goes on to both sides must be in step as well; a few strokes alone may be an m.
  Extent judged{piece_is.from + half, piece_is.to - half};
  const double least = (kMinWindows - 1) * tooth;
  if (judged.to - judged.from < least) {
    const double middle = (judged.from + judged.to) / 2;
    const double from = std::clamp(middle - least / 2, 1 + half, std::max(1 + half, scale.last() - half - least));
    judged = {std::min(from, judged.from), std::max(from + least, judged.to)};
  }
  const double more = half + tooth;
  const Extent seen{judged.from - more, judged.to + more};
  if ((seen.to - seen.from) * strokes > kMaxStrokes) return false;
  std::array<std::vector<double>, kBands> lines;
  for (int band = 0; band < kBands; ++band) {
    lines[static_cast<std::size_t>(band)] = levels(grey, piece, scale, ruler, seen, strokes, band);
  }
  std::optional<double> phase;
  const int windows = std::max(kMinWindows, static_cast<int>(std::ceil((judged.to - judged.from) / tooth)) + 1);
  for (int k = 0; k < windows; ++k) {
    const double place = std::min(judged.from + k * tooth, judged.to);
    const auto comb = best_comb(lines, static_cast<int>(std::lround((place - seen.from) * strokes * kSamples)));
    if (!comb || comb->share < kMinShare) return false;
    if (phase &&
        std::abs(std::remainder(comb->phase - *phase, 2 * std::numbers::pi)) > kMaxDrift * std::numbers::pi / 180) {
      return false;
    }
    phase = comb->phase;
  }
  return true;
}

bool stands_beside(const Ruler& ruler, const Slab& piece) {
  const Slab& row = ruler.corridor;
  const float height = row.thickness, thick = piece.reach(row.across());
  const float gap = std::abs((piece.centre - row.centre).dot(row.across())) - (height + piece.thickness) / 2;
  if (gap < -kOverlap * height || gap > kReach * height || piece.thickness > kThickest * height) return false;
  return piece.length < 2 * piece.thickness ? thick <= kThickest * height
                                            : std::abs(piece.along.dot(row.along)) >= kParallel;
}

}  // namespace

bool are_ticks(const cv::Mat& bgr, const Ruler& ruler, const Slab& piece) {
  if (ruler.places.size() < 5 || !stands_beside(ruler, piece)) return false;
  // A short piece shows no direction of its own.
  const bool directed = piece.length >= 4 * piece.thickness;
  const Slab there = directed ? piece : hull(piece, piece, ruler.corridor.along);
  const Scale scale(ruler);
  const double half = std::max(0.0F, there.reach(ruler.corridor.along) / 2 - kRim * there.thickness);
  const double middle = scale.along(there.centre);
  const Extent extent{scale.place(middle - half), scale.place(middle + half)};
  if (extent.from < 1 - kBeyond || extent.to > scale.last() + kBeyond || extent.to < extent.from) return false;
  cv::Mat grey;
  cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
  return std::ranges::any_of(std::array{10, 5},
                             [&](int strokes) { return is_comb(grey, there, scale, ruler, extent, strokes); });
}

bool reads_like_strokes(const Phi<std::string>& read) {
  constexpr std::string_view kStrokes = "mnuhliItrfpqdgbjyLTJU1|!/'\".,-: ";
  constexpr double kMostly = 0.75;
  constexpr std::size_t kLeast = 5;  // "Till", "Jill" and "Lily" are made of strokes as well
  const auto& text = read.reveal();
  const auto strokes = std::ranges::count_if(text, [&](char c) { return kStrokes.find(c) != std::string_view::npos; });
  return text.size() >= kLeast && static_cast<double>(strokes) >= kMostly * static_cast<double>(text.size());
}

bool is_ruler_text(const Phi<std::string>& read, bool on_strokes) {
  constexpr int kLongest = 60;  // numbers of a ruler
  constexpr std::array kSteps{1, 2, 5, 10};
  if (scale_number(read) || is_unit(read) || (on_strokes && reads_like_strokes(read))) return true;
  return std::ranges::any_of(kSteps, [&](int step) {
    std::string up, down;
    for (int i = 0; i <= kLongest; ++i) {
      const auto number = std::to_string(i * step);
      up += number + ' ';
      down.insert(0, number + ' ');
    }
    return is_part_of_scale(read, Phi(up)) || is_part_of_scale(read, Phi(down));
  });
}

}  // namespace veilgate::detect
