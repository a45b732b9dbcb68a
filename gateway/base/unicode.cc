#include "base/unicode.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace veilgate::unicode {
namespace {

using Instance = const icu::Normalizer2* (*)(UErrorCode&);

icu::UnicodeString to_icu(std::string_view utf8) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
}

/// ICU's data is part of its library; a text that cannot be normalised all the same (no memory) stays as it is.
icu::UnicodeString normalized(const icu::UnicodeString& text, Instance instance) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = instance(error);
  if (U_FAILURE(error)) return text;
  icu::UnicodeString out = normalizer->normalize(text, error);
  return U_FAILURE(error) ? text : out;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_well_formed(std::string_view utf8) {
  UErrorCode error = U_ZERO_ERROR;
  std::int32_t length = 0;
  u_strFromUTF8(nullptr, 0, &length, utf8.data(), static_cast<std::int32_t>(utf8.size()), &error);
  return U_SUCCESS(error) || error == U_BUFFER_OVERFLOW_ERROR;
}

std::string normalized(std::string_view utf8, Instance instance) {
  std::string out;
  if (is_ascii(utf8) || !is_well_formed(utf8)) return std::string(utf8);
  normalized(to_icu(utf8), instance).toUTF8String(out);
  return out;
}

using Pair = std::pair<char32_t, char>;

/// After Unicode's confusables (UTS 39), letters only. Sorted.
constexpr std::array kLookalikes = std::to_array<Pair>({
    {0x251, 'a'},  {0x261, 'g'},  {0x262, 'g'},  {0x269, 'i'},  {0x26A, 'i'},  {0x274, 'n'},  {0x280, 'r'},
    {0x28F, 'y'},  {0x299, 'b'},  {0x29C, 'h'},  {0x29F, 'l'},  {0x37F, 'J'},  {0x391, 'A'},  {0x392, 'B'},
    {0x395, 'E'},  {0x396, 'Z'},  {0x397, 'H'},  {0x399, 'I'},  {0x39A, 'K'},  {0x39C, 'M'},  {0x39D, 'N'},
    {0x39F, 'O'},  {0x3A1, 'P'},  {0x3A4, 'T'},  {0x3A5, 'Y'},  {0x3A7, 'X'},  {0x3B1, 'a'},  {0x3B3, 'y'},
    {0x3B9, 'i'},  {0x3BA, 'k'},  {0x3BD, 'v'},  {0x3BF, 'o'},  {0x3C1, 'p'},  {0x3C3, 'o'},  {0x3C4, 't'},
    {0x3C5, 'u'},  {0x3C7, 'x'},  {0x3F2, 'c'},  {0x3F3, 'j'},  {0x3F9, 'C'},  {0x405, 'S'},  {0x406, 'I'},
    {0x408, 'J'},  {0x410, 'A'},  {0x412, 'B'},  {0x415, 'E'},  {0x417, 'Z'},  {0x41A, 'K'},  {0x41C, 'M'},
    {0x41D, 'H'},  {0x41E, 'O'},  {0x420, 'P'},  {0x421, 'C'},  {0x422, 'T'},  {0x423, 'Y'},  {0x425, 'X'},
    {0x430, 'a'},  {0x432, 'b'},  {0x435, 'e'},  {0x437, 'z'},  {0x43A, 'k'},  {0x43C, 'm'},  {0x43D, 'h'},
    {0x43E, 'o'},  {0x440, 'p'},  {0x441, 'c'},  {0x442, 't'},  {0x443, 'y'},  {0x445, 'x'},  {0x455, 's'},
    {0x456, 'i'},  {0x458, 'j'},  {0x475, 'v'},  {0x4AE, 'Y'},  {0x4AF, 'y'},  {0x4BB, 'h'},  {0x4BD, 'e'},
    {0x4C0, 'I'},  {0x4CF, 'l'},  {0x501, 'd'},  {0x51B, 'q'},  {0x51D, 'w'},  {0x555, 'O'},  {0x570, 'h'},
    {0x578, 'n'},  {0x57D, 'u'},  {0x585, 'o'},  {0x1D00, 'a'}, {0x1D04, 'c'}, {0x1D05, 'd'}, {0x1D07, 'e'},
    {0x1D0A, 'j'}, {0x1D0B, 'k'}, {0x1D0D, 'm'}, {0x1D0F, 'o'}, {0x1D18, 'p'}, {0x1D1B, 't'}, {0x1D1C, 'u'},
    {0x1D20, 'v'}, {0x1D21, 'w'}, {0x1D22, 'z'}, {0xA730, 'f'}, {0xA731, 's'},
});
static_assert(std::ranges::is_sorted(kLookalikes, {}, &Pair::first));

}  // namespace

std::string composed(std::string_view utf8) { return normalized(utf8, icu::Normalizer2::getNFCInstance); }
std::string decomposed(std::string_view utf8) { return normalized(utf8, icu::Normalizer2::getNFDInstance); }

std::string skeleton(std::string_view utf8) {
  if (is_ascii(utf8)) {
    std::string out(utf8);
    for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
  }
  const icu::UnicodeString shown = normalized(to_icu(utf8), icu::Normalizer2::getNFKCInstance);
  icu::UnicodeString latin;  // before case goes: "Ν" is taken for N, "ν" for v
  for (std::int32_t at = 0; at < shown.length(); at = shown.moveIndex32(at, 1)) {
    const UChar32 point = shown.char32At(at);
    const int digit = digit_of(static_cast<char32_t>(point));
    const char letter = lookalike(static_cast<char32_t>(point));
    latin.append(digit >= 0 ? static_cast<UChar32>('0' + digit) : letter != 0 ? static_cast<UChar32>(letter) : point);
  }
  std::string out;
  normalized(latin, icu::Normalizer2::getNFKCCasefoldInstance).toUTF8String(out);
  return out;
}

std::vector<std::string> han_variants(std::string_view utf8) {
  static std::mutex mutex;  // ICU does not promise that one transliterator serves many threads
  static const auto make = [](const char* id) {
    UErrorCode error = U_ZERO_ERROR;
    return std::unique_ptr<icu::Transliterator>(
        icu::Transliterator::createInstance(icu::UnicodeString(id), UTRANS_FORWARD, error));
  };
  static const auto traditional = make("Simplified-Traditional"), simplified = make("Traditional-Simplified");
  const std::lock_guard lock(mutex);
  std::vector<std::string> out;
  for (const auto& transliterator : {traditional.get(), simplified.get()}) {
    if (transliterator == nullptr) continue;
    icu::UnicodeString text = to_icu(utf8);
    transliterator->transliterate(text);
    std::string variant;
    text.toUTF8String(variant);
    if (variant != utf8) out.push_back(std::move(variant));
  }
  return out;
}

std::u32string plain_form(char32_t point) {
  constexpr char32_t kFlagA = 0x1F1E6, kFlagZ = 0x1F1FF;      // regional indicators
  constexpr char32_t kBlockA = 0x1F130, kBlockEnd = 0x1F18A;  // letters in squares and circles
  constexpr char32_t kLetters = 26, kRow = 32;
  if (point >= kFlagA && point <= kFlagZ) return {U'A' + (point - kFlagA)};
  if (point >= kBlockA && point < kBlockEnd && (point - kBlockA) % kRow < kLetters) {
    return {U'A' + (point - kBlockA) % kRow};
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCInstance(error);
  icu::UnicodeString parts;
  if (U_FAILURE(error) || !normalizer->getDecomposition(static_cast<UChar32>(point), parts)) return {};
  std::u32string out;
  for (std::int32_t at = 0; at < parts.length(); at = parts.moveIndex32(at, 1)) {
    out.push_back(static_cast<char32_t>(parts.char32At(at)));
  }
  return out;
}

int digit_of(char32_t point) {
  if (point < 0x80) return point >= '0' && point <= '9' ? static_cast<int>(point - '0') : -1;
  return static_cast<int>(u_charDigitValue(static_cast<UChar32>(point)));
}

char lookalike(char32_t point) {
  if (point < kLookalikes.front().first) return 0;
  const auto found = std::ranges::lower_bound(kLookalikes, point, {}, &Pair::first);
  return found != kLookalikes.end() && found->first == point ? found->second : '\0';
}

}  // namespace veilgate::unicode
