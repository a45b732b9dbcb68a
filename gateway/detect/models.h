#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/types.h"
#include "config/config.h"
#include "config/problem.h"
#include "detect/family.h"

namespace veilgate::detect {

/// A file the detectors need: pinned by digest, because an altered model is a changed safety property.
struct ModelFile {
  std::string id;      ///< "ultraface_rfb320"
  std::string family;  ///< empty: the runtime
  std::string file;    ///< inside the models folder, or absolute
  Sha256 sha256;
  std::string licence;
  std::string origin;             ///< package and version it comes from; empty: the user's own
  std::string dictionary;         ///< of a text reader: as `file`; empty: none
  Sha256 dictionary_sha256 = {};  ///< of the dictionary
  FaceScores scores = {};         ///< of faces
  int tiles = 1;                  ///< of faces
  config::Place place = {};       ///< in the configuration; line 0: not named there

  bool is_own() const { return origin.empty(); }
};

/// What conf/fetch.sh brings into the models folder.
const std::vector<ModelFile>& known_models();
/// nullptr when no built-in model has this id.
const ModelFile* find_model(std::string_view id);
/// ONNX Runtime builds that were tested with the models; any other library is "altered".
const std::vector<ModelFile>& known_runtimes();

/// Mistakes of detect.ensemble that need the families and the built-in models: unknown ones, and a list without a
/// model for something that is on. `shown_file` is what problems name.
std::vector<config::Problem> check_models(const config::Detect& config, const std::string& shown_file);
/// The models of `config` in its order, whether their kind is on or not. Config error for the first problem.
Result<std::vector<ModelFile>> models_of(const config::Detect& config);
/// Those for one role, at least one. The first TextFinder looks while masking, the last in every pass.
Result<std::vector<ModelFile>> models_for(const config::Detect& config, ModelRole role);
/// Of `ids`, what they are: the first 12 digits of their digests.
std::map<std::string, std::string> prints_of(const config::Detect& config, std::span<const std::string> ids);

struct ModelStatus {
  ModelFile model;
  enum class State { Ok, Missing, Altered } state = State::Missing;  ///< the worse of model and dictionary
};
/// Hashes the files of all models of `config`. Config error as models_of().
Result<std::vector<ModelStatus>> inspect_models(const config::Detect& config);
/// Hashes the runtime library. The model is the known build that matches, otherwise the default build for this machine.
ModelStatus inspect_runtime(const std::filesystem::path& library);

/// The bytes of a model or of its dictionary, with the digest of these very bytes verified. Config error that says what
/// to do.
Result<std::string> read_verified(const std::filesystem::path& folder, const ModelFile& model);
Result<std::string> read_dictionary(const std::filesystem::path& folder, const ModelFile& model);

/// Config error that names the first file `config` needs that is missing or altered and says what to do, or the first
/// model of the user's own that is not of its family: each is run once on a blank picture.
Result<void> require_models(const config::Detect& config);
/// Config error when the model does not work as its family says.
Result<void> prove_model(const config::Detect& config, const ModelFile& model);

}  // namespace veilgate::detect
