#include "verify/unicode.h"

#include <iconv.h>
#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

#include "dicom/charset.h"

namespace veilgate::verify {
namespace {

/// The one locale that glibc carries inside; case mapping beyond ASCII needs it.
locale_t unicode_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

template <typename Map, typename Ascii>
std::u32string mapped(std::u32string text, const Map& map, const Ascii& ascii) {
  const locale_t locale = unicode_locale();
  for (auto& code : text) {
    code =
        code < 0x80 || locale == nullptr ? ascii(code) : static_cast<char32_t>(map(static_cast<wint_t>(code), locale));
  }
  return text;
}

/// Base letters of U+00C0 to U+017F in order, lower case; several letters in brackets.
constexpr std::string_view kBaseLetters =
    "aaaaaa[ae]ceeeeiiiidnooooo-ouuuuy[th][ss]aaaaaa[ae]ceeeeiiiidnooooo-ouuuuy[th]y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii[ij][ij]jjkkkllllllllllnnnnnnn[ng][ng]oooooo[oe][oe]"
    "rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

std::vector<std::u32string> parse_base_letters() {
  std::vector<std::u32string> out;
  for (std::size_t i = 0; i < kBaseLetters.size(); ++i) {
    std::string_view letters = kBaseLetters.substr(i, 1);
    if (letters == "[") {
      const auto end = kBaseLetters.find(']', i);
      letters = kBaseLetters.substr(i + 1, end - i - 1);
      i = end;
    }
    out.emplace_back(letters.begin(), letters.end());
  }
  return out;
}

struct CharacterSet {
  const char* iconv;
  bool has_states = false;  ///< escape sequences: what a character becomes hangs on those in front of it
};
constexpr std::array<CharacterSet, 19> kSets{{{"ISO-8859-1"},
                                              {"ISO-8859-2"},
                                              {"ISO-8859-3"},
                                              {"ISO-8859-4"},
                                              {"ISO-8859-5"},
                                              {"ISO-8859-6"},
                                              {"ISO-8859-7"},
                                              {"ISO-8859-8"},
                                              {"ISO-8859-9"},
                                              {"ISO-8859-15"},
                                              {"TIS-620"},
                                              {"EUC-JP"},
                                              {"SHIFT_JIS"},
                                              {"ISO-2022-JP", true},
                                              {"ISO-2022-JP-2", true},
                                              {"EUC-KR"},
                                              {"EUC-CN"},
                                              {"GB18030"},
                                              {"BIG5"}}};
constexpr char kEscape = '\x1b';

iconv_t encoder(const char* to) {
  thread_local std::map<std::string, iconv_t> open;
  const auto [found, added] = open.try_emplace(to);
  if (added) found->second = ::iconv_open(to, "UTF-8");
  return found->second;
}

std::optional<std::string> encode(std::string utf8, const char* to) {
  const iconv_t handle = encoder(to);
  if (reinterpret_cast<std::intptr_t>(handle) == -1) return std::nullopt;
  ::iconv(handle, nullptr, nullptr, nullptr, nullptr);
  std::string out(utf8.size() * 4 + 16, '\0');
  char* in = utf8.data();
  char* at = out.data();
  std::size_t in_left = utf8.size();
  std::size_t out_left = out.size();
  if (::iconv(handle, &in, &in_left, &at, &out_left) != 0) return std::nullopt;  // not representable, or only nearly
  out.resize(out.size() - out_left);
  return out;
}

/// Escape sequences differ between writers and their state resets, so only a text within one designation can be looked
/// for: the bytes behind the escape. Empty for others (a whole name), whose parts are searched one by one.
std::string without_escape(const std::string& bytes) {
  const auto first = bytes.find(kEscape);
  if (first != 0 || bytes.find(kEscape, 1) != std::string::npos) return {};
  return bytes.substr(bytes.starts_with("\x1b$(") ? 4 : 3);
}

/// One character in every set, nullopt where it does not exist. Asking iconv for whole texts, set by set, took longer
/// than everything else that verification does.
using InSets = std::array<std::optional<std::string>, kSets.size()>;
using Spelled = std::vector<const InSets*>;

/// Each character of the text; valid until the next call. What is remembered is the code tables of single characters,
/// never a text.
Spelled spelled(const std::u32string& text) {
  constexpr std::size_t kMaxCharacters = 4096;  // some 4 MiB, and one text beyond
  thread_local std::unordered_map<char32_t, InSets> known;
  if (known.size() > kMaxCharacters) known.clear();
  Spelled out;
  out.reserve(text.size());
  for (const char32_t code : text) {
    const auto [found, added] = known.try_emplace(code);
    if (added) {
      const std::string utf8 = to_utf8({code});
      for (std::size_t set = 0; set < kSets.size(); ++set) found->second[set] = encode(utf8, kSets[set].iconv);
    }
    out.push_back(&found->second);
  }
  return out;
}

/// Where every character is the same whatever stands around it.
std::optional<std::string> joined(const Spelled& text, std::size_t set) {
  std::string out;
  for (const InSets* sets : text) {
    const auto& character = (*sets)[set];
    if (!character) return std::nullopt;
    out += *character;
  }
  return out;
}

/// Whether the whole text can still be bytes with one escape in front of them, or without any: the first escape comes
/// with the first character that has one alone.
bool may_have_one_designation(const Spelled& text, std::size_t set) {
  bool nothing_in_front = true;
  bool designated = false;
  for (const InSets* sets : text) {
    const auto& character = (*sets)[set];
    if (!character) return false;
    const auto escapes = std::ranges::count(*character, kEscape);
    if (!designated && escapes > 0) {
      if (!nothing_in_front || escapes > 1) return false;
      designated = true;
    }
    nothing_in_front = nothing_in_front && character->empty();
  }
  return true;
}

std::optional<std::string> in_set(const Spelled& text, const std::string& utf8, std::size_t set) {
  if (!kSets[set].has_states) return joined(text, set);
  if (!may_have_one_designation(text, set)) return std::nullopt;
  const auto bytes = encode(utf8, kSets[set].iconv);
  if (!bytes || bytes->find(kEscape) == std::string::npos) return bytes;
  return without_escape(*bytes);
}

/// Without the zeros before the first and behind the last letter.
std::string utf32(const std::u32string& text, bool big_endian) {
  std::string out;
  for (const char32_t code : text) {
    for (int byte = 0; byte < 4; ++byte) out += static_cast<char>(code >> 8 * (big_endian ? 3 - byte : byte) & 0xFF);
  }
  const auto first = out.find_first_not_of('\0');
  return first == std::string::npos ? std::string() : out.substr(first, out.find_last_not_of('\0') - first + 1);
}

std::string utf16(const std::u32string& text, bool big_endian) {
  std::string out;
  const auto put = [&](char32_t unit) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8 & 0xFF);
    out.push_back(big_endian ? high : low);
    out.push_back(big_endian ? low : high);
  };
  for (const char32_t code : text) {
    if (code < 0x10000) {
      put(code);
    } else {
      put(0xD800 + ((code - 0x10000) >> 10));
      put(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  if (!out.empty() && big_endian && out.front() == '\0') out.erase(0, 1);
  if (!out.empty() && !big_endian && out.back() == '\0') out.pop_back();
  return out;
}

}  // namespace

std::u32string code_points(std::string_view utf8) {
  std::u32string out;
  if (!dicom::is_utf8(utf8)) {
    for (const char c : utf8) out.push_back(static_cast<unsigned char>(c));
    return out;
  }
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) {
      out.back() = out.back() << 6 | (byte & 0x3F);
    } else {
      out.push_back(byte < 0x80 ? byte : byte < 0xE0 ? byte & 0x1F : byte < 0xF0 ? byte & 0x0F : byte & 0x07);
    }
  }
  return out;
}

std::string to_utf8(const std::u32string& text) {
  std::string out;
  const auto tail = [&](char32_t code, int shift) { out.push_back(static_cast<char>(0x80 | (code >> shift & 0x3F))); };
  for (const char32_t code : text) {
    if (code < 0x80) {
      out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
      out.push_back(static_cast<char>(0xC0 | code >> 6));
      tail(code, 0);
    } else if (code < 0x10000) {
      out.push_back(static_cast<char>(0xE0 | code >> 12));
      tail(code, 6), tail(code, 0);
    } else {
      out.push_back(static_cast<char>(0xF0 | code >> 18));
      tail(code, 12), tail(code, 6), tail(code, 0);
    }
  }
  return out;
}

std::u32string lower(std::u32string text) {
  return mapped(std::move(text), ::towlower_l, [](char32_t c) { return c >= U'A' && c <= U'Z' ? c + 32 : c; });
}

std::u32string upper(std::u32string text) {
  return mapped(std::move(text), ::towupper_l, [](char32_t c) { return c >= U'a' && c <= U'z' ? c - 32 : c; });
}

std::u32string without_marks(const std::u32string& text) {
  static const std::vector<std::u32string> kBase = parse_base_letters();
  constexpr char32_t kFirst = 0xC0;
  std::u32string out;
  for (const char32_t code : text) {
    if (code >= 0x300 && code < 0x370) continue;  // combining marks
    const bool known = code >= kFirst && code - kFirst < kBase.size() && code != 0xD7 && code != 0xF7;
    known ? out.append(kBase[code - kFirst]) : out.append(1, code);
  }
  return out;
}

std::u32string with_digraphs(const std::u32string& text) {
  std::u32string out;
  for (const char32_t code : text) {
    const char32_t small = lower({code})[0];
    const char32_t base = small == U'ä' ? U'a' : small == U'ö' || small == U'ø' ? U'o' : small == U'ü' ? U'u' : U'\0';
    if (base != 0) {
      out += {base, U'e'};
    } else if (small == U'ß') {
      out += U"ss";
    } else if (small == U'å') {
      out += U"aa";
    } else {
      out.push_back(code);
    }
  }
  return out;
}

bool is_ascii_letter(unsigned char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }
bool is_ascii_digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }

bool is_east_asian(char32_t code) {
  return (code >= 0x3040 && code < 0x3100) || (code >= 0x3400 && code < 0xA000) || (code >= 0xAC00 && code < 0xD7B0) ||
         (code >= 0xF900 && code < 0xFB00) || (code >= 0x20000 && code < 0x30000);
}

std::vector<Encoded> encodings(const std::u32string& text) {
  std::vector<Encoded> out;
  const auto add = [&](std::string bytes, int stride) {
    const auto same = [&](const Encoded& known) { return known.bytes == bytes; };
    if (!bytes.empty() && std::ranges::none_of(out, same)) out.push_back({std::move(bytes), stride});
  };
  const std::string utf8 = to_utf8(text);
  add(utf8, 1);
  add(utf16(text, false), 2);
  add(utf16(text, true), 2);
  add(utf32(text, false), 4);
  add(utf32(text, true), 4);
  if (std::ranges::all_of(text, [](char32_t code) { return code < 0x80; })) return out;
  const Spelled characters = spelled(text);
  for (std::size_t set = 0; set < kSets.size(); ++set) {
    if (auto bytes = in_set(characters, utf8, set)) add(std::move(*bytes), 1);
  }
  return out;
}

}  // namespace veilgate::verify
