#include "detect/bar_places.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <utility>

namespace veilgate::detect {
namespace {

/// Gradients are summed over cells of this side, in pixels: a few modules of a small code.
constexpr int kCell = 8;
/// Mean squared step from pixel to pixel in a cell with strokes; below it there is skin.
constexpr float kLeastEnergy = 60;
/// How much of what changes in a cell changes in one direction: 1 for bars, about 0 for noise and gravel.
constexpr float kLeastCoherence = 0.6F;
/// Cosine of twice the angle that cells of one place may differ by: 15 degrees.
constexpr float kSameDirection = 0.866F;
/// In cells. The outline of a thing is as long as it likes, but thin across.
constexpr float kLeastLength = 6, kLeastHeight = 1.5F;
constexpr float kLeastShare = 0.25F;    ///< of the energy of a place's strongest cell
constexpr float kLeastFilled = 0.4F;    ///< of the rectangle around a place
constexpr std::size_t kMaxPlaces = 64;  ///< a third of a millisecond each

/// Sums of squared gradients, cell by cell: the structure tensor.
struct Tensor {
  cv::Mat1f xx, yy, xy;
  explicit Tensor(const cv::Size& cells) : xx(cells), yy(cells), xy(cells) {}
};

/// Adds the gradients between two rows, column by column.
void add_row(const std::uint8_t* row, const std::uint8_t* next, int columns, int* xx, int* yy, int* xy) {
  for (int x = 0; x < columns; ++x) {
    const int falling = next[x + 1] - row[x], rising = row[x + 1] - next[x];
    const int across = falling + rising, down = falling - rising;
    xx[x] += across * across;
    yy[x] += down * down;
    xy[x] += across * down;
  }
}

Tensor tensor_of(const cv::Mat& grey) {
  const cv::Size cells((grey.cols - 1) / kCell, (grey.rows - 1) / kCell);
  Tensor out(cells);
  const int columns = cells.width * kCell;
  std::vector<int> xx(static_cast<std::size_t>(columns)), yy(xx), xy(xx);
  const auto sum = [](std::vector<int>& of, int cell) {
    const auto begin = of.begin() + cell * kCell;
    int all = 0;
    for (auto at = begin; at != begin + kCell; ++at) all += std::exchange(*at, 0);
    return static_cast<float>(all);
  };
  for (int y = 0; y < cells.height; ++y) {
    for (int row = y * kCell; row < (y + 1) * kCell; ++row) {
      add_row(grey.ptr(row), grey.ptr(row + 1), columns, xx.data(), yy.data(), xy.data());
    }
    for (int x = 0; x < cells.width; ++x)
      out.xx(y, x) = sum(xx, x), out.yy(y, x) = sum(yy, x), out.xy(y, x) = sum(xy, x);
  }
  return out;
}

/// What stands in each cell and those around it.
struct Strokes {
  cv::Mat2f directions;  ///< twice their angle as a unit vector; zero where there are none of one direction
  cv::Mat1f energy;
};

Strokes strokes_of(const Tensor& sums) {
  Tensor around({});
  cv::boxFilter(sums.xx, around.xx, -1, {3, 3});
  cv::boxFilter(sums.yy, around.yy, -1, {3, 3});
  cv::boxFilter(sums.xy, around.xy, -1, {3, 3});
  Strokes out{cv::Mat2f(sums.xx.size(), cv::Vec2f()), around.xx + around.yy};
  constexpr float kLeast = kLeastEnergy * 4 * kCell * kCell;  // each gradient is of two steps
  for (int y = 0; y < out.energy.rows; ++y) {
    for (int x = 0; x < out.energy.cols; ++x) {
      const float all = out.energy(y, x);
      if (all < kLeast) continue;
      const cv::Vec2f twice(around.xx(y, x) - around.yy(y, x), 2 * around.xy(y, x));
      const float size = std::hypot(twice[0], twice[1]);
      if (size >= kLeastCoherence * all) out.directions(y, x) = twice / size;
    }
  }
  return out;
}

std::vector<cv::Point> strongest_first(const Strokes& strokes) {
  std::vector<cv::Point> cells;
  for (int y = 0; y < strokes.energy.rows; ++y) {
    for (int x = 0; x < strokes.energy.cols; ++x) {
      if (strokes.directions(y, x) != cv::Vec2f()) cells.emplace_back(x, y);
    }
  }
  std::ranges::sort(cells, std::ranges::greater(), [&](const cv::Point& cell) { return strokes.energy(cell); });
  return cells;
}

/// Takes the cells of one direction that hang together with `seed` out of `left`, unless they are much fainter: edges
/// and letters beside a code.
std::vector<cv::Point> taken_out(Strokes& from, const cv::Point& seed) {
  cv::Mat2f& left = from.directions;
  const float least = kLeastShare * from.energy(seed);
  cv::Vec2f sum = std::exchange(left(seed), {});
  std::vector<cv::Point> cells{seed};
  const cv::Rect whole({}, left.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (const cv::Point& step : {cv::Point(1, 0), cv::Point(-1, 0), cv::Point(0, 1), cv::Point(0, -1)}) {
      const cv::Point at = cells[i] + step;
      if (!whole.contains(at) || left(at).dot(sum) < kSameDirection * cv::norm(sum)) continue;
      if (left(at) == cv::Vec2f() || from.energy(at) < least) continue;
      sum += std::exchange(left(at), {});
      cells.push_back(at);
    }
  }
  return cells;
}

/// The way across the strokes of these cells.
cv::Point2f along(const std::vector<cv::Point>& cells, const Tensor& sums) {
  double xx = 0, yy = 0, xy = 0;
  for (const auto& cell : cells) xx += sums.xx(cell), yy += sums.yy(cell), xy += sums.xy(cell);
  const double angle = std::atan2(2 * xy, xx - yy) / 2;
  return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
}

/// In cells.
BarPlace place_of(const std::vector<cv::Point>& cells, const cv::Point2f& along) {
  const cv::Point2f across(-along.y, along.x);
  cv::Point2f least(1e9F, 1e9F), most = -least;
  for (const auto& cell : cells) {
    const cv::Point2f middle(static_cast<float>(cell.x) + 0.5F, static_cast<float>(cell.y) + 0.5F);
    const cv::Point2f at(middle.dot(along), middle.dot(across));
    least = {std::min(least.x, at.x), std::min(least.y, at.y)};
    most = {std::max(most.x, at.x), std::max(most.y, at.y)};
  }
  const auto middle = (least + most) * 0.5F, size = most - least;
  return {along * middle.x + across * middle.y, along, size.x + 1, size.y + 1};
}

bool worth_a_look(const BarPlace& place, std::size_t cells) {
  const bool large = place.length >= kLeastLength && place.height >= kLeastHeight;
  return large && static_cast<float>(cells) >= kLeastFilled * place.length * place.height;
}

}  // namespace

std::vector<BarPlace> bar_places(const cv::Mat& grey) {
  if (std::min(grey.cols, grey.rows) <= 2 * kCell) return {};
  const Tensor sums = tensor_of(grey);
  Strokes strokes = strokes_of(sums);
  std::vector<BarPlace> places;
  for (const auto& seed : strongest_first(strokes)) {
    if (strokes.directions(seed) == cv::Vec2f()) continue;
    const auto cells = taken_out(strokes, seed);
    if (static_cast<float>(cells.size()) < kLeastLength) continue;
    const auto place = place_of(cells, along(cells, sums));
    if (worth_a_look(place, cells.size())) places.push_back(place);
  }
  std::ranges::sort(places, std::ranges::greater(), [](const auto& place) { return place.length * place.height; });
  if (places.size() > kMaxPlaces) places.resize(kMaxPlaces);
  for (auto& place : places) place.middle *= kCell, place.length *= kCell, place.height *= kCell;
  return places;
}

}  // namespace veilgate::detect
