#pragma once
#include <string>
#include <string_view>

namespace veilgate::route {

/// `*` stands for any characters, `?` for one byte. Linear memory, at most pattern x text steps.
bool matches_pattern(std::string_view pattern, std::string_view text);
/// The same with ASCII letters folded.
bool matches_pattern_folded(std::string_view pattern, std::string_view text);

}  // namespace veilgate::route
