#include "detect/ruler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "detect/plain_text.h"
#include "detect/ruler_seeds.h"

namespace veilgate::detect {
namespace {

/// Four numbers that go on evenly in even distances: no name, date or identifier is written so.
constexpr std::size_t kMinMarks = 4;
constexpr std::size_t kMinSeeds = 2;   // of them, which detectors must have found
constexpr int kMaxMissed = 6;          // steps from one read number to the next
constexpr float kEven = 1.25F;         // of two neighbouring distances; perspective changes them little by little
constexpr std::size_t kMaxMarks = 64;  // of one row; bounds the search
constexpr std::size_t kMaxSpots = 160, kMaxRows = 10;
constexpr float kOffRow = 0.3F;  // of the height
/// Of the height, with the little that detectors leave around it: the digits of one number stand at a third of it, and
/// with a space between them at two thirds.
constexpr float kMinPitch = 1.2F, kPitchOfDigit = 0.4F;  // for each digit more
/// So many numbers in a row are no typed number, and what was found of them is higher than they are.
constexpr std::size_t kLongRow = 8;
constexpr float kMinPitchOfLong = 1.0F;
constexpr float kSquare = 1.2F;       // of a box's side: the height of a digit in it
constexpr float kSameRuler = 0.5F;    // of a row, on a longer one: the same, seen slightly turned
constexpr float kSamePlace = 0.5F;    // of the height: two views of one number
constexpr std::size_t kMaxViews = 4;  // of one number that are read
constexpr std::array kSteps{1, 2, 5, 10};

/// Number of steps from one value to the other; 0: not on this scale.
int steps_between(int from, int to, int step) {
  if ((to - from) % step != 0) return 0;  // a negative step counts down
  const int steps = (to - from) / step;
  return steps >= 1 && steps <= kMaxMissed ? steps : 0;
}

/// longest_scale() for one step, which is negative where the numbers fall.
std::vector<std::size_t> scale_of(std::span<const ScaleMark> marks, int step) {
  const std::size_t n = marks.size();
  struct Best {
    std::size_t count = 0, before = 0;
    float distance = 0;
  };
  std::vector<Best> best(n * n);  // of a scale that ends with marks i, j
  std::size_t longest = 0, last_i = 0, last_j = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      if (!marks[i].value || !marks[j].value) continue;
      const int steps = steps_between(*marks[i].value, *marks[j].value, step);
      if (steps == 0) continue;
      Best& here = best[i * n + j];
      here = {2, n, (marks[j].at - marks[i].at) / static_cast<float>(steps)};
      for (std::size_t h = 0; h < i; ++h) {
        const Best& before = best[h * n + i];
        if (before.count < here.count || !alike(before.distance, here.distance, kEven)) continue;
        here.count = before.count + 1;
        here.before = h;
      }
      if (here.count > longest) longest = here.count, last_i = i, last_j = j;
    }
  }
  if (longest < 2) return {};
  std::vector<std::size_t> out{last_j};
  for (std::size_t i = last_i, j = last_j;;) {
    out.push_back(i);
    const auto before = best[i * n + j].before;
    if (before == n) break;
    j = i;
    i = before;
  }
  std::ranges::reverse(out);
  return out;
}

/// A number's place: pieces that lie on each other.
struct Spot {
  Slab slab;
  std::vector<std::size_t> pieces;
};

std::vector<Spot> spots_of(std::span<const Slab> pieces) {
  std::vector<Spot> spots;
  for (std::size_t i = 0; i < pieces.size() && spots.size() < kMaxSpots; ++i) {
    const Slab& piece = pieces[i];
    if (!shows_one_number(piece)) continue;
    const auto same = std::ranges::find_if(spots, [&](const Spot& spot) {
      return cv::norm(spot.slab.centre - piece.centre) <= kSamePlace * std::min(spot.slab.thickness, piece.thickness) &&
             alike(spot.slab.length, piece.length, kSameHeight);
    });
    if (same == spots.end()) {
      spots.push_back({piece, {i}});
    } else {
      same->pieces.push_back(i);
    }
  }
  return spots;
}

struct Row {
  cv::Point2f along;
  std::vector<std::size_t> spots;  ///< in order
};

/// The row through most of the spots that are left.
Row fullest_row(std::span<const Spot> spots, const std::vector<bool>& used) {
  Row best;
  for (std::size_t i = 0; i < spots.size(); ++i) {
    for (std::size_t j = i + 1; j < spots.size() && !used[i]; ++j) {
      if (used[j]) continue;
      const auto way = spots[j].slab.centre - spots[i].slab.centre;
      const auto far = static_cast<float>(cv::norm(way));
      if (far < 1) continue;
      const cv::Point2f along = way / far, across{-along.y, along.x};
      const float height = spots[i].slab.reach(across);
      Row row{along, {}};
      for (std::size_t k = 0; k < spots.size(); ++k) {
        if (used[k] || !alike(spots[k].slab.reach(across), height, kSameHeight)) continue;
        if (std::abs((spots[k].slab.centre - spots[i].slab.centre).dot(across)) <= kOffRow * height) {
          row.spots.push_back(k);
        }
      }
      if (row.spots.size() > best.spots.size()) best = std::move(row);
    }
  }
  std::ranges::sort(best.spots, {}, [&](std::size_t k) { return spots[k].slab.centre.dot(best.along); });
  if (best.spots.size() > kMaxMarks) best.spots.resize(kMaxMarks);
  return best;
}

class Search {
 public:
  Search(std::span<const Slab> pieces, const ReadSlab& read) : pieces_(pieces), spots_(spots_of(pieces)), read_(read) {}

  Result<std::vector<Ruler>> run() {
    std::vector<Ruler> out;
    std::vector<bool> used(spots_.size());
    for (std::size_t tried = 0; tried < kMaxRows; ++tried) {
      const Row row = fullest_row(spots_, used);
      if (row.spots.size() < kMinSeeds) break;
      for (const auto spot : row.spots) used[spot] = true;
      VG_ASSIGN(auto ruler, ruler_in(row));
      if (ruler) out.push_back(std::move(*ruler));
    }
    return out;
  }

 private:
  /// The row read in both ways its numbers may stand along it.
  Result<std::optional<Ruler>> ruler_in(const Row& row) {
    std::vector<ScaleNumber> best;
    ScaleForm form;
    for (const int turns : {0, 2}) {  // across the row, names between numbers would pass for numbers not read
      std::vector<ScaleMark> marks;
      for (const auto index : row.spots) {
        VG_ASSIGN(auto value, number_at(spots_[index], row.along, turns));
        marks.push_back({spots_[index].slab.centre.dot(row.along), value});
      }
      const auto scale = longest_scale(marks, kMinSeeds);
      if (scale.size() <= best.size()) continue;
      best.clear();
      for (const auto i : scale) best.push_back({spots_[row.spots[i]].slab.centre, *marks[i].value});
      form = form_of(row, best, turns);
    }
    if (best.empty()) return std::optional<Ruler>();
    std::vector<cv::Point2f> seen;
    for (const auto& spot : spots_) seen.push_back(spot.slab.centre);
    VG_ASSIGN(auto numbers, read_whole_scale(best, form, seen, read_));
    if (form.step % 2 == 0) {  // perhaps only every second one was found
      ScaleForm finer = form;
      finer.step /= 2;
      VG_ASSIGN(auto more, read_whole_scale(best, finer, seen, read_));
      if (more.size() > numbers.size()) numbers = std::move(more), form = finer;
    }
    if (numbers.size() < kMinMarks) return std::optional<Ruler>();
    const auto way = numbers.back().centre - numbers.front().centre;
    form.along = way / static_cast<float>(cv::norm(way));  // two numbers beside each other tell it less well
    auto ruler = made(numbers, form);
    const auto digits = std::to_string(numbers[numbers.size() / 2].value).size();
    const float least =
        (numbers.size() < kLongRow ? kMinPitch : kMinPitchOfLong) + kPitchOfDigit * static_cast<float>(digits - 1);
    if (ruler.pitch < least * form.height) return std::optional<Ruler>();
    return std::optional(std::move(ruler));
  }

  /// As the view reads it that is most certain.
  Result<std::optional<int>> number_at(const Spot& spot, const cv::Point2f& along, int turns) {
    std::optional<int> value;
    double certainty = kNumberCertainty;
    for (std::size_t i = 0; i < std::min(spot.pieces.size(), kMaxViews); ++i) {
      const Slab& piece = pieces_[spot.pieces[i]];
      VG_ASSIGN(const auto reading, read_(hull(piece, piece, along), turns));
      if (reading.least < certainty) continue;
      const auto number = scale_number(reading.text);
      if (!number) continue;
      value = number;
      certainty = reading.least;
    }
    return value;
  }

  /// An upright box around a slanted digit reaches further across the row than the digit does.
  static float height_of(const Slab& slab, const cv::Point2f& across) {
    return std::min(slab.reach(across), kSquare * std::sqrt(slab.length * slab.thickness));
  }

  ScaleForm form_of(const Row& row, std::span<const ScaleNumber> numbers, int turns) const {
    const cv::Point2f across{-row.along.y, row.along.x};
    std::vector<float> heights;
    for (const auto index : row.spots) heights.push_back(height_of(spots_[index].slab, across));
    std::ranges::sort(heights);
    int step = numbers[1].value - numbers[0].value;
    for (std::size_t i = 2; i < numbers.size(); ++i) {
      const int here = numbers[i].value - numbers[i - 1].value;
      if (std::abs(here) < std::abs(step)) step = here;
    }
    return {row.along, heights[heights.size() / 2], step, turns};
  }

  Ruler made(std::span<const ScaleNumber> numbers, const ScaleForm& form) const {
    Ruler out;
    out.turns = form.turns;
    out.corridor = slab_of_number(numbers.front(), form);
    for (const auto& number : numbers) {
      const Slab slab = slab_of_number(number, form);
      for (const Spot& spot : spots_) {
        if (cv::norm(spot.slab.centre - number.centre) >= kSamePlace * form.height / 2) continue;
        out.marks.insert(out.marks.end(), spot.pieces.begin(), spot.pieces.end());
      }
      out.corridor = hull(out.corridor, slab, form.along);
      out.longest = std::max(out.longest, slab.reach(form.along));
      out.numbers.push_back(slab);
    }
    add_places(numbers, std::abs(form.step), out);
    return out;
  }

  /// Between two numbers that were read there is one place for each that was missed.
  static void add_places(std::span<const ScaleNumber> numbers, int step, Ruler& ruler) {
    int steps = 0;
    for (std::size_t i = 1; i < numbers.size(); ++i) {
      const ScaleNumber &from = numbers[i - 1], &to = numbers[i];
      const int here = std::max(1, std::abs(to.value - from.value) / step);
      const auto way = (to.centre - from.centre) / static_cast<float>(here);
      const int rise = (to.value - from.value) / here;
      const auto add = [&](int k) {
        ruler.places.push_back({from.centre + way * static_cast<float>(k), from.value + rise * k});
      };
      if (i == 1) add(-1);
      for (int k = 0; k < here; ++k) add(k);
      if (i + 1 == numbers.size()) add(here), add(here + 1);
      steps += here;
    }
    const auto whole = ruler.numbers.back().centre - ruler.numbers.front().centre;
    ruler.pitch = static_cast<float>(cv::norm(whole)) / static_cast<float>(steps);
  }

  std::span<const Slab> pieces_;
  std::vector<Spot> spots_;
  const ReadSlab& read_;
};

/// The longest first.
std::vector<Ruler> without_repeats(std::vector<Ruler> rulers) {
  std::ranges::stable_sort(rulers, std::greater(), [](const Ruler& one) { return one.numbers.size(); });
  std::vector<Ruler> out;
  for (auto& ruler : rulers) {
    const bool known = std::ranges::any_of(out, [&](const Ruler& one) {
      return std::max(share_inside(ruler.corridor, one.corridor), share_inside(one.corridor, ruler.corridor)) >=
             kSameRuler;
    });
    if (!known) out.push_back(std::move(ruler));
  }
  return out;
}

/// `seeds` are only places to look at, `pieces` also what may be marks.
Result<std::vector<Ruler>> rulers_among(std::span<const Slab> pieces, std::span<const Slab> seeds,
                                        const ReadSlab& read) {
  std::vector<Slab> all(pieces.begin(), pieces.end());
  all.insert(all.end(), seeds.begin(), seeds.end());
  VG_ASSIGN(auto rulers, Search(all, read).run());
  for (auto& ruler : rulers) std::erase_if(ruler.marks, [&](std::size_t mark) { return mark >= pieces.size(); });
  return rulers;
}

}  // namespace

std::vector<std::size_t> longest_scale(std::span<const ScaleMark> marks, std::size_t least) {
  std::vector<std::size_t> best;
  for (const int step : kSteps) {
    for (const int sign : {1, -1}) {
      auto scale = scale_of(marks, sign * step);
      if (scale.size() > best.size()) best = std::move(scale);
    }
  }
  return best.size() < least ? std::vector<std::size_t>() : best;
}

Result<std::vector<Ruler>> find_rulers(std::span<const Slab> pieces, std::span<const Slab> things,
                                       const ReadSlab& read) {
  VG_ASSIGN(const auto seeds, number_seeds(pieces, read));
  VG_ASSIGN(auto rulers, rulers_among(pieces, seeds, read));
  for (const auto& thing : things) {
    const auto lies_on_it = [&](const Ruler& ruler) { return share_inside(ruler.corridor, thing) >= kSameRuler; };
    if (std::ranges::any_of(rulers, lies_on_it)) continue;
    VG_ASSIGN(const auto on_thing, number_seeds_on(thing, read));
    if (on_thing.size() < kMinSeeds) continue;
    VG_ASSIGN(auto more, rulers_among(pieces, on_thing, read));
    std::ranges::move(more, std::back_inserter(rulers));
  }
  return without_repeats(std::move(rulers));
}

}  // namespace veilgate::detect
