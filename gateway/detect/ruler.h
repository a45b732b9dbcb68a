#pragma once
#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "detect/ruler_numbers.h"

namespace veilgate::detect {

/// A row of evenly spaced numbers that go on by the same step, as rulers, scales and numbered patches have them.
struct Ruler {
  std::vector<std::size_t> marks;   ///< indices into the pieces: those that read as their place demands
  Slab corridor;                    ///< from the first to the last of them, as high as they are
  int turns = 0;                    ///< how they stand in the corridor: 0, or 2 where that is upside down
  float pitch = 0;                  ///< from one number to the next, about
  float longest = 0;                ///< mark, along the row
  std::vector<Slab> numbers;        ///< those that were read, also where no piece shows them
  std::vector<ScaleNumber> places;  ///< where numbers must stand: those, what was missed between them, one at each end
};

/// All rows among these pieces of at least four numbers that were read with some certainty. Several pieces on one
/// place (seen at several scales) count once. `things`: where a row may stand although no piece shows it. Errors: those
/// of `read`.
Result<std::vector<Ruler>> find_rulers(std::span<const Slab> pieces, std::span<const Slab> things,
                                       const ReadSlab& read);

/// Numbers of one row are as high as each other within this.
inline constexpr float kSameHeight = 1.7F;
inline bool alike(float a, float b, float factor) { return std::max(a, b) <= factor * std::min(a, b); }

/// One number beside a row's beginning.
struct ScaleMark {
  float at = 0;              ///< along the row
  std::optional<int> value;  ///< nullopt: none, or not read
};
/// The longest part of the row (marks in order of `at`) whose numbers go on evenly: indices; empty when under `least`.
std::vector<std::size_t> longest_scale(std::span<const ScaleMark> marks, std::size_t least);

}  // namespace veilgate::detect
