#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace veilgate {

enum class Language : unsigned char { En, De, Fr, Es, It, Nl, Pt, Pl, Sv, Da, No, Cs, Tr, Ru, Uk, Bg, Fi, El, Hu, Ro };
inline constexpr std::size_t kLanguages = 20;

/// By language: twelve words, from January on, as dates have them; UTF-8, with the capitals the language uses.
using MonthNames = std::span<const std::string_view, kLanguages>;
MonthNames month_names();
MonthNames short_month_names();

/// Words for a month in other cases, spellings or lengths than a date has them.
struct OtherMonth {
  Language language;
  unsigned char number;
  std::string_view words;  ///< separated by spaces
  bool shortened = false;
};
std::span<const OtherMonth> other_month_names();

}  // namespace veilgate
