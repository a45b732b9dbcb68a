#pragma once
#include <string_view>

#include "base/result.h"
#include "deidentify/import/draft.h"

namespace veilgate::deidentify::importing {

// One file each; a new source of profiles is one more and a line in import.cc.
Result<Draft> import_ctp_script(std::string_view text);
Result<Draft> import_pydicom_deid(std::string_view text);

}  // namespace veilgate::deidentify::importing
