#include "deidentify/text/fold.h"

#include <algorithm>
#include <array>

#include "deidentify/text/fold_tables.h"

namespace veilgate::deidentify::text {
namespace {

struct Range {
  char32_t first, last;
};

constexpr std::array kInvisible = std::to_array<Range>({
    {0xAD, 0xAD},
    {0x300, 0x36F},
    {0x200B, 0x200F},
    {0x202A, 0x202E},
    {0x2060, 0x2064},
    {0x2066, 0x2069},
    {0x3099, 0x309C},
    {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF},
    {0xFF9E, 0xFF9F},
});
constexpr std::array kNoLetters = std::to_array<Range>({
    {0x2000, 0x2BFF},
    {0x2E00, 0x3004},
    {0x3006, 0x3040},
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
  if (point == 0x3001 || point == 0x3002) return ",";
  return nullptr;
}

constexpr char32_t kGreek[][2] = {
    {0x386, 0x391}, {0x388, 0x395}, {0x389, 0x397}, {0x38A, 0x399}, {0x38C, 0x39F}, {0x38E, 0x3A5}, {0x38F, 0x3A9},
    {0x390, 0x3B9}, {0x3AA, 0x399}, {0x3AB, 0x3A5}, {0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7}, {0x3AF, 0x3B9},
    {0x3B0, 0x3C5}, {0x3C2, 0x3C3}, {0x3CA, 0x3B9}, {0x3CB, 0x3C5}, {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9},
};

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
  if (point == 0x401) return 0x415;
  if (point == 0x451) return 0x435;
  return bare_kana(point);
}

char32_t small(char32_t point) {
  if (point >= 0x391 && point <= 0x3A9) return point + 0x20;
  if (point >= 0x410 && point <= 0x42F) return point + 0x20;
  if (point >= 0x400 && point <= 0x40F) return point + 0x50;
  return point;
}

}  // namespace veilgate::deidentify::text
