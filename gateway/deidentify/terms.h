#pragma once
#include <string_view>

#include "dicom/tag.h"

namespace veilgate::deidentify {

/// False for a value that the standard does not have for a code string whose terms are known here: what somebody
/// typed. True for empty values and all other attributes.
bool is_term(dicom::Tag tag, std::string_view value);

}  // namespace veilgate::deidentify
