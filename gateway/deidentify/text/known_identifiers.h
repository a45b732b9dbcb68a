#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/text/misread_words.h"
#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {

/// Known identifiers in any grouping ("12 34-567"), without their leading zeros, inside longer words.
class KnownIdentifiers {
 public:
  void add(std::string_view value, TextKind kind);

  /// Identifiers short enough to be a year or a measurement wait until dates are found.
  enum class Which { Long, Short };
  void clean(View& view, Which which) const;

 private:
  struct Identifier {
    std::string compact;  ///< letters and digits only, small, no leading zeros
    TextKind kind;
    bool digits, letters;
    bool parted;        ///< had separators of its own
    bool bare = false;  ///< only the digits of an identifier: part of no longer number
  };
  /// The text's letters and digits, small, those that look Latin as Latin ones, and where they stand.
  struct Compact {
    std::string text;
    std::vector<std::uint32_t> at, until;
  };

  void add(Identifier identifier);
  void add_bare(const View& view, std::string_view compact, TextKind kind);
  static Compact compact(const View& view);
  static void search(View& view, const Compact& compact, const Identifier& identifier);
  static bool behind_cue(const View& view, std::uint32_t begin);
  static bool fits(const View& view, const Compact& compact, std::size_t from, std::size_t to,
                   const Identifier& identifier);

  static bool stands_alone(const View& view, const Compact& compact, std::size_t from, std::size_t to);

  std::vector<Identifier> identifiers_;
  MisreadWords misread_;
};

}  // namespace veilgate::deidentify::text
