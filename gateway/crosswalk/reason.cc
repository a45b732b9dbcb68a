#include "crosswalk/reason.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"

namespace veilgate::crosswalk {
namespace {

constexpr std::size_t kShortestPart = 3;  // of a name: shorter ones are everywhere in ordinary words
constexpr std::size_t kShortestOfEverybody = 5;
constexpr std::size_t kShortestJoinedId = 4;  // shorter IDs count as words of their own only

bool is_word_byte(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/// Lower case for ASCII and the Latin-1 letters of UTF-8.
std::string folded(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto c = static_cast<unsigned char>(out[i]);
    const auto before = i > 0 ? static_cast<unsigned char>(out[i - 1]) : 0;
    if (c >= 'A' && c <= 'Z') out[i] = static_cast<char>(c + 0x20);
    if (before == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97) out[i] = static_cast<char>(c + 0x20);
  }
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : folded(text)) {
    if (is_word_byte(static_cast<unsigned char>(c))) {
      words.back().push_back(c);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += word;
  return out;
}

bool is_date(std::string_view text) {
  return text.size() == 8 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool holds(const std::string& all, const std::vector<std::string>& words, const std::string& identifier) {
  const auto parts = words_of(identifier);
  const std::string whole = joined(parts);
  if (whole.empty()) return false;
  if (is_date(whole)) {
    const std::string year = whole.substr(0, 4), month = whole.substr(4, 2), day = whole.substr(6);
    for (const auto& form : {year + month + day, day + month + year, month + day + year}) {
      if (all.find(form) != std::string::npos) return true;
    }
    return false;
  }
  if (whole.size() >= kShortestJoinedId && all.find(whole) != std::string::npos) return true;
  for (const auto& part : parts) {
    const bool matters = part.size() >= kShortestPart || parts.size() == 1;
    if (matters && std::find(words.begin(), words.end(), part) != words.end()) return true;
  }
  return false;
}

bool holds_word(const std::vector<std::string>& words, const std::string& identifier) {
  for (const auto& part : words_of(identifier)) {
    if (part.size() >= kShortestOfEverybody && std::find(words.begin(), words.end(), part) != words.end()) return true;
  }
  return false;
}

}  // namespace

Result<void> check_reason(std::string_view reason, std::span<const std::string> identifiers, Whose whose) {
  const auto words = words_of(reason);
  const bool printable = std::none_of(reason.begin(), reason.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
  if (words.empty() || !printable || reason.size() > limits::kMaxReasonBytes) {
    return fail(ErrorKind::Refused, "reason.unusable",
                "the reason must be one line of text, up to " + std::to_string(limits::kMaxReasonBytes) + " bytes");
  }
  const std::string all = joined(words);
  for (const auto& identifier : identifiers) {
    if (whose == Whose::OnePatient ? holds(all, words, identifier) : holds_word(words, identifier)) {
      return fail(ErrorKind::Refused, "reason.identifies",
                  "the reason holds an identifier of the patient and would carry it into the audit; name a request or "
                  "ticket instead");
    }
  }
  return {};
}

}  // namespace veilgate::crosswalk
