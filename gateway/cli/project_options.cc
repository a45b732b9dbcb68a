#include "cli/project_options.h"

#include <filesystem>

#include "cli/common.h"
#include "config/load.h"
#include "config/yaml_reader.h"

namespace veilgate::cli {
namespace {

tl::unexpected<Error> wrong(const std::string& message) { return fail(ErrorKind::Config, "project.option", message); }

Result<config::Project> from_config(const std::string& path) {
  auto loaded = load_config(path);
  if (!loaded) return wrong("the configuration " + path + " cannot be used");
  const auto& key_file = loaded->project.key_file;
  if (!std::filesystem::exists(key_file)) {  // a key made here would not be the gateway's
    return fail(ErrorKind::Config, "project.key",
                "the configuration's key file " + key_file.string() + " is not there: start 'veilgate serve' once");
  }
  return std::move(loaded->project);
}

}  // namespace

void ProjectOptions::add_to(CLI::App& verb, const std::string& about_key) {
  verb.add_option("--key-file", key_file, about_key)->capture_default_str();
  verb.add_option("--project", name, "Project's name, as the gateway's configuration says it")->capture_default_str();
  verb.add_option("--param", parameters, "NAME=VALUE: what {param:NAME} of the profile stands for; may be repeated")
      ->allow_extra_args(false);  // what follows the value is a file
}

void ProjectOptions::add_config_to(CLI::App& verb, const std::vector<std::string>& others) {
  auto* option = verb.add_option("-c,--config", config,
                                 "Gateway configuration: its project's name, key, pseudonyms and parameters are taken");
  option->check(CLI::ExistingFile);
  for (const char* own : {"--key-file", "--project", "--param"}) option->excludes(verb.get_option(own));
  for (const auto& other : others) option->excludes(verb.get_option(other));
}

Result<config::Project> ProjectOptions::read() const {
  if (!config.empty()) return from_config(config);
  if (!config::is_name(name)) {
    return wrong("--project '" + name + "' is not a usable name: 1 to 64 letters, digits, '-', '_' and '.'");
  }
  config::Project out;
  out.name = name;
  out.key_file = key_file;
  out.pseudonym_prefix = prefix;
  for (const std::string& text : parameters) {
    const auto equals = text.find('=');
    const std::string key = text.substr(0, equals);
    if (equals == std::string::npos || !config::is_parameter_name(key)) {
      return wrong("--param '" + text + "' is not NAME=VALUE with a name of letters, digits, '-' and '_'");
    }
    if (!config::is_parameter_value(text.substr(equals + 1))) {
      return wrong("--param " + key + ": a value is one line without backslash, up to 1024 bytes");
    }
    if (!out.parameters.try_emplace(key, text.substr(equals + 1)).second) {
      return wrong("--param " + key + " is given twice");
    }
  }
  return out;
}

Result<void> ProjectOptions::check_against(const deidentify::Profile& profile) const {
  std::vector<std::string> known;
  for (const auto& [key, preset] : profile.parameters()) known.push_back(key);
  for (const auto& [key, value] : parameters_from(parameters)) {
    if (profile.parameters().contains(key)) continue;
    const auto near = config::closest(key, known);
    return wrong("profile " + profile.name() + " has no parameter '" + key + "'" +
                 (near ? "; did you mean '" + *near + "'?" : ""));
  }
  return {};
}

std::map<std::string, std::string> parameters_from(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> out;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals != std::string::npos) out[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return out;
}

}  // namespace veilgate::cli
