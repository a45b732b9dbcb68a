#include "detect/models.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/hash.h"
#include "detect/face_model.h"

namespace veilgate::detect {
namespace {

/// A model file; the largest built-in one has 5 MB.
constexpr std::uint64_t kMaxModelBytes = 256ull << 20;
/// A dictionary has a line for each character a network can read; the largest has 18,000.
constexpr std::uint64_t kMaxDictionaryBytes = 1ull << 20;
constexpr std::size_t kPrintDigits = 12;

ModelStatus::State state_of(const std::filesystem::path& path, const Sha256& wanted) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return ModelStatus::State::Missing;
  const auto digest = sha256_file(path);
  if (!digest) return ModelStatus::State::Missing;
  return *digest == wanted ? ModelStatus::State::Ok : ModelStatus::State::Altered;
}

ModelStatus status_of(const std::filesystem::path& folder, const ModelFile& model) {
  ModelStatus status{model, state_of(folder / model.file, model.sha256)};
  if (!model.dictionary.empty() && status.state == ModelStatus::State::Ok)
    status.state = state_of(folder / model.dictionary, model.dictionary_sha256);
  return status;
}

/// For a configuration outside the checkout, where nothing is found by itself: all that there is to do, at once.
constexpr const char* kFetch =
    "run  bash conf/fetch.sh  and set detect.models to the .deps/models, detect.runtime to the "
    ".deps/onnxruntime/lib/libonnxruntime.so that it fills (offline: --models, --runtime)";

std::string what_to_do(const ModelFile& model) {
  if (!model.is_own()) return kFetch;
  return fmt::format(
      "put it there or correct detect.ensemble{}",
      model.place.line > 0 ? fmt::format(", line {}, column {}", model.place.line, model.place.column) : "");
}

Error wrong_file(const std::filesystem::path& folder, const ModelFile& model, const std::string& file, bool missing) {
  const bool is_inside = std::filesystem::path(file).is_relative();
  return {ErrorKind::Config, missing ? "detect.model_missing" : "detect.model_altered",
          fmt::format("{} ({}) {}: {}", file, model.id,
                      missing          ? "is missing" + (is_inside ? " in " + folder.string() : "")
                      : model.is_own() ? "is not the configured file (sha256 differs)"
                                       : "is not the file that was tested (sha256 differs)",
                      what_to_do(model))};
}

Result<std::string> verified(const std::filesystem::path& folder, const ModelFile& model, const std::string& file,
                             const Sha256& wanted, std::uint64_t most) {
  auto bytes = read_file(folder / file, most);
  if (!bytes) return fail(wrong_file(folder, model, file, true));
  if (sha256(std::string_view(*bytes)) != wanted) return fail(wrong_file(folder, model, file, false));
  return bytes;
}

Result<void> require_runtime(const config::Detect& config) {
  const auto status = inspect_runtime(config.runtime);
  if (status.state == ModelStatus::State::Ok) return {};
  const bool missing = status.state == ModelStatus::State::Missing;
  return fail(ErrorKind::Config, missing ? "detect.model_missing" : "detect.model_altered",
              fmt::format("{} ({}, runtime) {}: {}", config.runtime.string(), status.model.id,
                          missing ? "is missing" : "is not a file that was tested (sha256 differs)", kFetch));
}

bool is_needed(const ModelFile& model, const config::Detect& config) {
  const auto* family = find_family(model.family);
  return family != nullptr && (family->role == ModelRole::Face ? config.faces : config.text);
}

Result<void> prove_face(const config::Detect& config, const ModelFile& model) {
  VG_ASSIGN(auto network, FaceModel::open(config, model, 0));
  return network->prove();
}

Result<void> prove_text(const config::Detect& config, const ModelFile& model, const Family& family) {
  VG_ASSIGN(auto session, Session::open(config.runtime, config.models, model));
  return family.prove(*session);
}

}  // namespace

Result<std::vector<ModelStatus>> inspect_models(const config::Detect& config) {
  VG_ASSIGN(const auto models, models_of(config));
  std::vector<ModelStatus> statuses;
  for (const auto& model : models) statuses.push_back(status_of(config.models, model));
  return statuses;
}

ModelStatus inspect_runtime(const std::filesystem::path& library) {
  const auto& runtimes = known_runtimes();
  ModelStatus status{runtimes.front(), ModelStatus::State::Missing};
  for (const auto& runtime : runtimes) {
    const auto state = state_of(library, runtime.sha256);
    if (state == ModelStatus::State::Ok) return {runtime, state};
    status.state = state;
  }
  return status;
}

Result<std::string> read_verified(const std::filesystem::path& folder, const ModelFile& model) {
  return verified(folder, model, model.file, model.sha256, kMaxModelBytes);
}

Result<std::string> read_dictionary(const std::filesystem::path& folder, const ModelFile& model) {
  return verified(folder, model, model.dictionary, model.dictionary_sha256, kMaxDictionaryBytes);
}

Result<void> prove_model(const config::Detect& config, const ModelFile& model) {
  const auto* family = find_family(model.family);
  if (family == nullptr) return fail(ErrorKind::Bug, "detect.family", model.id + " is of no family");
  auto proven = family->role == ModelRole::Face ? prove_face(config, model) : prove_text(config, model, *family);
  if (proven) return {};
  if (proven.error().code == "detect.model_missing" || proven.error().code == "detect.model_altered") return proven;
  // Nodes of the graph that do not fit this input say no more than that they failed.
  const bool ran = proven.error().kind != ErrorKind::Transient;
  return fail(
      ErrorKind::Config, "detect.model_unusable",
      fmt::format("{} ({}) does not work as a model of family '{}' ({}): {}", model.file, model.id, model.family,
                  ran ? proven.error().message : "it fails on a blank picture", what_to_do(model)));
}

Result<void> require_models(const config::Detect& config) {
  if (!config.faces && !config.text) return {};  // barcodes need no model
  VG_TRY(require_runtime(config));
  VG_ASSIGN(const auto models, models_of(config));
  for (const auto& model : models) {
    if (!is_needed(model, config)) continue;
    const auto state = status_of(config.models, model);
    if (state.state != ModelStatus::State::Ok) {
      const bool of_model = state_of(config.models / model.file, model.sha256) != ModelStatus::State::Ok;
      return fail(wrong_file(config.models, model, of_model ? model.file : model.dictionary,
                             state.state == ModelStatus::State::Missing));
    }
  }
  // Built-in models are known by their digests to be of their families.
  for (const auto& model : models) {
    if (model.is_own() && is_needed(model, config)) VG_TRY(prove_model(config, model));
  }
  return {};
}

std::map<std::string, std::string> prints_of(const config::Detect& config, std::span<const std::string> ids) {
  std::map<std::string, std::string> prints;
  const auto models = models_of(config);
  if (!models) return prints;
  for (const auto& model : *models) {
    if (std::find(ids.begin(), ids.end(), model.id) != ids.end())
      prints[model.id] = model.sha256.hex().substr(0, kPrintDigits);
  }
  return prints;
}

}  // namespace veilgate::detect
