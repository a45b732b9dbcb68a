#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/problem.h"

namespace veilgate::config {

struct Loaded {
  Config config;                  ///< meaningful only without problems
  std::vector<Problem> problems;  ///< all of them, in file order
};

/// Reads and checks a configuration. Never throws; an unreadable file is a Problem too.
Loaded load(const std::filesystem::path& file);

/// The list of detect.ensemble alone, as one line of JSON carries it to a process: its models have no place. Config
/// error that names the first problem.
Result<std::vector<Model>> parse_ensemble(const std::string& text);

// What a project's name and parameters may be, for those who take them from elsewhere.
bool is_name(std::string_view text);            ///< 1 to 64 letters, digits, '-', '_' and '.', first a letter or digit
bool is_parameter_name(std::string_view name);  ///< 1 to 64 letters, digits, '-' and '_'
bool is_parameter_value(std::string_view value);  ///< one line, no backslash, up to 1024 bytes

}  // namespace veilgate::config
