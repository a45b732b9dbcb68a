#include "deidentify/import/plain_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "deidentify/import/import_limits.h"

namespace veilgate::deidentify::importing {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_word(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9'); }

/// Bytes of the character that starts here, 0 when it is broken or may not stand in YAML.
std::size_t character_at(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return (first >= 0x20 && first != 0x7F) || is_space(text[0]) ? 1 : 0;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  std::uint32_t point = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3Fu);
  }
  const bool too_long = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool breaks = point < 0xA0 || point == 0x2028 || point == 0x2029;
  const bool no_character = (point >= 0xD800 && point <= 0xDFFF) || point == 0xFEFF || (point & 0xFFFE) == 0xFFFE;
  return too_long || breaks || no_character || point > 0x10FFFF ? 0 : length;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::string raised(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), upper);
  return out;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool starts_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size() || raised(text.substr(0, word.size())) != raised(word)) return false;
  return text.size() == word.size() || !is_word(text[word.size()]);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::optional<int> whole_number(std::string_view text) {
  constexpr std::size_t kMaxDigits = 9;
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (!is_digits(text.substr(text.starts_with('-') ? 1 : 0)) || text.size() > kMaxDigits) return std::nullopt;
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_at(text.substr(at));
    if (length == 0) out[at] = '?';
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  const std::string clean = printable(text);
  for (char c : trimmed(clean)) {
    if (!is_space(c)) {
      out.push_back(c);
    } else if (out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (out.size() <= import_limits::kMaxShown) return out;
  out.resize(import_limits::kMaxShown);
  return std::string(trimmed(printable(out))) + " ...";
}

std::string quoted(std::string_view text) {
  std::string clean = printable(text);
  std::ranges::replace_if(clean, is_space, ' ');
  if (clean.find_first_of("\"\\") == std::string::npos) return '"' + clean + '"';
  std::string out = "'";
  for (char c : clean) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

}  // namespace veilgate::deidentify::importing
