#pragma once
#include <string>
#include <vector>

namespace veilgate::config {

/// One thing wrong in a YAML file, where it is, and the way out.
struct Problem {
  std::string file;
  int line = 0;    ///< 1-based; 0 when there is no place
  int column = 0;  ///< 1-based
  std::string message;
  std::string hint;  ///< "did you mean max_associations?"
};

/// "conf/gateway.yaml:12:5: unknown key 'max_asociations' (did you mean 'max_associations'?)"
std::string to_string(const Problem& problem);

}  // namespace veilgate::config
