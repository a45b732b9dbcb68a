#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::detect {

struct KnownDate {
  int year = 0, month = 0, day = 0;
};

/// A line as dates are looked for in it.
struct DateLine {
  explicit DateLine(std::string_view utf8);
  std::vector<std::u32string> words;  ///< folded
  std::vector<std::u32string> parts;  ///< also parted where letters and digits meet, without "th", "of", "de"
};

/// Whether the line tells the date: in any order, the month as a number or by its name in twenty languages. Two parts
/// of it side by side are enough (day and month, month and year), or the year in four digits; but two numbers before a
/// unit are a measure.
bool tells_date(const DateLine& line, const KnownDate& date);

}  // namespace veilgate::detect
