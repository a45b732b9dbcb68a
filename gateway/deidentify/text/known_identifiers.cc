#include "deidentify/text/known_identifiers.h"

#include <algorithm>

#include "base/unicode.h"
#include "deidentify/text/checks.h"
#include "deidentify/text/fold.h"
#include "deidentify/text/words.h"

namespace veilgate::deidentify::text {
namespace {

constexpr std::size_t kMinAnywhere = 4;     ///< shorter ones ("12") are everywhere: only behind a cue, or as whole text
constexpr std::size_t kMinInsideWords = 5;  ///< found inside longer words from here on
constexpr std::size_t kMaxCharacters = 128;    ///< bounds the time that one costs
constexpr std::size_t kMaxIdentifiers = 1024;  ///< more would only cost time
constexpr std::string_view kSeparators = " -./_,:\r\n";
constexpr std::size_t kCertain = 7;        ///< so many characters in a row are no accident, however they are grouped
constexpr std::size_t kMaxSeparators = 3;  ///< " - "

/// "20240229": rather the day of an examination.
bool looks_like_day(std::string_view digits) {
  if (digits.size() != 8 || (!digits.starts_with("19") && !digits.starts_with("20"))) return false;
  const std::string_view month = digits.substr(4, 2), day = digits.substr(6);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

}  // namespace

void KnownIdentifiers::add(std::string_view value, TextKind kind) {
  const View view(value);
  if (value.size() <= kMaxCharacters) misread_.add(value, kind);
  Identifier out{{}, kind, false, false, false};
  const Compact letters = compact(view);
  const auto first = letters.text.find_first_not_of('0');
  if (first == std::string::npos) return;
  out.compact = letters.text.substr(first);
  out.digits = std::ranges::any_of(out.compact, is_digit);
  out.letters = std::ranges::any_of(out.compact, is_letter);
  for (std::size_t i = first + 1; i < letters.at.size(); ++i) {
    out.parted = out.parted || letters.at[i] != letters.until[i - 1];
  }
  if (out.compact.empty() || out.compact.size() > kMaxCharacters) return;
  if (!out.digits && is_everyday(out.compact)) return;
  const std::string whole = out.compact;
  add(std::move(out));
  add_bare(view, whole, kind);
}

void KnownIdentifiers::add(Identifier identifier) {
  const bool known =
      std::ranges::any_of(identifiers_, [&](const auto& other) { return other.compact == identifier.compact; });
  if (!known && identifiers_.size() < kMaxIdentifiers) identifiers_.push_back(std::move(identifier));
}

/// "471188" of "P-4711-88", and of "H1-4711-88" also what stands behind the first part.
void KnownIdentifiers::add_bare(const View& view, std::string_view compact, TextKind kind) {
  constexpr std::size_t kMinBare = 5;
  constexpr std::size_t kMaxBare = 24;  // UIDs are longer
  const auto add_digits = [&](std::string digits) {
    digits.erase(0, digits.find_first_not_of('0'));
    if (digits.size() < kMinBare || digits == compact || looks_like_day(digits)) return;
    add({std::move(digits), kind, true, false, true, true});
  };
  if (compact.size() > kMaxBare) return;
  const std::string& text = view.text();
  add_digits(digits_of(text));
  const auto parted = std::ranges::find_if_not(text, is_alnum);
  add_digits(digits_of(std::string_view(parted, text.end())));
}

KnownIdentifiers::Compact KnownIdentifiers::compact(const View& view) {
  Compact out;
  out.text.reserve(view.lower().size());
  out.at.reserve(view.lower().size());
  out.until.reserve(view.lower().size());
  const auto put = [&out](char c, std::uint32_t begin, std::uint32_t end) {
    out.text += c;
    out.at.push_back(begin);
    out.until.push_back(end);
  };
  for (std::uint32_t i = 0; i < view.lower().size();) {
    const char c = view.lower()[i];
    if (static_cast<unsigned char>(c) < 128) {
      if (is_alnum(c) || c == kTaken) put(c, i, i + 1);
      ++i;
      continue;
    }
    const Decoded shown = decode(view.text(), i);
    const auto end = static_cast<std::uint32_t>(i + shown.length);
    if (const char letter = unicode::lookalike(shown.point); letter != 0) {
      put(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter, i, end);
    } else {
      for (std::uint32_t byte = i; byte < end; ++byte) put(view.lower()[byte], byte, byte + 1);
    }
    i = end;
  }
  return out;
}

void KnownIdentifiers::clean(View& view, Which which) const {
  Compact compacted;
  if (which == Which::Long) misread_.clean(view);
  for (const Identifier& identifier : identifiers_) {
    const bool brief = identifier.compact.size() < kMinInsideWords;
    if (brief != (which == Which::Short)) continue;
    if (compacted.text.empty()) compacted = compact(view);
    search(view, compacted, identifier);
  }
}

void KnownIdentifiers::search(View& view, const Compact& compact, const Identifier& identifier) {
  const std::string& wanted = identifier.compact;
  for (auto from = compact.text.find(wanted); from != std::string::npos; from = compact.text.find(wanted, from + 1)) {
    const std::size_t to = from + wanted.size() - 1;
    if (!fits(view, compact, from, to, identifier)) continue;
    std::uint32_t begin = compact.at[from];
    while (begin > 0 && view.text()[begin - 1] == '0') --begin;
    view.take(begin, compact.until[to], identifier.kind);
  }
}

/// "ID 12", "MRN: 12", "Pat.-Nr. 12"
bool KnownIdentifiers::behind_cue(const View& view, std::uint32_t begin) {
  static constexpr std::string_view kCues[] = {"id",  "mrn", "pid",    "nr",      "no",        "nummer",
                                               "pat", "acc", "number", "patient", "accession", "fall"};
  std::uint32_t end = begin;
  while (end > 0 && begin - end < kMaxSeparators && !is_alnum(view.text()[end - 1])) --end;
  std::uint32_t from = end;
  while (from > 0 && end - from < 12 && is_letter(view.text()[from - 1])) --from;
  return std::ranges::find(kCues, std::string_view(view.lower()).substr(from, end - from)) != std::end(kCues);
}

/// These digits are all of a number: neither "8471188" nor "91 47 11 88", nor five of them in "S21-47118".
bool KnownIdentifiers::stands_alone(const View& view, const Compact& compact, std::size_t from, std::size_t to) {
  constexpr std::size_t kFew = 5;
  std::string joints(to - from + 1 <= kFew ? "-./" : "");
  for (std::size_t i = from; i < to; ++i) joints += view.between(compact.until[i], compact.at[i + 1]);
  const auto at = [&view](std::int64_t place) {
    return place >= 0 && place < static_cast<std::int64_t>(view.text().size())
               ? view.text()[static_cast<std::size_t>(place)]
               : '\0';
  };
  std::int64_t begin = compact.at[from];
  while (at(begin - 1) == '0') --begin;
  const std::int64_t end = compact.until[to];
  const auto goes_on = [&](char next, char beyond) {
    return is_digit(next) || (next != '\0' && joints.find(next) != std::string::npos && is_digit(beyond));
  };
  return !goes_on(at(begin - 1), at(begin - 2)) && !goes_on(at(end), at(end + 1));
}

/// In one piece: inside longer words if it is long enough. In several: groups of at least two characters, parted by
/// the usual separators, and nothing else attached.
bool KnownIdentifiers::fits(const View& view, const Compact& compact, std::size_t from, std::size_t to,
                            const Identifier& identifier) {
  const std::uint32_t begin = compact.at[from], end = compact.until[to];
  if (identifier.bare && !stands_alone(view, compact, from, to)) return false;
  bool whole = true;
  for (std::size_t i = from; whole && i < to; ++i) whole = compact.until[i] == compact.at[i + 1];
  std::uint32_t zeros = begin;
  while (zeros > 0 && view.text()[zeros - 1] == '0') --zeros;
  const bool alone =
      (zeros == 0 || !is_alnum(view.text()[zeros - 1])) && (end == view.text().size() || !is_alnum(view.text()[end]));
  if (identifier.compact.size() < kMinAnywhere) {
    return whole && alone && (behind_cue(view, zeros) || (zeros == 0 && end == view.text().size()));
  }
  if (whole) return alone || identifier.compact.size() >= kMinInsideWords;
  if (!alone || (!identifier.digits && !identifier.parted)) return false;
  const bool any_groups = identifier.parted || identifier.compact.size() >= kCertain;
  std::size_t group = 0;
  for (std::size_t i = from; i <= to; ++i) {
    ++group;
    if (i == to) return group >= 2 || any_groups;
    const std::string_view gap = view.between(compact.until[i], compact.at[i + 1]);
    if (gap.empty()) continue;
    if (gap.size() > kMaxSeparators || gap.find_first_not_of(kSeparators) != std::string_view::npos) return false;
    if (group < 2 && !any_groups) return false;
    group = 0;
  }
  return false;
}

}  // namespace veilgate::deidentify::text
