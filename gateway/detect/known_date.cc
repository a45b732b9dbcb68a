#include "detect/known_date.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/month_names.h"
#include "detect/ocr_fold.h"

namespace veilgate::detect {
namespace {

using Word = std::u32string;
using Words = std::vector<Word>;

/// Between the parts of a date.
constexpr std::string_view kFillers =
    "st nd rd th of the de del di do den der d e la le dia el \u5e74 \u6708 \u65e5 \ub144 \uc6d4 \uc77c";
/// "x" as in "19.3 x 4 cm". Not "m": a man.
constexpr std::string_view kUnits = "mm cm \u00b5m \u03bcm inch inches ml mg kg x";
constexpr std::size_t kYearLength = 4;
/// Of a month's name, where recognition may misread a letter.
constexpr std::size_t kOneEditFrom = 5;

bool holds(const Words& list, const Word& word) { return std::ranges::find(list, word) != list.end(); }

bool is_filler(const Word& word) {
  static const Words fillers = folded_words(kFillers);
  return holds(fillers, word);
}

bool is_unit(const Word& word) {
  static const Words units = folded_words(kUnits);
  return holds(units, word);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Bytes of letters beyond ASCII are letters here.
bool is_letter(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string parted(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const bool border =
        i > 0 && ((is_digit(utf8[i - 1]) && is_letter(utf8[i])) || (is_letter(utf8[i - 1]) && is_digit(utf8[i])));
    if (border) out.push_back(' ');
    out.push_back(utf8[i]);
  }
  return out;
}

/// All names of each month, folded; January is at 0.
using Months = std::array<Words, 12>;

Months all_months() {
  Months out;
  for (const auto& lists : {month_names(), short_month_names()}) {
    for (const auto list : lists) {
      const auto words = folded_words(list);
      for (std::size_t i = 0; i < std::min(words.size(), out.size()); ++i) out[i].push_back(words[i]);
    }
  }
  for (const auto& other : other_month_names()) {
    for (auto& word : folded_words(other.words)) out[other.number - 1U].push_back(std::move(word));
  }
  return out;
}

bool names_month(const Word& word, int month) {
  static const Months months = all_months();
  if (month < 1 || month > 12 || is_number(word)) return false;
  return std::ranges::any_of(months[static_cast<std::size_t>(month - 1)], [&](const Word& name) {
    if (name.size() < kOneEditFrom) return name == word;
    return word.size() + 1 >= name.size() && word.size() <= name.size() + 1 && stands_in(name, word, 1);
  });
}

/// Of a word of digits; nullopt: none, or too long for a date.
std::optional<int> value_of(const Word& word) {
  if (!is_number(word) || word.size() > kYearLength) return std::nullopt;
  int value = 0;
  for (const char32_t c : word) value = 10 * value + static_cast<int>(c - U'0');
  return value;
}

bool is_year(const Word& word, int year) {
  const auto value = value_of(word);
  return value && (word.size() == kYearLength ? *value == year : word.size() == 2 && *value == year % 100);
}

bool is(const Word& word, int number) {
  const auto value = value_of(word);
  return value && word.size() <= 2 && *value == number;
}

/// "III": three ones, once folded.
bool is_roman(const Word& word, int month) {
  static const Words romans = folded_words("i ii iii iv v vi vii viii ix x xi xii");
  return month >= 1 && month <= 12 && word == romans[static_cast<std::size_t>(month - 1)];
}

/// `any_month`: every word may be the month's name, in a language that is not known.
bool all_three(const Words& words, std::size_t at, const KnownDate& date, bool any_month) {
  if (at + 2 >= words.size()) return false;
  const auto &a = words[at], &b = words[at + 1], &c = words[at + 2];
  const auto month = [&](const Word& word) {
    if (is(word, date.month) || is_roman(word, date.month)) return true;
    return any_month ? !is_number(word) : names_month(word, date.month);
  };
  const bool day_first = is(a, date.day) && month(b) && is_year(c, date.year);
  const bool month_first = month(a) && is(b, date.day) && is_year(c, date.year);
  const bool year_first = is_year(a, date.year) && is(c, date.day) &&
                          (is(b, date.month) || is_roman(b, date.month) || names_month(b, date.month));
  return day_first || month_first || year_first;
}

bool two_numbers(const Word& a, const Word& b, const KnownDate& date) {
  const bool month_last = is(b, date.month) && (is(a, date.day) || is_year(a, date.year));
  const bool month_first = is(a, date.month) && (is(b, date.day) || is_year(b, date.year));
  return month_last || month_first;
}

/// Two parts side by side.
bool two_parts(const Words& parts, std::size_t at, const KnownDate& date) {
  const auto& a = parts[at];
  const auto measured = [&](std::size_t next) { return next < parts.size() && is_unit(parts[next]); };
  // "0348"
  if (a.size() == 4 && two_numbers(a.substr(0, 2), a.substr(2), date) && !measured(at + 1)) return true;
  if (at + 1 >= parts.size()) return false;
  const auto& b = parts[at + 1];
  const auto number = [&](const Word& word) { return is(word, date.day) || is_year(word, date.year); };
  if ((names_month(a, date.month) && number(b)) || (number(a) && names_month(b, date.month))) return true;
  return two_numbers(a, b, date) && !measured(at + 2);
}

}  // namespace

DateLine::DateLine(std::string_view utf8) : words(folded_words(utf8)), parts(folded_words(parted(utf8))) {
  std::erase_if(parts, is_filler);
}

bool tells_date(const DateLine& line, const KnownDate& date) {
  const auto& [words, parts] = line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() == kYearLength && is_year(words[i], date.year)) return true;
    if (all_three(words, i, date, true) || two_parts(words, i, date)) return true;  // "l9/03": a misread digit
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].size() == kYearLength && is_year(parts[i], date.year)) return true;
    if (all_three(parts, i, date, false) || two_parts(parts, i, date)) return true;
  }
  return false;
}

}  // namespace veilgate::detect
