#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "detect/ensemble.h"
#include "detect/models.h"

namespace veilgate::detect {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

config::FixedRegion rule(bool relative, double x, double y, double w, double h) {
  config::FixedRegion out;
  out.name = "burn-in";
  out.relative = relative, out.x = x, out.y = y, out.w = w, out.h = h;
  return out;
}

pixel::Layout layout(int rows, int columns, int frames = 1) {
  pixel::Layout out;
  out.rows = rows, out.columns = columns, out.frames = frames;
  return out;
}

TEST(FixedRegions, ComeOnEveryFrameWithTheirRulesName) {
  const std::vector rules{rule(false, 10, 20, 30, 40)};
  const auto regions = fixed_regions(rules, layout(100, 200, 3));
  ASSERT_EQ(regions.size(), 3U);
  EXPECT_EQ(regions[2], (Region{{10, 20, 30, 40}, 2, RegionKind::Fixed, 1.0, "rule:burn-in", "rule"}));
}

TEST(FixedRegions, SharesAreRoundedOutwards) {
  const std::vector rules{rule(true, 0.5, 0, 0.5, 0.1)};
  const auto regions = fixed_regions(rules, layout(99, 201));
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].box, (Box{100, 0, 101, 10}));
}

TEST(FixedRegions, AreClippedAndLeftOutWhenOutside) {
  const std::vector rules{rule(false, -10, 90, 1e12, 1e12), rule(false, 500, 500, 10, 10)};
  const auto regions = fixed_regions(rules, layout(100, 200));
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].box, (Box{0, 90, 200, 10}));
}

TEST(FixedRegions, OnlyOnPicturesOfTheNamedSize) {
  auto sized = rule(false, 0, 0, 10, 10);
  sized.rows = 100, sized.columns = 200;
  const std::vector rules{sized};
  EXPECT_EQ(fixed_regions(rules, layout(100, 200)).size(), 1U);
  EXPECT_TRUE(fixed_regions(rules, layout(100, 201)).empty());
  EXPECT_TRUE(fixed_regions(rules, layout(200, 100)).empty());
}

class ModelsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("veilgate-models-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const auto& model : known_models()) {
      for (const auto& file : {model.file, model.dictionary}) {
        if (!file.empty()) fs::copy_file(fs::path(VEILGATE_DEPS_DIR) / "models" / file, folder_ / file);
      }
    }
    config_.models = folder_;
    config_.runtime = fs::path(VEILGATE_DEPS_DIR) / "onnxruntime/lib/libonnxruntime.so";
  }
  void TearDown() override { fs::remove_all(folder_); }
  void alter(const std::string& file) { std::ofstream(folder_ / file, std::ios::app) << 'x'; }

  fs::path folder_;
  config::Detect config_;
};

TEST_F(ModelsTest, TheFetchedFilesAreThePinnedOnes) {
  const auto statuses = inspect_models(config_);
  ASSERT_TRUE(statuses);
  EXPECT_EQ(statuses->size(), known_models().size());
  for (const auto& status : *statuses) EXPECT_EQ(status.state, ModelStatus::State::Ok) << status.model.id;
  EXPECT_EQ(inspect_runtime(config_.runtime).state, ModelStatus::State::Ok);
  EXPECT_TRUE(require_models(config_));
}

TEST_F(ModelsTest, EveryModelSaysItsLicenceAndOrigin) {
  for (const auto& model : known_models()) {
    EXPECT_FALSE(model.licence.empty());
    EXPECT_FALSE(model.origin.empty());
    EXPECT_NE(model.sha256, Sha256{});
    EXPECT_EQ(find_model(model.id), &model);
  }
  EXPECT_EQ(find_model("none"), nullptr);
}

TEST_F(ModelsTest, AMissingModelStopsTheStartAndNamesTheFile) {
  fs::remove(folder_ / "ppocr_v6_tiny_det.onnx");
  const auto result = require_models(config_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Config);
  EXPECT_EQ(result.error().code, "detect.model_missing");
  EXPECT_THAT(result.error().message, HasSubstr("ppocr_v6_tiny_det.onnx"));
  EXPECT_THAT(result.error().message, HasSubstr("conf/fetch.sh"));
  EXPECT_FALSE(Ensemble::create(config_));
}

TEST_F(ModelsTest, AnAlteredModelStopsTheStart) {
  alter("ultraface_rfb320.onnx");
  EXPECT_EQ(inspect_models(config_)->front().state, ModelStatus::State::Altered);
  const auto result = Ensemble::create(config_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "detect.model_altered");
}

TEST_F(ModelsTest, AModelThatIsTurnedOffMayBeMissing) {
  fs::remove(folder_ / "ultraface_rfb320.onnx");
  config_.faces = false;
  EXPECT_TRUE(require_models(config_));
}

TEST_F(ModelsTest, AnUnknownRuntimeIsNeverLoaded) {
  config_.runtime = folder_ / "libonnxruntime.so";
  EXPECT_EQ(inspect_runtime(config_.runtime).state, ModelStatus::State::Missing);
  EXPECT_FALSE(Ensemble::create(config_));
  std::ofstream(config_.runtime) << "not a library";
  EXPECT_EQ(inspect_runtime(config_.runtime).state, ModelStatus::State::Altered);
  EXPECT_FALSE(Ensemble::create(config_));
}

TEST_F(ModelsTest, BarcodesAloneNeedNeitherModelsNorRuntime) {
  config::Detect config;
  config.faces = config.text = false;
  const auto ensemble = Ensemble::create(config);
  ASSERT_TRUE(ensemble) << ensemble.error().message;
  EXPECT_EQ((*ensemble)->sources({}), (std::vector<std::string>{"zxing-cpp", "bars"}));
}

}  // namespace
}  // namespace veilgate::detect
