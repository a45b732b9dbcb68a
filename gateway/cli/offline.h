#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/project_options.h"
#include "config/config.h"

namespace veilgate::cli {

/// Settings of an offline run, as deid takes them and passes them to its workers.
struct OfflineOptions {
  std::string profile = "research-photo";
  ProjectOptions project;
  std::string models, runtime;
  std::vector<config::Model> ensemble;  ///< of a configuration, with their places in it
  config::Place ensemble_place;
  std::string pseudonyms = "hmac", pseudonym_list;
  std::string mask_style = "solid";
  double margin = config::Mask{}.margin;
  std::vector<std::string> masks;  ///< "X,Y,W,H"
  std::vector<std::string> text_policy{"all"};
  bool no_faces = false, no_text = false, no_barcodes = false;
  bool attributes_only = false;

  void add_to(CLI::App& verb);
  /// Only what concerns the pixels.
  void add_pixels_to(CLI::App& verb);
  /// For deid alone: workers are told what it says.
  void add_config_to(CLI::App& verb) { project.add_config_to(verb, {"--pseudonyms", "--pseudonym-list"}); }
  /// Puts a project in the place of what the options said of one.
  void take(const config::Project& from);
  /// The same for the models; a folder or library that an option names stays.
  void take(const config::Detect& from);
  std::vector<std::string> to_arguments() const;
  /// One route that takes everything.
  config::Config to_config() const;
  static constexpr const char* kRoute = "offline";
};

/// Which text stays, as words on the command line.
void add_text_policy(CLI::App& verb, std::vector<std::string>& words, const std::string& help);
config::TextPolicy text_policy_from(const std::vector<std::string>& words);
std::vector<std::string> words_of(const config::TextPolicy& policy);

}  // namespace veilgate::cli
