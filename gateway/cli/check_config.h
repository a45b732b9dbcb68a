#pragma once
#include <vector>

#include "config/load.h"

namespace veilgate::cli {

/// Everything `check` finds in configuration, routes and profiles, their tests included. serve refuses the same.
std::vector<config::Problem> check_whole(const config::Loaded& loaded);

}  // namespace veilgate::cli
