#pragma once
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {

enum class Order : unsigned char { Dmy, Mdy, Ymd };

/// A number of a date, where it stands, and how it is written.
struct DateField {
  std::uint32_t begin = 0, end = 0;
  int value = 0;
  std::uint32_t digits() const { return end - begin; }
};

/// A date as found. Unused fields have no digits.
struct TextDate {
  std::uint32_t begin = 0, end = 0;
  std::array<DateField, 3> fields;         ///< in the order of the text
  std::vector<Order> orders;               ///< readings that are real days; none: not a whole date
  std::optional<std::size_t> month_token;  ///< month written as a word
  std::optional<std::size_t> weekday_token;
  std::optional<std::size_t> weekday_behind;
  char separator = 0;
  bool ordinal = false;  ///< "4th", "1er"
  bool range = false;    ///< "4-6 March 2021"
  bool vague = false;    ///< read well enough to be taken for a birth date, not to be written anew
  int era_before = 0;    ///< year 1 of the era is the one after this; 0: years of our own calendar
  int era_last = 0;      ///< last year of the era, 0: goes on
};

using Day = std::chrono::year_month_day;
/// Every date of the text, ascending, not overlapping. `is_name` tells month words that are a known name; six digits
/// are a date only if it is one of `known`, or said to be a birth date.
std::vector<TextDate> find_dates(const View& view, const std::function<bool(std::string_view)>& is_name,
                                 const std::vector<Day>& known);
/// Dates in the numerals of ideographs ("二〇二四年三月五日"): where they stand.
std::vector<std::pair<std::uint32_t, std::uint32_t>> find_ideographic_dates(const View& view);
/// "DOB", "geb.", "née" in the words before this place.
bool birth_cue_before(const View& view, std::uint32_t place, std::size_t words);

/// Year, month and day of a date read in this order; two digits of a year mean 1951 to 2050.
Day day_of(const TextDate& date, Order order);

/// The date in its own notation, moved; nullopt when that is not certain. `hint`: an order the rest of the text uses.
std::optional<std::string> shifted(const View& view, const TextDate& date, std::optional<Order> hint, int days);

struct DateRules {
  TextDates dates = TextDates::Replace;
  int offset_days = 0;
  const std::vector<Day>* births = nullptr;
  const std::vector<Day>* known = nullptr;  ///< other dates of the object
  std::function<bool(std::string_view)> is_name;
};
void clean_dates(View& view, const DateRules& rules);

}  // namespace veilgate::deidentify::text
