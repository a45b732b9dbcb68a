#pragma once
#include <span>
#include <vector>

#include "detect/ruler_numbers.h"

namespace veilgate::detect {

/// Where single numbers seem to stand in pieces that show many of them: detectors often take a ruler's row for one
/// word. Told by what recognition makes of a piece and where in it; smaller ones first. Only places to look at: who
/// uses them reads them again. Errors: those of `read`.
Result<std::vector<Slab>> number_seeds(std::span<const Slab> pieces, const ReadSlab& read);
/// The same of a long thing that pieces stand on: a row may run anywhere along it.
Result<std::vector<Slab>> number_seeds_on(const Slab& thing, const ReadSlab& read);

/// A piece of this shape shows one number at most, of three digits.
inline bool shows_one_number(const Slab& piece) {
  constexpr float kMaxLength = 3.2F;  // in thicknesses
  return piece.length <= kMaxLength * piece.thickness;
}

}  // namespace veilgate::detect
