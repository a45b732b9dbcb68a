#pragma once
#include <string>

#include "config/yaml_tree.h"

namespace veilgate::config {

/// Notes what no configuration needs and what readers of YAML take differently: tabs as indentation, control
/// characters (yaml-cpp ends the file at 0x04 without a word), directives, bytes that are not UTF-8.
/// False when the text must not be parsed at all.
bool check_yaml_text(const std::string& text, ProblemSink& sink);

}  // namespace veilgate::config
