#include "detect/known_text.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "detect/ocr_fold.h"

namespace veilgate::detect {
namespace {

/// Anywhere in a line. Shorter ones come up by chance inside other words.
constexpr std::size_t kMinLong = 4;
/// Where two characters make a name or a word.
constexpr std::size_t kMinLongBeyondAscii = 2;
/// A single letter is an initial, and every laterality mark is one.
constexpr std::size_t kMinWord = 2;
/// Of addresses and descriptions, words that tell something.
constexpr std::size_t kMinTelling = 5;
constexpr std::size_t kMinPart = 4;    ///< printed of a longer identifier
constexpr std::size_t kMinDigits = 5;  ///< of an identifier, without its letters
constexpr std::size_t kDayLength = 8;
constexpr std::size_t kNameParts = 3;  ///< family, given, middle; titles and suffixes are nobody's

/// Words that stand in descriptions as on pictures and say nothing of a person.
constexpr std::array<std::string_view, 10> kSayNothing{"right",  "links",    "rechts", "gauche",  "droite",
                                                       "dexter", "sinister", "inches", "lateral", "medial"};

bool says_nothing(const std::u32string& word) {
  return std::ranges::any_of(kSayNothing, [&](std::string_view one) { return joined(folded_words(one)) == word; });
}

std::size_t edits_for(const std::u32string& needle) {
  constexpr std::size_t kOneFrom = 5, kTwoFrom = 8;
  return needle.size() >= kTwoFrom ? 2 : needle.size() >= kOneFrom ? 1 : 0;
}

bool beyond_ascii(const std::u32string& word) {
  return std::ranges::any_of(word, [](char32_t c) { return c >= 0x80; });
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> out;
  for (;;) {
    const auto end = std::min(text.find(by), text.size());
    out.emplace_back(text.substr(0, end));
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

std::u32string digits_of(const std::u32string& text) {
  std::u32string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char32_t c) { return is_number({&c, 1}); });
  return out;
}

std::u32string without_zeros(const std::u32string& digits) {
  const auto first = digits.find_first_not_of(U'0');
  return first == std::u32string::npos ? std::u32string() : digits.substr(first);
}

}  // namespace

KnownText::KnownText(std::span<const KnownValue> values) {
  for (const auto& value : values) {
    switch (value.kind) {
      case KnownValue::Kind::Name:
        add_name(value.text.reveal());
        break;
      case KnownValue::Kind::Date:
        add_date(value.text.reveal());
        break;
      case KnownValue::Kind::Other:
        add_other(value.text.reveal());
        break;
    }
  }
  for (auto* list : {&long_, &short_, &initials_, &written_dates_}) {
    std::ranges::sort(*list);
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
}

void KnownText::add(std::u32string word) {
  const std::size_t least = beyond_ascii(word) ? kMinLongBeyondAscii : kMinLong;
  // Folding makes one of "rn" and of "vv".
  const auto pairs = std::ranges::count_if(word, [](char32_t c) { return c == U'm' || c == U'w'; });
  if (word.size() + static_cast<std::size_t>(pairs) >= least) {
    long_.push_back(std::move(word));
  } else if (word.size() >= kMinWord) {
    short_.push_back(std::move(word));
  }
}

void KnownText::add_name(const std::string& text) {
  for (const auto& group : split(text, '=')) {
    auto parts = split(group, '^');
    if (parts.size() > kNameParts) parts.resize(kNameParts);
    std::vector<std::u32string> whole;
    std::u32string initials;
    for (const auto& part : parts) {
      const auto words = folded_words(part);
      for (const auto& word : words) add(word);
      if (words.size() > 1) add(joined(words));
      for (const auto& word : words) initials.push_back(word.front());
      if (!words.empty()) whole.push_back(joined(words));
    }
    if (whole.size() < 2) continue;
    add(whole[0] + whole[1]);
    add(whole[1] + whole[0]);
    initials_.push_back(initials);
    initials_.push_back({whole[0].front(), whole[1].front()});
    initials_.push_back({whole[1].front(), whole[0].front()});
  }
}

void KnownText::add_date(const std::string& text) {
  const auto number = [&](std::size_t from, std::size_t length) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + length, value);
    return value;
  };
  if (text.size() < kDayLength || !is_number(joined(folded_words(text.substr(0, kDayLength))))) return add_other(text);
  dates_.push_back({number(0, 4), number(4, 2), number(6, 2)});
  const std::string year = text.substr(0, 4), month = text.substr(4, 2), day = text.substr(6, 2);
  for (const auto& form : {year + month + day, day + month + year, month + day + year, year + day + month}) {
    written_dates_.push_back(joined(folded_words(form)));
  }
  for (const auto& form : {day + month + year.substr(2), month + day + year.substr(2), year.substr(2) + month + day}) {
    long_.push_back(joined(folded_words(form)));
  }
}

void KnownText::add_other(const std::string& text) {
  const auto words = folded_words(text);
  const auto whole = joined(words);
  add(whole);
  for (const auto& digits : {digits_of(whole), without_zeros(digits_of(whole)), without_zeros(whole)}) {
    if (digits.size() >= kMinDigits) add(digits);
  }
  if (words.size() < 2) return;
  for (const auto& word : words) {
    const bool numbered = word.size() >= kMinLong && !digits_of(word).empty();
    if ((word.size() >= kMinTelling || numbered || beyond_ascii(word)) && !says_nothing(word)) add(word);
  }
}

bool KnownText::matches(const Phi<std::string>& read) const {
  const auto words = folded_words(read.reveal());
  const auto line = joined(words);
  if (line.empty()) return false;
  const auto nearly = [&](const std::u32string& needle) { return stands_in(needle, line, edits_for(needle)); };
  if (std::ranges::any_of(long_, nearly) || std::ranges::binary_search(initials_, line)) return true;
  return matches_part(words) || matches_date(read.reveal());
}

bool KnownText::matches_part(const Words& words) const {
  Words all = words;
  // Letters written apart are words as well.
  std::u32string apart;
  for (const auto& word : words) {
    if (word.size() == 1) {
      apart += word;
    } else {
      all.push_back(std::exchange(apart, {}));
    }
  }
  all.push_back(apart);
  return std::ranges::any_of(all, [&](const std::u32string& word) {
    if (std::ranges::binary_search(short_, word)) return true;
    if (word.size() < kMinPart || says_nothing(word)) return false;
    return std::ranges::any_of(long_, [&](const auto& needle) { return needle.find(word) != std::u32string::npos; });
  });
}

bool KnownText::matches_date(const std::string& read) const {
  const DateLine parted(read);
  const auto line = joined(parted.words);
  const auto nearly = [&](const std::u32string& form) { return stands_in(form, line, 1); };
  if (std::ranges::any_of(written_dates_, nearly)) return true;
  return std::ranges::any_of(dates_, [&](const KnownDate& date) { return tells_date(parted, date); });
}

}  // namespace veilgate::detect
