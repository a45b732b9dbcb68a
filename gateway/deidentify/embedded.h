#pragma once
#include <string_view>
#include <vector>

namespace veilgate::deidentify {

/// A file of profiles/ inside the program.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};
const std::vector<EmbeddedFile>& embedded_files();
/// Text of an embedded file; empty when there is none of this name.
std::string_view embedded(std::string_view name);

}  // namespace veilgate::deidentify
