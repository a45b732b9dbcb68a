#include "route/pattern.h"

namespace veilgate::route {
namespace {

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Greedy with one point to come back to: a later star makes all earlier ones settled, so nothing grows exponentially.
template <typename Equal>
bool matches(std::string_view pattern, std::string_view text, Equal equal) {
  constexpr auto kNone = std::string_view::npos;
  std::size_t p = 0, t = 0, star = kNone, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || equal(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != kNone) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  return matches(pattern, text, [](char a, char b) { return a == b; });
}

bool matches_pattern_folded(std::string_view pattern, std::string_view text) {
  return matches(pattern, text, [](char a, char b) { return folded(a) == folded(b); });
}

}  // namespace veilgate::route
