#include "detect/text_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "detect/geometry.h"

namespace veilgate::detect {
namespace {

/// Pieces of one line: as thick as each other within this, about parallel, on one baseline, close together.
constexpr float kSameThickness = 1.8F;
constexpr float kParallel = 0.97F;      // cosine: 14 degrees
constexpr float kBaseline = 0.5F;       // of the thickness
constexpr float kGap = 1.2F;            // of the thickness: a word's space is a third of it
constexpr float kDirectionless = 1.6F;  // length over thickness, below which a piece shows no direction
/// The same piece seen twice.
constexpr float kSameShare = 0.6F;

constexpr float kPadding = 0.08F;     // of the thickness; detectors cut close
constexpr int kLineHeight = 48;       // what the reader scales to
constexpr int kMaxCutLength = 2'400;  // pixels of a cut-out, after scaling

float dot(const cv::Point2f& a, const cv::Point2f& b) { return a.x * b.x + a.y * b.y; }
float degrees(const cv::Point2f& direction) {
  return static_cast<float>(std::atan2(direction.y, direction.x) * 180 / CV_PI);
}

cv::Point2f rightwards(cv::Point2f direction) {
  constexpr float kUpright = 1e-3F;
  const bool back = direction.x < -kUpright || (std::abs(direction.x) <= kUpright && direction.y < 0);
  return back ? -direction : direction;
}

bool shows_direction(const Slab& slab) { return slab.length >= kDirectionless * slab.thickness; }

/// Extent of a slab along a direction, as seen from a point.
std::pair<float, float> extent(const Slab& slab, const cv::Point2f& direction, const cv::Point2f& from) {
  const float middle = dot(slab.centre - from, direction);
  const float half = slab.reach(direction) / 2;
  return {middle - half, middle + half};
}

bool on_one_line(const Slab& a, const Slab& b) {
  if (!same_size(a, b)) return false;
  const Slab& guide = a.length / a.thickness >= b.length / b.thickness ? a : b;
  const Slab& other = &guide == &a ? b : a;
  cv::Point2f along = guide.along;
  if (!shows_direction(guide)) {  // two short ones: the way from one to the other, if it is their own way as well
    const auto way = b.centre - a.centre;
    if (cv::norm(way) < 1) return true;
    along = std::abs(dot(way, guide.along)) >= std::abs(dot(way, guide.across())) ? guide.along : guide.across();
  }
  if (shows_direction(other) && std::abs(dot(along, other.along)) < kParallel) return false;
  const float size = std::max(a.thickness, b.thickness);
  const cv::Point2f across{-along.y, along.x};
  if (std::abs(dot(b.centre - a.centre, across)) > kBaseline * size) return false;
  const auto [a_from, a_to] = extent(a, along, a.centre);
  const auto [b_from, b_to] = extent(b, along, a.centre);
  return std::max(a_from, b_from) - std::min(a_to, b_to) <= kGap * size;
}

bool same_piece(const Slab& a, const Slab& b) {
  if (cv::norm(a.centre - b.centre) > (a.length + b.length) / 2) return false;
  return same_size(a, b) && std::max(share_inside(a, b), share_inside(b, a)) >= kSameShare;
}

float padding_of(const Slab& slab) { return std::max(2.0F, kPadding * slab.thickness); }

std::size_t root_of(std::vector<std::size_t>& parents, std::size_t i) {
  while (parents[i] != i) i = parents[i] = parents[parents[i]];
  return i;
}

}  // namespace

cv::RotatedRect Slab::rect(float grow) const {
  return {centre, cv::Size2f(length + 2 * grow, thickness + 2 * grow), degrees(along)};
}

Slab slab_of(const Region& region) {
  const Box& box = region.box;
  std::vector<cv::Point2f> outline;
  if (region.corners) {
    for (std::size_t i = 0; i < region.corners->size(); i += 2) {
      outline.emplace_back(static_cast<float>((*region.corners)[i]), static_cast<float>((*region.corners)[i + 1]));
    }
  } else {
    for (const auto& [x, y] :
         {std::pair{box.x, box.y}, {box.right(), box.y}, {box.right(), box.bottom()}, {box.x, box.bottom()}}) {
      outline.emplace_back(static_cast<float>(x), static_cast<float>(y));
    }
  }
  const auto rect = cv::minAreaRect(outline);
  const double angle = rect.angle * CV_PI / 180;
  cv::Point2f along(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
  float length = rect.size.width, thickness = rect.size.height;
  // What shows no direction is taken as it stands upright.
  const bool turn = length < kDirectionless * thickness && thickness < kDirectionless * length
                        ? std::abs(along.x) < std::abs(along.y)
                        : length < thickness;
  if (turn) {
    std::swap(length, thickness);
    along = {-along.y, along.x};
  }
  return {rect.center, rightwards(along), std::max(1.0F, length), std::max(1.0F, thickness)};
}

void set_slab(const Slab& slab, const cv::Size& picture, Region& region) {
  std::array<cv::Point2f, 4> points;
  slab.rect().points(points.data());
  Corners& corners = region.corners.emplace();
  for (std::size_t i = 0; i < points.size(); ++i) {
    corners[2 * i] = cvRound(points[i].x);
    corners[2 * i + 1] = cvRound(points[i].y);
  }
  region.box = clipped(slab.rect().boundingRect2f(), picture.width, picture.height);
}

std::vector<Slab> upright_parts(const Slab& slab) {
  constexpr float kUpright = 0.04F;  // sine
  constexpr float kMaxParts = 64;
  if (std::min(std::abs(slab.along.x), std::abs(slab.along.y)) < kUpright) return {slab};
  const float count = std::clamp(std::ceil(slab.length / (2 * slab.thickness)), 1.0F, kMaxParts);
  std::vector<Slab> out;
  for (float i = 0; i < count; ++i) {
    const float at = slab.length * ((i + 0.5F) / count - 0.5F);
    out.push_back({slab.centre + slab.along * at, slab.along, slab.length / count, slab.thickness});
  }
  return out;
}

Slab hull(const Slab& a, const Slab& b, const cv::Point2f& along) {
  const cv::Point2f across{-along.y, along.x};
  const auto [a_left, a_right] = extent(a, along, a.centre);
  const auto [b_left, b_right] = extent(b, along, a.centre);
  const auto [a_top, a_bottom] = extent(a, across, a.centre);
  const auto [b_top, b_bottom] = extent(b, across, a.centre);
  const float left = std::min(a_left, b_left), right = std::max(a_right, b_right);
  const float top = std::min(a_top, b_top), bottom = std::max(a_bottom, b_bottom);
  return {a.centre + along * ((left + right) / 2) + across * ((top + bottom) / 2), along, right - left, bottom - top};
}

float share_inside(const Slab& inner, const Slab& outer) {
  std::vector<cv::Point2f> common;
  if (cv::rotatedRectangleIntersection(inner.rect(), outer.rect(), common) == cv::INTERSECT_NONE) return 0;
  if (common.size() < 3) return 0;
  std::vector<cv::Point2f> around;
  cv::convexHull(common, around);
  return std::min(1.0F, static_cast<float>(cv::contourArea(around)) / (inner.length * inner.thickness));
}

bool touch(const Slab& a, const Slab& b) { return share_inside(a, b) > 0 || share_inside(b, a) > 0; }

bool same_size(const Slab& a, const Slab& b) {
  return std::max(a.thickness, b.thickness) <= kSameThickness * std::min(a.thickness, b.thickness);
}

std::vector<TextLine> group_lines(std::span<const Slab> pieces) {
  std::vector<std::size_t> parents(pieces.size());
  std::iota(parents.begin(), parents.end(), std::size_t{0});
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (std::size_t j = i + 1; j < pieces.size(); ++j) {
      if (same_piece(pieces[i], pieces[j]) || on_one_line(pieces[i], pieces[j])) {
        parents[root_of(parents, j)] = root_of(parents, i);
      }
    }
  }
  std::vector<TextLine> lines;
  std::vector<std::size_t> line_of(pieces.size(), pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto& line = line_of[root_of(parents, i)];
    if (line == pieces.size()) {
      line = lines.size();
      lines.emplace_back();
    }
    lines[line].pieces.push_back(i);
  }
  for (auto& line : lines) {
    const auto longest = *std::ranges::max_element(
        line.pieces, {}, [&](std::size_t i) { return pieces[i].length / std::max(1.0F, pieces[i].thickness); });
    line.slab = pieces[longest];
    for (const auto i : line.pieces) line.slab = hull(line.slab, pieces[i], line.slab.along);
  }
  return lines;
}

float cut_length(const Slab& slab) { return slab.length + 2 * padding_of(slab); }

cv::Mat cut_out(const cv::Mat& bgr, const Slab& slab, int turns) {
  const float length = cut_length(slab), thickness = slab.thickness + 2 * padding_of(slab);
  // Large print is made smaller on the way, small print is left to the reader.
  const float scale = std::min({1.0F, 2.0F * kLineHeight / thickness, kMaxCutLength / length});
  const cv::Size size(std::max(1, cvRound(length * scale)), std::max(1, cvRound(thickness * scale)));
  const cv::Point2f corner = slab.centre - slab.along * (length / 2) - slab.across() * (thickness / 2);
  const cv::Matx23f back(slab.along.x / scale, slab.across().x / scale, corner.x, slab.along.y / scale,
                         slab.across().y / scale, corner.y);
  cv::Mat out;
  cv::warpAffine(bgr, out, back, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  return turned(out, turns);
}

}  // namespace veilgate::detect
