#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/types.h"
#include "config/config.h"

namespace veilgate::detect {

/// A file the detectors need: pinned by digest, because an altered model is a changed safety property.
struct ModelFile {
  std::string id;    ///< "ultraface_rfb320"
  std::string role;  ///< "face", "text", "runtime"
  std::string file;  ///< file name inside the models folder
  Sha256 sha256;
  std::string licence;
  std::string origin;  ///< package and version it comes from
};

/// The built-in registry: what conf/fetch.sh brings into the models folder.
const std::vector<ModelFile>& known_models();
/// nullptr when no model has this id.
const ModelFile* find_model(std::string_view id);
/// ONNX Runtime builds that were tested with the models; any other library is "altered".
const std::vector<ModelFile>& known_runtimes();

struct ModelStatus {
  ModelFile model;
  enum class State { Ok, Missing, Altered } state = State::Missing;
};
/// Hashes every known model file under `folder`.
std::vector<ModelStatus> inspect_models(const std::filesystem::path& folder);
/// Hashes the runtime library. The model is the known build that matches, otherwise the default build for this machine.
ModelStatus inspect_runtime(const std::filesystem::path& library);
/// Config error that names the first file `config` needs that is missing or altered and says how to fetch it.
Result<void> require_models(const config::Detect& config);

}  // namespace veilgate::detect
