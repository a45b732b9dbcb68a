#include "evaluate/outline.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>

#include "base/limits.h"

namespace veilgate::evaluate {
namespace {

struct Run {
  int from = 0, to = 0;
};

/// Pixels of row `y`, from `left` to `right`, whose middle lies inside the ring.
void add_runs(const Ring& ring, int y, int left, int right, std::vector<Run>& out) {
  const double row = y + 0.5;
  std::vector<double> crossings;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const auto &a = ring[i], &b = ring[(i + 1) % ring.size()];
    if ((a[1] <= row) == (b[1] <= row)) continue;
    crossings.push_back(a[0] + (b[0] - a[0]) * (row - a[1]) / (b[1] - a[1]));
  }
  std::sort(crossings.begin(), crossings.end());
  const auto pixel = [&](double x) {
    return static_cast<int>(std::ceil(std::clamp(x - 0.5, double(left), double(right))));
  };
  for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
    const Run run{pixel(crossings[i]), pixel(crossings[i + 1])};
    if (run.from < run.to) out.push_back(run);
  }
}

/// The same pixels, each in one run.
std::vector<Run> united(std::vector<Run> runs) {
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.from < b.from; });
  std::vector<Run> out;
  for (const auto& run : runs) {
    if (out.empty() || run.from > out.back().to) {
      out.push_back(run);
    } else {
      out.back().to = std::max(out.back().to, run.to);
    }
  }
  return out;
}

std::int64_t length(std::span<const Run> runs) {
  std::int64_t out = 0;
  for (const auto& run : runs) out += run.to - run.from;
  return out;
}

/// What of `runs` lies in row `y` of the masks.
std::vector<Run> under(std::span<const Run> runs, int y, std::span<const Box> masks) {
  std::vector<Run> out;
  for (const auto& mask : masks) {
    if (y < mask.y || y >= mask.bottom()) continue;
    for (const auto& run : runs) {
      const Run part{std::max(run.from, mask.x), std::min(run.to, mask.right())};
      if (part.from < part.to) out.push_back(part);
    }
  }
  return united(std::move(out));
}

}  // namespace

bool is_coordinate(double value) {
  constexpr double kFarthest = 2.0 * limits::kMaxFrameSide;
  return std::isfinite(value) && std::abs(value) <= kFarthest;
}

std::optional<Ring> ring_of(std::span<const double> values) {
  constexpr std::size_t kLeastCorners = 3;
  if (values.size() % 2 != 0 || values.size() < 2 * kLeastCorners) return std::nullopt;
  if (!std::all_of(values.begin(), values.end(), is_coordinate)) return std::nullopt;
  Ring out;
  for (std::size_t i = 0; i < values.size(); i += 2) out.push_back({values[i], values[i + 1]});
  return out;
}

Outline turned_outline(Outline outline, int quarter_turns, int width, int height) {
  for (auto& ring : outline) {
    for (auto& [x, y] : ring) {
      const Point was{x, y};
      switch (quarter_turns & 3) {
        case 1:
          x = height - was[1], y = was[0];
          break;
        case 2:
          x = width - was[0], y = height - was[1];
          break;
        case 3:
          x = was[1], y = width - was[0];
          break;
        default:
          break;
      }
    }
  }
  return outline;
}

std::optional<double> share_of(const Outline& outline, const Box& box, std::span<const Box> masks) {
  std::vector<Box> near;
  std::copy_if(masks.begin(), masks.end(), std::back_inserter(near),
               [&](const Box& mask) { return !intersection(mask, box).empty(); });
  std::int64_t all = 0, covered = 0;
  for (int y = box.y; y < box.bottom(); ++y) {
    std::vector<Run> runs;
    for (const auto& ring : outline) add_runs(ring, y, box.x, box.right(), runs);
    runs = united(std::move(runs));
    all += length(runs);
    covered += length(under(runs, y, near));
  }
  if (all == 0) return std::nullopt;
  return static_cast<double>(covered) / static_cast<double>(all);
}

}  // namespace veilgate::evaluate
