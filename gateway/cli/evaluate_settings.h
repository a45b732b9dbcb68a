#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/region.h"
#include "cli/common.h"
#include "config/config.h"
#include "detect/detector.h"

namespace veilgate::cli {

/// What the detectors run with, as `evaluate` takes it and passes it to its workers.
struct DetectorSettings {
  std::vector<config::Model> ensemble;  ///< for workers: of the configuration
  std::string models, runtime;          ///< empty: from the configuration, else where conf/fetch.sh puts them
  std::optional<double> face_threshold, text_threshold;
  std::vector<std::string> kinds;        ///< empty: all that the configuration has on
  std::vector<std::string> text_policy;  ///< empty: the configuration's
  std::string pass = "detect";

  void add_to(CLI::App& verb);
  /// `base` with these settings over it.
  config::Detect over(config::Detect base) const;
  static std::vector<std::string> to_arguments(const config::Detect& detect, const std::string& pass);
  detect::Pass pass_value() const;
};

/// The kinds that are on.
std::vector<RegionKind> kinds_of(const config::Detect& detect);
/// Of names that the command line has checked.
std::vector<RegionKind> kinds_from(const std::vector<std::string>& names);
/// Names a kind may have on the command line.
const std::vector<std::string>& kind_names();

/// Hidden role: the fenced-in process that decodes and looks.
void add_evaluate_worker(CLI::App& app, int& exit);

}  // namespace veilgate::cli
