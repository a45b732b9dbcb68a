#include "mask/beside_kept.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace veilgate::mask {
namespace {

/// A line that is less slanted fills its box but for this share of its own area.
constexpr double kMaxWaste = 0.15;
constexpr int kMaxStrips = 160, kMinStripRows = 3;

/// Of a line's thickness, whatever lies beside it.
constexpr double kLeastMargin = 0.2;

int least_margin(double thickness) { return static_cast<int>(std::ceil(kLeastMargin * thickness)); }

struct Point {
  double x = 0, y = 0;
};
using Quad = std::array<Point, 4>;

struct Interval {
  double from = 0, to = 0;
  bool empty() const { return to <= from; }
};

/// Corners in order around the line, whichever comes first.
Quad quad_of(const Corners& corners) {
  Quad out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = {static_cast<double>(corners[2 * i]), static_cast<double>(corners[2 * i + 1])};
  }
  return out;
}

Point unit(const Point& from, const Point& to) {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  return length > 0 ? Point{(to.x - from.x) / length, (to.y - from.y) / length} : Point{};
}

Quad grown(const Quad& quad, double margin) {
  Quad out;
  for (std::size_t i = 0; i < quad.size(); ++i) {
    const Point a = unit(quad[(i + 1) % 4], quad[i]), b = unit(quad[(i + 3) % 4], quad[i]);
    out[i] = {quad[i].x + margin * (a.x + b.x), quad[i].y + margin * (a.y + b.y)};
  }
  return out;
}

bool is_slanted(const Quad& quad, const Box& box) {
  double twice = 0;
  for (std::size_t i = 0; i < quad.size(); ++i) {
    const Point &a = quad[i], &b = quad[(i + 1) % 4];
    twice += a.x * b.y - b.x * a.y;
  }
  return double(box.w) * box.h > (1 + kMaxWaste) * std::abs(twice) / 2;
}

/// The box is the one around the line (clipped to the picture, rounded): else the line is not believed.
bool fits(const Quad& quad, const Box& box) {
  constexpr double kRounding = 3;
  const auto [left, right] = std::ranges::minmax(quad, {}, &Point::x);
  const auto [top, bottom] = std::ranges::minmax(quad, {}, &Point::y);
  return left.x <= box.x + kRounding && right.x >= box.right() - kRounding && top.y <= box.y + kRounding &&
         bottom.y >= box.bottom() - kRounding;
}

/// Left and right end of a quad between two rows; empty when it does not reach there.
Interval between_rows(const Quad& quad, double from, double to) {
  Interval out{1e9, -1e9};
  const auto take = [&](double x) { out = {std::min(out.from, x), std::max(out.to, x)}; };
  for (std::size_t i = 0; i < quad.size(); ++i) {
    const Point &a = quad[i], &b = quad[(i + 1) % 4];
    if (a.y >= from && a.y <= to) take(a.x);
    for (const double row : {from, to}) {
      if (std::min(a.y, b.y) > row || std::max(a.y, b.y) < row || a.y == b.y) continue;
      take(a.x + (b.x - a.x) * (row - a.y) / (b.y - a.y));
    }
  }
  return out;
}

/// Grown to whole cells.
Box in_cells(const Box& box, int grid) {
  const auto down = [&](int value) { return value - ((value % grid) + grid) % grid; };
  const int left = down(box.x), top = down(box.y);
  return {left, top, down(box.right() + grid - 1) - left, down(box.bottom() + grid - 1) - top};
}

/// What of `whole` lies in none of the boxes that reach into these rows, and `core` in any case.
std::vector<Interval> without(const Interval& whole, const Interval& core, int top, int bottom,
                              std::span<const Box> kept) {
  std::vector<Interval> parts{whole};
  for (const Box& box : kept) {
    if (box.y >= bottom || box.bottom() <= top) continue;
    std::vector<Interval> next;
    for (const auto& part : parts) {
      const Interval left{part.from, std::min(part.to, double(box.x))};
      const Interval right{std::max(part.from, double(box.right())), part.to};
      if (!left.empty()) next.push_back(left);
      if (!right.empty()) next.push_back(right);
    }
    parts = std::move(next);
  }
  if (!core.empty()) parts.push_back(core);
  return parts;
}

double thickness_of(const Quad& quad) {
  return std::min(std::hypot(quad[1].x - quad[0].x, quad[1].y - quad[0].y),
                  std::hypot(quad[2].x - quad[1].x, quad[2].y - quad[1].y));
}

std::vector<Box> strips(const Quad& line, int margin, std::span<const Box> kept, int grid) {
  const Quad wide = grown(line, margin), close = grown(line, std::min(margin, least_margin(thickness_of(line))));
  std::vector<Box> cells;
  for (const Box& box : kept) cells.push_back(in_cells(box, grid));
  const auto [low, high] =
      std::minmax_element(wide.begin(), wide.end(), [](const Point& a, const Point& b) { return a.y < b.y; });
  const int top = static_cast<int>(std::floor(low->y)), bottom = static_cast<int>(std::ceil(high->y));
  const int count = std::clamp((bottom - top) / kMinStripRows, 1, kMaxStrips);
  std::vector<Box> out;
  for (int i = 0; i < count; ++i) {
    const int from = top + (bottom - top) * i / count, to = top + (bottom - top) * (i + 1) / count;
    auto parts = without(between_rows(wide, from, to), between_rows(line, from, to), from, to, cells);
    const auto least = without(between_rows(close, from, to), {}, from, to, kept);
    parts.insert(parts.end(), least.begin(), least.end());
    for (const auto& part : parts) {
      if (part.empty()) continue;
      const int x = static_cast<int>(std::floor(part.from));
      const Box box{x, from, static_cast<int>(std::ceil(part.to)) - x, to - from};
      if (!box.empty()) out.push_back(box);
    }
  }
  return out;
}

/// Each side grows up to the first thing that stays, or to the cells that it lies in; a little in any case, for
/// detectors cut letters close.
Box box_beside(const Box& box, int margin, std::span<const Box> kept, int grid) {
  const int least = least_margin(std::min(box.w, box.h));
  Box out{box.x - margin, box.y - margin, box.w + 2 * margin, box.h + 2 * margin};
  for (const Box& other : kept) {
    const Box cells = in_cells(other, grid);
    if (intersection(out, cells).empty() || !intersection(box, other).empty()) continue;
    int left = out.x, top = out.y, right = out.right(), bottom = out.bottom();
    if (other.x >= box.right()) {
      right = std::min(other.x, std::max(cells.x, box.right() + least));
    } else if (other.right() <= box.x) {
      left = std::max(other.right(), std::min(cells.right(), box.x - least));
    } else if (other.y >= box.bottom()) {
      bottom = std::min(other.y, std::max(cells.y, box.bottom() + least));
    } else {
      top = std::max(other.bottom(), std::min(cells.bottom(), box.y - least));
    }
    out = {left, top, right - left, bottom - top};
  }
  return out;
}

}  // namespace

std::vector<Box> grown_beside(const Region& region, int margin, std::span<const Box> kept, int grid) {
  const Box& box = region.box;
  const Box whole{box.x - margin, box.y - margin, box.w + 2 * margin, box.h + 2 * margin};
  std::vector<Box> near;
  for (const Box& other : kept) {
    if (!intersection(whole, in_cells(other, grid)).empty()) near.push_back(other);
  }
  if (near.empty()) return {whole};
  if (!is_slanted(region)) return {box_beside(box, margin, near, grid)};
  return strips(quad_of(*region.corners), margin, near, grid);
}

bool is_slanted(const Region& region) {
  if (!region.corners) return false;
  const Quad line = quad_of(*region.corners);
  return is_slanted(line, region.box) && fits(line, region.box);
}

}  // namespace veilgate::mask
