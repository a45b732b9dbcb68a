#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {

/// Known words whose letters beyond ASCII software has spoilt: "MÃ¼ller", "M?ller", "M&uuml;ller", "M%C3%BCller".
class MisreadWords {
 public:
  /// `written` as the object has it, UTF-8; plain ASCII adds nothing.
  void add(std::string_view written, TextKind kind);
  void clean(View& view) const;

 private:
  struct Form {
    std::string text;
    TextKind kind;
    char sign;  ///< without it in a text there is no need to look
  };

  std::vector<Form> doubled_;  ///< as bytes of the input
  std::vector<Form> escaped_;  ///< lower case ASCII
};

}  // namespace veilgate::deidentify::text
