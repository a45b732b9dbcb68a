#include <fmt/format.h>

#include "cli/check_config.h"
#include "cli/common.h"
#include "config/load.h"
#include "crosswalk/lookup_list.h"
#include "deidentify/engine.h"
#include "detect/models.h"
#include "dicom/dataset.h"
#include "route/route.h"

namespace veilgate::cli {

std::vector<config::Problem> check_whole(const config::Loaded& loaded) {
  auto problems = problems_in(loaded);
  const auto add = [&problems](std::vector<config::Problem> more) {
    problems.insert(problems.end(), more.begin(), more.end());
  };
  std::set<std::string> seen;
  for (const auto& route : loaded.config.routes) {
    if (!seen.insert(route.profile).second) continue;
    auto profile = deidentify::load_profile(route.profile);
    if (profile.problems.empty()) {
      add(deidentify::run_profile_tests(route.profile));
    } else {
      add(std::move(profile.problems));
    }
  }
  const auto& pseudonyms = loaded.config.project.pseudonyms;
  if (!pseudonyms.file.empty()) add(crosswalk::LookupList::load(pseudonyms.file).problems);
  // Route tests mean little while the routes themselves are wrong.
  if (problems.empty()) add(route::run_route_tests(loaded.config));
  return problems;
}

namespace {

using nlohmann::json;

struct Options {
  ConfigOption config;
  bool json = false;
};

std::vector<config::Problem> warnings_of(const config::Loaded& loaded) {
  std::vector<config::Problem> out;
  std::set<std::string> seen;
  for (const auto& route : loaded.config.routes) {
    if (!seen.insert(route.profile).second) continue;
    for (auto& warning : deidentify::profile_warnings(route.profile)) out.push_back(std::move(warning));
  }
  return out;
}

int check(const Options& options) {
  if (auto ready = dicom::init_dicom(); !ready) return complain(ready.error());
  const auto loaded = config::load(options.config.path);
  const auto warnings = warnings_of(loaded);
  auto problems = check_whole(loaded);
  if (problems.empty()) {
    if (auto usable = detect::require_models(loaded.config.detect); !usable)
      problems.push_back({loaded.config.shown_file, 0, 0, usable.error().message, {}});
  }
  const bool good = problems.empty();
  if (options.json) {
    json list = json::array();
    for (const auto& problem : problems) list.push_back(to_json(problem));
    json noted = json::array();
    for (const auto& warning : warnings) noted.push_back(to_json(warning));
    fmt::print("{}\n", json({{"ok", good}, {"problems", list}, {"warnings", noted}}).dump(2));
    return good ? kOk : kUsage;
  }
  print_warnings(warnings);
  if (!good) {
    print_counted(problems, "in the configuration");
    return kUsage;
  }
  fmt::print("{}: {} routes, {} destinations, profiles and tests all good\n", options.config.path,
             loaded.config.routes.size(), loaded.config.destinations.size());
  return kOk;
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "check", "Check a configuration, its profiles and their tests: all mistakes at once, with their places");
  options->config.add_to(*verb);
  verb->add_flag("--json", options->json, "Print JSON");
  verb->callback([options, &exit] { exit = check(*options); });
}

}  // namespace veilgate::cli
