#include "deidentify/text/personal_numbers.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace veilgate::deidentify::text {
namespace {

constexpr std::size_t kMinDigits = 9, kMaxDigits = 13;
constexpr std::size_t kChineseDigits = 17;  ///< and a check digit, or X
constexpr std::uint32_t kMinGroup = 3, kMaxGroup = 7;
constexpr std::uint32_t kMaxToken = 18;

std::string two(unsigned value) {
  char text[8];
  std::snprintf(text, sizeof text, "%02u", value % 100);
  return text;
}

/// The date as such numbers hold it; some countries add to month or day to tell the century or the sex.
std::vector<std::string> spellings(const Day& birth) {
  std::vector<std::string> out;
  const auto year = static_cast<unsigned>(static_cast<int>(birth.year()));
  const std::string brief = two(year), whole = two(year / 100) + two(year);
  for (const unsigned month_more : {0u, 20u, 40u, 50u, 70u}) {
    const std::string month = two(static_cast<unsigned>(birth.month()) + month_more);
    for (const unsigned day_more : {0u, 40u, 60u}) {
      const std::string day = two(static_cast<unsigned>(birth.day()) + day_more);
      out.push_back(brief + month + day);
      out.push_back(whole + month + day);
      if (month_more == 0) {
        out.push_back(day + month + brief);
        out.push_back(day + month + whole);
      }
    }
  }
  return out;
}

class Numbers {
 public:
  Numbers(View& view, const std::vector<Day>& births) : view_(view), births_(births) {}

  void run() {
    const auto& tokens = view_.tokens();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!tokens[i].number || !view_.free(tokens[i])) continue;
      if (holds_birth(view_.word(tokens[i]))) take_run(i);
      if (i + 3 < tokens.size() && view_.free(tokens[i])) take_parted(i);
    }
  }

 private:
  /// Made when the first number is met that may be one: most texts have none.
  const std::vector<std::string>& spelled() {
    if (spelled_.empty()) {
      for (const Day& birth : births_) {
        for (std::string& one : spellings(birth)) spelled_.push_back(std::move(one));
      }
    }
    return spelled_;
  }

  bool holds_birth(std::string_view digits) {
    if (digits.size() < 6 || digits.size() > kMaxToken) return false;
    return std::ranges::any_of(spelled(),
                               [digits](const std::string& one) { return digits.find(one) != std::string_view::npos; });
  }

  bool number(std::size_t i) const {
    return i < view_.tokens().size() && view_.tokens()[i].number && view_.free(view_.tokens()[i]);
  }
  std::string_view gap(std::size_t i) const {
    return view_.between(view_.tokens()[i].end, view_.tokens()[i + 1].begin);
  }
  static bool is_joint(std::string_view gap) {
    return gap.size() == 1 && std::string_view("-./+ ").find(gap[0]) != std::string_view::npos;
  }
  /// "123X" behind "170362-", the X behind "1234": a letter that belongs to the number.
  bool letter(std::size_t i) const {
    return i < view_.tokens().size() && !view_.tokens()[i].number && view_.tokens()[i].size() == 1 &&
           view_.free(view_.tokens()[i]);
  }

  /// "62031712345", "620317-1234", "170362A123X"
  void take_run(std::size_t i) {
    const auto& tokens = view_.tokens();
    std::size_t last = i, digits = tokens[i].size();
    while (number(last + 1) && is_joint(gap(last))) {
      const std::uint32_t size = tokens[last + 1].size();
      if (size < kMinGroup || size > kMaxGroup || digits + size > kMaxDigits) break;
      digits += size;
      ++last;
    }
    if (last == i && letter(i + 1) && gap(i).empty() && number(i + 2) && gap(i + 1).empty() &&
        tokens[i + 2].size() == kMinGroup) {
      digits += kMinGroup;
      last = i + 2;
    }
    std::uint32_t begin = tokens[i].begin;
    const bool pension = last == i && i > 0 && number(i - 1) && tokens[i - 1].size() == 2 && letter(i + 1) &&
                         number(i + 2) && tokens[i + 2].size() == kMinGroup && gap(i - 1) == " " && gap(i) == " " &&
                         gap(i + 1) == " ";
    if (pension) {  // "65 170362 Z 123"
      begin = tokens[i - 1].begin;
      digits += 2 + kMinGroup;
      last = i + 2;
    }
    if (digits >= kMinDigits && letter(last + 1) && gap(last).empty()) ++last;
    const bool chinese = digits == kChineseDigits || digits == kChineseDigits + 1;
    if ((digits < kMinDigits || digits > kMaxDigits) && !chinese) return;
    view_.take(begin, tokens[last].end, TextKind::Identifier);
  }

  /// "17.03.62-1234"
  void take_parted(std::size_t i) {
    const auto& tokens = view_.tokens();
    if (!number(i + 1) || !number(i + 2) || !number(i + 3) || gap(i) != gap(i + 1) || !is_joint(gap(i))) return;
    const std::string digits = std::string(view_.word(tokens[i])) + std::string(view_.word(tokens[i + 1])) +
                               std::string(view_.word(tokens[i + 2]));
    if ((digits.size() != 6 && digits.size() != 8) || std::ranges::find(spelled(), digits) == spelled().end()) return;
    const std::uint32_t size = tokens[i + 3].size();
    const bool joined = gap(i + 2) == "-" || gap(i + 2) == "+" || gap(i + 2) == "/";
    if (!joined || size < kMinGroup || size > kMaxGroup) return;
    const bool check = letter(i + 4) && gap(i + 3).empty();
    view_.take(tokens[i].begin, tokens[check ? i + 4 : i + 3].end, TextKind::Identifier);
  }

  View& view_;
  const std::vector<Day>& births_;
  std::vector<std::string> spelled_;
};

}  // namespace

void clean_personal_numbers(View& view, const std::vector<Day>& births) {
  if (!view.has_digit() || births.empty()) return;
  Numbers(view, births).run();
}

}  // namespace veilgate::deidentify::text
