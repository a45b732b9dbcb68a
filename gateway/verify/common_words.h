#pragma once
#include <string_view>

namespace veilgate::verify {

/// Words that a clean file may well contain: terms of the standard and of its codes, anatomy, colour profiles, our own
/// statements. A name part that is one of them proves nothing alone; it is still searched as part of the whole name.
/// `lower_word` in lower case ASCII.
bool is_common_word(std::string_view lower_word);

/// Dates that stand for "unknown" and are written as replacements.
bool is_placeholder_date(std::string_view digits);

}  // namespace veilgate::verify
