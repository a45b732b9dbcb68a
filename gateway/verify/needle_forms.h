#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verify/verify.h"

namespace veilgate::verify {

/// What must stand beside a match so that it counts.
enum class Boundary {
  None,
  Letters,  ///< no letter or digit touches it: short words
  Digits,   ///< no digit touches it, leading zeros aside: numbers and dates
};

/// One form of one needle, as bytes folded to lower case ASCII.
struct Pattern {
  std::string bytes;
  int stride = 1;  ///< bytes per character: 2 for UTF-16, 4 for UTF-32
  Boundary boundary = Boundary::None;
  bool word = false;        ///< a single word of a name
  bool weak = false;        ///< a short one: worth a look, no proof
  bool short_form = false;  ///< under 6 characters: not searched in pixel data
  bool number = false;      ///< digits only
  bool seen = false;        ///< only of text as a reader sees it; in bytes it could be another word
  std::size_t needle = 0;
};

/// Appends every form of the needle; nothing for needles that mean nothing.
void add_forms(const Needle& needle, std::size_t index, std::vector<Pattern>& out);

}  // namespace veilgate::verify
