#include "detect/models.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "cli/common.h"
#include "cli/offline.h"
#include "config/model_places.h"

namespace veilgate::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Options {
  ConfigOption config;
  std::string folder, runtime, digest;
  bool json = false;
};

std::string_view name_of(detect::ModelStatus::State state) {
  switch (state) {
    case detect::ModelStatus::State::Ok:
      return "ok";
    case detect::ModelStatus::State::Missing:
      return "missing";
    case detect::ModelStatus::State::Altered:
      return "ALTERED";
  }
  return "missing";
}

/// What the gateway uses the model for, as far as its kind is on.
std::string use_of(const detect::ModelFile& model, const std::vector<detect::ModelStatus>& all,
                   const config::Detect& config) {
  const auto* family = detect::find_family(model.family);
  if (family == nullptr) return "all models";
  if (family->role == detect::ModelRole::Face) return config.faces ? "faces" : "nothing: faces are off";
  if (!config.text) return "nothing: text is off";
  if (family->role == detect::ModelRole::TextReader) return "text: can it be read?";
  const auto is_finder = [](const detect::ModelStatus& one) {
    const auto* other = detect::find_family(one.model.family);
    return other != nullptr && other->role == detect::ModelRole::TextFinder;
  };
  const auto last = std::find_if(all.rbegin(), all.rend(), is_finder);
  return last != all.rend() && last->model.id == model.id ? "text: masking, verification" : "text: masking";
}

json to_json(const detect::ModelStatus& status, const std::vector<detect::ModelStatus>& all,
             const config::Detect& config) {
  const auto& model = status.model;
  const auto* family = detect::find_family(model.family);
  json out{{"id", model.id},
           {"family", model.family},
           {"role", family == nullptr ? "runtime" : detect::to_string(family->role)},
           {"used_by", use_of(model, all, config)},
           {"file", (family == nullptr ? config.runtime : config.models / model.file).string()},
           {"state", name_of(status.state)},
           {"sha256", model.sha256.hex()},
           {"licence", model.licence},
           {"origin", model.is_own() ? "your own" : model.origin}};
  if (!model.dictionary.empty()) {
    out["dictionary"] = (config.models / model.dictionary).string();
    out["dictionary_sha256"] = model.dictionary_sha256.hex();
  }
  if (family != nullptr && family->face != nullptr) {
    out.update({{"sure", model.scores.sure}, {"vote", model.scores.vote}, {"tiles", model.tiles}});
    if (model.scores.trusted) out["trusted"] = *model.scores.trusted;
  }
  return out;
}

void print_table(const json& models) {
  constexpr auto kRow = "{:<22} {:<10} {:<27} {:<8} {:<10} {:<10} {:<12}  {}\n";
  fmt::print(kRow, "model", "family", "used for", "state", "sure/vote", "licence", "sha256", "file");
  for (const auto& model : models) {
    const std::string scores =
        model.contains("sure") ? fmt::format("{}/{}", model["sure"].get<double>(), model["vote"].get<double>()) : "";
    fmt::print(kRow, model.value("id", ""), model.value("family", ""), model.value("used_by", ""),
               model.value("state", ""), scores, model.value("licence", ""), model.value("sha256", "").substr(0, 12),
               model.value("file", ""));
  }
}

/// The configuration's detect section, or the built-in models where there is no configuration.
std::optional<config::Detect> settings_of(const Options& options) {
  config::Detect detect;
  if (options.folder.empty() && fs::exists(options.config.path)) {
    auto config = load_config(options.config.path);
    if (!config) return std::nullopt;
    detect = std::move(config->detect);
  } else {
    detect.models = options.folder;
  }
  if (!options.runtime.empty()) detect.runtime = options.runtime;
  if (detect.models.empty()) detect.models = config::find_models();
  if (detect.runtime.empty()) detect.runtime = config::find_runtime();
  return detect;
}

int list_models(const Options& options, const config::Detect& config) {
  auto statuses = detect::inspect_models(config);
  if (!statuses) return complain(statuses.error());
  statuses->push_back(detect::inspect_runtime(config.runtime));
  bool good = true;
  json out = json::array();
  for (const auto& status : *statuses) {
    good &= status.state == detect::ModelStatus::State::Ok;
    out.push_back(to_json(status, *statuses, config));
  }
  // What is there may still be of another family than it is said to be.
  const auto usable = good ? detect::require_models(config) : Result<void>{};
  if (options.json) {
    fmt::print("{}\n", out.dump(2));
  } else {
    print_table(out);
  }
  if (!usable) fmt::print(stderr, "veilgate: {}\n", usable.error().message);
  if (!good)
    fmt::print(stderr,
               "veilgate: fetch built-in files with  bash conf/fetch.sh ; see to your own at detect.ensemble\n");
  return good && usable ? kOk : kNotClean;
}

/// Entries that a name may not have are left out of it.
std::string id_from(const fs::path& file) {
  std::string id;
  for (const char c : file.stem().string()) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (plain && (!id.empty() || (c != '-' && c != '_'))) id.push_back(c);
  }
  return id.empty() || detect::find_model(id) != nullptr ? "my_" + id : id.substr(0, 64);
}

/// The first family as whose model the file works; nullptr when it does as none.
const detect::Family* family_of(const config::Detect& config, detect::ModelFile model) {
  for (const auto* family : detect::families()) {
    model.family = family->name;
    if (detect::prove_model(config, model)) return family;
  }
  return nullptr;
}

void print_entry(const detect::ModelFile& model, const detect::Family& family) {
  fmt::print(
      "detect:\n  ensemble:                       # this list replaces the built-in one: name those that stay\n");
  for (const auto& known : detect::known_models()) fmt::print("    - {}\n", known.id);
  fmt::print("    - id: {}\n      family: {}\n      file: {}\n      sha256: {}\n      licence: FILL-IN\n", model.id,
             family.name, model.file, model.sha256.hex());
  if (family.role == detect::ModelRole::TextReader)
    fmt::print("      dictionary: FILL-IN\n      dictionary_sha256: FILL-IN\n");
  if (family.role != detect::ModelRole::Face) return;
  fmt::print("      # Scores of the family, not measured with this model: 'veilgate evaluate' tells what it finds.\n");
  fmt::print("      sure: {}                     # at face_threshold 0.5: one score as high is enough for a face\n",
             family.scores.sure);
  fmt::print("      vote: {}                     # and from this it counts together with others\n", family.scores.vote);
}

/// What to paste for a model of one's own.
int print_digest(const Options& options, const config::Detect& config) {
  const auto file = fs::absolute(options.digest).lexically_normal();
  const auto digest = sha256_file(file);
  if (!digest) return complain(digest.error());
  detect::ModelFile model;
  model.id = id_from(file), model.file = file.string(), model.sha256 = *digest;
  const auto* family = family_of(config, model);
  if (options.json) {
    fmt::print("{}\n", json({{"id", model.id},
                             {"file", model.file},
                             {"sha256", digest->hex()},
                             {"family", family == nullptr ? json() : json(family->name)}})
                           .dump(2));
    return family == nullptr ? kNotClean : kOk;
  }
  if (family != nullptr) {
    print_entry(model, *family);
    return kOk;
  }
  fmt::print("sha256: {}\n", digest->hex());
  fmt::print(stderr, "veilgate: it works as a model of none of the families {}\n",
             fmt::join(detect::family_names(), ", "));
  return kNotClean;
}

int models(const Options& options) {
  const auto config = settings_of(options);
  if (!config) return kUsage;
  return options.digest.empty() ? list_models(options, *config) : print_digest(options, *config);
}

}  // namespace

void add_models(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "models",
      "List the configured detection models and verify them; exit 3 when one is missing, altered or unusable");
  options->config.add_to(*verb);
  verb->add_option("--models", options->folder,
                   "Look for the built-in models in this folder; no configuration is read");
  verb->add_option("--runtime", options->runtime, "libonnxruntime.so to verify instead of the configuration's");
  verb->add_option("--digest", options->digest, "Print what to write into detect.ensemble for a model file of your own")
      ->check(CLI::ExistingFile);
  verb->add_flag("--json", options->json, "Print JSON");
  verb->callback([options, &exit] { exit = models(*options); });
}

}  // namespace veilgate::cli
