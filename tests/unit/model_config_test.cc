// Models are configuration: what detect.ensemble may say, and what becomes of it at the start. conf/fetch.sh brings the
// built-in models before the tests run.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "base/hash.h"
#include "config/load.h"
#include "detect/ensemble.h"
#include "detect/face_model.h"
#include "detect/models.h"
#include "support/temp_folder.h"

namespace veilgate::detect {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path kModels = fs::path(VEILGATE_DEPS_DIR) / "models";
const fs::path kRuntime = fs::path(VEILGATE_DEPS_DIR) / "onnxruntime/lib/libonnxruntime.so";
const std::string kDigest(64, 'a');
const std::string kText = "    - ppocr_v5_mobile_det\n    - ppocr_v6_tiny_det\n    - ppocr_v6_tiny_rec\n";

class ModelConfig : public ::testing::Test {
 protected:
  /// The first entry stands on line 6, its value in column 7.
  config::Loaded load(const std::string& entries, const std::string& more = "") const {
    std::ofstream(folder_.path() / "g.yaml")
        << "version: 1\n"
           "data_dir: data\n"
           "receive: {allow_any_peer: true, bind: 127.0.0.1}\n"
           "detect:\n"
           "  ensemble:\n"
        << entries << more << "  models: " << kModels.string() << "\n  runtime: " << kRuntime.string()
        << "\n"
           "destinations: [{name: pacs, type: folder, path: out}]\n"
           "routes: [{name: all, destinations: pacs}]\n";
    return config::load(folder_.path() / "g.yaml");
  }
  /// "LINE:COLUMN: message (hint)" of what `veilgate check` would say of the section.
  std::vector<std::string> problems(const std::string& entries, const std::string& more = "") const {
    const auto loaded = load(entries, more);
    auto all = loaded.problems;
    if (all.empty()) all = check_models(loaded.config.detect, loaded.config.shown_file);
    std::vector<std::string> out;
    for (const auto& problem : all)
      out.push_back(config::to_string(problem).substr(loaded.config.shown_file.size() + 1));
    return out;
  }
  config::Detect detect(const std::string& entries, const std::string& more = "") const {
    const auto loaded = load(entries, more);
    EXPECT_THAT(loaded.problems, IsEmpty()) << config::to_string(loaded.problems.front());
    return loaded.config.detect;
  }
  static std::string own(const std::string& id, const std::string& family, const fs::path& file,
                         const std::string& more = "") {
    return "    - {id: " + id + ", family: " + family + ", file: " + file.string() +
           ", sha256: " + sha256_file(kModels / file)->hex() + ", licence: MIT" + more + "}\n";
  }
  test::TempFolder folder_;
};

TEST_F(ModelConfig, WithoutAListTheBuiltInModelsAreTheEnsemble) {
  const auto models = models_of({});
  ASSERT_TRUE(models);
  std::vector<std::string> ids;
  for (const auto& model : *models) ids.push_back(model.id);
  EXPECT_THAT(ids, ElementsAre("ultraface_rfb320", "blazeface_back_256", "ppocr_v5_mobile_det", "ppocr_v6_tiny_det",
                               "ppocr_v6_tiny_rec"));
}

TEST_F(ModelConfig, AModelOfTheUsersOwnJoinsOrReplacesBuiltInOnes) {
  const auto config = detect("    - ultraface_rfb320\n    - id: blazeface_back_256\n      sure: 0.9\n      tiles: 1\n" +
                             own("mine", "ultraface", "ultraface_rfb320.onnx", ", vote: 0.5, trusted: 0.8") + kText);
  EXPECT_THAT(check_models(config, "g.yaml"), IsEmpty());
  const auto faces = models_for(config, ModelRole::Face);
  ASSERT_TRUE(faces);
  ASSERT_EQ(faces->size(), 3U);
  EXPECT_DOUBLE_EQ((*faces)[1].scores.sure, 0.9);
  EXPECT_DOUBLE_EQ((*faces)[1].scores.vote, 0.25) << "as of the built-in model where nothing is said";
  EXPECT_EQ((*faces)[1].tiles, 1);
  EXPECT_TRUE((*faces)[2].is_own());
  EXPECT_EQ((*faces)[2].place.line, 10);
  EXPECT_DOUBLE_EQ((*faces)[2].scores.sure, 0.95) << "as of the family";
  EXPECT_DOUBLE_EQ((*faces)[2].scores.vote, 0.5);
  EXPECT_EQ((*faces)[2].scores.trusted, 0.8);
  EXPECT_EQ(models_for(config, ModelRole::TextFinder)->back().id, "ppocr_v6_tiny_det");
}

TEST_F(ModelConfig, TheDigestsOfTheModelsThatJudgedAreToldInTwelveDigits) {
  const std::vector<std::string> ids{"ultraface_rfb320", "zxing"};
  const auto prints = prints_of({}, ids);
  EXPECT_EQ(prints.size(), 1U);
  EXPECT_EQ(prints.at("ultraface_rfb320"), "6c0256ccd316");
}

struct Mistake {
  std::string entries, problem, more;
};
class ModelMistakes : public ModelConfig, public ::testing::WithParamInterface<Mistake> {};

TEST_P(ModelMistakes, AreToldWithTheirPlaceAndTheWayOut) {
  EXPECT_THAT(problems(GetParam().entries, GetParam().more), ElementsAre(GetParam().problem));
}

const std::string kOwn = "    - {id: a, family: yunet, file: a.onnx, licence: MIT, ";
const std::string kGood = "sha256: " + kDigest;
INSTANTIATE_TEST_SUITE_P(
    Detect, ModelMistakes,
    ::testing::Values(
        Mistake{"    - ultraface_rfb32\n" + kText,
                "6:7: no built-in model is called 'ultraface_rfb32' (did you mean 'ultraface_rfb320'?)", ""},
        Mistake{"    - {id: a, family: yunnet, file: a, licence: MIT, " + kGood + "}\n" + kText,
                "6:23: unknown family 'yunnet' (did you mean 'yunet'?)", ""},
        Mistake{kOwn + "sure: 0.9}\n" + kText,
                "6:7: missing key 'sha256': which bytes may be loaded ('veilgate models --digest FILE' prints it)", ""},
        Mistake{kOwn + "sha256: abc}\n" + kText,
                "6:66: 'sha256' has 3 characters, not 64 ('veilgate models --digest FILE' prints it)", ""},
        Mistake{kOwn + "sha256: g" + std::string(63, 'a') + "}\n" + kText,
                "6:66: 'sha256' must be hex digits only ('veilgate models --digest FILE' prints it)", ""},
        Mistake{"    - {id: a, family: yunet, licence: MIT, " + kGood + "}\n" + kText, "6:7: missing key 'file'", ""},
        Mistake{"    - {id: a, family: yunet, file: a, " + kGood + "}\n" + kText, "6:7: missing key 'licence'", ""},
        Mistake{"    - ultraface_rfb320\n    - ultraface_rfb320\n" + kText,
                "7:7: the id 'ultraface_rfb320' is there twice", ""},
        Mistake{kOwn + kGood + "}\n" + kOwn + kGood + "}\n" + kText, "7:12: the id 'a' is there twice", ""},
        Mistake{"    - {id: ultraface_rfb320, family: ultraface, file: a, licence: MIT, " + kGood + "}\n" + kText,
                "6:7: 'ultraface_rfb320' is the id of a built-in model (give yours another id)", ""},
        Mistake{"    - {id: ultraface_rfb320, file: a}\n" + kText,
                "6:30: 'file' needs 'family' (say what kind of model it is)", ""},
        Mistake{kOwn + kGood + ", vote: 0.8, sure: 0.7}\n" + kText,
                "6:138: 'vote' is more than 'sure' (a model that is sure votes as well)", ""},
        Mistake{kOwn + kGood + ", dictionary: d}\n" + kText,
                "6:144: 'dictionary' needs 'dictionary_sha256' ('veilgate models --digest FILE' prints it)", ""},
        Mistake{"    - ultraface_rfb320\n    - ppocr_v6_tiny_det\n    - {id: r, family: ppocr_rec, file: r, licence: "
                "MIT, " +
                    kGood + "}\n",
                "8:7: a ppocr_rec model needs 'dictionary' (the file with its characters, one a line)", ""},
        Mistake{kText, "6:5: 'ensemble' has no face model, but detect.faces is on (add one, or set faces: false)", ""},
        Mistake{"    - ultraface_rfb320\n    - ppocr_v6_tiny_rec\n",
                "6:5: 'ensemble' has 0 ppocr_det models, but detect.text is on (one or two: the first looks while "
                "masking, the last in every pass)",
                ""},
        Mistake{"    - ultraface_rfb320\n    - ppocr_v6_tiny_det\n",
                "6:5: 'ensemble' has 0 ppocr_rec models, but detect.text is on (exactly one)", ""},
        Mistake{"    - ultraface_rfb320\n    - {id: ppocr_v6_tiny_det, sure: 0.5}\n    - ppocr_v6_tiny_rec\n",
                "7:7: 'sure', 'vote', 'trusted' and 'tiles' are for face models only (detect.text_threshold is for "
                "text)",
                ""},
        Mistake{"    - ultraface_rfb320\n    - {id: blazeface_back_256, tiels: 1}\n" + kText,
                "7:32: unknown key 'tiels' (did you mean 'tiles'?)", ""}));

TEST_F(ModelConfig, WhatIsSwitchedOffNeedsNoModel) {
  EXPECT_THAT(problems(kText, "  faces: false\n"), IsEmpty());
  EXPECT_THAT(problems("    - ultraface_rfb320\n", "  text: false\n"), IsEmpty());
}

TEST_F(ModelConfig, AnEmptyListIsAMistakeAndNotTheBuiltInModels) {
  EXPECT_THAT(problems("    []\n"), ElementsAre("6:5: 'ensemble' must be a list of models"));
}

TEST_F(ModelConfig, AMissingOwnFileStopsTheStartAndSaysWhereItIsConfigured) {
  auto config = detect("    - ultraface_rfb320\n    - {id: mine, family: yunet, file: mine.onnx, licence: MIT, " +
                       kGood + "}\n" + kText);
  const auto started = require_models(config);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::Config);
  EXPECT_EQ(started.error().code, "detect.model_missing");
  EXPECT_EQ(started.error().message, "mine.onnx (mine) is missing in " + kModels.string() +
                                         ": put it there or correct detect.ensemble, line 7, column 7");
  config.faces = false;
  EXPECT_TRUE(require_models(config)) << "nobody needs it";
}

TEST_F(ModelConfig, WhatIsMissingSaysWhereAndWhichKeyToSetToWhat) {
  auto config = detect("    - ultraface_rfb320\n" + kText);
  config.models = folder_.path() / "nowhere";
  const std::string todo =
      ": run  bash conf/fetch.sh  and set detect.models to the .deps/models, detect.runtime to the "
      ".deps/onnxruntime/lib/libonnxruntime.so that it fills (offline: --models, --runtime)";
  EXPECT_EQ(require_models(config).error().message,
            "ultraface_rfb320.onnx (ultraface_rfb320) is missing in " + config.models.string() + todo);
  config.runtime = folder_.path() / "libonnxruntime.so";
  const auto runtime = require_models(config).error().message;
  EXPECT_TRUE(runtime.starts_with(config.runtime.string())) << runtime;
  EXPECT_TRUE(runtime.ends_with("is missing" + todo)) << runtime;
}

TEST_F(ModelConfig, AnAlteredOwnFileOrDictionaryStopsTheStart) {
  const auto model = folder_.path() / "r.onnx", words = folder_.path() / "words.txt";
  fs::copy_file(kModels / "ppocr_v6_tiny_rec.onnx", model);
  std::ofstream(words) << "a\nb\n";
  const auto config =
      detect("    - ultraface_rfb320\n    - ppocr_v6_tiny_det\n" +
             own("reader", "ppocr_rec", model,
                 ", dictionary: " + words.string() + ", dictionary_sha256: " + sha256_file(words)->hex()));
  EXPECT_TRUE(require_models(config));
  EXPECT_EQ(*read_dictionary(config.models, models_for(config, ModelRole::TextReader)->front()), "a\nb\n");
  std::ofstream(words, std::ios::app) << "c\n";
  EXPECT_THAT(require_models(config).error().message, HasSubstr("words.txt (reader) is not the configured file"));
  EXPECT_EQ(read_dictionary(config.models, models_for(config, ModelRole::TextReader)->front()).error().code,
            "detect.model_altered");
  EXPECT_EQ(inspect_models(config)->back().state, ModelStatus::State::Altered);
  std::ofstream(model, std::ios::app) << "x";
  EXPECT_EQ(require_models(config).error().code, "detect.model_altered");
  fs::remove(model);
  EXPECT_EQ(require_models(config).error().code, "detect.model_missing");
}

struct Wrong {
  const char *family, *file, *why;
};
class WrongFamily : public ModelConfig, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongFamily, IsRefusedAtTheStartAndNotAtTheFirstPhoto) {
  const auto& [family, file, why] = GetParam();
  const ModelFile model{"mine", family, file, *sha256_file(kModels / file), "MIT", {}, {}, {}, {}, 1, {6, 7}};
  config::Detect config;
  config.models = kModels, config.runtime = kRuntime;
  const auto proven = prove_model(config, model);
  ASSERT_FALSE(proven);
  EXPECT_EQ(proven.error().kind, ErrorKind::Config);
  EXPECT_EQ(proven.error().code, "detect.model_unusable");
  EXPECT_THAT(proven.error().message,
              HasSubstr(std::string(file) + " (mine) does not work as a model of family '" + family + "'"));
  EXPECT_THAT(proven.error().message, HasSubstr(why));
  EXPECT_THAT(proven.error().message, HasSubstr("detect.ensemble, line 6, column 7"));
}

INSTANTIATE_TEST_SUITE_P(Detect, WrongFamily,
                         ::testing::Values(Wrong{"ultraface", "ppocr_v6_tiny_det.onnx", "it fails on a blank picture"},
                                           Wrong{"scrfd", "ppocr_v5_mobile_det.onnx", "other outputs"},
                                           Wrong{"retinaface", "ultraface_rfb320.onnx", "another input"},
                                           Wrong{"yunet", "blazeface_back_256.onnx", "another input"},
                                           Wrong{"blazeface", "ultraface_rfb320.onnx", "another input"},
                                           Wrong{"ppocr_det", "ultraface_rfb320.onnx", "no input of this shape"},
                                           Wrong{"ppocr_det", "ppocr_v6_tiny_rec.onnx", ""},
                                           Wrong{"ppocr_rec", "ppocr_v6_tiny_det.onnx", ""}));

TEST_F(ModelConfig, TheEnsembleDoesNotStartWithATextModelThatIsToFindFaces) {
  const auto config = detect("    - ultraface_rfb320\n" + own("mine", "ultraface", "ppocr_v6_tiny_det.onnx") + kText);
  const auto made = Ensemble::create(config);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "detect.model_unusable");
}

TEST_F(ModelConfig, EveryBuiltInModelWorksAsItsFamily) {
  config::Detect config;
  config.models = kModels, config.runtime = kRuntime;
  for (const auto& model : known_models()) {
    const auto proven = prove_model(config, model);
    EXPECT_TRUE(proven) << model.id << ": " << proven.error().message;
  }
}

TEST_F(ModelConfig, OneTextModelMayDoBothAndIsNamedOnce) {
  const auto config = detect("    - ultraface_rfb320\n    - ppocr_v6_tiny_det\n    - ppocr_v6_tiny_rec\n");
  auto ensemble = Ensemble::create(config);
  ASSERT_TRUE(ensemble) << ensemble.error().message;
  EXPECT_THAT((*ensemble)->sources({true, true, false}),
              ElementsAre("ultraface_rfb320", "ppocr_v6_tiny_det", "ppocr_v6_tiny_rec"));
  const cv::Mat photo = cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample1.jpg");
  const auto found = (*ensemble)->detect({photo, 0}, {true, false, false}, Pass::Verify);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->empty()) << "one face model alone finds faces too";
}

class YuNet : public ModelConfig {
 protected:
  void SetUp() override {
    if (!fs::exists(file_)) GTEST_SKIP() << "no YuNet beside this checkout: it is in no package";
  }
  const fs::path file_ =
      fs::path(VEILGATE_SOURCE_DIR) / ".." / "shared" / "models" / "face_detection_yunet_2023mar.onnx";
};

TEST_F(YuNet, FindsTheFacesOfASampleAndTheirEyes) {
  config::Detect config;
  config.models = kModels, config.runtime = kRuntime;
  const ModelFile model{"yunet", "yunet", fs::absolute(file_).string(), *sha256_file(file_), "MIT", {}, {}};
  auto network = FaceModel::open(config, model, 2);
  ASSERT_TRUE(network) << network.error().message;
  EXPECT_TRUE((*network)->prove());
  const cv::Mat photo = cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample1.jpg");
  const auto found = (*network)->find(photo, 0.6F);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_FALSE(found->empty());
  for (const auto& face : *found) {
    EXPECT_EQ(face.model, 2);
    EXPECT_GT((face.box & Rect(0, 0, static_cast<float>(photo.cols), static_cast<float>(photo.rows))).area(),
              face.box.area() * 0.8F);
    ASSERT_TRUE(face.eyes);
    for (const auto& eye : *face.eyes) EXPECT_TRUE(face.box.contains(eye));
  }
}

TEST_F(YuNet, VotesBesideTheBuiltInModels) {
  const auto config = detect("    - ultraface_rfb320\n    - blazeface_back_256\n" +
                             own("yunet_2023mar", "yunet", fs::weakly_canonical(file_)) + kText);
  auto ensemble = Ensemble::create(config);
  ASSERT_TRUE(ensemble) << ensemble.error().message;
  EXPECT_THAT((*ensemble)->sources({true, false, false}),
              ElementsAre("ultraface_rfb320", "blazeface_back_256", "yunet_2023mar"));
  const cv::Mat photo = cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample1.jpg");
  const auto found = (*ensemble)->detect({photo, 0}, {true, false, false}, Pass::Preview);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->empty());
}

}  // namespace
}  // namespace veilgate::detect
