#pragma once
#include "config/yaml_reader.h"
#include "deidentify/profile_spec.h"

namespace veilgate::deidentify {

/// Reads one profile file over what its parents left in `spec`; problems are noted in the document. `extends` is the
/// caller's. `file`: what rules say they come from.
void read_profile(const config::YamlNode& root, const std::string& file, ProfileSpec& spec);

}  // namespace veilgate::deidentify
