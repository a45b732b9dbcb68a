#pragma once
// Internal to dicom: the character sets of PS3.3 C.12.1.1.2 and how glibc's iconv names them.
#include <optional>
#include <string>
#include <string_view>

namespace veilgate::dicom {

/// A set that can be designated to G0 or G1 (ISO 2022).
enum class CodeSet { Ascii, Romaji, Kanji, KanjiExtra, SingleByte, Katakana, Korean, Chinese };

struct Designation {
  CodeSet set = CodeSet::Ascii;
  const char* iconv = nullptr;  ///< converter for the bytes once brought into its form
  bool g1 = false;
};

/// Registration number of "ISO_IR 100" or "ISO 2022 IR 100"; 0 for others.
int registration_number(std::string_view defined_term);
/// What a set puts into G1 (or, for ASCII, G0) when it is the first value.
std::optional<Designation> designation_of(int registration);
/// Longest escape sequence at the beginning of `text` (which starts with ESC); bytes used in `size`.
std::optional<Designation> designation_at(std::string_view text, std::size_t& size);
/// Converter of a set that takes the whole text without code extensions (UTF-8, GB18030, GBK); nullptr for others.
const char* whole_text_converter(std::string_view defined_term);

}  // namespace veilgate::dicom
