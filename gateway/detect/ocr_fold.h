#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::detect {

/// The words of a text in the one form that recognition cannot confuse: no case, marks, separators or look-alikes of
/// other scripts; O is 0, I and l are 1, S is 5, B is 8, Z is 2, G is 6, rn is m.
std::vector<std::u32string> folded_words(std::string_view utf8);

std::u32string joined(const std::vector<std::u32string>& words);
bool is_number(std::u32string_view word);

/// Whether `needle` stands in `text` with at most `edits` characters more, less or other.
bool stands_in(std::u32string_view needle, std::u32string_view text, std::size_t edits);

}  // namespace veilgate::detect
