#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::deidentify::importing {

// Small tools for reading scripts; ASCII only, so no locale decides.
std::string_view trimmed(std::string_view text);
std::string lowered(std::string_view text);
std::string raised(std::string_view text);
bool is_digits(std::string_view text);
bool starts_with_word(std::string_view text, std::string_view word);  ///< in any case, followed by no letter or digit
std::vector<std::string_view> split(std::string_view text, char separator);
std::optional<int> whole_number(std::string_view text);  ///< with a sign, up to 9 digits

/// The text with broken UTF-8, control characters but line ends and tabs, and what YAML takes for a line break replaced
/// by '?', byte by byte: places in it stay the same.
std::string printable(std::string_view text);
/// On one line, runs of white space made one, shortened to import_limits::kMaxShown.
std::string one_line(std::string_view text);
/// As a YAML scalar in quotes.
std::string quoted(std::string_view text);

}  // namespace veilgate::deidentify::importing
