#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace veilgate::deidentify {

/// A statement that the profile language says differently, or not at all.
struct ImportNote {
  int line = 0;           ///< in the script, 1-based
  std::string statement;  ///< the script's text on one line, shortened; scripts hold no PHI
  std::string why;        ///< begins with "difference: " or "not expressed: "
};

struct Imported {
  std::string yaml;               ///< a profile that extends basic; notes stand in it as comments at their place
  std::vector<ImportNote> notes;  ///< by line
  int statements = 0;             ///< that are in force: switched-off ones do not count
};

enum class ImportFormat {
  CtpScript,    ///< CTP DicomAnonymizer, XML or the older properties format
  PydicomDeid,  ///< recipe of pydicom/deid
};

/// By the text's first words; nullopt when it is neither.
std::optional<ImportFormat> detect_import_format(std::string_view text);

/// Translates somebody else's de-identification script to a profile called `name` (made fit where it is not). What
/// cannot be said is noted, and the attribute is removed or left to Table E.1-1 and the Basic profile's `unlisted`.
/// The latter keeps attributes that the table does not name: a statement that chooses attributes in a way that is not
/// taken over (of deid's regular expressions only words joined by | are) may have removed such a one in the other
/// tool. Such statements are noted as a whole, not attribute by attribute: read them.
/// Errors: Config (no statement in it, not XML, too large).
Result<Imported> import_profile(std::string_view text, ImportFormat format, std::string_view name);

}  // namespace veilgate::deidentify
