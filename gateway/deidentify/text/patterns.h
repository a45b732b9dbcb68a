#pragma once
#include <re2/re2.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {

/// What a text must have for a pattern to be worth trying.
enum class Needs : unsigned char { Nothing, Digit, At, Slashes, Dot, Backslash };

/// What a pattern found: the whole match, and its first group, which is what is replaced. Lower case and as written.
struct Match {
  const View& view;
  std::uint32_t begin, end;
  std::string_view whole, group;
};

/// One notation. Patterns see the folded text, where no byte over 127 is other than a letter, and match no more than a
/// bounded number of characters: that keeps hostile text linear.
struct Pattern {
  const char* expression;
  TextKind kind;
  Needs needs = Needs::Nothing;
  bool (*verify)(const Match&) = nullptr;
  std::string_view with = {};  ///< instead of the mark of its kind
  bool attached = false;       ///< may stand directly beside letters and digits
};

/// Patterns compiled once, tried one after the other.
class PatternSet {
 public:
  explicit PatternSet(std::span<const Pattern> patterns);
  void clean(View& view) const;
  /// The same on the text with underscores.
  void clean_raw(View& view) const;

 private:
  struct Compiled {
    Pattern pattern;
    std::unique_ptr<re2::RE2> expression;
  };
  static void apply(View& view, const std::string* raw, const Compiled& compiled);

  std::vector<Compiled> compiled_;
};

/// E-mail, web addresses, hosts, IP addresses, home folders.
const PatternSet& internet_patterns();
/// UIDs, record numbers behind cues, national numbers.
const PatternSet& number_patterns();
const PatternSet& address_patterns();
const PatternSet& telephone_patterns();
const PatternSet& age_patterns();

}  // namespace veilgate::deidentify::text
