#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "deidentify/import/draft.h"

namespace veilgate::deidentify::importing {

/// One statement of a CTP DicomAnonymizer script, whichever way the script is written.
struct CtpStatement {
  enum class Kind { Parameter, Element, Keep, Remove, Other };
  Kind kind = Kind::Other;
  bool enabled = true;
  std::string name;  ///< parameter, tag, group or what to remove
  std::string text;  ///< value or replacement
  Source source;
};

/// XML (<script><e .../></script>) or properties (set.[gggg,eeee]Name=...).
Result<std::vector<CtpStatement>> read_ctp_script(std::string_view text);

/// The parameters of a script, and what using them said about them.
struct CtpParameters {
  struct Entry {
    std::string value;
    Source source;
    bool counts_days = false, is_uid_root = false, is_text = false;
  };
  std::map<std::string, Entry> entries;
};

/// Translates the replacement of one element.
void translate_ctp_element(const CtpStatement& statement, CtpParameters& parameters, Draft& draft);

}  // namespace veilgate::deidentify::importing
