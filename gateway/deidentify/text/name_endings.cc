#include "deidentify/text/name_endings.h"

#include <algorithm>
#include <iterator>

namespace veilgate::deidentify::text {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&list)[N]) {
  return std::ranges::find(list, word) != std::end(list);
}

/// What languages put behind a name, accents gone: Slavic, Hungarian, Finnish, Turkish, German.
constexpr std::string_view kEndings[] = {
    "a",    "u",   "e",    "i",    "ovi", "owi",  "em",  "om",  "ie",  "iem",  "ova",   "ove",   "ovou",
    "ovej", "owa", "owej", "owie", "ow",  "ovic", "ami", "ych", "ym",  "ech",  "ich",   "in",    "ina",
    "nak",  "nek", "ne",   "val",  "vel", "hoz",  "hez", "tol", "rol", "ban",  "ben",   "nal",   "nel",
    "lal",  "lel", "ra",   "re",   "t",   "ot",   "et",  "at",  "n",   "lla",  "lle",   "lta",   "lta",
    "ssa",  "sta", "nun",  "nin",  "un",  "ya",   "ye",  "es",  "ens", "sche", "schen", "scher", "sches"};
/// The same for names that end with a vowel, which goes.
constexpr std::string_view kVowelEndings[] = {
    "y",  "i",   "e",   "o",  "u",   "a",   "ou",  "ie",  "ej",  "iej", "om",   "ami",  "ach", "ego", "emu", "iemu",
    "im", "imi", "ich", "ym", "ych", "eho", "ine", "iny", "inu", "in",  "inou", "kiej", "kim", "nie", "ka",  "ki"};
/// Those that no short word of another language ends with.
constexpr std::string_view kHungarianEndings[] = {"nak", "nek", "ne",  "val", "vel", "hoz",
                                                  "hez", "tol", "rol", "nal", "nel"};

bool is_vowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

}  // namespace

bool is_declined(std::string_view word, std::string_view name) {
  constexpr std::size_t kShort = 4, kMinStem = 4;
  if (word.starts_with(name)) {
    const std::string_view ending = word.substr(name.size());
    return name.size() == kShort ? is_one_of(ending, kHungarianEndings) : is_one_of(ending, kEndings);
  }
  const std::string_view stem = name.substr(0, name.size() - 1);
  return stem.size() >= kMinStem && is_vowel(name.back()) && word.starts_with(stem) &&
         is_one_of(word.substr(stem.size()), kVowelEndings);
}

}  // namespace veilgate::deidentify::text
