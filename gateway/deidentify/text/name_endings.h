#pragma once
#include <string_view>

namespace veilgate::deidentify::text {

/// Whether `word` is `name` with an ending that a language declines names with; both folded. For names of few letters:
/// of long ones the letters in front are proof enough.
bool is_declined(std::string_view word, std::string_view name);

}  // namespace veilgate::deidentify::text
