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
/// What a styled character stands for ("𝐉", "ﬁ", Arabic in its joined shapes); empty when it is itself.
std::u32string plain_form(char32_t point);
/// The Hangul syllable of these letters; 0: they make none. `tail` counts only if it is one.
char32_t syllable(char32_t lead, char32_t vowel, char32_t tail);
/// Greek without accents, katakana without voicing marks, kana of one kind, Arabic and Hebrew letters of one shape.
char32_t bare(char32_t point);
/// Lower case of Greek and Cyrillic.
char32_t small(char32_t point);

}  // namespace veilgate::deidentify::text
