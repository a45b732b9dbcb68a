#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/phi.h"

namespace veilgate::detect {

/// Why a line of recognised text may stay although nothing is known of whom it is about ("kept: measurement"): it says
/// a measure with its unit, a magnification, a unit alone, or a side of the body, and nothing else. nullopt for all
/// else: numbers without a unit, what could be a date, an age or a room, letters of another script. How it is written
/// counts: "R" is a side, "r" is none.
std::optional<std::string_view> plain_reason(const Phi<std::string>& read);

/// What colour cards print beside their patches.
enum class ColourWord { None, AlsoName /* Green, White, Brown are names as well */, Sure };
ColourWord colour_word(const Phi<std::string>& read);

/// A unit of length, in capitals as well: for rulers, where the numbers tell what it is.
bool is_unit(const Phi<std::string>& read);
/// Whether the text is two characters or more that follow each other on the scale, with or without spaces; one may be
/// misread or missed where there are more.
bool is_part_of_scale(const Phi<std::string>& read, const Phi<std::string>& scale);
/// Whether it is all of the scale, with so many characters misread or missed at most.
bool is_whole_scale(const Phi<std::string>& read, const Phi<std::string>& scale, std::size_t may_miss);

/// The whole number of up to three digits, without leading zeros, that is all the text says; nullopt otherwise. What
/// recognition takes for a letter ("O", "l") counts as the digit: for rulers, where the neighbours confirm it.
std::optional<int> scale_number(const Phi<std::string>& read);

}  // namespace veilgate::detect
