#pragma once
#include "deidentify/tag_pattern.h"

namespace veilgate::deidentify {

/// Whether a pattern matches a name, number or address of the patient: with one of them kept nothing is de-identified,
/// whatever the rest says, so no profile may keep it.
bool is_direct_identifier(const TagPattern& pattern);

}  // namespace veilgate::deidentify
