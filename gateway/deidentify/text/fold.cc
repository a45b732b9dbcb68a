#include "deidentify/text/fold.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"
#include "deidentify/text/fold_tables.h"

namespace veilgate::deidentify::text {
namespace {

struct Range {
  char32_t first, last;
};

constexpr std::array kInvisible = std::to_array<Range>({
    {0xAD, 0xAD},       {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},  // Hebrew points
    {0x5BF, 0x5BF},     {0x5C1, 0x5C2},   {0x5C4, 0x5C5},   {0x5C7, 0x5C7},   {0x610, 0x61C},
    {0x640, 0x640},  // Arabic: stretched lines, vowels
    {0x64B, 0x65F},     {0x670, 0x670},   {0x6D6, 0x6DC},   {0x6DF, 0x6E8},   {0x6EA, 0x6ED},
    {0x115F, 0x1160},   {0x180B, 0x180F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x202A, 0x202E},   {0x2060, 0x206F}, {0x20D0, 0x20F0}, {0x302A, 0x302F}, {0x3099, 0x309C},
    {0x3164, 0x3164},   {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xFF9E, 0xFFA0},
    {0xE0000, 0xE0FFF},
});
constexpr std::array kNoLetters = std::to_array<Range>({
    {0x5BE, 0x5C6},
    {0x5F3, 0x5F4},
    {0x600, 0x60F},
    {0x61B, 0x61F},
    {0x66A, 0x66D},
    {0x6D4, 0x6D4},
    {0x6DD, 0x6DE},
    {0x964, 0x965},
    {0x2000, 0x2BFF},
    {0x2E00, 0x3004},
    {0x3006, 0x3006},
    {0x3008, 0x3040},
    {0x30FB, 0x30FB},
    {0xE000, 0xF8FF},
    {0xFE10, 0xFE6F},
    {0xFF00, 0xFF65},
    {0xFFE0, 0x1FFFF},
    {0xE0000, 0x10FFFF},
});

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t point) {
  return std::ranges::any_of(ranges, [point](Range r) { return point >= r.first && point <= r.last; });
}

constexpr auto kAsciiTexts = [] {
  std::array<char, 256> out{};
  for (unsigned i = 0; i < 128; ++i) out[2 * i] = static_cast<char>(i);
  return out;
}();

const char* latin(char32_t point) {
  if (point >= kLatinFirst && point < kLatinEnd) return kLatin[point - kLatinFirst];
  if (point >= kLatinAdditionalFirst && point < kLatinAdditionalEnd) {
    return kLatinAdditional[point - kLatinAdditionalFirst];
  }
  return nullptr;
}

const char* sign(char32_t point) {
  if (point == 0xB5) return "u";
  if (point == 0xAA) return "a";
  if (point == 0xBA) return "o";
  if (point == 0xB4 || point == 0x2018 || point == 0x2019 || point == 0x2BC || point == 0x2032) return "'";
  if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212) return "-";
  if (point == 0x3001 || point == 0x3002 || point == 0x60C || point == 0x66B) return ",";
  if (point == 0x5BE) return "-";
  if (point == 0x5F3) return "'";
  return nullptr;
}

constexpr char32_t kGreek[][2] = {
    {0x386, 0x391}, {0x388, 0x395}, {0x389, 0x397}, {0x38A, 0x399}, {0x38C, 0x39F}, {0x38E, 0x3A5}, {0x38F, 0x3A9},
    {0x390, 0x3B9}, {0x3AA, 0x399}, {0x3AB, 0x3A5}, {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7}, {0x3AF, 0x3B9},
    {0x3B0, 0x3C5}, {0x3C2, 0x3C3}, {0x3CA, 0x3B9}, {0x3CB, 0x3C5}, {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9},
};

/// Letters that one hand writes so and another so: Arabic alef, yeh, teh marbuta and their Persian shapes, Hebrew at
/// the end of words, Cyrillic with and without its marks.
constexpr char32_t kShapes[][2] = {
    {0x401, 0x415}, {0x407, 0x406}, {0x419, 0x418}, {0x439, 0x438}, {0x451, 0x435}, {0x457, 0x456}, {0x5DA, 0x5DB},
    {0x5DD, 0x5DE}, {0x5DF, 0x5E0}, {0x5E3, 0x5E4}, {0x5E5, 0x5E6}, {0x622, 0x627}, {0x623, 0x627}, {0x624, 0x648},
    {0x625, 0x627}, {0x626, 0x64A}, {0x629, 0x647}, {0x649, 0x64A}, {0x671, 0x627}, {0x6A9, 0x643}, {0x6CC, 0x64A},
};

/// Characters that may be a letter in another shape; other symbols are not worth a look.
constexpr std::array kStyled = std::to_array<Range>({
    {0x2100, 0x211F},
    {0x2123, 0x214F},
    {0x249C, 0x24E9},
    {0x2F00, 0x2FD5},
    {0xF900, 0xFAFF},
    {0xFB00, 0xFB4F},
    {0xFB50, 0xFDFB},
    {0xFE70, 0xFEFC},
    {0xFFA1, 0xFFDC},
    {0x1D400, 0x1D7FF},
    {0x1F110, 0x1F1FF},
});
constexpr char32_t kFirstStyled = 0x2100;
constexpr char32_t kFirstDigits = 0x660;

/// U+FF66 to U+FF9D in full width.
constexpr char32_t kHalfWidthKana[] =
    U"ヲアイウエオヤユヨツーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

char32_t bare_kana(char32_t point) {
  if (point >= 0xFF66 && point <= 0xFF9D) return kHalfWidthKana[point - 0xFF66];
  if (point >= 0x3041 && point <= 0x3096) point += 0x60;
  if (point == 0x30A1 || point == 0x30A3 || point == 0x30A5 || point == 0x30A7 || point == 0x30A9) return point + 1;
  if (point >= 0x30AB && point <= 0x30C2 && (point - 0x30AB) % 2 == 1) return point - 1;
  if (point == 0x30C3) return 0x30C4;
  if (point == 0x30C5 || point == 0x30C7 || point == 0x30C9) return point - 1;
  if (point >= 0x30CF && point <= 0x30DD) return 0x30CF + (point - 0x30CF) / 3 * 3;
  if (point == 0x30E3 || point == 0x30E5 || point == 0x30E7) return point + 1;
  return point;
}

std::size_t sequence_length(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 1;
}

bool well_formed(char32_t point, std::size_t length) {
  if (length == 3) return point >= 0x800 && (point < 0xD800 || point > 0xDFFF);
  if (length == 4) return point >= 0x10000 && point <= 0x10FFFF;
  return point >= 0x80;
}

}  // namespace

Decoded decode(std::string_view bytes, std::size_t at) {
  const auto lead = static_cast<unsigned char>(bytes[at]);
  const std::size_t length = sequence_length(lead);
  if (length == 1 || at + length > bytes.size()) return {lead, 1};
  char32_t point = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(bytes[at + i]);
    if ((next & 0xC0) != 0x80) return {lead, 1};
    point = point << 6 | (next & 0x3F);
  }
  if (!well_formed(point, length)) return {lead, 1};
  return {point, length};
}

void append_utf8(std::string& out, char32_t point) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
    return put(0x80 | (point & 0x3F));
  }
  if (point < 0x10000) {
    put(0xE0 | point >> 12);
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
  }
  put(0x80 | (point >> 6 & 0x3F));
  put(0x80 | (point & 0x3F));
}

const char* ascii_for(char32_t point) {
  if (const char* text = latin(point)) return *text == '?' ? "x" : text;
  if (const char* text = sign(point)) return text;
  if (point >= 0xFF01 && point <= 0xFF5E) return &kAsciiTexts[2 * (point - 0xFEE0)];
  if (in(kInvisible, point)) return "";
  if (point >= kFirstDigits) {
    if (const int digit = unicode::digit_of(point); digit >= 0)
      return &kAsciiTexts[2 * static_cast<std::size_t>('0' + digit)];
  }
  // Small capitals belong to no language; Greek and Cyrillic letters do.
  const bool small_capital =
      (point >= 0x250 && point < 0x2B0) || (point >= 0x1D00 && point < 0x1D80) || point == 0xA730 || point == 0xA731;
  if (small_capital) {
    if (const char letter = unicode::lookalike(point); letter != 0)
      return &kAsciiTexts[2 * static_cast<std::size_t>(letter)];
  }
  return is_letter_point(point) ? nullptr : " ";
}

const char* digraph_for(char32_t point) {
  switch (point) {
    case 0xC4:
      return "Ae";
    case 0xD6:
    case 0xD8:
      return "Oe";
    case 0xDC:
      return "Ue";
    case 0xC5:
      return "Aa";
    case 0xE4:
      return "ae";
    case 0xF6:
    case 0xF8:
      return "oe";
    case 0xFC:
      return "ue";
    case 0xE5:
      return "aa";
    default:
      return nullptr;
  }
}

bool is_letter_point(char32_t point) { return point >= 0x250 && !in(kNoLetters, point) && !in(kInvisible, point); }

char32_t bare(char32_t point) {
  if (point >= 0x386 && point <= 0x3CE) {
    for (const auto& pair : kGreek) {
      if (pair[0] == point) return pair[1];
    }
  }
  if (point >= kShapes[0][0] && point <= 0x6CC) {
    for (const auto& pair : kShapes) {
      if (pair[0] == point) return pair[1];
    }
  }
  return bare_kana(point);
}

std::u32string plain_form(char32_t point) {
  if (point < kFirstStyled || !in(kStyled, point)) return {};
  return unicode::plain_form(point);
}

char32_t syllable(char32_t lead, char32_t vowel, char32_t tail) {
  constexpr char32_t kLead = 0x1100, kVowel = 0x1161, kTail = 0x11A7, kFirst = 0xAC00;
  constexpr char32_t kLeads = 19, kVowels = 21, kTails = 28;
  if (lead < kLead || lead >= kLead + kLeads || vowel < kVowel || vowel >= kVowel + kVowels) return 0;
  const bool closed = tail > kTail && tail < kTail + kTails;
  return kFirst + ((lead - kLead) * kVowels + (vowel - kVowel)) * kTails + (closed ? tail - kTail : 0);
}

char32_t small(char32_t point) {
  if (point >= 0x391 && point <= 0x3A9) return point + 0x20;
  if (point >= 0x410 && point <= 0x42F) return point + 0x20;
  if (point >= 0x400 && point <= 0x40F) return point + 0x50;
  if (point >= 0x460 && point < 0x530 && (point < 0x482 || point > 0x489)) {
    if (point >= 0x4C1 && point <= 0x4CE) return point % 2 == 1 ? point + 1 : point;
    return point % 2 == 0 && point != 0x4C0 ? point + 1 : point;
  }
  return point;
}

}  // namespace veilgate::deidentify::text
