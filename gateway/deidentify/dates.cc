#include "deidentify/dates.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::chrono::year_month_day> parse_day(std::string_view text) {
  if (text.size() != 8 || !all_digits(text)) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(number(text.substr(0, 4))),
                                        std::chrono::month(static_cast<unsigned>(number(text.substr(4, 2)))),
                                        std::chrono::day(static_cast<unsigned>(number(text.substr(6, 2)))));
  if (!day.ok() || day.year() < std::chrono::year(1)) return std::nullopt;
  return day;
}

std::optional<std::string> moved(const std::chrono::year_month_day& day, int days) {
  const std::chrono::year_month_day to(std::chrono::sys_days(day) + std::chrono::days(days));
  if (to.year() < std::chrono::year(1) || to.year() > std::chrono::year(9999)) return std::nullopt;
  char text[16];
  std::snprintf(text, sizeof text, "%04d%02u%02u", static_cast<int>(to.year()), static_cast<unsigned>(to.month()),
                static_cast<unsigned>(to.day()));
  return std::string(text);
}

/// ACR-NEMA wrote dots; receivers still meet them.
std::string without_dots(std::string_view value) {
  if (value.size() != 10 || value[4] != '.' || value[7] != '.') return std::string(value);
  return std::string(value.substr(0, 4)) + std::string(value.substr(5, 2)) + std::string(value.substr(8, 2));
}

bool in_range(std::string_view two_digits, int below) { return number(two_digits) < below; }

/// HH, HHMM, HHMMSS or HHMMSS.F(1-6).
bool valid_time_digits(std::string_view text) {
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  if (dot != std::string_view::npos) {
    const auto fraction = text.substr(dot + 1);
    if (whole.size() != 6 || fraction.size() > 6 || !all_digits(fraction)) return false;
  }
  if (!all_digits(whole) || (whole.size() != 2 && whole.size() != 4 && whole.size() != 6)) return false;
  if (!in_range(whole.substr(0, 2), 24)) return false;
  if (whole.size() >= 4 && !in_range(whole.substr(2, 2), 60)) return false;
  return whole.size() < 6 || in_range(whole.substr(4, 2), 61);
}

/// What may follow the day in a DT.
bool valid_dt_rest(std::string_view rest) {
  const auto sign = rest.find_first_of("+-");
  if (sign != std::string_view::npos && !valid_utc_offset(rest.substr(sign))) return false;
  const auto time = rest.substr(0, sign);
  return time.empty() || valid_time_digits(time);
}

std::string first_day(std::string_view day, DatePrecision precision) {
  return precision == DatePrecision::Year ? std::string(day.substr(0, 4)) + "0101"
                                          : std::string(day.substr(0, 6)) + "01";
}

}  // namespace

std::optional<std::string> shift_da(std::string_view value, int days) {
  const auto day = parse_day(without_dots(value));
  return day ? moved(*day, days) : std::nullopt;
}

std::optional<std::string> shift_dt(std::string_view value, int days) {
  if (value.size() < 8 || !valid_dt_rest(value.substr(8))) return std::nullopt;
  const auto day = parse_day(value.substr(0, 8));
  if (!day) return std::nullopt;
  const auto to = moved(*day, days);
  if (!to) return std::nullopt;
  return *to + std::string(value.substr(8));
}

bool valid_tm(std::string_view value) {
  std::string digits(value);
  if (digits.size() >= 8 && digits[2] == ':' && digits[5] == ':') {
    digits.erase(5, 1);
    digits.erase(2, 1);
  }
  return valid_time_digits(digits);
}

bool valid_utc_offset(std::string_view value) {
  if (value.size() != 5 || (value[0] != '+' && value[0] != '-') || !all_digits(value.substr(1))) return false;
  return in_range(value.substr(1, 2), 15) && in_range(value.substr(3, 2), 60);
}

std::optional<int> day_number(std::string_view value) {
  const std::string plain = without_dots(value);
  const auto day = parse_day(std::string_view(plain).substr(0, 8));
  if (!day) return std::nullopt;
  return std::chrono::sys_days(*day).time_since_epoch().count();
}

std::optional<std::string> truncate_da(std::string_view value, DatePrecision precision) {
  const std::string day = without_dots(value);
  if (!parse_day(day)) return std::nullopt;
  return first_day(day, precision);
}

std::optional<std::string> truncate_dt(std::string_view value, DatePrecision precision) {
  const std::size_t wanted = precision == DatePrecision::Year ? 4 : 6;
  if (value.size() == wanted && all_digits(value)) return std::string(value);
  if (value.size() < 8 || !valid_dt_rest(value.substr(8)) || !parse_day(value.substr(0, 8))) return std::nullopt;
  return std::string(value.substr(0, wanted));
}

std::optional<std::string> truncated_date(std::string_view values, std::string_view vr, std::string_view precision) {
  const DatePrecision to = precision == "year" ? DatePrecision::Year : DatePrecision::Month;
  return change_values(values, [&](std::string_view value) -> std::optional<std::string> {
    if (vr == "DA") return truncate_da(value, to);
    if (vr == "DT") return truncate_dt(value, to);
    return std::nullopt;
  });
}

}  // namespace veilgate::deidentify
