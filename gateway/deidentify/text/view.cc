#include "deidentify/text/view.h"

#include <algorithm>
#include <cstring>

#include "base/unicode.h"
#include "deidentify/text/fold.h"

namespace veilgate::deidentify::text {
namespace {

constexpr std::string_view kMarks[] = {"[name]", "[id]",      "[date]",  "[phone]",       "[email]",
                                       "[url]",  "[address]", "[place]", "[age over 89]", "[text]"};

char ascii_small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Scripts written without spaces between words.
bool leads_cjk(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0xE3 && byte != 0xFB;
}

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstPrintable = 0xA0;  ///< behind ASCII

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string_view mark_of(TextKind kind) {
  switch (kind) {
    case TextKind::PatientName:
    case TextKind::PersonName:
      return "[name]";
    case TextKind::Identifier:
    case TextKind::RecordNumber:
      return "[id]";
    case TextKind::Date:
      return "[date]";
    case TextKind::Telephone:
      return "[phone]";
    case TextKind::Email:
      return "[email]";
    case TextKind::Url:
      return "[url]";
    case TextKind::Address:
      return "[address]";
    case TextKind::Place:
      return "[place]";
  }
  return "[id]";
}

std::size_t designation_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kMaxBetween = 3;
  if (text[at] != '\x1b') return 0;
  std::size_t end = at + 1;
  while (end < text.size() && end - at <= kMaxBetween && text[end] >= 0x24 && text[end] <= 0x2F) ++end;
  const bool whole = end > at + 1 && end < text.size() && text[end] >= 0x30 && text[end] <= 0x7E;
  return whole ? end + 1 - at : 0;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 128;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string latin_skeleton(std::string_view word) {
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    const Decoded next = decode(word, at);
    const char letter = next.point < 128 ? static_cast<char>(next.point) : unicode::lookalike(next.point);
    if (letter != 0) {
      out += ascii_small(letter);
    } else {
      append_utf8(out, small(next.point));
    }
    at += next.length;
  }
  return out;
}

View::View(std::string_view input, Umlauts umlauts) : input_(input) {
  fold(umlauts);
  if (has_lookalikes_) settle_scripts();
  hide_marks();
  tokenize();
}

std::string_view View::word(const Token& token) const {
  return std::string_view(lower_).substr(token.begin, token.end - token.begin);
}

std::string_view View::between(std::uint32_t begin, std::uint32_t end) const {
  return begin < end ? std::string_view(text_).substr(begin, end - begin) : std::string_view{};
}

std::string View::with_underscores() const {
  std::string out = text_;
  for (const std::uint32_t at : underscores_) {
    if (out[at] == ' ') out[at] = '_';
  }
  return out;
}

bool View::free(std::uint32_t begin, std::uint32_t end) const {
  return begin < end && std::memchr(text_.data() + begin, kTaken, end - begin) == nullptr;
}

bool View::take(std::uint32_t begin, std::uint32_t end, TextKind kind, std::string with) {
  if (!free(begin, end)) return false;
  found_.push_back({begin, end, kind, std::move(with)});
  hide(begin, end);
  return true;
}

void View::keep(std::uint32_t begin, std::uint32_t end) {
  if (!free(begin, end)) return;
  kept_.push_back({begin, text_.substr(begin, end - begin), lower_.substr(begin, end - begin)});
  hide(begin, end);
}

void View::next_round() {
  for (const Kept& kept : kept_) {
    text_.replace(kept.begin, kept.text.size(), kept.text);
    lower_.replace(kept.begin, kept.lower.size(), kept.lower);
  }
  kept_.clear();
  tokenize();
}

std::size_t View::source_end(std::uint32_t end) const {
  while (end > 0 && end < text_.size() && source_[end] == source_[end - 1]) ++end;
  return source_[end];
}

std::uint32_t View::begin_of(std::size_t offset) const {
  const auto found = std::lower_bound(source_.begin(), source_.end() - 1, static_cast<std::uint32_t>(offset));
  return static_cast<std::uint32_t>(found - source_.begin());
}

std::string_view View::input(std::uint32_t begin, std::uint32_t end) const {
  return input_.substr(source_begin(begin), source_end(end) - source_begin(begin));
}

void View::fold(Umlauts umlauts) {
  text_.reserve(input_.size() + 8);
  lower_.reserve(input_.size() + 8);
  source_.reserve(input_.size() + 9);
  for (std::size_t at = 0; at < input_.size();) {
    if (static_cast<unsigned char>(input_[at]) < 0x80) {
      if (const std::size_t length = designation_at(input_, at); length > 0) {
        at += length;
        continue;
      }
      put_ascii(input_[at], at);
      ++at;
      continue;
    }
    has_high_ = true;
    const Decoded next = decode(input_, at);
    if (next.point == kReplacement || (next.length > 1 && next.point < kFirstPrintable)) {
      has_garbled_ = true;
      text_ += kGarbled;
      lower_ += kGarbled;
      source_.push_back(static_cast<std::uint32_t>(at));
      at += next.length;
      continue;
    }
    if (const std::size_t length = put_syllable(next, at); length > 0) {
      at += length;
      continue;
    }
    put(next.point, at, umlauts);
    at += next.length;
  }
  source_.push_back(static_cast<std::uint32_t>(input_.size()));
}

void View::put_ascii(char c, std::size_t at) {
  if (c == '_') {
    underscores_.push_back(static_cast<std::uint32_t>(text_.size()));
    c = ' ';
  } else if ((static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\t' && c != '\r') || c == 127) {
    c = ' ';
  }
  has_digit_ = has_digit_ || is_digit(c);
  seen_[static_cast<unsigned char>(c)] = true;
  text_ += c;
  lower_ += ascii_small(c);
  source_.push_back(static_cast<std::uint32_t>(at));
}

void View::put(char32_t point, std::size_t at, Umlauts umlauts) {
  if (point < 0x80) return put_ascii(static_cast<char>(point), at);  // of a plain form
  const char* ascii = umlauts == Umlauts::Double ? digraph_for(point) : nullptr;
  constexpr std::size_t kMaxPlain = 4;  // longer ones are whole phrases, and would let a text grow
  if (const std::u32string plain = plain_form(point); !plain.empty() && plain.size() <= kMaxPlain) {
    for (const char32_t one : plain) put(one, at, umlauts);
    return;
  }
  if (!ascii) ascii = ascii_for(point);
  if (!ascii) {
    has_lookalikes_ = has_lookalikes_ || (point >= 0x370 && point < 0x590);
    const char32_t shown = bare(point);
    return put_letter(shown, small(shown), at);
  }
  for (; *ascii; ++ascii) put_ascii(*ascii, at);
}

void View::put_letter(char32_t shown, char32_t lower, std::size_t at) {
  append_utf8(text_, shown);
  append_utf8(lower_, lower);
  source_.resize(text_.size(), static_cast<std::uint32_t>(at));
}

/// Hangul written letter by letter (NFD); 0: here begins no syllable.
std::size_t View::put_syllable(const Decoded& lead, std::size_t at) {
  if (lead.point < 0x1100 || lead.point > 0x1112) return 0;
  std::size_t length = lead.length;
  if (at + length >= input_.size()) return 0;
  const Decoded vowel = decode(input_, at + length);
  length += vowel.length;
  const Decoded tail = at + length < input_.size() ? decode(input_, at + length) : Decoded{0, 0};
  const char32_t open = syllable(lead.point, vowel.point, 0), whole = syllable(lead.point, vowel.point, tail.point);
  if (open == 0) return 0;
  put_letter(whole, whole, at);
  return whole == open ? length : length + tail.length;
}

/// "Меуеr" with three Cyrillic letters is a Latin word: no language mixes scripts inside one.
void View::settle_scripts() {
  std::string text, lower;
  std::vector<std::uint32_t> source, underscores;
  auto underscore = underscores_.begin();
  for (std::size_t at = 0; at < text_.size();) {
    std::size_t end = at;
    while (end < text_.size() && is_letter(text_[end])) ++end;
    const std::string_view word = std::string_view(text_).substr(at, end - at);
    const bool mixed = std::ranges::any_of(word, [](char c) { return static_cast<unsigned char>(c) < 128; }) &&
                       std::ranges::any_of(word, [](char c) { return static_cast<unsigned char>(c) >= 128; });
    if (end == at) end = at + 1;
    for (std::size_t i = at; i < end;) {
      if (underscore != underscores_.end() && *underscore == i) {
        underscores.push_back(static_cast<std::uint32_t>(text.size()));
        ++underscore;
      }
      const Decoded next = mixed ? decode(text_, i) : Decoded{0, 1};
      const char letter = mixed ? unicode::lookalike(next.point) : '\0';
      if (letter != 0) {
        text += letter;
        lower += ascii_small(letter);
      } else {
        text += text_.substr(i, next.length);
        lower += lower_.substr(i, next.length);
      }
      source.resize(text.size(), source_[i]);
      i += next.length;
    }
    at = end;
  }
  source.push_back(source_.back());
  text_ = std::move(text);
  lower_ = std::move(lower);
  source_ = std::move(source);
  underscores_ = std::move(underscores);
}

void View::hide(std::uint32_t begin, std::uint32_t end) {
  std::fill(text_.begin() + begin, text_.begin() + end, kTaken);
  std::fill(lower_.begin() + begin, lower_.begin() + end, kTaken);
}

void View::hide_marks() {
  if (!has('[')) return;
  for (auto at = text_.find('['); at != std::string::npos; at = text_.find('[', at + 1)) {
    for (const std::string_view mark : kMarks) {
      if (text_.compare(at, mark.size(), mark) != 0) continue;
      hide(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + mark.size()));
      break;
    }
  }
}

void View::tokenize() {
  tokens_.clear();
  for (std::uint32_t at = 0; at < text_.size();) {
    if (!is_alnum(text_[at])) {
      ++at;
      continue;
    }
    tokens_.push_back(token_at(at));
    at = tokens_.back().end;
  }
}

Token View::token_at(std::uint32_t begin) const {
  Token token{.begin = begin, .end = begin};
  token.number = is_digit(text_[begin]);
  token.cjk = leads_cjk(text_[begin]);
  token.capital = text_[begin] != lower_[begin] ||
                  (begin + 1 < text_.size() && continues(text_[begin + 1]) && text_[begin + 1] != lower_[begin + 1]);
  token.upper = token.capital;
  std::uint32_t at = begin;
  for (; at < text_.size() && is_alnum(text_[at]) && is_digit(text_[at]) == token.number; ++at) {
    if (token.number || continues(text_[at])) continue;
    if (leads_cjk(text_[at]) != token.cjk) break;
    if (text_[at] >= 'a' && text_[at] <= 'z') token.upper = false;
  }
  token.end = at;
  token.accented = source_[at] - source_[begin] != at - begin;
  return token;
}

}  // namespace veilgate::deidentify::text
