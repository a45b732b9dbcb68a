#include "deidentify/text/known_names.h"

#include <algorithm>
#include <optional>

#include "base/unicode.h"
#include "deidentify/text/fold.h"
#include "deidentify/text/name_endings.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

/// Misspellings are looked for by comparing; more parts than any object has would only cost time.
constexpr std::size_t kMaxFuzzyParts = 200;
constexpr std::size_t kMinFuzzyLetters = 6;
constexpr std::size_t kMinDeclined = 4;  ///< letters: "Nagynak"
constexpr std::size_t kDistinctive = 8;  ///< letters: six in front are shared with no ordinary word
constexpr std::size_t kMaxJoinedParts = 4;
/// In scripts without blanks a shorter name would be found inside other words.
constexpr std::size_t kMinUnspaced = 4;
constexpr std::size_t kMinSpaced = 3;   ///< "D o e"
constexpr std::size_t kMaxSpaced = 24;  ///< letters of one name, written apart
/// Between two parts of one name: "Doe, John", "DOE^JOHN", "Müller-Lüdenscheidt".
constexpr std::uint32_t kMaxGap = 3;

bool is_gap(std::string_view gap) {
  return gap.size() <= kMaxGap && gap.find_first_not_of(" ,.^-='\t") == std::string_view::npos;
}

bool ascii_word(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

std::size_t points(std::string_view word) {
  return static_cast<std::size_t>(
      std::ranges::count_if(word, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

char32_t first_point(std::string_view word) { return word.empty() ? U'\0' : decode(word, 0).point; }
bool is_hebrew(char32_t point) { return point >= 0x590 && point < 0x600; }
bool is_arabic(char32_t point) { return point >= 0x600 && point < 0x780; }
/// Thai, Lao, Burmese, Khmer: words stand without blanks between them.
bool is_unspaced(char32_t point) {
  return (point >= 0xE00 && point < 0xF00) || (point >= 0x1000 && point < 0x10A0) ||
         (point >= 0x1780 && point < 0x1800);
}

constexpr std::string_view kArabicArticle = "ال";
/// "and", "to", "in", "the", joined to the word that follows.
constexpr std::string_view kArabicProclitics[] = {"و", "ف", "ب", "ك", "ل", "س", "ال", "لل"};
constexpr std::string_view kHebrewProclitics[] = {"ו", "ה", "ל", "ב", "מ", "ש", "כ"};

/// "Müller" for "Mueller": ae, oe, ue without their e.
std::string contracted(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    out += word[i];
    const bool umlaut = word[i] == 'a' || word[i] == 'o' || word[i] == 'u';
    if (umlaut && i + 1 < word.size() && word[i + 1] == 'e') ++i;
  }
  return out;
}

/// Family, given and middle name: what is in front of prefix ("Dr.") and suffix.
std::string_view before_affixes(std::string_view group) {
  std::size_t at = group.find('^');
  for (int component = 1; component < 3 && at != std::string_view::npos; ++component) at = group.find('^', at + 1);
  return group.substr(0, at);
}

std::u32string points_of(std::string_view word) {
  std::u32string out;
  for (std::size_t at = 0; at < word.size();) {
    const Decoded next = decode(word, at);
    out.push_back(next.point);
    at += next.length;
  }
  return out;
}

/// Simplified and traditional writing of ideographs.
std::vector<std::string> han(const std::string& word) {
  const auto is_han = [](char32_t point) { return point >= 0x3400 && point < 0xA000; };
  return std::ranges::any_of(points_of(word), is_han) ? unicode::han_variants(word) : std::vector<std::string>{};
}

std::vector<const Token*> letters_of(const View& name) {
  std::vector<const Token*> out;
  for (const Token& token : name.tokens()) {
    if (!token.number && !token.cjk) out.push_back(&token);
  }
  return out;
}

}  // namespace

bool nearly_equal(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t at = 0;
  while (at < a.size() && a[at] == b[at]) ++at;
  if (a.size() < b.size()) return a.substr(at) == b.substr(at + 1);
  if (at == a.size() || a.substr(at + 1) == b.substr(at + 1)) return true;
  return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] && a.substr(at + 2) == b.substr(at + 2);
}

void KnownNames::add(std::string_view written, TextKind kind) {
  const std::string composed = unicode::composed(written);
  std::string_view value = composed;
  while (true) {
    const auto end = value.find('=');
    add_group(value.substr(0, end), kind);
    if (end == std::string_view::npos) return;
    value.remove_prefix(end + 1);
  }
}

void KnownNames::add_group(std::string_view group, TextKind kind) {
  add_words(View(group), kind);
  const bool accents = !ascii_word(group);
  if (accents) add_words(View(group, Umlauts::Double), kind);
  const View name(before_affixes(group));
  add_joined(name, kind);
  add_initials(name, kind);
  add_cjk(name, kind);
  if (accents) add_lookalikes(name, kind);
}

void KnownNames::add_words(const View& name, TextKind kind) {
  for (std::size_t i = 0; i < name.tokens().size(); ++i) {
    const Token* token = &name.tokens()[i];
    if (!token->number && points(name.word(*token)) > 1) misread_.add(name.input(token->begin, token->end), kind);
    if (token->number || token->cjk) continue;
    const std::string_view word = name.word(*token);
    const bool affix = is_degree(word) && word.size() < 5;
    if (affix || (word.size() > 1 && is_title(name, i))) continue;
    if (is_particle(word)) {
      particles_.emplace(word);
      continue;
    }
    if (points(word) < 2 || is_birth_cue(word)) continue;
    letters_[static_cast<unsigned char>(word[0]) & 127] = true;
    add_part(std::string(word), {kind, false});
    const bool article = word.starts_with(kArabicArticle) && points(word) >= 5;
    if (article) add_part(std::string(word.substr(kArabicArticle.size())), {kind, false});
    std::string shorter = contracted(word);
    if (shorter.size() >= 3 && shorter != word) add_part(std::move(shorter), {kind, true});
  }
}

void KnownNames::add_part(std::string word, Part part) {
  longest_part_ = std::max(longest_part_, std::min(word.size(), kMaxSpaced * 2));
  const auto [place, fresh] = parts_.try_emplace(word, part);
  if (!fresh) {
    place->second.needs_accent = place->second.needs_accent && part.needs_accent;
    if (part.kind == TextKind::PatientName) place->second.kind = part.kind;
    return;
  }
  if (part.needs_accent || fuzzy_count_ >= kMaxFuzzyParts || is_everyday(word)) return;
  if (word.size() >= kMinDeclined && word.size() < fuzzy_.size() && ascii_word(word)) {
    declined_.push_back({word, part.kind});
  }
  if (!ascii_word(word)) {
    if (points(word) < 5) return;
    ++fuzzy_count_;
    stems_.push_back({std::move(word), part.kind});
  } else if (word.size() >= kMinFuzzyLetters && word.size() < fuzzy_.size()) {
    ++fuzzy_count_;
    fuzzy_[word.size()].push_back({std::move(word), part.kind});
  }
}

/// What people make of names in file names and logins: "johndoe", "doejohn", "jdoe", "obrien".
void KnownNames::add_joined(const View& name, TextKind kind) {
  const auto words = letters_of(name);
  if (words.size() > kMaxJoinedParts) return;
  const auto add = [&](std::string joined) {
    if (joined.size() >= 4 && !is_everyday(joined)) add_part(std::move(joined), {kind, false});
  };
  for (const Token* a : words) {
    for (const Token* b : words) {
      const std::string first(name.word(*a)), second(name.word(*b));
      if (a == b || first.size() + second.size() < 4) continue;
      add(first + second);
      const std::string initial = first.substr(0, decode(first, 0).length);
      if (second.size() >= 3 && !is_particle(second)) add(initial + second);
      if (second.size() >= 4 && !is_particle(second)) add(second + initial);
    }
  }
}

/// The family's part of a name that is written in one piece: its first one or two ideographs.
void KnownNames::add_family(const std::string& whole, TextKind kind) {
  constexpr std::size_t kCharacter = 3, kLongest = 4;
  const std::size_t length = points(whole);
  if (whole.size() != length * kCharacter || length < 2 || length > kLongest) return;
  cjk_single_.push_back({whole.substr(0, kCharacter), kind});
  if (length > 2) cjk_single_.push_back({whole.substr(0, 2 * kCharacter), kind});
}

/// "Ивaнов" with a Latin a: what the view makes of such a word.
void KnownNames::add_lookalikes(const View& name, TextKind kind) {
  for (const Token* token : letters_of(name)) {
    const std::string_view word = name.word(*token);
    if (points(word) < 4 || ascii_word(word)) continue;
    for (const std::string_view written : {name.between(token->begin, token->end), word}) {
      if (std::string latin = latin_skeleton(written); latin != word) lookalikes_.try_emplace(std::move(latin), kind);
    }
  }
}

void KnownNames::add_initials(const View& name, TextKind kind) {
  if (kind != TextKind::PatientName) return;
  std::vector<char> letters;
  for (const Token* token : letters_of(name)) {
    if (!is_particle(name.word(*token))) letters.push_back(name.word(*token)[0]);
  }
  if (letters.size() < 2 || letters.size() > kMaxJoinedParts) return;
  std::string family_last(letters.begin() + 1, letters.end());
  initials_.insert(family_last + letters[0]);
  initials_.insert(letters[0] + family_last);
  initials_.insert(std::string{letters[1], letters[0]});
}

void KnownNames::add_cjk(const View& name, TextKind kind) {
  std::string whole;
  std::size_t pieces = 0;
  for (const Token& token : name.tokens()) {
    const std::string part(name.word(token));
    if (is_unspaced(first_point(part)) && points(part) >= kMinUnspaced) cjk_.push_back({part, kind});
    if (!token.cjk) continue;
    whole += part;
    ++pieces;
    if (points(part) >= 2) {
      add_cjk_word(part, kind);
    } else {
      cjk_single_.push_back({part, kind});
      for (std::string& variant : han(part)) cjk_single_.push_back({std::move(variant), kind});
    }
  }
  if (pieces >= 2) add_cjk_word(whole, kind);
  if (pieces >= 1) misread_.add(whole, kind);
  if (pieces == 1) add_family(whole, kind);
  std::ranges::sort(cjk_, [](const Spelled& a, const Spelled& b) {
    return a.word.size() != b.word.size() ? a.word.size() > b.word.size() : a.word < b.word;
  });
}

/// In one piece and with blanks, simplified and traditional.
void KnownNames::add_cjk_word(const std::string& word, TextKind kind) {
  constexpr std::size_t kMaxParted = 4;  // ideographs
  std::vector<std::string> variants = han(word);
  variants.push_back(word);
  for (const std::string& variant : variants) {
    cjk_.push_back({variant, kind});
    const std::u32string letters = points_of(variant);
    if (letters.size() > kMaxParted) continue;
    for (unsigned blanks = 1; blanks < 1u << (letters.size() - 1); ++blanks) {
      std::string parted;
      for (std::size_t i = 0; i < letters.size(); ++i) {
        if (i > 0 && (blanks >> (i - 1) & 1) != 0) parted += ' ';
        append_utf8(parted, letters[i]);
      }
      cjk_.push_back({std::move(parted), kind});
    }
  }
}

void KnownNames::clean(View& view) const {
  misread_.clean(view);
  if (!cjk_.empty() || !cjk_single_.empty()) take_cjk(view);
  if (parts_.empty()) return;
  std::vector<Verdict> verdicts = judge(view);
  if (!verdicts.empty()) {
    settle_weak(view, verdicts);
    take_names(view, verdicts);
  }
  take_initials(view);
  take_spaced(view);
  take_broken(view);
}

std::vector<KnownNames::Verdict> KnownNames::judge(const View& view) const {
  std::vector<Verdict> out;
  const auto& tokens = view.tokens();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].number || tokens[i].cjk || tokens[i].size() < 2 || !view.free(tokens[i])) continue;
    const Verdict verdict = judge(view, tokens[i]);
    if (verdict.match == Match::No) continue;
    if (out.empty()) out.resize(tokens.size());
    out[i] = verdict;
  }
  return out;
}

KnownNames::Verdict KnownNames::judge(const View& view, const Token& token) const {
  Verdict verdict = whole_word(view, token);
  const std::string_view word = view.word(token);
  const bool ascii = ascii_word(word);
  if (verdict.match == Match::No && !ascii) {
    verdict = behind_proclitic(word);
    if (verdict.match == Match::No) verdict = in_lookalikes(view, token);
  }
  if (verdict.match == Match::No && token.size() >= 4 && !is_everyday(word)) {
    verdict = ascii ? misspelled(word) : inflected(word);
    if (verdict.match == Match::No && token.capital) verdict = extended(word);
    if (verdict.match == Match::No && ascii) verdict = declined(word, token.capital);
  }
  return verdict.match == Match::No ? camel_pieces(view, token) : verdict;
}

KnownNames::Verdict KnownNames::whole_word(const View& view, const Token& token) const {
  std::string word(view.word(token));
  auto found = parts_.find(word);
  const bool genitive = found == parts_.end() && word.size() >= 4 && word.back() == 's' && !is_plain(word);
  if (genitive) {
    word.pop_back();
    found = parts_.find(word);
  }
  if (found == parts_.end() || (found->second.needs_accent && !token.accented)) return {};
  if (is_everyday(word) || points(word) <= 2) {
    if (genitive || (!token.capital && is_plain(word) && !is_namelike(word))) return {};
    const Match proof = !token.capital ? Match::Faint : is_everyday(word) ? Match::Weak : Match::Sure;
    return {proof, found->second.kind};
  }
  return {Match::Sure, found->second.kind};
}

/// "JohnDoe", "leftDoe": parts that begin with a capital inside a word.
KnownNames::Verdict KnownNames::camel_pieces(const View& view, const Token& token) const {
  const std::string_view shown = view.between(token.begin, token.end);
  std::size_t begin = 0;
  for (std::size_t at = 1; at <= shown.size(); ++at) {
    const bool border = at == shown.size() || (shown[at] >= 'A' && shown[at] <= 'Z' && shown[at - 1] >= 'a');
    if (!border) continue;
    if (begin == 0 && at == shown.size()) return {};
    const std::string piece(view.word(token).substr(begin, at - begin));
    const auto found = parts_.find(piece);
    if (piece.size() >= 3 && found != parts_.end() && !found->second.needs_accent && !is_everyday(piece)) {
      return {Match::Sure, found->second.kind};
    }
    begin = at;
  }
  return {};
}

KnownNames::Verdict KnownNames::misspelled(std::string_view word) const {
  if (word.size() < kMinFuzzyLetters - 1) return {};
  for (std::size_t length = word.size() - 1; length <= word.size() + 1 && length < fuzzy_.size(); ++length) {
    for (const Spelled& part : fuzzy_[length]) {
      if (nearly_equal(part.word, word)) return {Match::Sure, part.kind};
    }
  }
  return {};
}

/// "Wiśniewskiej", "Novákovou", "Virtasen", "Nagynak", "Müllersche"
KnownNames::Verdict KnownNames::declined(std::string_view word, bool capital) const {
  constexpr std::size_t kMaxLonger = 4, kMaxShorter = 3, kMaxEnding = 2;
  for (const Spelled& part : declined_) {
    const std::string_view name = part.word;
    if (word[0] != name[0] || word.size() + kMaxShorter < name.size() || word.size() > name.size() + kMaxLonger)
      continue;
    bool found = name.size() >= kDistinctive && word.starts_with(name.substr(0, name.size() - kMaxEnding));
    found = found || (capital && is_declined(word, name));
    if (capital && name.size() >= kMinFuzzyLetters && name.ends_with("nen")) {
      const std::string stem = std::string(name.substr(0, name.size() - 3)) + "s";
      found = found || (word.starts_with(stem) && word.size() > stem.size());
    }
    const bool woman = capital && name.size() > kMinFuzzyLetters && name.ends_with("ova");
    found = found || (woman && word == name.substr(0, name.size() - 3));
    if (found && !has_clinical_ending(word)) return {Match::Sure, part.kind};
  }
  return {};
}

/// "Kowalczyková"
KnownNames::Verdict KnownNames::extended(std::string_view word) const {
  constexpr std::size_t kMaxEnding = 3;
  if (has_clinical_ending(word)) return {};
  for (std::size_t ending = 1; ending <= kMaxEnding && word.size() >= kMinFuzzyLetters + ending; ++ending) {
    const std::size_t length = word.size() - ending;
    if (length >= fuzzy_.size()) continue;
    for (const Spelled& part : fuzzy_[length]) {
      if (word.starts_with(part.word)) return {Match::Sure, part.kind};
    }
  }
  return {};
}

KnownNames::Verdict KnownNames::inflected(std::string_view word) const {
  constexpr std::size_t kLetter = 2;  // bytes
  for (const Spelled& part : stems_) {
    const std::string_view stem = std::string_view(part.word).substr(0, part.word.size() - kLetter);
    if (word.starts_with(stem) && word.size() <= part.word.size() + 3 * kLetter) return {Match::Sure, part.kind};
  }
  return {};
}

/// "والحسن", "לדוד"
KnownNames::Verdict KnownNames::behind_proclitic(std::string_view word) const {
  constexpr int kMaxProclitics = 3;
  constexpr std::size_t kMinBehind = 3;
  const char32_t first = first_point(word);
  const bool arabic = is_arabic(first);
  if (!arabic && !is_hebrew(first)) return {};
  const std::span<const std::string_view> proclitics =
      arabic ? std::span<const std::string_view>(kArabicProclitics) : kHebrewProclitics;
  for (int i = 0; i < kMaxProclitics; ++i) {
    // The article is two letters, and its first is no proclitic: the longer one is taken where both fit.
    std::size_t length = 0;
    for (const std::string_view one : proclitics) {
      if (word.starts_with(one)) length = std::max(length, one.size());
    }
    if (length == 0) return {};
    word.remove_prefix(length);
    if (points(word) < kMinBehind) return {};
    const auto found = parts_.find(std::string(word));
    if (found != parts_.end()) return {Match::Sure, found->second.kind};
  }
  return {};
}

/// All of it in letters of another script, or a name of another script with Latin letters in it.
KnownNames::Verdict KnownNames::in_lookalikes(const View& view, const Token& token) const {
  constexpr std::size_t kMinLetters = 4;
  const std::string latin = latin_skeleton(view.between(token.begin, token.end));
  if (points(latin) < kMinLetters) return {};
  if (const auto found = lookalikes_.find(latin); found != lookalikes_.end()) return {Match::Sure, found->second};
  if (!ascii_word(latin) || is_everyday(latin)) return {};
  const auto found = parts_.find(latin);
  return found == parts_.end() || found->second.needs_accent ? Verdict{} : Verdict{Match::Sure, found->second.kind};
}

void KnownNames::settle_weak(const View& view, std::vector<Verdict>& verdicts) const {
  const std::vector<Verdict> before = verdicts;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i].match == Match::No || verdicts[i].match == Match::Sure) continue;
    verdicts[i].match = has_company(view, before, i) ? Match::Sure : Match::No;
  }
}

/// Another name part, an initial of one, or a title beside it; particles between do not count.
bool KnownNames::has_company(const View& view, const std::vector<Verdict>& verdicts, std::size_t index) const {
  const auto& tokens = view.tokens();
  const auto joined = [&](std::size_t left) { return is_gap(view.between(tokens[left].end, tokens[left + 1].begin)); };
  const bool faint = verdicts[index].match == Match::Faint;
  const auto part = [&](std::size_t other) {
    return verdicts[other].match >= (faint ? Match::Sure : Match::Weak) &&
           view.word(tokens[other]) != view.word(tokens[index]);
  };
  for (std::size_t i = index; i > 0 && joined(i - 1); --i) {
    if (part(i - 1)) return true;
    if (!faint && (is_title(view, i - 1) || is_initial(view, tokens[i - 1]))) return true;
    if (!is_particle(view.word(tokens[i - 1]))) break;
  }
  for (std::size_t i = index; i + 1 < tokens.size() && joined(i); ++i) {
    if (part(i + 1)) return true;
    if (!faint && is_initial(view, tokens[i + 1])) return true;
    if (!is_particle(view.word(tokens[i + 1]))) break;
  }
  return false;
}

bool KnownNames::is_initial(const View& view, const Token& token) const {
  if (is_digit(view.text()[token.end])) return false;  // "T2"
  return token.size() == 1 && token.capital && letters_[static_cast<unsigned char>(view.word(token)[0]) & 127];
}

/// A particle or an initial that may stand in the middle or at an end of a name.
bool KnownNames::continues_name(const View& view, const std::vector<Verdict>& verdicts, std::size_t index) const {
  const Token& token = view.tokens()[index];
  if (verdicts[index].match == Match::Sure) return true;
  if (token.number || !view.free(token)) return false;
  const std::string_view word = view.word(token);
  const bool shortened = !particles_.empty() && (word == "v" || word == "d");  // "v.d. Berg"
  return shortened || is_initial(view, token) || particles_.contains(std::string(word));
}

void KnownNames::take_names(View& view, const std::vector<Verdict>& verdicts) const {
  const auto& tokens = view.tokens();
  const auto joined = [&](std::size_t left) { return is_gap(view.between(tokens[left].end, tokens[left + 1].begin)); };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (verdicts[i].match != Match::Sure) continue;
    std::size_t first = i, last = i;
    TextKind kind = verdicts[i].kind;
    while (first > 0 && joined(first - 1) && continues_name(view, verdicts, first - 1)) --first;
    while (last + 1 < tokens.size() && joined(last) && continues_name(view, verdicts, last + 1)) {
      if (verdicts[++last].kind == TextKind::PatientName && verdicts[last].match == Match::Sure) {
        kind = TextKind::PatientName;
      }
    }
    std::uint32_t end = tokens[last].end;
    const bool apostrophe = last + 1 < tokens.size() && view.between(end, tokens[last + 1].begin) == "'";
    if (apostrophe && view.word(tokens[last + 1]) == "s") end = tokens[last + 1].end;
    const bool initial = tokens[last].size() == 1 && last != i;
    if (initial && end < view.text().size() && view.text()[end] == '.') ++end;
    view.take(tokens[first].begin, end, kind);
    i = last;
  }
}

void KnownNames::take_cjk(View& view) const {
  const auto take = [&view](const Spelled& name, std::string_view behind) {
    const std::string wanted = name.word + std::string(behind);
    for (auto at = view.lower().find(wanted); at != std::string::npos; at = view.lower().find(wanted, at + 1)) {
      const auto begin = static_cast<std::uint32_t>(at);
      view.take(begin, begin + static_cast<std::uint32_t>(name.word.size()), name.kind);
    }
  };
  for (const Spelled& name : cjk_) take(name, {});
  for (const Spelled& name : cjk_single_) {
    for (const std::string_view honorific : cjk_honorifics()) take(name, honorific);
  }
}

/// "JD", "J.D.": only as the whole text, or next to a title.
void KnownNames::take_initials(View& view) const {
  const auto& tokens = view.tokens();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].upper || tokens[i].size() > kMaxJoinedParts || !view.free(tokens[i])) continue;
    std::string letters(view.word(tokens[i]));
    std::size_t last = i;
    while (tokens[last].size() == 1 && last + 1 < tokens.size() && tokens[last + 1].size() == 1 &&
           tokens[last + 1].upper && letters.size() < kMaxJoinedParts &&
           is_gap(view.between(tokens[last].end, tokens[last + 1].begin))) {
      letters += view.word(tokens[++last]);
    }
    if (letters.size() < 2 || !initials_.contains(letters)) continue;
    const bool whole = i == 0 && last + 1 == tokens.size();
    const bool addressed = i > 0 && is_gap(view.between(tokens[i - 1].end, tokens[i].begin)) &&
                           (is_title(view, i - 1) || ends_cue(view.word(tokens[i - 1])));
    if (whole || addressed) view.take(tokens[i].begin, tokens[last].end, TextKind::PatientName);
    i = last;
  }
}

/// One name in two pieces: "Muel- lerstroem", or with a line break between.
void KnownNames::take_broken(View& view) const {
  constexpr std::size_t kMinBroken = 6;
  constexpr std::size_t kMaxBetween = 3;
  const auto& tokens = view.tokens();
  std::string joined;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const Token &a = tokens[i], &b = tokens[i + 1];
    const std::size_t size = a.size() + b.size();
    if (a.number || b.number || a.cjk || size < kMinBroken || size > longest_part_) continue;
    if (!letters_[static_cast<unsigned char>(view.lower()[a.begin]) & 127]) continue;
    const std::string_view gap = view.between(a.end, b.begin);
    if (gap.size() > kMaxBetween || gap.find_first_not_of(" -\r\n\t") != std::string_view::npos) continue;
    joined = view.word(a);
    joined += view.word(b);
    const auto found = parts_.find(joined);
    if (found == parts_.end() || found->second.needs_accent || is_everyday(joined)) continue;
    view.take(a.begin, b.end, found->second.kind);
  }
}

/// Letters at the front of `letters` that are a name; 0: none.
std::size_t KnownNames::spaced_part(std::string_view letters, TextKind& kind) const {
  if (!letters_[static_cast<unsigned char>(letters[0]) & 127]) return 0;
  for (std::size_t length = std::min(letters.size(), longest_part_); length >= kMinSpaced; --length) {
    const std::string_view word = letters.substr(0, length);
    if (points(word) < kMinSpaced) break;
    const auto found = parts_.find(std::string(word));
    if (found == parts_.end() || found->second.needs_accent || is_plain(word)) continue;
    kind = found->second.kind;
    return length;
  }
  return 0;
}

/// "M e y e r", "M.E.Y.E.R", "J-o-h-n"
void KnownNames::take_spaced(View& view) const {
  constexpr std::string_view kBetween = " .-*/'|,:~+";
  constexpr std::size_t kMaxBetween = 2;
  const auto& tokens = view.tokens();
  const auto lone = [&](std::size_t i) {
    return i < tokens.size() && !tokens[i].number && tokens[i].size() <= 4 && view.free(tokens[i]) &&
           points(view.word(tokens[i])) == 1;
  };
  const auto near = [&](std::size_t left) {
    const std::string_view gap = view.between(tokens[left].end, tokens[left + 1].begin);
    return gap.size() <= kMaxBetween && gap.find_first_not_of(kBetween) == std::string_view::npos;
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!lone(i)) continue;
    std::string letters;
    std::vector<std::uint32_t> at;  // token of each byte
    std::size_t last = i;
    for (;; ++last) {
      letters += view.word(tokens[last]);
      at.resize(letters.size(), static_cast<std::uint32_t>(last));
      if (!lone(last + 1) || !near(last)) break;
    }
    for (std::size_t from = 0; from + kMinSpaced <= letters.size();) {
      TextKind kind = TextKind::PersonName;
      const std::size_t length = spaced_part(std::string_view(letters).substr(from), kind);
      if (length == 0) {
        ++from;
        continue;
      }
      view.take(tokens[at[from]].begin, tokens[at[from + length - 1]].end, kind);
      from += length;
    }
    i = last;
  }
}

}  // namespace veilgate::deidentify::text
