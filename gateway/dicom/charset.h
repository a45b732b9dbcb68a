#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace veilgate::dicom {

/// Text in UTF-8.
struct Decoded {
  std::string text;
  /// false: some bytes did not fit the declared sets (or none was declared); they were read as UTF-8 where the whole is
  /// valid UTF-8, else one by one as Latin-1, so nothing is lost but it may look wrong.
  bool exact = true;
};

/// Decodes an attribute's raw text with the values of Specific Character Set (0008,0005) (none: ASCII). `vr` decides
/// where ISO 2022 code extensions are reset (PN also at ^ and =, several values at backslash). Defined terms nobody
/// knows make the result inexact. Config "dicom.charset" when the system's converter for a known set is missing.
Result<Decoded> to_utf8(std::string_view raw, const std::vector<std::string>& specific_character_set,
                        std::string_view vr);

/// The values of a raw (0008,0005), trimmed. Empty values count: a first empty value means ASCII.
std::vector<std::string> split_character_sets(std::string_view raw);

/// True for well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

}  // namespace veilgate::dicom
