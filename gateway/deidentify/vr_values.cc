#include "deidentify/vr_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/types.h"
#include "deidentify/dates.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

struct TextVr {
  std::string_view vr;
  std::size_t longest;  ///< characters
  bool ascii = false, one_value = false;
};
constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr std::array<TextVr, 10> kTexts = {{{"AE", 16, true},
                                            {"SH", 16},
                                            {"LO", 64},
                                            {"PN", 64 * 3 + 2},
                                            {"ST", 1024, false, true},
                                            {"LT", 10240, false, true},
                                            {"UC", kAny},
                                            {"UT", kAny, false, true},
                                            {"UR", kAny, true, true},
                                            {"CS", 16, true}}};

bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_text(const TextVr& how, std::string_view text) {
  const bool control = std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\r' && c != '\n' && c != '\t') || c == 0x7F;
  });
  const bool ascii = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (control || (how.ascii && !ascii) || characters(text) > how.longest) return false;
  if (how.vr == "CS") return only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _");
  return how.vr != "UR" || text.find(' ') == std::string_view::npos;
}

template <typename Number>
bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_uid(std::string_view text) {
  if (!Uid::parse(text)) return false;
  for (std::size_t at = 0; at != std::string_view::npos; at = text.find('.', at)) {
    if (text[at] == '.') ++at;
    if (text[at] == '0' && at + 1 < text.size() && text[at + 1] != '.') return false;
  }
  return true;
}

bool is_age(std::string_view text) {
  return text.size() == 4 && only(text.substr(0, 3), "0123456789") && only(text.substr(3), "DWMY");
}

bool is_moment(std::string_view text) {
  return shift_dt(text, 0) || truncate_dt(text, DatePrecision::Year) || truncate_dt(text, DatePrecision::Month);
}

bool is_one_value(std::string_view vr, std::string_view text) {
  constexpr std::size_t kLongestDecimal = 16, kLongestInteger = 12;
  if (vr == "DS") return text.size() <= kLongestDecimal && is_number<double>(text);
  if (vr == "IS") return text.size() <= kLongestInteger && is_number<std::int32_t>(text);
  if (vr == "AS") return is_age(text);
  if (vr == "DA") return text.size() == 8 && shift_da(text, 0);
  if (vr == "DT") return is_moment(text);
  if (vr == "TM") return text.find(':') == std::string_view::npos && valid_tm(text);
  if (vr == "UI") return is_uid(text);
  if (vr == "US") return is_number<std::uint16_t>(text);
  if (vr == "SS") return is_number<std::int16_t>(text);
  if (vr == "UL") return is_number<std::uint32_t>(text);
  if (vr == "SL") return is_number<std::int32_t>(text);
  if (vr == "UV") return is_number<std::uint64_t>(text);
  if (vr == "SV") return is_number<std::int64_t>(text);
  return (vr == "FD" || vr == "FL") && is_number<double>(text);
}

}  // namespace

bool is_value_of(std::string_view vr, std::string_view text) {
  const auto how = std::ranges::find(kTexts, vr, &TextVr::vr);
  if (how != kTexts.end() && how->one_value) return is_text(*how, text);
  const auto fits = [&](const std::string& value) {
    if (how != kTexts.end()) return is_text(*how, value);
    return value.empty() ? freedom_of(vr) < 4 : is_one_value(vr, value);
  };
  return std::ranges::all_of(split_values(text), fits);
}

}  // namespace veilgate::deidentify
