#include "dicom/charset_tables.h"

#include <array>
#include <charconv>

namespace veilgate::dicom {
namespace {

struct Entry {
  int registration;
  std::string_view escape;
  Designation designation;
};

constexpr std::array<Entry, 19> kSets{{
    {6, "\x1b(B", {CodeSet::Ascii, nullptr, false}},
    {14, "\x1b(J", {CodeSet::Romaji, nullptr, false}},
    {87, "\x1b$B", {CodeSet::Kanji, "EUC-JP", false}},
    {159, "\x1b$(D", {CodeSet::KanjiExtra, "EUC-JP", false}},
    {100, "\x1b-A", {CodeSet::SingleByte, "ISO-8859-1", true}},
    {101, "\x1b-B", {CodeSet::SingleByte, "ISO-8859-2", true}},
    {109, "\x1b-C", {CodeSet::SingleByte, "ISO-8859-3", true}},
    {110, "\x1b-D", {CodeSet::SingleByte, "ISO-8859-4", true}},
    {144, "\x1b-L", {CodeSet::SingleByte, "ISO-8859-5", true}},
    {127, "\x1b-G", {CodeSet::SingleByte, "ISO-8859-6", true}},
    {126, "\x1b-F", {CodeSet::SingleByte, "ISO-8859-7", true}},
    {138, "\x1b-H", {CodeSet::SingleByte, "ISO-8859-8", true}},
    {148, "\x1b-M", {CodeSet::SingleByte, "ISO-8859-9", true}},
    {203, "\x1b-b", {CodeSet::SingleByte, "ISO-8859-15", true}},
    {166, "\x1b-T", {CodeSet::SingleByte, "TIS-620", true}},
    // Half-width katakana: the high half of Shift JIS single bytes is the same table.
    {13, "\x1b)I", {CodeSet::Katakana, "SHIFT_JIS", true}},
    {149, "\x1b$)C", {CodeSet::Korean, "EUC-KR", true}},
    {58, "\x1b$)A", {CodeSet::Chinese, "EUC-CN", true}},
    // JIS C 6226-1978, an older edition of IR 87 that old consoles announce.
    {42, "\x1b$@", {CodeSet::Kanji, "EUC-JP", false}},
}};

}  // namespace

int registration_number(std::string_view defined_term) {
  const auto at = defined_term.rfind("IR");
  if (at == std::string_view::npos || !defined_term.starts_with("ISO")) return 0;
  auto digits = defined_term.substr(at + 2);
  while (!digits.empty() && (digits.front() == ' ' || digits.front() == '_')) digits.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

std::optional<Designation> designation_of(int registration) {
  for (const auto& entry : kSets) {
    if (entry.registration == registration) return entry.designation;
  }
  return std::nullopt;
}

std::optional<Designation> designation_at(std::string_view text, std::size_t& size) {
  for (const auto& entry : kSets) {
    if (!text.starts_with(entry.escape)) continue;
    size = entry.escape.size();
    return entry.designation;
  }
  return std::nullopt;
}

const char* whole_text_converter(std::string_view defined_term) {
  if (defined_term == "ISO_IR 192" || defined_term == "ISO 2022 IR 192") return "UTF-8";
  if (defined_term == "GB18030") return "GB18030";
  if (defined_term == "GBK") return "GBK";
  return nullptr;
}

}  // namespace veilgate::dicom
