#pragma once
#include <string_view>
#include <vector>

namespace veilgate::deidentify {

/// Lines of a tab-separated text, comments (#) and empty lines left out; the first one is the header.
std::vector<std::vector<std::string_view>> read_tsv(std::string_view text);

}  // namespace veilgate::deidentify
