#include <algorithm>

#include "deidentify/text/text_dates.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

constexpr std::string_view kNumerals[] = {"〇", "零", "一", "二", "三", "四", "五",
                                          "六", "七", "八", "九", "十", "元", "廿"};

/// Reads one text backwards and forwards by whole ideographs.
class Ideographs {
 public:
  explicit Ideographs(const View& view) : text_(view.lower()) {}

  std::vector<std::pair<std::uint32_t, std::uint32_t>> run() const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
    constexpr std::string_view kMonth = "月", kYear = "年";
    for (auto at = text_.find(kMonth); at != std::string_view::npos; at = text_.find(kMonth, at + 1)) {
      std::size_t begin = numerals_before(at), end = at + kMonth.size();
      if (begin == at) continue;
      const std::size_t day = numerals_behind(end);
      bool whole = false;
      for (const std::string_view unit : {"日", "号", "號"}) {
        if (day == end || !text_.substr(day).starts_with(unit)) continue;
        end = day + unit.size();
        whole = true;
        break;
      }
      if (text_.substr(0, begin).ends_with(kYear)) {
        const std::size_t year = numerals_before(begin - kYear.size());
        whole = whole || year + 2 * kCharacter <= begin - kYear.size();
        if (year < begin - kYear.size()) begin = year;
        if (const Era* era = era_at_end_of(text_.substr(0, begin))) begin -= era->name.size();
      }
      if (whole) out.emplace_back(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end));
    }
    return out;
  }

 private:
  static constexpr std::size_t kCharacter = 3;  // bytes
  static constexpr int kMaxNumerals = 5;

  static bool numeral(std::string_view one) { return std::ranges::find(kNumerals, one) != std::end(kNumerals); }
  std::size_t numerals_before(std::size_t at) const {
    for (int i = 0; i < kMaxNumerals && at >= kCharacter && numeral(text_.substr(at - kCharacter, kCharacter)); ++i) {
      at -= kCharacter;
    }
    return at;
  }
  std::size_t numerals_behind(std::size_t at) const {
    for (int i = 0; i < kMaxNumerals && numeral(text_.substr(at, kCharacter)); ++i) at += kCharacter;
    return at;
  }

  std::string_view text_;
};

}  // namespace

std::vector<std::pair<std::uint32_t, std::uint32_t>> find_ideographic_dates(const View& view) {
  return Ideographs(view).run();
}

}  // namespace veilgate::deidentify::text
