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

constexpr std::array<std::string_view, kLanguages> kMonths{
    "January February March April May June July August September October November December",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου "
    "Δεκεμβρίου",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
};
constexpr std::array<std::string_view, kLanguages> kShortMonths{
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "jan feb mars apr maj juni juli aug sep okt nov dec",
    "jan feb mar apr maj jun jul aug sep okt nov dec",
    "jan feb mars apr mai juni juli aug sep okt nov des",
    "led úno bře dub kvě čvn čvc srp zář říj lis pro",
    "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
    "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "січ лют бер квіт трав черв лип серп вер жовт лист груд",
    "яну фев мар апр май юни юли авг сеп окт ное дек",
    "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
    "Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",
    "jan febr márc ápr máj jún júl aug szept okt nov dec",
    "ian feb mar apr mai iun iul aug sept oct noi dec",
};
/// In other cases or spellings than a date has them; language, number, word.
struct OtherMonth {
  Language language;
  unsigned char number;
  std::string_view words;
};
constexpr auto kOtherMonths = std::to_array<OtherMonth>({
    {Language::Pl, 1, "styczeń styczniu"},
    {Language::Pl, 2, "luty lutym"},
    {Language::Pl, 3, "marzec marcu"},
    {Language::Pl, 4, "kwiecień kwietniu"},
    {Language::Pl, 5, "maj maju"},
    {Language::Pl, 6, "czerwiec czerwcu"},
    {Language::Pl, 7, "lipiec lipcu"},
    {Language::Pl, 8, "sierpień sierpniu"},
    {Language::Pl, 9, "wrzesień wrześniu"},
    {Language::Pl, 10, "październik październiku"},
    {Language::Pl, 11, "listopad listopadzie"},
    {Language::Pl, 12, "grudzień grudniu"},
    {Language::Cs, 1, "leden lednu"},
    {Language::Cs, 2, "únor únoru"},
    {Language::Cs, 3, "březen březnu"},
    {Language::Cs, 4, "duben dubnu"},
    {Language::Cs, 5, "květen květnu"},
    {Language::Cs, 6, "červen červnu"},
    {Language::Cs, 7, "červenec červenci"},
    {Language::Cs, 8, "srpen srpnu"},
    {Language::Cs, 10, "říjen říjnu"},
    {Language::Cs, 11, "listopad"},
    {Language::Cs, 12, "prosinec prosinci"},
    {Language::Ru, 1, "январь январе"},
    {Language::Ru, 2, "февраль феврале февр"},
    {Language::Ru, 3, "март марте"},
    {Language::Ru, 4, "апрель апреле"},
    {Language::Ru, 5, "май мае"},
    {Language::Ru, 6, "июнь июне"},
    {Language::Ru, 7, "июль июле"},
    {Language::Ru, 8, "август августе"},
    {Language::Ru, 9, "сентябрь сентябре сент"},
    {Language::Ru, 10, "октябрь октябре"},
    {Language::Ru, 11, "ноябрь ноябре нояб"},
    {Language::Ru, 12, "декабрь декабре"},
    {Language::Uk, 1, "січень січні"},
    {Language::Uk, 2, "лютий лютому"},
    {Language::Uk, 3, "березень березні"},
    {Language::Uk, 4, "квітень квітні"},
    {Language::Uk, 5, "травень травні"},
    {Language::Uk, 6, "червень червні"},
    {Language::Uk, 7, "липень липні"},
    {Language::Uk, 8, "серпень серпні"},
    {Language::Uk, 9, "вересень вересні"},
    {Language::Uk, 10, "жовтень жовтні"},
    {Language::Uk, 11, "листопад листопаді"},
    {Language::Uk, 12, "грудень грудні"},
    {Language::Fi, 1, "tammikuu tammikuun tammikuussa"},
    {Language::Fi, 2, "helmikuu helmikuun helmikuussa"},
    {Language::Fi, 3, "maaliskuu maaliskuun maaliskuussa"},
    {Language::Fi, 4, "huhtikuu huhtikuun huhtikuussa"},
    {Language::Fi, 5, "toukokuu toukokuun toukokuussa"},
    {Language::Fi, 6, "kesäkuu kesäkuun kesäkuussa"},
    {Language::Fi, 7, "heinäkuu heinäkuun heinäkuussa"},
    {Language::Fi, 8, "elokuu elokuun elokuussa"},
    {Language::Fi, 9, "syyskuu syyskuun syyskuussa"},
    {Language::Fi, 10, "lokakuu lokakuun lokakuussa"},
    {Language::Fi, 11, "marraskuu marraskuun marraskuussa"},
    {Language::Fi, 12, "joulukuu joulukuun joulukuussa"},
    {Language::El, 1, "Ιανουάριος Ιανουάριο"},
    {Language::El, 2, "Φεβρουάριος Φεβρουάριο"},
    {Language::El, 3, "Μάρτιος Μάρτιο"},
    {Language::El, 4, "Απρίλιος Απρίλιο"},
    {Language::El, 5, "Μάιος Μάιο"},
    {Language::El, 6, "Ιούνιος Ιούνιο"},
    {Language::El, 7, "Ιούλιος Ιούλιο"},
    {Language::El, 8, "Αύγουστος Αύγουστο"},
    {Language::El, 9, "Σεπτέμβριος Σεπτέμβριο"},
    {Language::El, 10, "Οκτώβριος Οκτώβριο"},
    {Language::El, 11, "Νοέμβριος Νοέμβριο"},
    {Language::El, 12, "Δεκέμβριος Δεκέμβριο"},
    {Language::Hu, 1, "januári januárban"},
    {Language::Hu, 2, "februári feb"},
    {Language::Hu, 3, "márciusi már"},
    {Language::Hu, 9, "szept szeptemberi"},
    {Language::Bg, 1, "януар јануар"},
    {Language::Bg, 2, "фебруар"},
    {Language::Bg, 5, "мај"},
    {Language::Bg, 6, "јун"},
    {Language::Bg, 7, "јул"},
    {Language::Bg, 9, "септ септембар"},
    {Language::Bg, 10, "октобар"},
    {Language::Bg, 11, "новембар"},
    {Language::Bg, 12, "децембар"},
});
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
  Calendar(const std::array<std::string_view, kLanguages>& full, const std::array<std::string_view, kLanguages>& brief,
           unsigned first) {
    for (std::size_t language = 0; language < kLanguages; ++language) {
      add(full[language], static_cast<Language>(language), false, first);
      add(brief[language], static_cast<Language>(language), true, first);
    }
  }

  void also(std::string_view folded, Language language, unsigned number, bool shortened = false) {
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
    Calendar out(kMonths, kShortMonths, 1);
    out.also("sept", Language::En, 9, true);
    out.also("maerz", Language::De, 3);
    out.also("febr", Language::De, 2, true);
    out.also("jann", Language::De, 1, true);
    out.also("mrz", Language::De, 3, true);
    out.also("sept", Language::De, 9, true);
    out.also("janner", Language::De, 1);
    out.also("jaenner", Language::De, 1);
    out.also("setiembre", Language::Es, 9);
    out.also("fev", Language::Fr, 2, true);
    out.also("jan", Language::Fr, 1, true);
    out.also("sept", Language::Sv, 9, true);
    for (const OtherMonth& other : kOtherMonths) {
      each_word(other.words,
                [&](std::string_view word) { out.also(View(word).lower(), other.language, other.number); });
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
