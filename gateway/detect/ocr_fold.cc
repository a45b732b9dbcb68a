#include "detect/ocr_fold.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/unicode.h"

namespace veilgate::detect {
namespace {

/// Lower case, as unicode::skeleton() leaves letters: what recognition takes for a digit is that digit.
constexpr std::array<std::pair<char32_t, char32_t>, 10> kConfused{{{U'o', U'0'},
                                                                   {U'i', U'1'},
                                                                   {U'l', U'1'},
                                                                   {U'|', U'1'},
                                                                   {U'!', U'1'},
                                                                   {U's', U'5'},
                                                                   {U'b', U'8'},
                                                                   {U'z', U'2'},
                                                                   {U'g', U'6'},
                                                                   {U'q', U'9'}}};
/// Letters that no decomposition makes ASCII.
constexpr std::array<std::pair<char32_t, char32_t>, 7> kBare{
    {{0xF8, U'0'}, {0x142, U'1'}, {0x111, U'd'}, {0xF0, U'd'}, {0x131, U'1'}, {0x127, U'h'}, {0x167, U't'}}};

std::u32string code_points(std::string_view utf8) {
  std::u32string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length && at + i < utf8.size(); ++i) {
      point = (point << 6) | (static_cast<unsigned char>(utf8[at + i]) & 0x3FU);
    }
    out.push_back(point);
    at += length;
  }
  return out;
}

bool is_mark(char32_t point) { return point >= 0x300 && point <= 0x36F; }

/// Letters and digits of any script; punctuation and symbols part words.
bool is_written(char32_t point) {
  if (point < 0x80) return (point >= U'a' && point <= U'z') || (point >= U'0' && point <= U'9');
  const bool latin_signs = point < 0xC0 || point == 0xD7 || point == 0xF7;
  const bool signs = (point >= 0x2000 && point < 0x2C00) || (point >= 0x3000 && point < 0x3005) ||
                     (point >= 0x3008 && point < 0x3021) || point >= 0xFFE0;
  return !latin_signs && !signs;
}

char32_t folded(char32_t point) {
  for (const auto& [from, to] : kConfused) {
    if (from == point) return to;
  }
  for (const auto& [from, to] : kBare) {
    if (from == point) return to;
  }
  return point;
}

/// Two letters that read as one.
void contract(std::u32string& word) {
  constexpr std::array<std::pair<std::u32string_view, char32_t>, 2> kPairs{{{U"rn", U'm'}, {U"vv", U'w'}}};
  for (const auto& [pair, one] : kPairs) {
    for (auto at = word.find(pair); at != std::u32string::npos; at = word.find(pair, at)) word.replace(at, 2, 1, one);
  }
}

}  // namespace

std::vector<std::u32string> folded_words(std::string_view utf8) {
  std::vector<std::u32string> out;
  std::u32string word;
  const auto end_word = [&] {
    contract(word);
    if (!word.empty()) out.push_back(std::exchange(word, {}));
  };
  for (const char32_t point : code_points(unicode::decomposed(unicode::skeleton(utf8)))) {
    if (is_mark(point)) continue;
    const char32_t letter = folded(point);
    if (is_written(letter)) {
      word.push_back(letter);
    } else {
      end_word();
    }
  }
  end_word();
  return out;
}

std::u32string joined(const std::vector<std::u32string>& words) {
  return std::accumulate(words.begin(), words.end(), std::u32string());
}

bool is_number(std::u32string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char32_t c) { return c >= U'0' && c <= U'9'; });
}

bool stands_in(std::u32string_view needle, std::u32string_view text, std::size_t edits) {
  if (needle.empty()) return false;
  if (edits == 0) return text.find(needle) != std::u32string_view::npos;
  // Sellers: the fewest edits with which the needle's first i characters end at this place of the text.
  std::vector<std::size_t> row(needle.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char32_t c : text) {
    std::size_t diagonal = row[0];
    for (std::size_t i = 1; i <= needle.size(); ++i) {
      const std::size_t replaced = diagonal + (needle[i - 1] == c ? 0 : 1);
      diagonal = row[i];
      row[i] = std::min({replaced, row[i] + 1, row[i - 1] + 1});
    }
    if (row.back() <= edits) return true;
  }
  return false;
}

}  // namespace veilgate::detect
