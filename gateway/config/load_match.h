#pragma once
#include <vector>

#include "config/load_parts.h"

namespace veilgate::config {

/// Reads a route's `match`; SOP classes and attribute names are added to `words`.
Match load_match(const YamlNode& section, std::vector<DicomWord>& words);

}  // namespace veilgate::config
