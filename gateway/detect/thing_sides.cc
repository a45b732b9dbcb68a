#include "detect/thing_sides.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "detect/step_lines.h"

namespace veilgate::detect {
namespace {

// How near lines are to be one writing, in thicknesses of the thicker.
constexpr float kGapAcross = 1.0F, kGapAlong = 1.5F;
constexpr float kParallel = 0.97F;      // cosine: 14 degrees
constexpr float kDirectionless = 1.6F;  // length over thickness

// How far a side is looked for from what is written, in thicknesses of its thickest line, and within these pixels.
constexpr float kAcross = 2, kAlong = 8;
constexpr float kLeastAcross = 8, kMostAcross = 120, kLeastAlong = 12, kMostAlong = 240;
constexpr float kInto = 0.3F;  // boxes are drawn wide
constexpr int kBorder = 2;     // of what was cut out: a step there has no neighbours
constexpr int kNeeded = 3;     // sides
/// Over what is written; less, and the sides are those of the letters.
constexpr double kLeastGain = 1.15;

// Seen from the side, the ends of a long thing are slanted more than its long sides.
constexpr Tilts kLong{0.05, 0.0125}, kEnd{0.21, 0.035};
/// The long sides are found by what is written, the ends by them, and then both once more by each other.
constexpr int kRounds = 2;

float gap_of(const Slab& a, const Slab& b, const cv::Point2f& direction) {
  return std::abs((b.centre - a.centre).dot(direction)) - (a.reach(direction) + b.reach(direction)) / 2;
}

bool belong_together(const Slab& a, const Slab& b) {
  const auto directed = [](const Slab& slab) { return slab.length > kDirectionless * slab.thickness; };
  if (directed(a) && directed(b) && std::abs(a.along.dot(b.along)) < kParallel) return false;
  const Slab& guide = a.length > b.length ? a : b;
  const float line = std::max(a.thickness, b.thickness);
  return gap_of(a, b, guide.across()) <= kGapAcross * line && gap_of(a, b, guide.along) <= kGapAlong * line;
}

/// A piece of the picture around what is written, with the writing upright in it.
class Cutting {
 public:
  Cutting(const cv::Mat3b& lab, const Writing& writing) : line_(writing.line) {
    const Slab& hull = writing.hull;
    const int above = cvRound(std::clamp(kAcross * line_, kLeastAcross, kMostAcross));
    const int before = cvRound(std::clamp(kAlong * line_, kLeastAlong, kMostAlong));
    columns_ = {before, before + cvRound(hull.length)};
    rows_ = {above, above + cvRound(hull.thickness)};
    const cv::Size size(columns_.to + before, rows_.to + above);
    const auto corner = hull.centre - hull.along * (static_cast<float>(size.width) / 2) -
                        hull.across() * (static_cast<float>(size.height) / 2);
    back_ = {hull.along.x, hull.across().x, corner.x, hull.along.y, hull.across().y, corner.y};
    cv::Mat upright;
    cv::warpAffine(lab, upright, back_, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
    cv::Mat3f exact;
    upright.convertTo(exact, CV_32F);
    down_ = steps_down(exact);
    right_ = steps_down(exact.t());
  }

  void search() {
    Range columns = columns_;
    for (int round = 0; round < kRounds; ++round) {
      search_both(down_, columns, rows_, kLong, top_, bottom_);
      const Range rows = between(top_, bottom_, rows_);
      search_both(right_, rows, columns_, kEnd, left_, end_);
      columns = between(left_, end_, columns_);
    }
  }

  int sides() const {
    const std::array all{&top_, &bottom_, &left_, &end_};
    return static_cast<int>(std::count_if(all.begin(), all.end(), [](const auto* side) { return side->has_value(); }));
  }

  /// Its corners in the picture; a side that was not found lies where the writing ends.
  std::vector<cv::Point> corners() const {
    const StepLine top = top_.value_or(StepLine{double(rows_.from)}),
                   bottom = bottom_.value_or(StepLine{double(rows_.to)});
    const StepLine left = left_.value_or(StepLine{double(columns_.from)}),
                   end = end_.value_or(StepLine{double(columns_.to)});
    const cv::Point2d middle((left.at + end.at) / 2, (top.at + bottom.at) / 2);
    const auto crossing = [&](const StepLine& row, const StepLine& column) {
      const double x = column.at + column.tilt * (row.at - middle.y), y = row.at + row.tilt * (x - middle.x);
      return cv::Point(cvRound(back_(0, 0) * x + back_(0, 1) * y + back_(0, 2)),
                       cvRound(back_(1, 0) * x + back_(1, 1) * y + back_(1, 2)));
    };
    return {crossing(top, left), crossing(top, end), crossing(bottom, end), crossing(bottom, left)};
  }

 private:
  using Side = std::optional<StepLine>;

  /// Lines before and behind what is written in `written`.
  void search_both(const cv::Mat3f& steps, const Range& along, const Range& written, const Tilts& tilts, Side& before,
                   Side& behind) const {
    const int into = std::max(kBorder, cvRound(kInto * line_));
    const auto surest = [&](const Range& where) -> Side {
      const auto lines = step_lines(steps, along, where, tilts);
      return lines.empty() ? Side() : Side(lines.front());
    };
    before = surest({kBorder, written.from + into});
    behind = surest({written.to - into, steps.rows - kBorder});
  }

  static Range between(const Side& before, const Side& behind, const Range& written) {
    return {before ? cvRound(before->at) + kBorder : written.from, behind ? cvRound(behind->at) - kBorder : written.to};
  }

  float line_;
  Range columns_, rows_;  ///< of what is written
  cv::Matx23f back_;
  cv::Mat3f down_, right_;
  Side top_, bottom_, left_, end_;
};

}  // namespace

std::vector<Writing> writings(std::span<const Slab> lines) {
  std::vector<Writing> out;
  for (const auto& line : lines) out.push_back({line, line.thickness});
  for (std::size_t i = 0; i < out.size();) {
    const auto other = std::find_if(out.begin() + static_cast<std::ptrdiff_t>(i) + 1, out.end(),
                                    [&](const Writing& one) { return belong_together(out[i].hull, one.hull); });
    if (other == out.end()) {
      ++i;
      continue;
    }
    const auto along = out[i].hull.length >= other->hull.length ? out[i].hull.along : other->hull.along;
    out[i] = {hull(out[i].hull, other->hull, along), std::max(out[i].line, other->line)};
    out.erase(other);
    i = 0;  // the larger hull may reach what it did not reach before
  }
  return out;
}

std::optional<Outline> SideSearch::around(const Writing& writing) const {
  Cutting cutting(lab_, writing);
  cutting.search();
  if (cutting.sides() < kNeeded) return std::nullopt;
  const auto corners = cutting.corners();
  const double written = double{writing.hull.length} * writing.hull.thickness;
  if (!cv::isContourConvex(corners) || cv::contourArea(corners) < kLeastGain * written) return std::nullopt;
  Outline out{cv::Mat1b::zeros(lab_.size()), cv::boundingRect(corners) & cv::Rect({}, lab_.size()),
              cutting.sides() / 4.0, EndsAt::Sides};
  cv::fillConvexPoly(out.cover, corners, 255);
  const double area = cv::countNonZero(out.cover);
  if (area == 0 || area > kMaxThingShare * static_cast<double>(lab_.total())) return std::nullopt;
  return out;
}

}  // namespace veilgate::detect
