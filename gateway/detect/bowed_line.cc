#include "detect/bowed_line.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

constexpr double kFilled = 0.6;         // of the slanted rectangle: a straight line fills more
constexpr double kLong = 5;             // a line's length over its thickness; shorter ones hardly bow
constexpr double kPartLength = 4;       // over the thickness
constexpr int kMaxPixels = 200000;      // of one shape; what is larger is no line
constexpr int kMaxParts = 40;           // of one shape, along it
constexpr std::size_t kMaxPieces = 80;  // of them; of a shape with more, all is taken
constexpr std::size_t kMinPoints = 8;

const std::array<cv::Point, 8> kAround{cv::Point(1, 0), {0, 1},  {-1, 0}, {0, -1},
                                       cv::Point(1, 1), {-1, 1}, {1, -1}, {-1, -1}};

/// Steps within the shape from one pixel to all others; -1 outside. `last`: the farthest one.
cv::Mat1i steps_from(const cv::Mat1b& inside, const cv::Point& start, cv::Point& last) {
  cv::Mat1i out(inside.size(), -1);
  std::vector<cv::Point> queue{start};
  out(start) = 0;
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const cv::Point here = queue[next];
    for (const auto& way : kAround) {
      const cv::Point there = here + way;
      if (!cv::Rect({}, inside.size()).contains(there) || inside(there) == 0 || out(there) >= 0) continue;
      out(there) = out(here) + 1;
      queue.push_back(there);
    }
  }
  last = queue.back();
  return out;
}

}  // namespace

std::vector<cv::RotatedRect> straight_parts(const std::vector<cv::Point>& shape) {
  const auto around = cv::minAreaRect(shape);
  const double area = cv::contourArea(shape);
  if (shape.size() < kMinPoints || area > kMaxPixels || area >= kFilled * around.size.area()) return {};
  const cv::Rect bounds = cv::boundingRect(shape);
  cv::Mat1b inside = cv::Mat1b::zeros(bounds.size());
  cv::fillPoly(inside, std::vector{shape}, 255, cv::LINE_8, 0, -bounds.tl());
  cv::Point end, other;
  steps_from(inside, shape.front() - bounds.tl(), end);
  const auto steps = steps_from(inside, end, other);
  const double length = steps(other), thickness = std::max(1.0, area / std::max(1.0, length));
  if (length < kLong * thickness) return {};
  const int count = std::clamp(static_cast<int>(std::lround(length / (kPartLength * thickness))), 2, kMaxParts);
  std::vector<cv::RotatedRect> out;
  for (int part = 0; part < count; ++part) {
    const cv::Mat1b there = (steps >= std::floor(length * part / count)) & (steps <= length * (part + 1) / count);
    std::vector<std::vector<cv::Point>> pieces;  // two of them where the line closes to a ring
    cv::findContours(there, pieces, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE, bounds.tl());
    for (const auto& piece : pieces) {
      const auto around_it = cv::minAreaRect(piece);
      if (around_it.size.width > 0 && around_it.size.height > 0) out.push_back(around_it);
    }
  }
  return out.size() <= kMaxPieces ? out : std::vector{around};
}

}  // namespace veilgate::detect
