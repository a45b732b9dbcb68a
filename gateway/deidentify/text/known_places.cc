#include "deidentify/text/known_places.h"

#include <algorithm>

#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

constexpr std::size_t kMinDistinctive = 4;
constexpr std::size_t kMinAcronym = 3;
constexpr std::size_t kAnyCase = 6;  ///< shorter words count only when capitalised
constexpr std::size_t kMaxWholeWords = 24;
/// Places that begin with the same word: each is compared with the text there.
constexpr std::size_t kMaxSameStart = 16;

bool is_gap(std::string_view gap) {
  return gap.size() <= 3 && gap.find_first_not_of(" ,.-'/&^\t\r\n") == std::string_view::npos;
}

bool like_year(std::string_view digits) { return digits.size() == 4 && (digits[0] == '1' || digits[0] == '2'); }

}  // namespace

void KnownPlaces::add(std::string_view place) {
  for (const Umlauts umlauts : {Umlauts::Single, Umlauts::Double}) {
    const View view(place, umlauts);
    if (umlauts == Umlauts::Single) add_acronym(view);
    Whole whole;
    for (const Token& token : view.tokens()) {
      std::string word(view.word(token));
      const bool general = is_generic_place(word) || is_everyday(word) || is_unit(word);
      if (token.number ? word.size() >= kMinDistinctive && !like_year(word)
                       : word.size() >= kMinDistinctive && !general) {
        distinctive_.insert(word);
      } else if (token.upper && word.size() >= kMinAcronym && !general) {
        acronyms_.insert(word);
      }
      words_.insert(word);
      whole.words.push_back(std::move(word));
    }
    const bool useful = whole.words.size() >= 2 && whole.words.size() <= kMaxWholeWords;
    if (!useful) continue;
    auto& same = wholes_[whole.words[0]];
    if (same.size() < kMaxSameStart) same.push_back(std::move(whole));
  }
}

/// "RVI" for the Royal Victoria Infirmary.
void KnownPlaces::add_acronym(const View& place) {
  std::string acronym;
  for (const Token& token : place.tokens()) {
    if (token.number || (token.begin > 0 && place.text()[token.begin - 1] == ',')) break;
    if (token.begin > 1 && place.text()[token.begin - 2] == ',') break;
    if (token.capital && !token.cjk) acronym += place.lower()[token.begin];
  }
  if (acronym.size() >= kMinAcronym && acronym.size() <= 6 && !is_everyday(acronym)) acronyms_.insert(acronym);
}

bool KnownPlaces::distinctive(const View& view, const Token& token) const {
  const std::string word(view.word(token));
  if (token.upper && acronyms_.contains(word)) return true;
  if (!distinctive_.contains(word)) return false;
  return token.number || token.cjk || token.capital || word.size() >= kAnyCase;
}

bool KnownPlaces::goes_along(const View& view, const Token& token) const {
  return view.free(token) && words_.contains(std::string(view.word(token)));
}

/// Index of the last token of a whole place that begins here; `index` itself when none does.
std::size_t KnownPlaces::whole_at(const View& view, std::size_t index) const {
  const auto& tokens = view.tokens();
  const auto found = wholes_.find(std::string(view.word(tokens[index])));
  if (found == wholes_.end()) return index;
  for (const Whole& whole : found->second) {
    std::size_t i = 0;
    while (i < whole.words.size() && index + i < tokens.size() && view.word(tokens[index + i]) == whole.words[i] &&
           (i == 0 || is_gap(view.between(tokens[index + i - 1].end, tokens[index + i].begin)))) {
      ++i;
    }
    if (i == whole.words.size()) return index + i - 1;
  }
  return index;
}

void KnownPlaces::take_around(View& view, std::size_t first, std::size_t last) const {
  const auto& tokens = view.tokens();
  const auto joined = [&](std::size_t left) { return is_gap(view.between(tokens[left].end, tokens[left + 1].begin)); };
  while (first > 0 && joined(first - 1) && goes_along(view, tokens[first - 1])) --first;
  while (last + 1 < tokens.size() && joined(last) && goes_along(view, tokens[last + 1])) ++last;
  view.take(tokens[first].begin, tokens[last].end, TextKind::Place);
}

void KnownPlaces::clean(View& view) const {
  if (words_.empty()) return;
  const auto& tokens = view.tokens();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!view.free(tokens[i])) continue;
    const std::size_t last = whole_at(view, i);
    if (last != i || distinctive(view, tokens[i])) take_around(view, i, last);
  }
}

}  // namespace veilgate::deidentify::text
