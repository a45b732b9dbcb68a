#include "detect/plain_text.h"

#include <algorithm>
#include <array>

#include "detect/ocr_fold.h"

namespace veilgate::detect {
namespace {

constexpr int kMaxDigits = 3;  // longer numbers number somebody
constexpr int kMaxFraction = 2;
constexpr int kMaxFactors = 3;  // "12 x 8 x 3 mm"

// Lower case only: "CM" may be initials, "m" and "M" an age or a sex.
constexpr std::array<std::string_view, 8> kUnits{"mm", "cm", "µm", "μm", "um", "inch", "inches", "mm²"};
constexpr std::array<std::string_view, 17> kSides{"L",     "R",     "OD",     "OS",     "OU",    "LEFT",
                                                  "Left",  "left",  "RIGHT",  "Right",  "right", "LINKS",
                                                  "links", "Links", "RECHTS", "Rechts", "rechts"};
constexpr std::array<std::string_view, 8> kSureColours{"red",    "blue", "cyan", "magenta",
                                                       "yellow", "rot",  "blau", "gelb"};
constexpr std::array<std::string_view, 12> kColours{"green", "black",  "white",  "gray",    "grey", "brown",
                                                    "pink",  "orange", "violet", "schwarz", "grau", "weiss"};

template <typename List>
bool holds(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// Reads a line from its beginning, piece by piece.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  void spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  bool any_of(std::initializer_list<std::string_view> words) {
    for (const auto word : words) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return true;
    }
    return false;
  }
  /// Up to `most` digits that no further digit follows; empty: none.
  std::string_view digits(int most) {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    if (count == 0 || count > static_cast<std::size_t>(most)) return {};
    const auto out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

int value_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = 10 * value + (c - '0');
  return value;
}

/// "12", "12.5"; false also for "12.03", which is a day before it is a length.
bool quantity(Pieces& text) {
  constexpr int kDays = 31, kMonths = 12;
  const auto whole = text.digits(kMaxDigits);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
  if (!text.any_of({".", ","})) return true;
  const auto fraction = text.digits(kMaxFraction);
  const bool date = fraction.size() == 2 && value_of(fraction) <= kMonths && value_of(whole) <= kDays;
  return !fraction.empty() && !date;
}

bool is_measurement(std::string_view line) {
  Pieces text(line);
  text.any_of({"~", "≈", "<", ">", "±"});
  for (int factor = 0; factor < kMaxFactors; ++factor) {
    text.spaces();
    if (!quantity(text)) return false;
    text.spaces();
    if (holds(kUnits, text.rest())) return true;
    text.any_of({"mm ", "cm "});
    if (!text.any_of({"x", "×"})) return false;
  }
  return false;
}

bool is_magnification(std::string_view line) {
  Pieces before(line), behind(line);
  if (before.any_of({"x", "X", "×"})) {
    before.spaces();
    const auto digits = before.digits(kMaxDigits);
    return !digits.empty() && digits.front() != '0' && before.at_end();
  }
  const auto digits = behind.digits(kMaxDigits);
  behind.spaces();
  return !digits.empty() && digits.front() != '0' && behind.any_of({"x", "X", "×"}) && behind.at_end();
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

std::optional<std::string_view> plain_reason(const Phi<std::string>& read) {
  const std::string line = trimmed(read.reveal());
  if (holds(kUnits, line)) return "kept: unit";
  if (holds(kSides, line)) return "kept: laterality";
  if (is_measurement(line)) return "kept: measurement";
  if (is_magnification(line)) return "kept: magnification";
  return std::nullopt;
}

ColourWord colour_word(const Phi<std::string>& read) {
  const std::string word = lower(trimmed(read.reveal()));
  if (holds(kSureColours, word)) return ColourWord::Sure;
  return holds(kColours, word) ? ColourWord::AlsoName : ColourWord::None;
}

bool is_unit(const Phi<std::string>& read) { return holds(kUnits, lower(trimmed(read.reveal()))); }

bool is_part_of_scale(const Phi<std::string>& read, const Phi<std::string>& scale) {
  constexpr std::size_t kMinPart = 2, kMayMiss = 5;
  // Dates and identifiers are parted so; a scale's numbers stand apart.
  if (read.reveal().find_first_of(".,:;/-") != std::string::npos) return false;
  const auto part = joined(folded_words(read.reveal()));
  return part.size() >= kMinPart &&
         stands_in(part, joined(folded_words(scale.reveal())), part.size() >= kMayMiss ? 1 : 0);
}

bool is_whole_scale(const Phi<std::string>& read, const Phi<std::string>& scale, std::size_t may_miss) {
  const auto part = joined(folded_words(read.reveal())), whole = joined(folded_words(scale.reveal()));
  return stands_in(part, whole, may_miss) && part.size() + may_miss >= whole.size();
}

std::optional<int> scale_number(const Phi<std::string>& read) {
  std::string digits = trimmed(read.reveal());
  if (digits.empty() || digits.size() > kMaxDigits) return std::nullopt;
  for (auto& c : digits) {
    if (c == 'O' || c == 'o' || c == 'D') c = '0';
    if (c == 'l' || c == 'I' || c == '|' || c == 'i') c = '1';
    if (c == 'S' || c == 's') c = '5';
    if (c == 'B') c = '8';
    if (c == 'Z' || c == 'z') c = '2';
    if (c < '0' || c > '9') return std::nullopt;
  }
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return value_of(digits);
}

}  // namespace veilgate::detect
