#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace veilgate {

/// One record and the line of the file it begins on.
struct CsvRecord {
  int line = 0;
  std::vector<std::string> fields;
};

/// RFC 4180, with ',' or ';' between fields (as the first line has it), CRLF or LF, and a byte order mark if any. Empty
/// lines are left out, blanks around unquoted fields too. Refused "csv.quote" with the line.
Result<std::vector<CsvRecord>> read_csv(std::string_view text);
/// A field as read_csv reads it back.
std::string csv_field(std::string_view value);

}  // namespace veilgate
