#pragma once
// Internal to verify: the text forms a value may take in bytes.
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::verify {

/// Code points of UTF-8; malformed bytes count as Latin-1.
std::u32string code_points(std::string_view utf8);
std::string to_utf8(const std::u32string& text);

std::u32string lower(std::u32string text);
std::u32string upper(std::u32string text);

/// Letters without their marks (é to e, ß to ss); the text itself when nothing changes.
std::u32string without_marks(const std::u32string& text);
/// German notation (ä to ae); the text itself when nothing changes.
std::u32string with_digraphs(const std::u32string& text);

bool is_ascii_letter(unsigned char byte);
bool is_ascii_digit(unsigned char byte);
/// Ideographs, kana and Hangul, where two characters already make a name.
bool is_east_asian(char32_t code);

/// One encoding of a text. `stride` 2 and 4: UTF-16 and UTF-32 with the outer zero bytes cut off, so that one pattern
/// serves both orders.
struct Encoded {
  std::string bytes;
  int stride = 1;
};
/// UTF-8, UTF-16 and UTF-32 LE and BE, and every single-byte and multi-byte set of DICOM that can hold the text; no
/// duplicates.
std::vector<Encoded> encodings(const std::u32string& text);

}  // namespace veilgate::verify
