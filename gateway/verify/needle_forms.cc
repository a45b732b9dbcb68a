#include "verify/needle_forms.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "base/base64.h"
#include "base/misread.h"
#include "base/unicode.h"
#include "dicom/tag.h"
#include "verify/common_words.h"
#include "verify/unicode.h"

namespace veilgate::verify {
namespace {

constexpr std::size_t kShortCharacters = 6;
constexpr std::size_t kMinWordLetters = 3;
constexpr std::size_t kMinEastAsian = 2;
constexpr std::size_t kMinNumberDigits = 4;
constexpr std::size_t kMinStrippedId = 5;
constexpr std::size_t kMinUid = 8;
/// Digits so many that they do not come up by chance inside a longer number.
constexpr std::size_t kUnmistakableDigits = 12;
/// Prose is searched by its beginning: whoever copies it copies that too.
constexpr std::size_t kMaxPatternCharacters = 256;

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_ascii_digit(static_cast<unsigned char>(c)); });
}

std::string ascii_lower(std::string text) {
  for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::string trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    if (const auto part = trim(text.substr(0, end)); !part.empty()) out.push_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

/// The characters of base64 that say nothing of the `before` bytes in front and of what follows.
std::string base64_within(std::string_view bytes, std::size_t before) {
  constexpr std::size_t kByte = 8, kCharacter = 6;
  const std::string all = to_base64(std::string(before, '\0') + std::string(bytes));
  const std::size_t first = (before * kByte + kCharacter - 1) / kCharacter;
  return all.substr(first, (before + bytes.size()) * kByte / kCharacter - first);
}

/// Collects patterns of one needle without duplicates.
class Forms {
 public:
  Forms(std::size_t index, std::vector<Pattern>& out) : index_(index), out_(out) {}

  /// `text` as bytes are written with letters: hexadecimal, and base64 wherever in a longer text it begins.
  void add_written(std::string_view text) {
    const auto whole = code_points(unicode::composed(text)).substr(0, kMaxPatternCharacters);
    if (whole.size() < kShortCharacters) return;
    for (const auto& form : {whole, lower(whole), upper(whole)}) {
      const std::string bytes = to_utf8(form);
      put({hexadecimal(bytes), 1}, form, Boundary::None, false, false);
      for (std::size_t before = 0; before < 3; ++before) {
        put({base64_within(bytes, before), 1}, form, Boundary::None, false, false);
      }
    }
  }

  /// `text` in every notation, case and encoding.
  void add(std::string_view text, Boundary boundary, bool word = false) {
    const std::u32string whole = code_points(unicode::composed(text)).substr(0, kMaxPatternCharacters);
    for (const auto& form : notations(whole)) {
      const std::string utf8 = to_utf8(form);
      const bool number = all_digits(utf8);
      for (auto& encoded : encodings(form)) put(std::move(encoded), form, boundary, word, number);
      // With the marks behind their letters, which only Unicode can write.
      put({unicode::decomposed(utf8), 1}, form, boundary, word, number);
    }
    add_misread(to_utf8(whole), boundary, word);
    const std::size_t before = out_.size();
    put({unicode::skeleton(to_utf8(whole)), 1}, whole, boundary, word, false);
    if (out_.size() > before) out_.back().seen = true;
  }

 private:
  /// What wrong software makes of its letters, "MÃ¼ller", "M?ller".
  void add_misread(const std::string& utf8, Boundary boundary, bool word) {
    constexpr std::ptrdiff_t kMinLetters = 4;  // beside question marks
    for (auto& form : unicode::doubled_forms(utf8)) put({form, 1}, code_points(form), boundary, word, false);
    for (auto& form : unicode::escaped_forms(utf8)) {
      const bool questioned = form.find('?') != std::string::npos;
      const auto letters =
          std::ranges::count_if(form, [](char c) { return is_ascii_letter(static_cast<unsigned char>(c)); });
      if (questioned && letters < kMinLetters) continue;
      put({form, 1}, code_points(form), questioned ? Boundary::Letters : boundary, word, false);
    }
  }

  /// Encoding costs, so each notation comes once. The case of ASCII is the matcher's.
  static std::vector<std::u32string> notations(std::u32string original) {
    const auto small = lower(original);
    if (std::ranges::all_of(original, [](char32_t code) { return code < 0x80; })) return {small};
    std::vector<std::u32string> out = {std::move(original)};
    for (auto& form : {small, upper(small), without_marks(small), with_digraphs(small)}) {
      if (std::ranges::find(out, form) == out.end()) out.push_back(form);
    }
    return out;
  }

  void put(Encoded encoded, const std::u32string& form, Boundary boundary, bool word, bool number) {
    Pattern pattern;
    pattern.bytes = ascii_lower(std::move(encoded.bytes));
    constexpr std::size_t kMinBytes = 3;  // the matcher's key
    if (pattern.bytes.size() < kMinBytes || !seen_.insert(pattern.bytes).second) return;
    pattern.stride = encoded.stride;
    pattern.boundary = boundary;
    pattern.word = word;
    pattern.weak = word && boundary == Boundary::Letters;
    pattern.short_form = form.size() < kShortCharacters && !(is_east_asian(form.front()) && pattern.bytes.size() > 6);
    pattern.number = number;
    pattern.needle = index_;
    out_.push_back(std::move(pattern));
  }

  std::size_t index_;
  std::vector<Pattern>& out_;
  std::unordered_set<std::string> seen_;
};

bool means_nothing(std::string_view text) {
  const std::string word = ascii_lower(std::string(text));
  const auto meaningful = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || is_ascii_letter(byte) || is_ascii_digit(byte);
  };
  std::set<char> distinct;
  for (const char c : word) {
    if (meaningful(c)) distinct.insert(c);
  }
  return distinct.size() < 2 || is_common_word(word);
}

bool long_enough(const std::u32string& word) {
  const auto wide = static_cast<std::size_t>(std::ranges::count_if(word, is_east_asian));
  return wide >= kMinEastAsian || word.size() >= kMinWordLetters;
}

void add_word(const std::string& word, Forms& forms) {
  const auto codes = code_points(word);
  if (!long_enough(codes) || means_nothing(word) || all_digits(word)) return;
  const bool short_word = codes.size() < kShortCharacters && !is_east_asian(codes.front());
  forms.add(word, short_word ? Boundary::Letters : Boundary::None, true);
  forms.add_written(word);
}

void add_pairs(const std::string& family, const std::string& given, Forms& forms) {
  if (code_points(family).size() + code_points(given).size() < 4 &&
      std::ranges::none_of(code_points(family), is_east_asian)) {
    return;
  }
  for (const char* between : {"^", " ", ", ", ",", "_", "-", ".", ""}) {
    forms.add(family + between + given, Boundary::Letters);
    forms.add(given + between + family, Boundary::Letters);
  }
}

/// Family^Given^Middle^Prefix^Suffix, up to three groups for scripts.
void add_person_name(std::string_view name, Forms& forms) {
  for (const auto& group : split(name, "=")) {
    const auto parts = split(group, "^");
    if (parts.size() > 1) add_pairs(parts[0], parts[1], forms);
    for (const auto& part : parts) {
      const auto words = split(part, " -',.;/()_\t");
      for (const auto& word : words) add_word(word, forms);
      if (words.size() > 1 && !means_nothing(part)) forms.add(part, Boundary::Letters);
      if (parts.size() == 1 && words.size() == 2) add_pairs(words[0], words[1], forms);
    }
  }
}

bool plausible_date(std::string_view digits) {
  const int month = (digits[4] - '0') * 10 + digits[5] - '0';
  const int day = (digits[6] - '0') * 10 + digits[7] - '0';
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

void add_date(std::string_view digits, Forms& forms) {
  if (is_placeholder_date(digits) || !plausible_date(digits)) return;
  const std::string year(digits.substr(0, 4));
  const std::string month(digits.substr(4, 2));
  const std::string day(digits.substr(6, 2));
  forms.add(digits, Boundary::Digits);
  forms.add_written(digits);
  for (const char* between : {"-", "/", ".", ":"}) {
    forms.add(year + between + month + between + day, Boundary::Digits);
    forms.add(day + between + month + between + year, Boundary::Digits);
    forms.add(month + between + day + between + year, Boundary::Digits);
  }
  const std::string short_day = std::to_string(std::stoi(day));
  const std::string short_month = std::to_string(std::stoi(month));
  for (const char* between : {"/", "."}) {
    forms.add(short_day + between + short_month + between + year, Boundary::Digits);
    forms.add(short_month + between + short_day + between + year, Boundary::Digits);
  }
}

void add_number(const std::string& digits, Forms& forms) {
  if (digits.size() < kMinNumberDigits || means_nothing(digits)) return;
  forms.add(digits, digits.size() < kUnmistakableDigits ? Boundary::Digits : Boundary::None);
  forms.add_written(digits);
  const auto significant = digits.find_first_not_of('0');
  if (significant > 0 && digits.size() - significant >= kMinStrippedId) {
    forms.add(digits.substr(significant), Boundary::Digits);
  }
}

/// Everything else: identifiers, places, descriptions.
void add_text(const std::string& text, Forms& forms) {
  if (all_digits(text)) return add_number(text, forms);
  const auto codes = code_points(text);
  if (!long_enough(codes) || means_nothing(text)) return;
  const bool short_text = codes.size() < kShortCharacters && !is_east_asian(codes.front());
  forms.add(text, short_text ? Boundary::Letters : Boundary::None);
  forms.add_written(text);
  if (std::ranges::none_of(text, [](char c) { return is_ascii_digit(static_cast<unsigned char>(c)); })) return;
  std::string stripped;
  std::ranges::copy_if(text, std::back_inserter(stripped),
                       [](char c) { return std::string_view(" -_./:#").find(c) == std::string_view::npos; });
  if (stripped == text || stripped.size() < kMinStrippedId) return;
  if (all_digits(stripped)) return add_number(stripped, forms);
  forms.add(stripped, stripped.size() < kShortCharacters ? Boundary::Letters : Boundary::None);
}

bool is_number_of_a_person(std::string_view place) {
  static constexpr std::array<std::string_view, 4> kPlaces{"(0010,0020)", "(0010,1000)", "(0008,0050)", "(0038,0010)"};
  return std::ranges::find(kPlaces, place) != kPlaces.end();
}

/// "4711-88", "471188" for "P-4711-88".
void add_bare_number(const std::string& text, Forms& forms) {
  constexpr std::size_t kMinBare = 6, kMaxBare = 24;
  const auto is_digit = [](char c) { return is_ascii_digit(static_cast<unsigned char>(c)); };
  std::string digits, spaced;
  for (const char c : text) {
    if (is_digit(c)) digits += c;
    spaced += is_digit(c) ? c : ' ';
  }
  const auto groups = split(spaced, " ");
  if (text.size() > kMaxBare || digits.size() < kMinBare || digits == text) return;
  if (digits.size() == 8 && (digits.starts_with("19") || digits.starts_with("20")) && plausible_date(digits)) return;
  add_number(digits, forms);
  if (means_nothing(digits) || groups.size() < 2) return;
  for (const char* between : {"-", "/", "_", " "}) {
    std::string joined = groups[0];
    for (std::size_t i = 1; i < groups.size(); ++i) joined += between + groups[i];
    forms.add(joined, Boundary::Digits);
  }
}

bool looks_like_uid(std::string_view text) {
  return text.size() >= kMinUid && std::ranges::count(text, '.') >= 3 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_well_known_uid(std::string_view uid) { return uid.starts_with("1.2.840.10008."); }

}  // namespace

void add_forms(const Needle& needle, std::size_t index, std::vector<Pattern>& out) {
  Forms forms(index, out);
  const std::string text = trim(needle.text);
  const auto tag = dicom::tag_from(needle.place);
  const std::string vr = tag ? dicom::vr_of(*tag) : std::string();
  if (text.empty()) return;
  if (looks_like_uid(text)) {
    if (is_well_known_uid(text)) return;
    forms.add(text, Boundary::Digits);
    forms.add_written(text);
    return;
  }
  if (vr == "PN" || text.find('^') != std::string::npos) {
    add_person_name(text, forms);
    return;
  }
  const bool date_like = vr == "DA" || vr == "DT";
  if (date_like && text.size() >= 8 && all_digits(text.substr(0, 8))) {
    add_date(text.substr(0, 8), forms);
    if (text.size() >= kUnmistakableDigits && all_digits(text.substr(0, kUnmistakableDigits))) {
      forms.add(text.substr(0, std::min<std::size_t>(text.size(), 14)), Boundary::None);
    }
    return;
  }
  if (is_number_of_a_person(needle.place)) add_bare_number(text, forms);
  if (!date_like) add_text(text, forms);
}

}  // namespace veilgate::verify
