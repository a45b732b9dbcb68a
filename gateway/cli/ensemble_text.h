#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "config/config.h"

namespace veilgate::cli {

/// detect.ensemble as one line, in which offline verbs hand it to their workers. Empty for the built-in models.
std::string ensemble_text(const std::vector<config::Model>& ensemble);
/// Hidden option --ensemble, the way back. Its models have no place: they stand in no file that a worker could name.
void add_ensemble_option(CLI::App& verb, std::vector<config::Model>& ensemble);

}  // namespace veilgate::cli
