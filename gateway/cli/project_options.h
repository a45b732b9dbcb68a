#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "deidentify/engine.h"

namespace veilgate::cli {

/// Whose pseudonyms an offline run makes: those of a gateway's configuration, or of what the options say one by one.
struct ProjectOptions {
  std::string config;  ///< path of a gateway's configuration; empty: the others count
  std::string key_file;
  std::string name = config::Project{}.name;
  std::string prefix = config::Project{}.pseudonym_prefix;  ///< of pseudonyms
  std::vector<std::string> parameters;                      ///< NAME=VALUE

  /// --key-file, --project, --param.
  void add_to(CLI::App& verb, const std::string& about_key);
  /// --config, which goes with none of them; `others` neither.
  void add_config_to(CLI::App& verb, const std::vector<std::string>& others);
  /// Config error when an option is wrong, or the configuration (its problems are printed) or its key file.
  Result<config::Project> read() const;
  /// Config error when a parameter on the command line is none of the profile's.
  Result<void> check_against(const deidentify::Profile& profile) const;
};

/// Names and values of NAME=VALUE texts; later ones win.
std::map<std::string, std::string> parameters_from(const std::vector<std::string>& texts);

}  // namespace veilgate::cli
