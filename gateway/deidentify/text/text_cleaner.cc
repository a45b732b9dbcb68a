#include "deidentify/text/text_cleaner.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "deidentify/text/checks.h"
#include "deidentify/text/known_identifiers.h"
#include "deidentify/text/known_names.h"
#include "deidentify/text/known_places.h"
#include "deidentify/text/patterns.h"
#include "deidentify/text/personal_numbers.h"
#include "deidentify/text/text_dates.h"
#include "deidentify/text/titled_names.h"
#include "deidentify/text/view.h"

namespace veilgate::deidentify {
namespace text {

struct Known {
  KnownNames names;
  KnownIdentifiers identifiers;
  KnownPlaces places;
  std::vector<Day> births, dates;  ///< `dates`: births too
};

namespace {

/// A find can lay bare another ("Doe12.03.2021"); text that still changes after this many rounds goes as a whole.
constexpr int kMaxRounds = 8;
constexpr std::size_t kMaxDays = 256;  ///< more would only cost time
constexpr std::string_view kWholeMark = "[text]";

/// A place with hardly a letter is a telephone number.
bool is_number_like(std::string_view value) {
  const auto digits = digits_of(value).size();
  return digits >= 5 && std::ranges::count_if(value, is_letter) <= 2;
}

void add_place(Known& known, const std::string& place) {
  if (is_number_like(place)) {
    known.identifiers.add(place, TextKind::Place);
  } else {
    known.places.add(place);
  }
}

std::optional<Day> day_from(const std::string& value) {
  const std::string digits = digits_of(value.substr(0, std::min<std::size_t>(value.size(), 10)));
  if (digits.size() < 8) return std::nullopt;
  const auto part = [&](std::size_t from, std::size_t length) {
    unsigned out = 0;
    std::from_chars(digits.data() + from, digits.data() + from + length, out);
    return out;
  };
  const Day day(std::chrono::year(static_cast<int>(part(0, 4))), std::chrono::month(part(4, 2)),
                std::chrono::day(part(6, 2)));
  return day.ok() ? std::optional(day) : std::nullopt;
}

void add_day(std::vector<Day>& days, const Day& day) {
  if (std::ranges::find(days, day) == days.end() && days.size() < kMaxDays) days.push_back(day);
}

/// "19800312" and what people make of it: 12031980, 03121980, 800312, 120380.
void clean_compact_births(View& view, const std::vector<Day>& births) {
  if (!view.has_digit()) return;
  for (const Token& token : view.tokens()) {
    if (!token.number || (token.size() != 6 && token.size() != 8) || !view.free(token)) continue;
    const std::string_view word = view.word(token);
    const std::uint32_t year = token.size() - 4;
    const auto field = [&](std::uint32_t from, std::uint32_t length) {
      DateField out{from, from + length, 0};
      std::from_chars(word.data() + from, word.data() + from + length, out.value);
      return out;
    };
    TextDate last, first;
    last.fields = {field(0, 2), field(2, 2), field(4, year)};
    first.fields = {field(0, year), field(year, 2), field(year + 2, 2)};
    const bool birth = std::ranges::any_of(births, [&](const Day& day) {
      return day == day_of(last, Order::Dmy) || day == day_of(last, Order::Mdy) || day == day_of(first, Order::Ymd);
    });
    if (birth) view.take(token.begin, token.end, TextKind::Date);
  }
}

/// What is left of a word with lost or misread characters may still tell the name: the word goes. Such a character
/// alone is a blank.
void clean_garbled(View& view) {
  if (!view.has_garbled()) return;
  const std::string& text = view.text();
  const auto inside = [&text](std::size_t at) { return is_alnum(text[at]) || text[at] == kGarbled; };
  for (std::size_t at = text.find(kGarbled); at != std::string::npos; at = text.find(kGarbled, at)) {
    std::size_t begin = at, end = at;
    while (begin > 0 && inside(begin - 1)) --begin;
    while (end < text.size() && inside(end)) ++end;
    const bool word = text.find_first_not_of(kGarbled, begin) < end;
    view.take(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), TextKind::Identifier,
              word ? std::string(kWholeMark) : " ");
    at = end;
  }
}

/// No text needs it: neither a line's end, a tab, a new page nor a switch between character sets.
bool is_control(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte >= 0x20 && byte != 0x7F) return false;
  if (byte == '\r' || byte == '\n' || byte == '\t' || byte == '\f') return false;
  return designation_at(text, at) == 0;
}

bool has_control(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_control(text, at)) return true;
  }
  return false;
}

std::string without_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_control(text, at)) out += text[at];
  }
  return out;
}

void one_round(View& view, const Known& known, const DateRules& rules) {
  using Which = KnownIdentifiers::Which;
  internet_patterns().clean_raw(view);
  known.identifiers.clean(view, Which::Long);
  clean_personal_numbers(view, known.births);
  clean_compact_births(view, known.births);
  clean_dates(view, rules);
  known.names.clean(view);
  known.places.clean(view);
  known.identifiers.clean(view, Which::Short);
  if (view.has_digit()) {
    age_patterns().clean(view);
    number_patterns().clean(view);
    address_patterns().clean(view);
    telephone_patterns().clean(view);
  }
  clean_titled_names(view);
}

bool comes_to_rest(View& view, const Known& known, const DateRules& rules) {
  known.names.clean_misread(view);
  clean_garbled(view);
  for (int round = 0; round < kMaxRounds; ++round) {
    const std::size_t before = view.found().size();
    one_round(view, known, rules);
    if (view.found().size() == before) return true;
    view.next_round();
  }
  return false;
}

TextCleaner::Cleaned whole(std::string_view input) {
  return {std::string(kWholeMark), {{0, input.size(), TextKind::Identifier}}};
}

bool is_name(const Found& found) { return found.kind == TextKind::PatientName || found.kind == TextKind::PersonName; }

/// In the order of the text; names that only a blank or a comma parts are one.
std::vector<Found> ordered(const View& view) {
  std::vector<Found> found = view.found(), out;
  std::ranges::sort(found, {}, &Found::begin);
  for (Found& one : found) {
    const bool name = !out.empty() && is_name(out.back()) && is_name(one);
    const std::string_view gap = name ? view.between(out.back().end, one.begin) : "|";
    if (gap.size() > 2 || gap.find_first_not_of(" ,-^") != std::string_view::npos) {
      out.push_back(std::move(one));
      continue;
    }
    out.back().end = one.end;
    if (one.kind == TextKind::PatientName) out.back().kind = one.kind;
  }
  return out;
}

TextCleaner::Cleaned result(const View& view, std::string_view input) {
  TextCleaner::Cleaned out;
  const std::vector<Found> found = ordered(view);
  std::size_t at = 0;
  for (const Found& one : found) {
    const std::size_t begin = view.source_begin(one.begin), end = view.source_end(one.end);
    if (begin < at) continue;
    out.text += input.substr(at, begin - at);
    out.text += one.with.empty() ? mark_of(one.kind) : std::string_view(one.with);
    out.replaced.push_back({begin, end - begin, one.kind});
    at = end;
  }
  out.text += input.substr(at);
  return out;
}

/// Control characters part words as often as they stand inside one: names are looked for with blanks instead, and
/// again when they are gone.
std::string freed_of_controls(std::string_view input, const Known& known) {
  std::string parted(input);
  for (std::size_t at = 0; at < input.size(); ++at) {
    if (is_control(input, at)) parted[at] = ' ';
  }
  View view(parted);
  known.identifiers.clean(view, KnownIdentifiers::Which::Long);
  known.names.clean(view);
  return without_controls(result(view, input).text);
}

}  // namespace
}  // namespace text

std::string_view name_of(TextKind kind) {
  switch (kind) {
    case TextKind::PatientName:
      return "patient_name";
    case TextKind::PersonName:
      return "person_name";
    case TextKind::Identifier:
      return "identifier";
    case TextKind::Date:
      return "date";
    case TextKind::Telephone:
      return "telephone";
    case TextKind::Email:
      return "email";
    case TextKind::Url:
      return "url";
    case TextKind::Address:
      return "address";
    case TextKind::RecordNumber:
      return "record_number";
    case TextKind::Place:
      return "place";
  }
  return "unknown";
}

TextCleaner::TextCleaner(const KnownPeople& people, TextDates dates, int offset_days)
    : dates_(dates), offset_days_(offset_days) {
  auto known = std::make_shared<text::Known>();
  const auto plain = [](const Phi<std::string>& name) { return text::without_controls(name.reveal()); };
  for (const auto& name : people.patient_names) known->names.add(plain(name), TextKind::PatientName);
  for (const auto& name : people.other_names) known->names.add(plain(name), TextKind::PersonName);
  for (const auto& id : people.identifiers) known->identifiers.add(id.reveal(), TextKind::Identifier);
  for (const auto& date : people.birth_dates) {
    if (const auto day = text::day_from(date.reveal())) {
      text::add_day(known->births, *day);
      text::add_day(known->dates, *day);
    }
  }
  for (const auto& date : people.dates) {
    if (const auto day = text::day_from(date.reveal())) text::add_day(known->dates, *day);
  }
  for (const auto& place : people.places) text::add_place(*known, place.reveal());
  known_ = std::move(known);
}

TextCleaner::Cleaned TextCleaner::clean(std::string_view utf8) const {
  if (utf8.empty()) return {};
  if (utf8.size() > kMaxTextBytes) return text::whole(utf8);
  if (text::has_control(utf8)) {
    Cleaned out = clean(text::freed_of_controls(utf8, *known_));
    out.replaced = {{0, utf8.size(), TextKind::Identifier}};
    return out;
  }
  text::View view(utf8);
  const text::DateRules rules{dates_, offset_days_, &known_->births, &known_->dates,
                              [this](std::string_view word) { return known_->names.knows(word); }};
  if (!text::comes_to_rest(view, *known_, rules)) return text::whole(utf8);
  return text::result(view, utf8);
}

}  // namespace veilgate::deidentify
