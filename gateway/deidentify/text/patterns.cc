#include "deidentify/text/patterns.h"

#include <cstdio>
#include <cstdlib>

namespace veilgate::deidentify::text {
namespace {

/// A compiled automaton may use this much; the largest of ours needs a tenth.
constexpr std::int64_t kAutomatonBytes = 8 << 20;

bool worth_trying(const View& view, Needs needs) {
  switch (needs) {
    case Needs::Nothing:
      return true;
    case Needs::Digit:
      return view.has_digit();
    case Needs::At:
      return view.has('@');
    case Needs::Slashes:
      return view.has('/');
    case Needs::Dot:
      return view.has('.');
    case Needs::Backslash:
      return view.has('\\');
  }
  return true;
}

bool stands_alone(const std::string& text, std::size_t begin, std::size_t end) {
  if (begin > 0 && is_alnum(text[begin - 1]) && is_alnum(text[begin])) return false;
  return end >= text.size() || !is_alnum(text[end]) || !is_alnum(text[end - 1]);
}

}  // namespace

PatternSet::PatternSet(std::span<const Pattern> patterns) {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_max_mem(kAutomatonBytes);
  options.set_log_errors(false);
  for (const Pattern& pattern : patterns) {
    auto expression = std::make_unique<re2::RE2>(pattern.expression, options);
    if (!expression->ok() || expression->NumberOfCapturingGroups() != 1) {
      std::fprintf(stderr, "bad pattern: %s\n", pattern.expression);
      std::abort();  // a mistake in our own table: every test would meet it
    }
    compiled_.push_back({pattern, std::move(expression)});
  }
}

void PatternSet::clean(View& view) const {
  for (const Compiled& compiled : compiled_) {
    if (worth_trying(view, compiled.pattern.needs)) apply(view, nullptr, compiled);
  }
}

void PatternSet::clean_raw(View& view) const {
  std::string raw;
  for (const Compiled& compiled : compiled_) {
    if (!worth_trying(view, compiled.pattern.needs)) continue;
    raw = view.with_underscores();
    apply(view, &raw, compiled);
  }
}

void PatternSet::apply(View& view, const std::string* raw, const Compiled& compiled) {
  const std::string& text = raw ? *raw : view.text();
  std::size_t from = 0;
  while (from < text.size()) {
    re2::StringPiece groups[2];
    if (!compiled.expression->Match(text, from, text.size(), re2::RE2::UNANCHORED, groups, 2)) return;
    const auto begin = static_cast<std::size_t>(groups[1].data() - text.data());
    const std::size_t end = begin + groups[1].size();
    const auto offset = static_cast<std::size_t>(groups[0].data() - text.data());
    const Match match{view, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                      std::string_view(groups[0].data(), groups[0].size()),
                      std::string_view(groups[1].data(), groups[1].size())};
    const bool good = (compiled.pattern.attached || stands_alone(text, begin, end)) &&
                      (!compiled.pattern.verify || compiled.pattern.verify(match));
    from = good ? std::max(end, offset + 1) : offset + 1;
    if (good) view.take(match.begin, match.end, compiled.pattern.kind, std::string(compiled.pattern.with));
  }
}

}  // namespace veilgate::deidentify::text
