#include "deidentify/text/titled_names.h"

#include <algorithm>
#include <string>

#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

constexpr int kMaxNameWords = 4;
/// Tokens looked at for one name: keeps text made of nothing but titles or particles linear.
constexpr std::size_t kMaxReach = 12;

struct Rules {
  bool any_case = false;  ///< the first word may be small
  bool weak = false;      ///< the cue proves little: everyday words and clinical endings are no names
  bool comma = false;     ///< "Doe, John"
  bool shouted = false;   ///< "DR MILLER", where DR may be a modality
};

class Walker {
 public:
  Walker(const View& view, Rules rules) : view_(view), rules_(rules) {}

  /// Index behind the last token of a name that begins at `first`; `first` itself when there is none.
  std::size_t end_of_name(std::size_t first) const {
    std::size_t end = first;
    int words = 0;
    const std::size_t reach = std::min(tokens().size(), first + kMaxReach);
    for (std::size_t i = first; i < reach && words < kMaxNameWords; ++i) {
      if (i > first && !joined(i)) break;
      if (!view_.free(tokens()[i]) || tokens()[i].number) break;
      if (is_initial(i)) {
        end = i + 1;
      } else if (is_word(i, words)) {
        end = i + 1;
        ++words;
      } else if (!is_particle(word(i))) {
        break;
      }
    }
    return end;
  }

 private:
  const std::vector<Token>& tokens() const { return view_.tokens(); }
  std::string_view word(std::size_t i) const { return view_.word(tokens()[i]); }

  bool joined(std::size_t i) const {
    const std::string_view gap = view_.between(tokens()[i - 1].end, tokens()[i].begin);
    if (gap == " " || gap == "-" || gap == "'" || gap == "^") return true;
    if (gap == ", " || gap == ",") return rules_.comma && tokens()[i].capital;
    return (gap == ". " || gap == ".") && tokens()[i - 1].size() == 1;
  }

  bool is_initial(std::size_t i) const {
    const char next = view_.text()[tokens()[i].end];
    const bool small = rules_.any_case && next == '.';  // "signed: h.petersen"
    if (tokens()[i].size() != 1 || (!tokens()[i].capital && !small)) return false;
    return next == '.' || (!rules_.weak && !rules_.shouted && !is_digit(next));
  }

  bool is_word(std::size_t i, int before) const {
    const Token& token = tokens()[i];
    if (token.size() < 2 || (is_plain(word(i)) && !is_namelike(word(i)))) return false;
    if (!token.capital && !(rules_.any_case && before < (rules_.comma ? 2 : 1)) && !token.cjk) return false;
    if (is_degree(word(i)) || is_unit(word(i))) return false;
    if (rules_.weak && token.upper && token.size() <= 4) return false;  // "by PCR"
    if (rules_.shouted && token.size() <= 3) return false;
    const bool careful = rules_.weak || rules_.shouted || before > 0;
    if (!careful) return true;
    return !has_clinical_ending(word(i)) && !(is_everyday(word(i)) && (rules_.weak || is_plain(word(i))));
  }

  const View& view_;
  Rules rules_;
};

bool blank(std::string_view gap, std::string_view allowed) {
  return gap.size() <= 4 && gap.find_first_not_of(allowed) == std::string_view::npos;
}

/// Index of the first token after titles and degrees that follow `title`.
std::size_t after_titles(const View& view, std::size_t title) {
  const auto& tokens = view.tokens();
  std::size_t i = title + 1;
  while (i < tokens.size() && i < title + kMaxReach && blank(view.between(tokens[i - 1].end, tokens[i].begin), " .") &&
         (is_degree(view.word(tokens[i])) || is_title(view, i))) {
    ++i;
  }
  return i;
}

bool take_name(View& view, std::size_t first, Rules rules) {
  const std::size_t end = Walker(view, rules).end_of_name(first);
  if (end == first) return false;
  std::uint32_t to = view.tokens()[end - 1].end;
  const bool initial = view.tokens()[end - 1].size() == 1;
  if (initial && to < view.text().size() && view.text()[to] == '.') ++to;
  return view.take(view.tokens()[first].begin, to, TextKind::PersonName);
}

/// "M. Bowen" is a disease, "M. Bernard" a man.
bool means_disease(const View& view, std::size_t title, std::size_t first) {
  return view.word(view.tokens()[title]) == "m" && is_eponym(view.word(view.tokens()[first]));
}

void after_title(View& view, std::size_t title) {
  const auto& tokens = view.tokens();
  const std::size_t first = after_titles(view, title);
  if (first >= tokens.size() || !blank(view.between(tokens[first - 1].end, tokens[first].begin), " .:\t")) return;
  if (means_disease(view, title, first)) return;
  const std::string_view word = view.word(tokens[title]);
  const bool shouted = tokens[title].upper && (word == "mr" || word == "dr") && view.text()[tokens[title].end] != '.';
  take_name(view, first, {.any_case = !tokens[title].capital, .weak = word == "m", .shouted = shouted});
}

/// "File name:"
bool names_a_thing(std::string_view word) {
  static constexpr std::string_view kThings[] = {"file",   "study", "series", "drug",    "product",  "device", "model",
                                                 "folder", "brand", "trade",  "generic", "protocol", "test"};
  return std::ranges::find(kThings, word) != std::end(kThings);
}

bool fits(const View& view, const Cue& cue, std::size_t index) {
  const auto& tokens = view.tokens();
  if (view.word(tokens[index]) != cue.last) return false;
  if (cue.before.empty()) return index == 0 || cue.last != "name" || !names_a_thing(view.word(tokens[index - 1]));
  return index > 0 && view.word(tokens[index - 1]) == cue.before;
}

void after_cue(View& view, std::size_t index) {
  const auto& tokens = view.tokens();
  if (index + 1 >= tokens.size()) return;
  const std::string_view gap = view.between(tokens[index].end, tokens[index + 1].begin);
  if (!blank(gap, " .:-=\t/")) return;
  const bool colon = gap.find_first_of(":=") != std::string_view::npos;
  const bool capitals = tokens[index].upper && (gap == " " || gap == ". " || colon);
  for (const Cue& cue : cues()) {
    if ((cue.colon && !colon) || (cue.capitals && !capitals) || !fits(view, cue, index)) continue;
    const std::size_t first = after_titles(view, index);
    const bool sure = colon || !cue.before.empty();
    take_name(view, first, {.any_case = cue.any_case && sure, .weak = !sure, .comma = colon});
    return;
  }
}

/// "A. Poe, MD"
void before_suffix(View& view, std::size_t index) {
  const auto& tokens = view.tokens();
  std::size_t first = index;
  const auto usable = [&](std::size_t i) {
    const std::string_view word = view.word(tokens[i]);
    return view.free(tokens[i]) && !tokens[i].number && tokens[i].capital &&
           (word.size() == 1 || !is_plain(word) || is_namelike(word));
  };
  while (first > 0 && index - first < 3 && usable(first - 1) &&
         blank(view.between(tokens[first - 1].end, tokens[first].begin), first == index ? " ,." : " .-'")) {
    --first;
  }
  if (first < index) view.take(tokens[first].begin, tokens[index - 1].end, TextKind::PersonName);
}

/// "DOE^JOHN": nothing but a DICOM name looks so.
void around_caret(View& view, std::size_t index) {
  const auto& tokens = view.tokens();
  std::size_t last = index;
  while (last + 1 < tokens.size() && last < index + kMaxReach &&
         blank(view.between(tokens[last].end, tokens[last + 1].begin), "^") && !tokens[last + 1].number &&
         view.free(tokens[last + 1])) {
    ++last;
  }
  if (last > index && tokens[index].size() > 1) {
    view.take(tokens[index].begin, tokens[last].end, TextKind::PersonName);
  }
}

}  // namespace

void clean_titled_names(View& view) {
  const auto& tokens = view.tokens();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].number || tokens[i].cjk || !view.free(tokens[i])) continue;
    if (view.text()[tokens[i].end] == '^') around_caret(view, i);
    if (!view.free(tokens[i])) continue;
    const std::string_view word = view.word(tokens[i]);
    if (word.size() > 16) continue;
    if (is_title(view, i)) after_title(view, i);
    if (ends_cue(word)) after_cue(view, i);
    if (i > 0 && tokens[i].capital && is_suffix_title(view.between(tokens[i].begin, tokens[i].end))) {
      before_suffix(view, i);
    }
  }
}

}  // namespace veilgate::deidentify::text
