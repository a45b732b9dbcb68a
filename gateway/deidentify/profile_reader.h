#pragma once
#include "config/yaml_reader.h"
#include "deidentify/profile_spec.h"

namespace veilgate::deidentify {

/// Reads one profile file over what its parents left in `spec`; problems are noted in the document. `extends` is the
/// caller's.
void read_profile(const config::YamlNode& root, ProfileSpec& spec);

}  // namespace veilgate::deidentify
