#include "base/misread.h"

#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/unicode.h"

namespace veilgate::unicode {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

icu::UnicodeString to_icu(std::string_view utf8) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

void add(std::vector<std::string>& out, std::string form) {
  if (!form.empty() && std::ranges::find(out, form) == out.end()) out.push_back(std::move(form));
}

/// As it is, in small, in capital letters.
std::vector<std::string> cases(std::string_view utf8) {
  const icu::UnicodeString text = to_icu(utf8);
  std::vector<std::string> out;
  add(out, to_utf8(text));
  add(out, to_utf8(icu::UnicodeString(text).toLower(icu::Locale::getRoot())));
  add(out, to_utf8(icu::UnicodeString(text).toUpper(icu::Locale::getRoot())));
  return out;
}

/// Windows-1252 where it differs from Latin-1; 0: unassigned, read as Latin-1 all the same.
constexpr std::array<UChar32, 32> kWindows1252{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                               0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                               0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                               0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::string read_as_single_bytes(std::string_view utf8, bool windows) {
  icu::UnicodeString out;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    const UChar32 mapped = windows && byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80] : 0;
    out.append(mapped != 0 ? mapped : static_cast<UChar32>(byte));
  }
  return to_utf8(out);
}

/// "uuml" for ü: the letter and its mark, as HTML names them; empty: it has none.
std::string entity_name(UChar32 point) {
  struct Named {
    UChar32 point;
    const char* name;
  };
  static constexpr Named kOwn[] = {{0xDF, "szlig"},   {0xE6, "aelig"},  {0xC6, "aelig"},  {0xF8, "oslash"},
                                   {0xD8, "oslash"},  {0xF0, "eth"},    {0xD0, "eth"},    {0xFE, "thorn"},
                                   {0xDE, "thorn"},   {0x153, "oelig"}, {0x152, "oelig"}, {0x142, "lstrok"},
                                   {0x141, "lstrok"}, {0x111, "dstrok"}};
  static constexpr Named kMarks[] = {{0x300, "grave"}, {0x301, "acute"}, {0x302, "circ"},  {0x303, "tilde"},
                                     {0x304, "macr"},  {0x306, "breve"}, {0x307, "dot"},   {0x308, "uml"},
                                     {0x30A, "ring"},  {0x30B, "dblac"}, {0x30C, "caron"}, {0x327, "cedil"},
                                     {0x328, "ogon"}};
  for (const Named& own : kOwn) {
    if (own.point == point) return own.name;
  }
  const icu::UnicodeString parts = to_icu(decomposed(to_utf8(icu::UnicodeString(point))));
  if (parts.length() != 2 || parts[0] >= 0x80) return {};
  for (const Named& mark : kMarks) {
    if (mark.point == parts[1]) return to_utf8(icu::UnicodeString(parts[0]).toLower()) + mark.name;
  }
  return {};
}

/// What one notation writes for a letter beyond ASCII; nullopt: it cannot.
using Escape = std::optional<std::string> (*)(UChar32 point, std::string_view utf8);

std::string each_byte(std::string_view utf8, fmt::format_string<unsigned> format) {
  std::string out;
  for (const char c : utf8) out += fmt::format(format, unsigned{static_cast<unsigned char>(c)});
  return out;
}

constexpr Escape kEscapes[] = {
    [](UChar32, std::string_view) { return std::optional<std::string>("?"); },
    [](UChar32, std::string_view utf8) { return std::optional<std::string>(std::string(utf8.size(), '?')); },
    [](UChar32 point, std::string_view) {
      const std::string name = entity_name(point);
      return name.empty() ? std::nullopt : std::optional("&" + name + ";");
    },
    [](UChar32 point, std::string_view) { return std::optional(fmt::format("&#{};", static_cast<unsigned>(point))); },
    [](UChar32 point, std::string_view) {
      return std::optional(fmt::format("&#x{:x};", static_cast<unsigned>(point)));
    },
    [](UChar32 point, std::string_view) {
      return std::optional(fmt::format("\\u{:04x}", static_cast<unsigned>(point)));
    },
    [](UChar32, std::string_view utf8) { return std::optional(each_byte(utf8, "%{:02x}")); },
    [](UChar32 point, std::string_view) {
      return point < 0x100 ? std::optional(fmt::format("%{:02x}", static_cast<unsigned>(point))) : std::nullopt;
    },
    [](UChar32, std::string_view utf8) { return std::optional(each_byte(utf8, "={:02x}")); },
    [](UChar32 point, std::string_view) {
      return point < 0x100 ? std::optional(fmt::format("={:02x}", static_cast<unsigned>(point))) : std::nullopt;
    },
};

std::string escaped(const icu::UnicodeString& text, Escape escape) {
  std::string out;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    const UChar32 point = text.char32At(at);
    const std::string utf8 = to_utf8(icu::UnicodeString(point));
    const auto written = point < 0x80 ? std::optional(utf8) : escape(point, utf8);
    if (!written) return {};
    out += *written;
  }
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace

std::vector<std::string> doubled_forms(std::string_view utf8) {
  std::vector<std::string> out;
  if (is_ascii(utf8)) return out;
  for (const std::string& text : cases(utf8)) {
    add(out, read_as_single_bytes(text, true));
    add(out, read_as_single_bytes(text, false));
  }
  return out;
}

std::vector<std::string> escaped_forms(std::string_view utf8) {
  std::vector<std::string> out;
  if (is_ascii(utf8)) return out;
  for (const std::string& text : cases(utf8)) {
    for (const Escape escape : kEscapes) add(out, escaped(to_icu(text), escape));
  }
  return out;
}

}  // namespace veilgate::unicode
