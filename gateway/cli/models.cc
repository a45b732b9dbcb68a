#include "detect/models.h"

#include <fmt/format.h>

#include "cli/common.h"
#include "cli/offline.h"

namespace veilgate::cli {
namespace {

struct Options {
  ConfigOption config;
  std::string folder, runtime;
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

int models(const Options& options) {
  std::filesystem::path folder = options.folder;
  std::filesystem::path runtime = options.runtime;
  if (folder.empty() && std::filesystem::exists(options.config.path)) {
    const auto config = load_config(options.config.path);
    if (!config) return kUsage;
    folder = config->detect.models;
    runtime = config->detect.runtime;
  }
  if (folder.empty()) folder = default_models_folder();
  if (runtime.empty()) runtime = default_runtime_file();
  auto statuses = detect::inspect_models(folder);
  statuses.push_back(detect::inspect_runtime(runtime));
  bool good = true;
  nlohmann::json out = nlohmann::json::array();
  for (const auto& status : statuses) {
    good &= status.state == detect::ModelStatus::State::Ok;
    out.push_back({{"id", status.model.id},
                   {"role", status.model.role},
                   {"file", status.model.file},
                   {"state", name_of(status.state)},
                   {"sha256", status.model.sha256.hex()},
                   {"licence", status.model.licence},
                   {"origin", status.model.origin}});
  }
  if (options.json) {
    fmt::print("{}\n", out.dump(2));
    return good ? kOk : kNotClean;
  }
  fmt::print("{:<22} {:<8} {:<8} {:<12} {:<48} {}\n", "model", "role", "state", "licence", "origin", "sha256");
  for (const auto& model : out) {
    fmt::print("{:<22} {:<8} {:<8} {:<12} {:<48} {}\n", model.value("id", ""), model.value("role", ""),
               model.value("state", ""), model.value("licence", ""), model.value("origin", ""),
               model.value("sha256", "").substr(0, 16));
  }
  if (!good) fmt::print(stderr, "veilgate: fetch missing or altered files with: bash conf/fetch.sh\n");
  return good ? kOk : kNotClean;
}

}  // namespace

void add_models(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand(
      "models", "List the detection models and verify their digests; exit 3 when one is missing or altered");
  options->config.add_to(*verb);
  verb->add_option("--models", options->folder, "Look into this folder instead of the configuration's");
  verb->add_option("--runtime", options->runtime, "libonnxruntime.so to verify with --models");
  verb->add_flag("--json", options->json, "Print JSON");
  verb->callback([options, &exit] { exit = models(*options); });
}

}  // namespace veilgate::cli
