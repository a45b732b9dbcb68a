#include "deidentify/embedded.h"

namespace veilgate::deidentify {

std::string_view embedded(std::string_view name) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name == name) return file.text;
  }
  return {};
}

}  // namespace veilgate::deidentify
