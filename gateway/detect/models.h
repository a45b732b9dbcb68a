#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/types.h"

namespace veilgate::detect {

/// A file the detectors need: pinned by digest, because an altered model is a changed safety property.
struct ModelFile {
  std::string id;        ///< "ultraface_rfb320"
  std::string role;      ///< "face", "text", "runtime"
  std::string file;      ///< file name inside the models folder
  Sha256 sha256;
  std::string licence;
  std::string origin;    ///< package and version it comes from
};

/// The built-in registry: what conf/fetch.sh brings.
const std::vector<ModelFile>& known_models();

struct ModelStatus {
  ModelFile model;
  enum class State { Ok, Missing, Altered } state = State::Missing;
};
/// Hashes every known file under `folder`.
std::vector<ModelStatus> inspect_models(const std::filesystem::path& folder);
/// Config error that names the first file that is missing or altered and says how to fetch it.
Result<void> require_models(const std::filesystem::path& folder);

}  // namespace veilgate::detect
