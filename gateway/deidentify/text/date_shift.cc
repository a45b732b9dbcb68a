#include <algorithm>
#include <cstdio>

#include "base/unicode.h"
#include "deidentify/text/fold.h"
#include "deidentify/text/text_dates.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

/// The one order that counts for writing; nullopt: two readings differ.
std::optional<Order> order_of(const TextDate& date, std::optional<Order> hint) {
  if (date.orders.size() == 1) return date.orders[0];
  const auto offers = [&](Order order) { return std::ranges::find(date.orders, order) != date.orders.end(); };
  if (date.separator == '.' && offers(Order::Dmy)) return Order::Dmy;
  if (hint && offers(*hint)) return hint;
  const bool slash_day_first = date.separator == '/' && offers(Order::Dmy) && !offers(Order::Mdy);
  if (slash_day_first) return Order::Dmy;
  return std::nullopt;
}

/// Padded with a zero unless another number of the date shows that it would not be.
std::string number_like(const TextDate& date, const DateField& field, unsigned value) {
  const bool bare = std::ranges::any_of(date.fields, [](const DateField& other) { return other.digits() == 1; });
  const bool words = date.month_token.has_value() && date.separator != '-';
  const bool padded = field.digits() == 2 && (field.value < 10 || !(bare || words));
  char text[16];
  std::snprintf(text, sizeof text, padded ? "%02u" : "%u", value);
  return text;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// The number in the digits of the script that `like` is written in.
std::string in_digits_of(std::string_view like, std::string text) {
  if (like.empty() || static_cast<unsigned char>(like[0]) < 0x80) return text;
  const char32_t point = decode(like, 0).point;
  const int digit = unicode::digit_of(point);
  if (digit < 0) return text;
  std::string out;
  for (const char c : text) append_utf8(out, point - static_cast<char32_t>(digit) + static_cast<char32_t>(c - '0'));
  return out;
}

/// The calendar's word in capitals, capitalised or small, as the old word is; nullopt where that takes more than ASCII
/// and accented letters from U+00E0 on.
std::optional<std::string> cased(std::string_view word, const Token& like) {
  std::string out(word);
  const auto first = static_cast<unsigned char>(out[0]);
  const bool plain = std::ranges::all_of(out, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0xC4;  // ASCII, and the bytes of U+0080 to U+00FF
  });
  if (first >= 0x80) {
    const bool small_cyrillic = first >= 0xD0 && !like.capital;
    return small_cyrillic ? std::optional(out) : std::nullopt;
  }
  if (like.upper && !plain) return std::nullopt;
  if (!like.capital) out[0] = lower(out[0]);
  if (like.capital) out[0] = upper(out[0]);
  if (!like.upper) return out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = upper(out[i]);
    if (i > 0 && static_cast<unsigned char>(out[i - 1]) == 0xC3) out[i] = static_cast<char>(out[i] & ~0x20);
  }
  return out;
}

std::string_view ordinal_of(unsigned day) {
  if (day % 100 >= 11 && day % 100 <= 13) return "th";
  const unsigned digit = day % 10;
  return digit == 1 ? "st" : digit == 2 ? "nd" : digit == 3 ? "rd" : "th";
}

class Shifter {
 public:
  Shifter(const View& view, const TextDate& date, Order order, Day to)
      : view_(view), date_(date), order_(order), to_(to) {}

  std::optional<std::string> run() {
    at_ = date_.begin;
    if (date_.weekday_token && !weekday(*date_.weekday_token)) return std::nullopt;
    for (std::size_t i = 0; i < 3; ++i) {
      if (is_month_word(i) ? !month_word() : !number(i)) return std::nullopt;
    }
    if (date_.weekday_behind && !weekday(*date_.weekday_behind)) return std::nullopt;
    copy_to(date_.end);
    return out_;
  }

 private:
  bool is_month_word(std::size_t i) const {
    return date_.month_token.has_value() && i == (order_ == Order::Mdy ? 0u : 1u);
  }

  void copy_to(std::uint32_t to) {
    if (at_ < to) out_ += view_.input(at_, to);
    at_ = to;
  }

  bool number(std::size_t i) {
    const DateField& field = date_.fields[i];
    const std::size_t year_at = order_ == Order::Ymd ? 0 : 2;
    const std::size_t day_at = order_ == Order::Dmy ? 0 : order_ == Order::Mdy ? 1 : 2;
    copy_to(field.begin);
    at_ = field.end;
    const auto year = static_cast<int>(to_.year());
    if (i == year_at && date_.era_before != 0) {
      if (year <= date_.era_before) return false;
      return write(field, std::to_string(year - date_.era_before));
    }
    if (i == year_at) {
      const bool brief = field.digits() == 2;
      char text[16];
      std::snprintf(text, sizeof text, brief ? "%02d" : "%04d", brief ? year % 100 : year);
      return write(field, text);
    }
    const unsigned value = i == day_at ? static_cast<unsigned>(to_.day()) : static_cast<unsigned>(to_.month());
    write(field, number_like(date_, field, value));
    return i != day_at || !date_.ordinal || ordinal(value);
  }

  bool write(const DateField& field, const std::string& digits) {
    out_ += in_digits_of(view_.input(field.begin, field.end), digits);
    return true;
  }

  bool ordinal(unsigned day) {
    const std::string_view old = std::string_view(view_.lower()).substr(at_, 2);
    if (old != "st" && old != "nd" && old != "rd" && old != "th") return false;
    out_ += ordinal_of(day);
    at_ += 2;
    return true;
  }

  /// Whether the old word, as it is written, may be of this language.
  bool may_be(const CalendarWord& named, const Token& month) const {
    const Language language = named.language;
    const auto words = months_named(view_.word(month));
    const bool also_full = named.shortened && std::ranges::any_of(words, [&](const CalendarWord& other) {
                             return other.language == language && !other.shortened;
                           });
    const auto printed = month_name(language, named.number, named.shortened);
    const bool accent = std::ranges::any_of(printed, [](char c) { return static_cast<unsigned char>(c) > 127; });
    if (also_full || (accent && !month.accented && view_.word(month).size() < printed.size())) return false;
    const bool dotted = date_.fields[0].digits() > 0 && order_ == Order::Dmy &&
                        view_.between(date_.fields[0].end, month.begin).starts_with('.');
    if (dotted) {
      return language == Language::De || language == Language::Da || language == Language::No ||
             language == Language::Cs || language == Language::Fi;
    }
    if (!is_well_known(language)) return language == Language::Tr ? month.capital : !month.capital || month.upper;
    if (!month.capital && (language == Language::En || language == Language::De)) return false;
    if (language == Language::De && order_ == Order::Mdy) return false;
    return true;
  }

  /// Written in each language the old word may be in; certain only if all agree. The well-known ones come first.
  bool month_word() {
    const Token& token = view_.tokens()[*date_.month_token];
    for (const bool well_known : {true, false}) {
      std::optional<std::string> agreed;
      for (const CalendarWord& named : months_named(view_.word(token))) {
        if (is_well_known(named.language) != well_known || !may_be(named, token)) continue;
        const auto name = month_name(named.language, static_cast<unsigned>(to_.month()), named.shortened);
        const auto text = cased(name, token);
        if (!text || (agreed && *agreed != *text)) return false;
        agreed = text;
      }
      if (!agreed) continue;
      copy_to(token.begin);
      at_ = token.end;
      out_ += *agreed;
      return true;
    }
    return false;
  }

  /// In the languages where the word names the day that the date was, if there are any.
  bool weekday(std::size_t index) {
    const Token& token = view_.tokens()[index];
    const unsigned number = std::chrono::weekday(std::chrono::sys_days(to_)).c_encoding();
    const unsigned was = std::chrono::weekday(std::chrono::sys_days(day_of(date_, order_))).c_encoding();
    const auto words = weekdays_named(view_.word(token));
    const bool known = std::ranges::any_of(words, [was](const CalendarWord& named) { return named.number == was; });
    // "Do" with a capital: Dutch writes "do".
    const bool german = token.capital && token.size() <= 2 && std::ranges::any_of(words, [](const CalendarWord& named) {
                          return named.language == Language::De;
                        });
    std::optional<std::string> agreed;
    copy_to(token.begin);
    for (const CalendarWord& named : words) {
      if (known && named.number != was) continue;
      if (german && named.language != Language::De) continue;
      const auto text = cased(weekday_name(named.language, number, named.shortened), token);
      if (!text || (agreed && *agreed != *text)) return false;
      agreed = text;
    }
    if (!agreed) return false;
    at_ = token.end;
    out_ += *agreed;
    return true;
  }

  const View& view_;
  const TextDate& date_;
  Order order_;
  Day to_;
  std::string out_;
  std::uint32_t at_ = 0;
};

}  // namespace

std::optional<std::string> shifted(const View& view, const TextDate& date, std::optional<Order> hint, int days) {
  const auto order = order_of(date, hint);
  if (!order || date.range || date.vague) return std::nullopt;
  const Day to(std::chrono::sys_days(day_of(date, *order)) + std::chrono::days(days));
  if (!to.ok() || static_cast<int>(to.year()) < 1000 || static_cast<int>(to.year()) > 9999) return std::nullopt;
  if (date.era_last != 0 && static_cast<int>(to.year()) >= date.era_last) return std::nullopt;
  if (date.era_before != 0 && static_cast<int>(to.year()) <= date.era_before + 1) return std::nullopt;
  return Shifter(view, date, *order, to).run();
}

}  // namespace veilgate::deidentify::text
