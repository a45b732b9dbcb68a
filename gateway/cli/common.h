#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "config/config.h"
#include "config/load.h"
#include "config/problem.h"
#include "spool/spool.h"
#include "store/store.h"

namespace veilgate::cli {

/// What every verb's exit status means.
enum Exit : int {
  kOk = 0,
  kFailed = 1,    ///< could not be done (I/O, store, another serve is running)
  kUsage = 2,     ///< wrong arguments or configuration
  kNotClean = 3,  ///< done, but something is held, altered or does not add up
};

/// Prints "veilgate: MESSAGE" to standard error.
int complain(const Error& error);
void print_problems(const std::vector<config::Problem>& problems);
/// The same, each called a warning.
void print_warnings(std::vector<config::Problem> warnings);
nlohmann::json to_json(const config::Problem& problem);

/// For CLI11's check(): empty when good.
std::string check_object_id(const std::string& text);
std::string check_digest(const std::string& text);

/// What to tell when the command line names a verb that is not there; nullopt when it does not.
std::optional<std::string> unknown_verb(const CLI::App& app, const std::vector<std::string>& words);
/// The same for a long option of the verb; what it stands before would else be blamed.
std::optional<std::string> unknown_option(const CLI::App& app, const std::vector<std::string>& words);

/// --config F, shared by the verbs that work on a gateway.
struct ConfigOption {
  std::string path = "/etc/veilgate/gateway.yaml";
  void add_to(CLI::App& verb);
};

/// What is wrong in the file itself, in what its routes match, and in which models it names.
std::vector<config::Problem> problems_in(const config::Loaded& loaded);
/// Prints each, and on the last line how many there are and what of: "in the configuration".
void print_counted(const std::vector<config::Problem>& problems, std::string_view what);
/// Loads a configuration; prints problems_in() and returns nullopt when there are any. Profiles, lists and tests are
/// for check_whole() alone.
std::optional<config::Config> load_config(const std::string& path);

/// Keys of a gateway: made at the first start, never replaced.
struct Keys {
  SecretKey project;  ///< identities
  SecretKey gateway;  ///< duplicate keys and the audit seal
};
std::filesystem::path gateway_key_file(const config::Config& config);
/// Config error when one is missing and the store exists already: with a new key pseudonyms would change.
Result<Keys> load_or_create_keys(const config::Config& config);

struct Gateway;
/// The crosswalk's key is made as long as nothing was sealed. Config error when it is missing later, or does not open
/// what there is.
Result<void> ensure_crosswalk_key(Gateway& gateway);

/// An opened gateway for verbs that read or change its state.
struct Gateway {
  config::Config config;
  SecretKey key;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<spool::Spool> spool;
};
Result<Gateway> open_gateway(config::Config config);
/// load_config + open_gateway, with messages; nullopt and the exit status when it fails.
struct Opened {
  std::optional<Gateway> gateway;
  int exit = kOk;
};
Opened open(const std::string& config_path);

/// Registers each verb; the callbacks set `exit`.
void add_serve(CLI::App& app, int& exit);
void add_roles(CLI::App& app, int& exit);  ///< hidden: receive, run, worker
void add_check(CLI::App& app, int& exit);
void add_deid(CLI::App& app, int& exit);
void add_explain(CLI::App& app, int& exit);
void add_profile(CLI::App& app, int& exit);
void add_status(CLI::App& app, int& exit);
void add_reconcile(CLI::App& app, int& exit);
void add_review(CLI::App& app, int& exit);
void add_audit(CLI::App& app, int& exit);
void add_models(CLI::App& app, int& exit);
void add_crosswalk(CLI::App& app, int& exit);
void add_evaluate(CLI::App& app, int& exit);  ///< and its hidden worker

}  // namespace veilgate::cli
