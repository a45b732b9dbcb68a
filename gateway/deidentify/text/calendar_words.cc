#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "deidentify/text/word_list.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

// clang-format off
constexpr std::string_view kDoubtfulMonths = R"(
may mar set ago mag gen lug out dic ott abr ene mei mai avr mars mrt dec marsch
elo loka syys ke kesa huhti heina mai noi ian iun iul sept
fev dez marco maio mart mayis ocak ekim nisan
sty lut kwi maj maja cze lip sie wrz paz lis gru maju marcu luty lutym
des led uno bre dub kve cvn cvc srp zar rij pro zari cerven listopad
oca sub nis haz tem agu eyl eki kas ara
янв фев мар апр июн июл авг сен окт ноя дек мае лют бер трав черв лип вер лист груд яну ное
)";
// clang-format on

constexpr std::array<std::string_view, kLanguages> kDays{
    "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
    "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
    "dimanche lundi mardi mercredi jeudi vendredi samedi",
    "domingo lunes martes miércoles jueves viernes sábado",
    "domenica lunedì martedì mercoledì giovedì venerdì sabato",
    "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
    "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
    "niedziela poniedziałek wtorek środa czwartek piątek sobota",
    "söndag måndag tisdag onsdag torsdag fredag lördag",
    "søndag mandag tirsdag onsdag torsdag fredag lørdag",
    "søndag mandag tirsdag onsdag torsdag fredag lørdag",
    "neděle pondělí úterý středa čtvrtek pátek sobota",
    "Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi",
    "воскресенье понедельник вторник среда четверг пятница суббота",
    "неділя понеділок вівторок середа четвер пʼятниця субота",
    "неделя понеделник вторник сряда четвъртък петък събота",
    "sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai",
    "Κυριακή Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο",
    "vasárnap hétfő kedd szerda csütörtök péntek szombat",
    "duminică luni marți miercuri joi vineri sâmbătă",
};
constexpr std::array<std::string_view, kLanguages> kShortDays{
    "Sun Mon Tue Wed Thu Fri Sat",   "So Mo Di Mi Do Fr Sa",        "dim lun mar mer jeu ven sam",
    "dom lun mar mié jue vie sáb",   "dom lun mar mer gio ven sab", "zo ma di wo do vr za",
    "dom seg ter qua qui sex sáb",   "niedz pon wt śr czw pt sob",  "sön mån tis ons tors fre lör",
    "søn man tir ons tor fre lør",   "søn man tir ons tor fre lør", "ne po út st čt pá so",
    "Paz Pzt Sal Çar Per Cum Cmt",   "вс пн вт ср чт пт сб",        "нд пн вт ср чт пт сб",
    "нед пон вто сря чет пет съб",   "su ma ti ke to pe la",        "Κυρ Δευ Τρι Τετ Πεμ Παρ Σαβ",
    "vas hét kedd sze csüt pén szo", "dum lun mar mie joi vin sâm",
};

class Calendar {
 public:
  using Lists = std::span<const std::string_view, kLanguages>;
  Calendar(Lists full, Lists brief, unsigned first) {
    for (std::size_t language = 0; language < kLanguages; ++language) {
      add(full[language], static_cast<Language>(language), false, first);
      add(brief[language], static_cast<Language>(language), true, first);
    }
  }

  void also(std::string_view folded, Language language, unsigned number, bool shortened) {
    by_word_[std::string(folded)].push_back({language, static_cast<unsigned char>(number), shortened});
  }

  std::span<const CalendarWord> find(std::string_view word) const {
    constexpr std::size_t kMinWord = 2, kMaxWord = 24;  // bytes; "октомври" has 16
    if (word.size() > kMaxWord || word.size() < kMinWord) return {};
    const auto found = by_word_.find(std::string(word));
    return found == by_word_.end() ? std::span<const CalendarWord>{} : found->second;
  }

  std::string_view name(Language language, unsigned index, bool shortened) const {
    return names_[static_cast<std::size_t>(language)][shortened ? 1 : 0][index];
  }

 private:
  void add(std::string_view list, Language language, bool shortened, unsigned number) {
    each_word(list, [&](std::string_view name) {
      names_[static_cast<std::size_t>(language)][shortened ? 1 : 0].push_back(name);
      by_word_[View(name).lower()].push_back({language, static_cast<unsigned char>(number++), shortened});
    });
  }

  std::unordered_map<std::string, std::vector<CalendarWord>> by_word_;
  std::array<std::array<std::vector<std::string_view>, 2>, kLanguages> names_;
};

const Calendar& months() {
  static const Calendar calendar = [] {
    Calendar out(month_names(), short_month_names(), 1);
    for (const OtherMonth& other : other_month_names()) {
      each_word(other.words, [&](std::string_view word) {
        out.also(View(word).lower(), other.language, other.number, other.shortened);
      });
    }
    return out;
  }();
  return calendar;
}

const Calendar& weekdays() {
  static const Calendar calendar(kDays, kShortDays, 0);
  return calendar;
}

}  // namespace

const Era* era_at_end_of(std::string_view word) {
  static constexpr auto kEras = std::to_array<Era>({
      {"令和", 2018, 5, 1, 0},
      {"平成", 1988, 1, 8, 2019},
      {"昭和", 1925, 12, 25, 1989},
      {"大正", 1911, 7, 30, 1926},
      {"明治", 1867, 10, 23, 1912},
      {"民國", 1911, 1, 1, 0},
      {"民国", 1911, 1, 1, 0},
  });
  const auto found = std::ranges::find_if(kEras, [word](const Era& era) { return word.ends_with(era.name); });
  return found == kEras.end() ? nullptr : &*found;
}

std::span<const CalendarWord> months_named(std::string_view word) { return months().find(word); }
std::span<const CalendarWord> weekdays_named(std::string_view word) { return weekdays().find(word); }

std::string_view month_name(Language language, unsigned number, bool shortened) {
  return months().name(language, number - 1, shortened);
}

std::string_view weekday_name(Language language, unsigned number, bool shortened) {
  return weekdays().name(language, number, shortened);
}

bool is_doubtful_month(std::string_view word) {
  static const Words words = words_of({kDoubtfulMonths});
  return contains(words, word);
}

}  // namespace veilgate::deidentify::text
