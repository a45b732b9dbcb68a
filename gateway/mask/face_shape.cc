#include "mask/face_shape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace veilgate::mask {
namespace {

/// A shape that is no box: more boxes follow it more closely, but each is a region of its own.
constexpr int kMaxStrips = 12;
/// Thinner strips gain nothing: JPEG masks whole blocks of 8 or 16 rows.
constexpr int kMinStripRows = 8;

// Shares of the longer side of a face's box, which reaches about from the brows' upper end to the chin.
constexpr double kHair = 0.40, kEars = 0.25, kChin = 0.15;

// Of the distance between the eyes' centres. A face is about 2.3 of it wide at the eyes.
constexpr double kBandHalfLength = 1.1, kBandHalfHeight = 0.45;
/// Distance between the eyes as a share of the longer side of the face's box.
constexpr double kLeastDistance = 0.2, kMostDistance = 0.75;

struct Vector {
  double x = 0, y = 0;
};

Vector minus(const Vector& a, const Vector& b) { return {a.x - b.x, a.y - b.y}; }
double dot(const Vector& a, const Vector& b) { return a.x * b.x + a.y * b.y; }
double length(const Vector& a) { return std::hypot(a.x, a.y); }

Vector first(const EyePair& eyes) { return {static_cast<double>(eyes[0]), static_cast<double>(eyes[1])}; }
Vector second(const EyePair& eyes) { return {static_cast<double>(eyes[2]), static_cast<double>(eyes[3])}; }
Vector middle(const EyePair& eyes) { return {(eyes[0] + eyes[2]) / 2.0, (eyes[1] + eyes[3]) / 2.0}; }
Vector middle(const Box& box) { return {box.x + box.w / 2.0, box.y + box.h / 2.0}; }

/// Cuts the rows from top to bottom into strips; `extent` gives the left and right end of a shape between two rows.
template <typename Extent>
std::vector<Box> strips(int top, int bottom, const Extent& extent) {
  const int count = std::clamp((bottom - top) / kMinStripRows, 1, kMaxStrips);
  std::vector<Box> out;
  for (int i = 0; i < count; ++i) {
    const int from = top + (bottom - top) * i / count, to = top + (bottom - top) * (i + 1) / count;
    const auto [left, right] = extent(static_cast<double>(from), static_cast<double>(to));
    const int x = static_cast<int>(std::floor(left));
    const Box box{x, from, static_cast<int>(std::ceil(right)) - x, to - from};
    if (!box.empty()) out.push_back(box);
  }
  return out;
}

/// Left and right end of a convex polygon between two rows.
std::pair<double, double> between_rows(const std::array<Vector, 4>& corners, double from, double to) {
  double left = 1e9, right = -1e9;
  const auto take = [&](double x) { left = std::min(left, x), right = std::max(right, x); };
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Vector &a = corners[i], &b = corners[(i + 1) % corners.size()];
    if (a.y >= from && a.y <= to) take(a.x);
    for (const double row : {from, to}) {
      if (std::min(a.y, b.y) > row || std::max(a.y, b.y) < row || a.y == b.y) continue;
      take(a.x + (b.x - a.x) * (row - a.y) / (b.y - a.y));
    }
  }
  return {left, right};
}

}  // namespace

bool are_plausible_eyes(const EyePair& eyes, const Box& face) {
  const auto inside = [&](const Vector& eye) {
    return eye.x >= face.x && eye.x < face.right() && eye.y >= face.y && eye.y < face.bottom();
  };
  const double share = length(minus(second(eyes), first(eyes))) / std::max(face.w, face.h);
  return inside(first(eyes)) && inside(second(eyes)) && share >= kLeastDistance && share <= kMostDistance;
}

Box head_around(const Region& face) {
  const int side = std::max(face.box.w, face.box.h);
  const auto pixels = [side](double share) { return static_cast<int>(std::ceil(share * side)); };
  // By how much each side grows: left, top, right, bottom.
  std::array<int, 4> by{};
  by.fill(pixels(kHair));
  if (face.eyes && are_plausible_eyes(*face.eyes, face.box)) {
    // Across the line of the eyes, away from the middle of the face, which is the nose.
    const Vector along = minus(second(*face.eyes), first(*face.eyes));
    Vector up{-along.y / length(along), along.x / length(along)};
    if (dot(up, minus(middle(face.box), middle(*face.eyes))) > 0) up = {-up.x, -up.y};
    constexpr std::array<Vector, 4> kSides{{{-1, 0}, {0, -1}, {1, 0}, {0, 1}}};
    constexpr double kMeant = 0.35;  // of a slanted head several parts lie at one side: the largest counts
    for (std::size_t i = 0; i < kSides.size(); ++i) {
      const double upward = dot(kSides[i], up), aside = std::abs(dot(kSides[i], {-up.y, up.x}));
      double share = kChin;
      if (aside > kMeant) share = kEars;
      if (upward > kMeant) share = kHair;
      by[i] = pixels(share);
    }
  }
  return {face.box.x - by[0], face.box.y - by[1], face.box.w + by[0] + by[2], face.box.h + by[1] + by[3]};
}

std::vector<Box> eye_band(const EyePair& eyes, double margin, int least_px) {
  const Vector along = minus(second(eyes), first(eyes)), centre = middle(eyes);
  const double distance = std::max(1.0, length(along));
  const double grow = std::max(margin * 2 * kBandHalfLength * distance, static_cast<double>(least_px));
  const double reach = kBandHalfLength * distance + grow, rise = kBandHalfHeight * distance + grow;
  const Vector u = length(along) > 0 ? Vector{along.x / distance, along.y / distance} : Vector{1, 0};
  const auto corner = [&](double a, double b) {
    return Vector{centre.x + a * reach * u.x - b * rise * u.y, centre.y + a * reach * u.y + b * rise * u.x};
  };
  const std::array<Vector, 4> corners{corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)};
  const auto [low, high] =
      std::minmax_element(corners.begin(), corners.end(), [](const Vector& a, const Vector& b) { return a.y < b.y; });
  const int top = static_cast<int>(std::floor(low->y)), bottom = static_cast<int>(std::ceil(high->y));
  return strips(top, bottom, [&](double from, double to) { return between_rows(corners, from, to); });
}

std::vector<Box> ellipse_in(const Box& box) {
  const Vector centre = middle(box);
  const double half_width = box.w / 2.0, half_height = box.h / 2.0;
  return strips(box.y, box.bottom(), [&](double from, double to) {
    const double nearest = std::clamp(centre.y, from, to) - centre.y;  // the strip's widest row
    const double across = half_width * std::sqrt(std::max(0.0, 1 - nearest * nearest / (half_height * half_height)));
    return std::pair{centre.x - across, centre.x + across};
  });
}

}  // namespace veilgate::mask
