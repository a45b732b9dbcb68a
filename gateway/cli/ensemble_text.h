#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "config/config.h"

namespace veilgate::cli {

/// detect.ensemble as one line, in which offline verbs hand it to their workers. Empty for the built-in models.
std::string ensemble_text(const std::vector<config::Model>& ensemble);
/// The way back, of a text that the option has checked.
std::vector<config::Model> ensemble_from(const std::string& text);
/// Hidden option --ensemble.
void add_ensemble_option(CLI::App& verb, std::string& text);

}  // namespace veilgate::cli
