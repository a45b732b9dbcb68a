#include <algorithm>
#include <charconv>

#include "deidentify/text/text_dates.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

constexpr int kFirstYear = 1850, kLastYear = 2100;
constexpr int kFirstPersianYear = 1250, kLastPersianYear = 1449;                  // solar years, and those of the Hijra
constexpr int kFirstThaiYear = 2400, kLastThaiYear = 2600, kThaiYearZero = -543;  // Buddhist era
constexpr int kFirstCompactYear = 1900, kLastCompactYear = 2099;

bool real_year(int year) { return year >= kFirstYear && year <= kLastYear; }
bool compact_year(int year) { return year >= kFirstCompactYear && year <= kLastCompactYear; }

class Finder {
 public:
  Finder(const View& view, const std::function<bool(std::string_view)>& is_name, const std::vector<Day>& known)
      : view_(view), is_name_(is_name), known_(known) {}

  std::vector<TextDate> run() {
    std::vector<TextDate> out;
    for (std::size_t i = 0; i < tokens().size();) {
      const std::size_t next = at(i, out);
      i = std::max(next, i + 1);
    }
    return out;
  }

 private:
  const std::vector<Token>& tokens() const { return view_.tokens(); }
  bool exists(std::size_t i) const { return i < tokens().size() && view_.free(tokens()[i]); }
  bool number(std::size_t i) const { return exists(i) && tokens()[i].number; }
  std::string_view word(std::size_t i) const { return view_.word(tokens()[i]); }
  std::string_view gap(std::size_t i) const { return view_.between(tokens()[i].end, tokens()[i + 1].begin); }

  DateField field(std::size_t i) const { return field(tokens()[i].begin, tokens()[i].end); }
  DateField field(std::uint32_t begin, std::uint32_t end) const {
    DateField out{begin, end, 0};
    const std::string_view digits = view_.between(begin, end);
    std::from_chars(digits.data(), digits.data() + digits.size(), out.value);
    return out;
  }

  /// Index behind the date that begins at `i`, which then is in `out`; `i` when there is none.
  std::size_t at(std::size_t i, std::vector<TextDate>& out) {
    if (!exists(i)) return i;
    const std::size_t before = i;
    std::optional<TextDate> date;
    std::size_t next = i;
    if (tokens()[i].number) {
      date = compact(i, next);
      if (!date) date = six_digits(i, next);
      if (!date) date = with_units(i, next);
      if (!date) date = three_numbers(i, next);
      if (!date) date = roman_month(i, next);
      if (!date) date = day_of_year(i, next);
      if (!date) date = day_month_word(i, next);
      if (!date) date = year_month_day_word(i, next);
      if (!date) date = month_year_numbers(i, next);
      if (!date) date = day_month_dots(i, next);
    } else if (!months_named(word(i)).empty()) {
      date = month_word_first(i, next);
    }
    if (!date) return i;
    lead_weekday(before, *date);
    const std::size_t behind = last_of(next, *date);
    tail_weekday(behind, *date);
    lead_range(before, *date);
    out.push_back(std::move(*date));
    return next;
  }

  /// "4-6 March 2021", "12.-18.03.2021": the earlier days go with the date.
  void lead_range(std::size_t i, TextDate& date) const {
    if (date.weekday_token || (!date.month_token && date.separator != '.')) return;
    for (int steps = 0; steps < 3 && i > 0 && number(i - 1) && number(i); ++steps, --i) {
      const std::string_view between = gap(i - 1);
      const bool dotted = between == ".-" || between == ". - " || between == "./";
      const bool plain = date.month_token && (between == "-" || between == " - " || between == "/");
      const DateField day = field(i - 1);
      if (!(dotted || plain) || day.digits() > 2 || day.value < 1 || day.value > 31) return;
      date.begin = day.begin;
      date.range = true;
    }
  }

  void lead_weekday(std::size_t i, TextDate& date) const {
    std::size_t at = i;
    if (at > 1 && exists(at - 1) && gap(at - 1) == " " && leads_day(word(at - 1))) --at;  // "Donnerstag, den 29."
    if (at == 0 || !exists(at - 1) || weekdays_named(word(at - 1)).empty()) return;
    const std::string_view between = gap(at - 1);
    if (between != " " && between != ", " && between != ". " && between != "., " && between != "," && between != ".,") {
      return;
    }
    // "So 3.4.", "ma", "di", "old man, 3 May 2024": words as well
    const bool doubtful = tokens()[at - 1].size() <= 3 && (between == " " || is_everyday(word(at - 1)));
    if (doubtful && !is_day_of(at - 1, date) && !(date.month_token && !is_everyday(word(at - 1)))) return;
    date.weekday_token = at - 1;
    date.begin = tokens()[at - 1].begin;
  }

  static bool leads_day(std::string_view word) {
    static constexpr std::string_view kWords[] = {"den", "dem", "der", "the", "le", "el", "il", "am", "de", "dnia"};
    return std::ranges::find(kWords, word) != std::end(kWords);
  }

  /// Whether this word names the very day of the week that the date is: no other word would.
  bool is_day_of(std::size_t token, const TextDate& date) const {
    return std::ranges::any_of(date.orders, [&](Order order) {
      const unsigned day = std::chrono::weekday(std::chrono::sys_days(day_of(date, order))).c_encoding();
      return std::ranges::any_of(weekdays_named(word(token)), [&](const CalendarWord& named) {
        return named.number == day && speaks_of_month(named.language, date);
      });
    });
  }

  /// "old man, 4 March 2024" was no Danish Monday.
  bool speaks_of_month(Language language, const TextDate& date) const {
    if (!date.month_token) return true;
    return std::ranges::any_of(months_named(word(*date.month_token)),
                               [language](const CalendarWord& named) { return named.language == language; });
  }

  /// The last token of the date that ends before `next`.
  std::size_t last_of(std::size_t next, const TextDate& date) const {
    while (next > 0 && tokens()[next - 1].begin >= date.end) --next;
    return next == 0 ? 0 : next - 1;
  }

  /// "29.02.2024 (Do)", "29 February 2024, Thursday"
  void tail_weekday(std::size_t last, TextDate& date) const {
    const std::size_t at = last + 1;
    if (!exists(at) || tokens()[at].cjk || weekdays_named(word(at)).empty()) return;
    const std::string_view between = view_.between(date.end, tokens()[at].begin);
    if (between != " " && between != ", " && between != " (" && between != "," && between != "(") return;
    if (!is_day_of(at, date) && (!date.orders.empty() || tokens()[at].size() <= 3)) return;
    date.weekday_behind = at;
    date.end = tokens()[at].end;
    if (between.ends_with('(') && view_.text()[date.end] == ')') ++date.end;
  }

  /// "20210304", and the day of "20210304101500".
  std::optional<TextDate> compact(std::size_t i, std::size_t& next) const {
    const Token& token = tokens()[i];
    const std::uint32_t size = token.size();
    if (size != 8 && size != 12 && size != 14) return std::nullopt;
    const bool fraction =
        token.begin >= 2 && view_.text()[token.begin - 1] == '.' && is_digit(view_.text()[token.begin - 2]);
    if (fraction) return std::nullopt;
    TextDate date;
    const std::uint32_t b = token.begin;
    date.fields = {field(b, b + 4), field(b + 4, b + 6), field(b + 6, b + 8)};
    date.begin = b;
    date.end = b + 8;
    if (!compact_year(date.fields[0].value) || !day_of(date, Order::Ymd).ok()) return std::nullopt;
    if (size > 8 && (field(b + 8, b + 10).value > 23 || field(b + 10, b + 12).value > 59)) return std::nullopt;
    date.orders = {Order::Ymd};
    next = i + 1;
    return date;
  }

  /// "240305", "050324": too often no date to be one without proof.
  std::optional<TextDate> six_digits(std::size_t i, std::size_t& next) const {
    const Token& token = tokens()[i];
    if (token.size() != 6) return std::nullopt;
    constexpr std::size_t kReach = 2;
    const bool said = birth_cue_before(view_, token.begin, kReach);
    TextDate date;
    const std::uint32_t b = token.begin;
    date.fields = {field(b, b + 2), field(b + 2, b + 4), field(b + 4, b + 6)};
    date.begin = b;
    date.end = b + 6;
    for (const Order order : {Order::Ymd, Order::Dmy, Order::Mdy}) {
      const Day day = day_of(date, order);
      if (day.ok() && (said || std::ranges::find(known_, day) != known_.end())) date.orders.push_back(order);
    }
    if (date.orders.empty()) return std::nullopt;
    next = i + 1;
    return date;
  }

  /// Bytes of the unit that token `i` begins with, directly or one blank behind the number; 0: another word.
  std::uint32_t unit(std::size_t i, std::initializer_list<std::string_view> units) const {
    if (!exists(i) || !tokens()[i].cjk || (!gap(i - 1).empty() && gap(i - 1) != " ")) return 0;
    for (const std::string_view one : units) {
      if (word(i).starts_with(one)) return static_cast<std::uint32_t>(one.size());
    }
    return 0;
  }
  /// The same, with a number behind it.
  bool unit_and_number(std::size_t i, std::initializer_list<std::string_view> units) const {
    const std::uint32_t size = unit(i, units);
    return size > 0 && size == tokens()[i].size() && number(i + 1) && (gap(i).empty() || gap(i) == " ") &&
           field(i + 1).digits() <= 2;
  }

  /// "2024年3月5日", "令和6年3月5日", "2024년 3월", "3月5日"
  std::optional<TextDate> with_units(std::size_t i, std::size_t& next) const {
    TextDate date;
    const bool year = unit_and_number(i + 1, {"年", "년"});
    const std::size_t month = year ? i + 2 : i;
    const bool day = unit_and_number(month + 1, {"月", "월"});
    date.fields = {year ? field(i) : DateField{}, field(month), day ? field(month + 2) : DateField{}};
    date.begin = tokens()[i].begin;
    const std::size_t last = day ? month + 3 : month + 1;
    const std::uint32_t size = day ? unit(last, {"日", "号", "號", "일"}) : year ? unit(last, {"月", "월"}) : 0;
    if (size == 0 || date.fields[1].value < 1 || date.fields[1].value > 12 || date.fields[1].digits() > 2 ||
        (day && (date.fields[2].value < 1 || date.fields[2].value > 31))) {
      return std::nullopt;
    }
    date.end = tokens()[last].begin + size;
    lead_era(i, year, date);
    const bool sure = date.fields[0].digits() == 4 || date.era_before != 0;
    date.vague = !sure || !year || follow_weekday(date);
    if (day && (year || date.era_before != 0) && day_of(date, Order::Ymd).ok()) date.orders = {Order::Ymd};
    next = last + 1;
    return date;
  }

  /// The era in front of the year, or of a month that "元年" leads.
  void lead_era(std::size_t i, bool year, TextDate& date) const {
    constexpr std::string_view kYearOne = "元年";
    if (i == 0 || !exists(i - 1) || !gap(i - 1).empty()) return;
    std::string_view before = word(i - 1);
    if (!year) {
      if (!before.ends_with(kYearOne)) return;
      before.remove_suffix(kYearOne.size());
    }
    const Era* era = era_at_end_of(before);
    if (era == nullptr || date.fields[0].digits() > 3) return;
    date.begin = tokens()[i - 1].begin + static_cast<std::uint32_t>(before.size() - era->name.size());
    date.era_before = era->before;
    date.era_last = era->last_year;
    if (!year) date.fields[0].value = 1;
  }

  /// "(火)" behind a date would tell how far it was moved: it goes along.
  bool follow_weekday(TextDate& date) const {
    static constexpr std::string_view kDays[] = {"日", "月", "火", "水", "木", "金", "土", "일", "월", "화",
                                                 "수", "목", "금", "토", "一", "二", "三", "四", "五", "六"};
    const std::string_view text = view_.text();
    std::size_t at = date.end;
    while (at < text.size() && (text[at] == ' ' || text[at] == '(')) ++at;
    for (const std::string_view lead : {"星期", "周", "週", "礼拜"}) {
      if (text.substr(at).starts_with(lead)) at += lead.size();
    }
    if (at == date.end) return false;
    for (const std::string_view name : kDays) {
      if (!text.substr(at).starts_with(name)) continue;
      at += name.size();
      for (const std::string_view tail : {"曜日", "曜", "요일"}) {
        if (text.substr(at).starts_with(tail)) at += tail.size();
      }
      const bool closed = at == text.size() || text[at] == ')' || text[at] == ' ' || text[at] == ',';
      if (!closed || !view_.free(date.end, static_cast<std::uint32_t>(at))) return false;
      const bool opened = text.substr(date.end, at - date.end).find('(') != std::string_view::npos;
      if (opened && at < text.size() && text[at] == ')') ++at;
      date.end = static_cast<std::uint32_t>(at);
      return true;
    }
    return false;
  }

  /// The sign between numbers: '-', '/', '.', ' ', or '.' for ". "; 0: none.
  char separator(std::size_t i) const {
    const std::string_view text = gap(i);
    if (text.size() == 1 && std::string_view("-/. :,|\\").find(text[0]) != std::string_view::npos) return text[0];
    if (text == ". ") return '.';
    if (text == " - " || text == " / " || text == " . ") return text[1];
    return 0;
  }

  bool continues(std::size_t i, char sign) const { return number(i + 1) && gap(i).size() == 1 && gap(i)[0] == sign; }
  bool continued(std::size_t i, char sign) const { return i > 0 && number(i - 1) && continues(i - 1, sign); }

  bool unit_follows(std::size_t i) const {
    if (i + 1 >= tokens().size() || !exists(i + 1)) return false;
    const std::string_view text = gap(i);
    return (text.empty() || text == " ") && is_unit(word(i + 1));
  }

  std::optional<TextDate> three_numbers(std::size_t i, std::size_t& next) const {
    if (!number(i + 1) || !number(i + 2)) return std::nullopt;
    const char sign = separator(i);
    if (sign == 0 || separator(i + 1) != sign) return std::nullopt;
    TextDate date;
    date.fields = {field(i), field(i + 1), field(i + 2)};
    date.begin = tokens()[i].begin;
    date.end = tokens()[i + 2].end;
    date.separator = sign;
    date.orders = readings(date);
    if (sign == ',' || sign == '|' || sign == '\\') {  // in lists of numbers as well
      const bool sure = date.fields[0].digits() == 2 && date.fields[1].digits() == 2 && date.fields[2].digits() == 4;
      if (!sure) date.orders.clear();
    }
    if (date.orders.empty()) read_thai(date);
    if (date.orders.empty() && !is_persian(date)) return std::nullopt;
    if (sign == ':' && date.fields[0].digits() != 4) return std::nullopt;
    const bool long_year = date.fields[0].digits() == 4 || date.fields[2].digits() == 4;
    if (continued(i, sign) || (!long_year && (continues(i + 2, sign) || unit_follows(i + 2)))) return std::nullopt;
    next = i + 3;
    return date;
  }

  /// "1402/12/15": a year of the Persian or the Islamic calendar, always in front.
  static bool is_persian(const TextDate& date) {
    const auto& [a, b, c] = date.fields;
    return (date.separator == '/' || date.separator == '-') && a.digits() == 4 && a.value >= kFirstPersianYear &&
           a.value <= kLastPersianYear && short_number(b) && b.value >= 1 && b.value <= 12 && short_number(c) &&
           c.value >= 1 && c.value <= 31;
  }

  /// "2567-02-29", "29/02/2567": years of the Buddha.
  static void read_thai(TextDate& date) {
    const auto thai = [](const DateField& year) {
      return year.digits() == 4 && year.value >= kFirstThaiYear && year.value <= kLastThaiYear;
    };
    const auto& [a, b, c] = date.fields;
    if (!short_number(b) || std::string_view("-/.").find(date.separator) == std::string_view::npos) return;
    if (!(thai(a) && short_number(c)) && !(thai(c) && short_number(a))) return;
    date.era_before = kThaiYearZero;
    const Order order = thai(a) ? Order::Ymd : Order::Dmy;
    if (day_of(date, order).ok()) date.orders = {order};
    if (date.orders.empty()) date.era_before = 0;
  }

  static bool short_number(const DateField& field) { return field.digits() <= 2; }

  static std::vector<Order> readings(const TextDate& date) {
    std::vector<Order> out;
    const auto& [a, b, c] = date.fields;
    if (!short_number(b)) return out;
    const bool year_first = a.digits() == 4 && real_year(a.value) && short_number(c);
    const bool year_last = short_number(a) && c.digits() == 4 && real_year(c.value);
    const bool short_year = short_number(a) && c.digits() == 2 && date.separator != ' ';
    const bool wide = a.digits() == 2 && b.digits() == 2;
    if (date.separator == ' ' && !(year_first ? b.digits() == 2 && c.digits() == 2 : wide)) return out;
    const auto offer = [&](Order order) {
      if (day_of(date, order).ok()) out.push_back(order);
    };
    if (year_first) offer(Order::Ymd);
    if (year_last || short_year) {
      offer(Order::Dmy);
      offer(Order::Mdy);
    }
    if (short_year && a.digits() == 2 && b.digits() == 2) offer(Order::Ymd);
    return out;
  }

  bool month(std::size_t i) const { return exists(i) && !tokens()[i].number && !months_named(word(i)).empty(); }

  static bool is_connector(std::string_view word) {
    return word == "de" || word == "del" || word == "of" || word == "di" || word == "d" || word == "the";
  }
  static bool is_ordinal(std::string_view word) {
    return word == "st" || word == "nd" || word == "rd" || word == "th" || word == "er" || word == "o" || word == "a" ||
           word == "e" || word == "os" || word == "go" || word == "го" || word == "ого";
  }

  bool light(std::size_t left) const {
    if (left + 1 >= tokens().size()) return false;
    const std::string_view text = gap(left);
    return text.size() <= 2 && text.find_first_not_of(" .,-/'") == std::string_view::npos;
  }

  /// Past "th", ":e", "de", "of the".
  std::size_t skip(std::size_t i, bool ordinals, TextDate& date) const {
    const bool attached = exists(i) && i > 0 && (gap(i - 1).empty() || gap(i - 1) == ":" || gap(i - 1) == ".");
    if (ordinals && attached && is_ordinal(word(i))) {
      date.ordinal = true;
      ++i;
    }
    for (int words = 0; words < 2 && exists(i) && is_connector(word(i)) && i > 0 && light(i - 1); ++words) ++i;
    return i;
  }

  /// A year at `i`, next to the token before it: four digits, or two behind an apostrophe, a hyphen or a full date.
  std::optional<DateField> year(std::size_t i) const {
    if (!number(i) || i == 0 || !light(i - 1)) return std::nullopt;
    const DateField out = field(i);
    if (out.digits() == 4 && real_year(out.value)) return out;
    if (out.digits() == 2 && !unit_follows(i) && !time_follows(i)) return out;
    return std::nullopt;
  }

  /// "4 March 10:30" has no year.
  bool time_follows(std::size_t i) const {
    return i + 1 < tokens().size() &&
           (gap(i) == ":" || (gap(i) == " " && (word(i + 1) == "uhr" || word(i + 1) == "h")));
  }

  /// "29.II.2024", "29 II 2024"
  std::optional<TextDate> roman_month(std::size_t i, std::size_t& next) const {
    static constexpr std::string_view kRoman[] = {"i",   "ii",   "iii", "iv", "v",  "vi",
                                                  "vii", "viii", "ix",  "x",  "xi", "xii"};
    if (!exists(i + 1) || tokens()[i + 1].number || tokens()[i + 1].size() > 4 || !number(i + 2)) return std::nullopt;
    const auto found = std::ranges::find(kRoman, word(i + 1));
    const char sign = separator(i);
    if (found == std::end(kRoman) || sign == 0 || sign != separator(i + 1)) return std::nullopt;
    TextDate date;
    date.fields = {field(i), {0, 0, static_cast<int>(found - std::begin(kRoman)) + 1}, field(i + 2)};
    const bool long_year = date.fields[2].digits() == 4;
    const bool sure = long_year || (date.fields[2].digits() == 2 && (sign == '.' || sign == '/'));
    if (date.fields[0].digits() > 2 || !sure || unit_follows(i + 2) || !day_of(date, Order::Dmy).ok()) {
      return std::nullopt;
    }
    if (sign == ' ' && !tokens()[i + 1].upper) return std::nullopt;
    if (long_year && !real_year(date.fields[2].value)) return std::nullopt;
    date.begin = tokens()[i].begin;
    date.end = tokens()[i + 2].end;
    date.orders = {Order::Dmy};
    date.vague = true;
    next = i + 3;
    return date;
  }

  /// "2024-060": the 29th of February.
  std::optional<TextDate> day_of_year(std::size_t i, std::size_t& next) const {
    constexpr int kDays = 366;
    if (!number(i + 1) || gap(i) != "-" || continued(i, '-') || continues(i + 1, '-')) return std::nullopt;
    const DateField when = field(i), day = field(i + 1);
    const bool fits = when.digits() == 4 && compact_year(when.value) && day.digits() == 3 && day.value >= 1;
    if (!fits || day.value > kDays || unit_follows(i + 1)) return std::nullopt;
    const Day found(std::chrono::sys_days(std::chrono::year(when.value) / 1 / 1) + std::chrono::days(day.value - 1));
    TextDate date;
    date.fields = {when,
                   {0, 0, static_cast<int>(static_cast<unsigned>(found.month()))},
                   {0, 0, static_cast<int>(static_cast<unsigned>(found.day()))}};
    date.begin = when.begin;
    date.end = day.end;
    date.orders = {Order::Ymd};
    date.vague = true;
    next = i + 2;
    return date;
  }

  std::optional<TextDate> day_month_word(std::size_t i, std::size_t& next) const {
    TextDate date;
    const DateField day = field(i);
    if (day.digits() > 2 || day.value < 1 || day.value > 31) return std::nullopt;
    const std::size_t at = skip(i + 1, true, date);
    if (!month(at) || !light(at - 1)) return std::nullopt;
    date.begin = tokens()[i].begin;
    date.end = tokens()[at].end;
    date.month_token = at;
    if (gap(at - 1) == "-") date.separator = '-';
    next = at + 1;
    const std::size_t last = skip(at + 1, false, date);
    const auto found = year(last);
    const bool loose = found && (gap(last - 1) == " " || gap(last - 1) == ", ");
    const bool vague = loose && found->digits() == 2 && is_doubtful_month(word(at));
    if (found && !vague) {
      date.fields = {day, {}, *found};
      date.end = found->end;
      if (day_of_word(date)) date.orders = {Order::Dmy};
      next = last + 1;
      return date;
    }
    return doubtful(at, i) && !(led_by_article(i) && !vague) ? std::nullopt : std::optional(date);
  }

  /// "le 3 mars", "on 3 May"
  bool led_by_article(std::size_t i) const {
    if (i == 0 || !exists(i - 1) || gap(i - 1) != " ") return false;
    const std::string_view before = word(i - 1);
    return before == "le" || before == "el" || before == "il" || before == "am" || before == "on" || before == "op" ||
           (before.size() >= 3 && !weekdays_named(before).empty()) || before == "du" || before == "del" ||
           before == "vom";
  }

  /// "2021 Mar 4", "2021-Mar-04"
  std::optional<TextDate> year_month_day_word(std::size_t i, std::size_t& next) const {
    const DateField when = field(i);
    if (when.digits() != 4 || !real_year(when.value) || !month(i + 1) || !light(i) || !number(i + 2) || !light(i + 1)) {
      return std::nullopt;
    }
    const DateField day = field(i + 2);
    if (day.digits() > 2 || unit_follows(i + 2)) return std::nullopt;
    TextDate date;
    date.fields = {when, {}, day};
    date.begin = tokens()[i].begin;
    date.end = tokens()[i + 2].end;
    date.month_token = i + 1;
    if (day_of_word(date, Order::Ymd)) date.orders = {Order::Ymd};
    next = i + 3;
    return date;
  }

  /// "March 4th, 2021", "March 2021", "March 4"
  std::optional<TextDate> month_word_first(std::size_t i, std::size_t& next) const {
    TextDate date;
    date.begin = tokens()[i].begin;
    date.month_token = i;
    std::size_t at = skip(i + 1, false, date);
    if (!number(at) || !light(at - 1)) return std::nullopt;
    const DateField first = field(at);
    date.end = first.end;
    next = at + 1;
    if (first.digits() == 4 && real_year(first.value)) return doubtful(i, at) ? std::nullopt : std::optional(date);
    if (first.digits() > 2 || first.value < 1 || first.value > 31 || unit_follows(at)) return std::nullopt;
    std::size_t behind = skip(at + 1, true, date);
    if (date.ordinal) date.end = tokens()[behind - 1].end;
    if (number(behind) && gap(behind - 1) == "-" && field(behind).digits() <= 2) {
      date.range = true;
      date.end = tokens()[behind].end;
      next = ++behind;
    }
    if (const auto found = year(behind); found && found->digits() == 4) {
      date.fields = {DateField{}, first, *found};
      date.end = found->end;
      if (day_of_word(date, Order::Mdy)) date.orders = {Order::Mdy};
      next = behind + 1;
      return date;
    }
    if (gap(at - 1).empty() || is_name_(word(i))) return std::nullopt;
    return doubtful(i, at) || tokens()[at - 1].size() < 3 ? std::nullopt : std::optional(date);
  }

  /// A word that is not only a month needs more than a number beside it.
  bool doubtful(std::size_t month_at, std::size_t number_at) const {
    if (is_name_(word(month_at)) && field(number_at).digits() < 4) return true;
    if (!is_doubtful_month(word(month_at))) return false;
    return field(number_at).digits() < 4 || !compact_year(field(number_at).value);
  }

  bool day_of_word(TextDate& date, Order order = Order::Dmy) const {
    return std::ranges::any_of(months_named(word(*date.month_token)), [&](const CalendarWord& named) {
      TextDate whole = date;
      whole.fields[order == Order::Mdy ? 0 : 1] = {0, 0, named.number};
      if (!day_of(whole, order).ok()) return false;
      date.fields = whole.fields;
      return true;
    });
  }

  /// "03/2021", "2021-03"
  std::optional<TextDate> month_year_numbers(std::size_t i, std::size_t& next) const {
    if (!number(i + 1) || gap(i).size() != 1) return std::nullopt;
    const char sign = gap(i)[0];
    const DateField a = field(i), b = field(i + 1);
    const bool year_last = b.digits() == 4 && compact_year(b.value) && a.value >= 1 && a.value <= 12 &&
                           (sign == '/' ? a.digits() <= 2 : sign != ' ' && a.digits() == 2);
    const bool year_first = a.digits() == 4 && compact_year(a.value) && b.digits() == 2 && b.value >= 1 &&
                            b.value <= 12 && (sign == '-' || sign == '/');
    if ((sign != '/' && sign != '-' && sign != '.') || (!year_last && !year_first)) return std::nullopt;
    if (continued(i, sign) || continues(i + 1, sign) || unit_follows(i + 1)) return std::nullopt;
    TextDate date;
    date.begin = a.begin;
    date.end = b.end;
    next = i + 2;
    return date;
  }

  /// "am 12.03.", "vom 3.4."
  std::optional<TextDate> day_month_dots(std::size_t i, std::size_t& next) const {
    if (i == 0 || !number(i + 1) || gap(i) != "." || !exists(i - 1) || gap(i - 1) != " ") return std::nullopt;
    const std::string_view cue = word(i - 1);
    const bool led = cue == "am" || cue == "vom" || cue == "bis" || cue == "seit" || cue == "zum" || cue == "ab";
    const DateField day = field(i), month_field = field(i + 1);
    const bool dot = view_.text()[month_field.end] == '.';
    if (!led || !dot || day.digits() > 2 || month_field.digits() > 2) return std::nullopt;
    if (day.value < 1 || day.value > 31 || month_field.value < 1 || month_field.value > 12) return std::nullopt;
    TextDate date;
    date.begin = day.begin;
    date.end = month_field.end + 1;
    next = i + 2;
    return date;
  }

  const View& view_;
  const std::function<bool(std::string_view)>& is_name_;
  const std::vector<Day>& known_;
};

}  // namespace

Day day_of(const TextDate& date, Order order) {
  const auto& [a, b, c] = date.fields;
  const DateField& year = order == Order::Ymd ? a : c;
  const DateField& month = order == Order::Mdy ? a : b;
  const DateField& day = order == Order::Dmy ? a : order == Order::Mdy ? b : c;
  const int century = date.era_before != 0 ? date.era_before : year.digits() == 2 ? (year.value > 50 ? 1900 : 2000) : 0;
  return {std::chrono::year(century + year.value), std::chrono::month(static_cast<unsigned>(month.value)),
          std::chrono::day(static_cast<unsigned>(day.value))};
}

std::vector<TextDate> find_dates(const View& view, const std::function<bool(std::string_view)>& is_name,
                                 const std::vector<Day>& known) {
  return Finder(view, is_name, known).run();
}

}  // namespace veilgate::deidentify::text
