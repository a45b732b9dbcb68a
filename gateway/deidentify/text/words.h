#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/month_names.h"
#include "deidentify/text/view.h"

/// What the rules know about six languages, and months of fourteen more (words.cc, cue_words.cc, calendar_words.cc).
/// All words are folded as View folds: lower case, no accents.
namespace veilgate::deidentify::text {

/// Says what is wrong or where, never who: not a name, whatever stands beside it.
bool is_plain(std::string_view word);
/// Everyday words that are also surnames: names only in the company of another name part or a title.
bool is_namelike(std::string_view word);
inline bool is_everyday(std::string_view word) { return is_plain(word) || is_namelike(word); }
/// Ends like a medical noun: "-ektomie", "-itis", "-ung".
bool has_clinical_ending(std::string_view word);
/// "van", "de", "von": part of a name, never one.
bool is_particle(std::string_view word);
/// "med", "rer", "nat": between a title and a name.
bool is_degree(std::string_view word);
/// "Dr", "Frau", "Sig": as it is written here, which decides what MR and MS mean.
bool is_title(const View& view, std::size_t token);
/// "MD", "PhD": behind a name.
bool is_suffix_title(std::string_view text);
/// An era of the Japanese or Chinese calendar that `word` ends with; its year 1 is year `before` + 1.
struct Era {
  std::string_view name;
  int before;
  int first_month, first_day;  ///< of year 1; years are counted from January all the same
  int last_year;               ///< 0: goes on
};
const Era* era_at_end_of(std::string_view word);

/// Diseases and muscles that German and French writers put behind "M.".
bool is_eponym(std::string_view word);
/// "hospital", "strasse": says nothing about which one.
bool is_generic_place(std::string_view word);
bool is_unit(std::string_view word);
/// "Herr san", and so on: honorifics behind names in scripts without spaces.
std::span<const std::string_view> cjk_honorifics();

/// Words before a name. `colon`: only with ':' behind; `any_case`: what follows need not be a capital.
struct Cue {
  std::string_view before;  ///< the word before `last`, or empty
  std::string_view last;
  bool colon;
  bool any_case;
  bool capitals = false;  ///< only in capitals: "OA Berger"
};
std::span<const Cue> cues();
bool ends_cue(std::string_view word);

using veilgate::kLanguages;
using veilgate::Language;
/// Languages whose other words are known as well: what a date is read as when more languages share its month.
inline constexpr bool is_well_known(Language language) { return language <= Language::Nl; }

struct CalendarWord {
  Language language;
  unsigned char number;  ///< 1 to 12, or 0 (Sunday) to 6
  bool shortened;
};
/// What months or weekdays this word names; empty: none.
std::span<const CalendarWord> months_named(std::string_view word);
std::span<const CalendarWord> weekdays_named(std::string_view word);
/// As printed, UTF-8, with the capital the language uses.
std::string_view month_name(Language language, unsigned number, bool shortened);
std::string_view weekday_name(Language language, unsigned number, bool shortened);
/// Also an everyday word ("may", "set"): a month only with a day and a year.
bool is_doubtful_month(std::string_view word);
/// "born", "geb", "nato": what follows is a birth date.
bool is_birth_cue(std::string_view word);

}  // namespace veilgate::deidentify::text
