#include "cli/common.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "config/load.h"
#include "config/yaml_reader.h"
#include "crosswalk/registry.h"
#include "deidentify/engine.h"
#include "detect/models.h"
#include "dicom/dataset.h"
#include "route/route.h"

namespace veilgate::cli {

int complain(const Error& error) {
  fmt::print(stderr, "veilgate: {} [{}]\n", error.message, error.code);
  return error.kind == ErrorKind::Config ? kUsage : kFailed;
}

void print_problems(const std::vector<config::Problem>& problems) {
  for (const auto& problem : problems) fmt::print(stderr, "{}\n", config::to_string(problem));
}

void print_warnings(std::vector<config::Problem> warnings) {
  for (auto& warning : warnings) warning.message = "warning: " + warning.message;
  print_problems(warnings);
}

nlohmann::json to_json(const config::Problem& problem) {
  return {{"file", problem.file},
          {"line", problem.line},
          {"column", problem.column},
          {"message", problem.message},
          {"hint", problem.hint}};
}

std::string check_object_id(const std::string& text) {
  return ObjectId::parse(text) ? std::string() : "not an object id; 'veilgate review list' shows them";
}

std::string check_digest(const std::string& text) {
  return Sha256::parse(text) ? std::string() : "not a SHA-256 of 64 hex digits";
}

std::optional<std::string> unknown_verb(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  std::string given = app.get_name();
  for (const auto& word : words) {
    const auto verbs = at->get_subcommands([](const CLI::App*) { return true; });
    if (verbs.empty() || word.starts_with('-')) return std::nullopt;
    const auto known =
        std::find_if(verbs.begin(), verbs.end(), [&](const CLI::App* verb) { return verb->check_name(word); });
    if (known == verbs.end()) {
      std::vector<std::string> shown;
      for (const auto* verb : verbs) {
        if (!verb->get_group().empty()) shown.push_back(verb->get_name());  // roles are hidden
      }
      const auto near = config::closest(word, shown);
      return "'" + given + "' has no verb '" + word + "'" + (near ? "; did you mean '" + *near + "'?" : "") + " ('" +
             given + " --help' lists them)";
    }
    at = *known;
    given += " " + word;
  }
  return std::nullopt;
}

std::optional<std::string> unknown_option(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  std::string given = app.get_name();
  bool is_value = false;  // of the option before it
  for (const auto& word : words) {
    if (word == "--") return std::nullopt;
    if (std::exchange(is_value, false)) continue;
    const auto verbs = at->get_subcommands([&](const CLI::App* verb) { return verb->check_name(word); });
    if (!verbs.empty()) {
      at = verbs.front();
      given += " " + word;
    }
    if (!word.starts_with('-')) continue;
    const std::string name = word.substr(0, word.find('='));
    const auto* option = at->get_option_no_throw(name);
    if (option == nullptr && name.starts_with("--")) {
      std::vector<std::string> shown;
      for (const auto* each : at->get_options()) {
        for (const auto& known : each->get_lnames()) shown.push_back("--" + known);
      }
      const auto near = config::closest(name, shown);
      return "'" + given + "' has no option '" + name + "'" + (near ? "; did you mean '" + *near + "'?" : "") + " ('" +
             given + " --help' lists them)";
    }
    is_value = option != nullptr && option->get_items_expected_min() > 0 && name == word;
  }
  return std::nullopt;
}

void ConfigOption::add_to(CLI::App& verb) {
  verb.add_option("-c,--config", path, "Configuration file")->capture_default_str()->envname("VEILGATE_CONFIG");
}

std::vector<config::Problem> problems_in(const config::Loaded& loaded) {
  auto problems = loaded.problems;
  for (const auto& more :
       {route::check(loaded.config), detect::check_models(loaded.config.detect, loaded.config.shown_file)}) {
    problems.insert(problems.end(), more.begin(), more.end());
  }
  return problems;
}

void print_counted(const std::vector<config::Problem>& problems, std::string_view what) {
  print_problems(problems);
  fmt::print(stderr, "veilgate: {} problem{} {}\n", problems.size(), problems.size() == 1 ? "" : "s", what);
}

std::optional<config::Config> load_config(const std::string& path) {
  if (std::error_code unknown; !std::filesystem::exists(path, unknown) && !unknown) {
    fmt::print(stderr, "veilgate: there is no configuration {}: name it with -c FILE, or in VEILGATE_CONFIG\n", path);
    return std::nullopt;
  }
  if (auto ready = dicom::init_dicom(); !ready) return complain(ready.error()), std::nullopt;
  auto loaded = config::load(path);
  const auto problems = problems_in(loaded);
  if (problems.empty()) return std::move(loaded.config);
  print_counted(problems, "in the configuration");
  return std::nullopt;
}

std::filesystem::path gateway_key_file(const config::Config& config) {
  return config.project.key_file.parent_path() / "gateway.key";
}

namespace {

Result<SecretKey> load_or_create(const std::filesystem::path& file, bool may_create) {
  if (std::filesystem::exists(file)) return load_key(file);
  if (!may_create) {
    return fail(ErrorKind::Config, "key.lost",
                "key file " + file.string() + " is missing but the store has objects: restore it from the backup");
  }
  return create_key(file);
}

}  // namespace

Result<Keys> load_or_create_keys(const config::Config& config) {
  const bool new_gateway = !std::filesystem::exists(config.store_file);
  VG_ASSIGN(auto project, load_or_create(config.project.key_file, new_gateway));
  VG_ASSIGN(auto gateway, load_or_create(gateway_key_file(config), new_gateway));
  return Keys{project, gateway};
}

Result<void> ensure_crosswalk_key(Gateway& gateway) {
  const auto& project = gateway.config.project;
  if (!std::filesystem::exists(project.crosswalk_key_file)) {
    VG_ASSIGN(const bool nothing_sealed, gateway.store->crosswalk().empty());
    if (!nothing_sealed) {
      return fail(ErrorKind::Config, "key.lost",
                  "key file " + project.crosswalk_key_file.string() +
                      " is missing but the crosswalk has entries: restore it from the backup");
    }
    VG_TRY(create_key(project.crosswalk_key_file));
  }
  VG_ASSIGN(const auto sealer, crosswalk::load_sealer(project.crosswalk_key_file));
  return crosswalk::check_key(*gateway.store, project.name, sealer);
}

Result<Gateway> open_gateway(config::Config config) {
  VG_ASSIGN(auto key, load_key(gateway_key_file(config)));
  VG_ASSIGN(auto store, store::open_sqlite(config.store_file, key));
  VG_ASSIGN(auto spool, spool::Spool::open(config.spool.path));
  return Gateway{std::move(config), key, std::move(store), std::move(spool)};
}

Opened open(const std::string& config_path) {
  auto config = load_config(config_path);
  if (!config) return {std::nullopt, kUsage};
  if (!std::filesystem::exists(config->store_file)) {
    return {std::nullopt,
            complain({ErrorKind::Config, "store.missing",
                      "there is no store at " + config->store_file.string() + "; start 'veilgate serve' once"})};
  }
  auto gateway = open_gateway(std::move(*config));
  if (!gateway) return {std::nullopt, complain(gateway.error())};
  return {std::move(*gateway), kOk};
}

}  // namespace veilgate::cli
