#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace veilgate::deidentify::text {

struct Decoded {
  char32_t point;
  std::size_t length;
};
/// One character at `at`; a byte that starts no valid UTF-8 sequence counts as Latin-1.
Decoded decode(std::string_view bytes, std::size_t at);
void append_utf8(std::string& out, char32_t point);

/// ASCII that stands for this character; nullptr: it has none. "" drops it.
const char* ascii_for(char32_t point);
/// German and Nordic spelling without umlauts ("ae"), or nullptr.
const char* digraph_for(char32_t point);
bool is_letter_point(char32_t point);
/// Greek without accents, katakana without voicing marks, kana of one kind.
char32_t bare(char32_t point);
/// Lower case of Greek and Cyrillic.
char32_t small(char32_t point);

}  // namespace veilgate::deidentify::text
