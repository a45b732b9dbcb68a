#include "deidentify/text/text_dates.h"

#include <algorithm>

#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

constexpr std::size_t kBirthCueReach = 4;  ///< words: "born on the 12.03.1980"

bool is_birth(const TextDate& date, const std::vector<Day>& births) {
  return std::ranges::any_of(
      date.orders, [&](Order order) { return std::ranges::find(births, day_of(date, order)) != births.end(); });
}

/// "geb. 12.03.1980", "*12.03.1980", "D.O.B.", "1980年3月12日生"
bool said_to_be_birth(const View& view, const TextDate& date) {
  if (date.begin > 0 && view.text()[date.begin - 1] == '*') return true;
  const std::string_view behind = std::string_view(view.text()).substr(date.end);
  if (behind.starts_with("生") || behind.starts_with("出生") || behind.starts_with("생")) return true;
  return birth_cue_before(view, date.begin, kBirthCueReach);
}

/// The order that every date of this text with a single reading has.
std::optional<Order> hint_of(const std::vector<TextDate>& dates) {
  std::optional<Order> out;
  for (const TextDate& date : dates) {
    const bool numeric = !date.month_token && (date.separator == '/' || date.separator == '-');
    if (!numeric || date.orders.size() != 1 || date.orders[0] == Order::Ymd) continue;
    if (out && *out != date.orders[0]) return std::nullopt;
    out = date.orders[0];
  }
  return out;
}

}  // namespace

bool birth_cue_before(const View& view, std::uint32_t place, std::size_t words) {
  const auto& tokens = view.tokens();
  const auto behind = std::ranges::lower_bound(tokens, place, {}, &Token::begin);
  std::string spelled;
  for (auto token = behind; token != tokens.begin() && behind - token < static_cast<std::ptrdiff_t>(words);) {
    --token;
    if (!view.free(*token)) return false;
    const std::string_view word = view.word(*token);
    if (is_birth_cue(word)) return true;
    if (word.size() != 1) continue;
    spelled.insert(0, word);
    if (spelled == "dob" || spelled == "dn") return true;
  }
  return false;
}

void clean_dates(View& view, const DateRules& rules) {
  for (const auto& [begin, end] : find_ideographic_dates(view)) {
    rules.dates == TextDates::Keep ? view.keep(begin, end) : void(view.take(begin, end, TextKind::Date));
  }
  if (!view.has_digit()) return;
  const std::vector<TextDate> dates = find_dates(view, rules.is_name, *rules.known);
  const auto hint = rules.dates == TextDates::Shift ? hint_of(dates) : std::nullopt;
  std::vector<std::string> with(dates.size());
  std::vector<bool> kept(dates.size());
  for (std::size_t i = 0; i < dates.size(); ++i) {
    if (is_birth(dates[i], *rules.births) || said_to_be_birth(view, dates[i])) continue;
    kept[i] = rules.dates == TextDates::Keep;
    if (rules.dates == TextDates::Shift) with[i] = shifted(view, dates[i], hint, rules.offset_days).value_or("");
  }
  for (std::size_t i = 0; i < dates.size(); ++i) {
    if (kept[i]) {
      view.keep(dates[i].begin, dates[i].end);
    } else {
      view.take(dates[i].begin, dates[i].end, TextKind::Date, std::move(with[i]));
    }
  }
}

}  // namespace veilgate::deidentify::text
