#pragma once
#include <filesystem>
#include <string>
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

}  // namespace veilgate::config
