// Generated clinical scenes through the real detectors: what must be hidden is covered, what lies beside it stays, and
// Tesseract reads none of the words once the masks are burned.
//   VEILGATE_SCENES=200 VEILGATE_FIRST_SCENE=20001 scenes_test      a larger run; VEILGATE_SCENES_OUT=DIR keeps the
//   pictures
// conf/fetch.sh brings models and sample photographs before the tests run: without them this fails, it does not skip.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "detect/ensemble.h"
#include "detect/things.h"
#include "evaluate/measure.h"
#include "support/scene/areas.h"
#include "support/scene/scene.h"
#include "support/temp_folder.h"

namespace veilgate {
namespace {

namespace fs = std::filesystem;
using test::scene::Scene;

constexpr std::size_t kWordLetters = 4;  // shorter ones are read into any texture

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : fallback;
}

detect::Ensemble& ensemble() {
  static const auto shared = [] {
    config::Detect config;
    config.models = fs::path(VEILGATE_DEPS_DIR) / "models";
    config.runtime = fs::path(VEILGATE_DEPS_DIR) / "onnxruntime/lib/libonnxruntime.so";
    auto made = detect::Ensemble::create(config);
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }();
  return *shared;
}

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
  }
  return out;
}

/// What Tesseract reads in a picture that was turned by this much, without blanks and marks.
std::string read_at(const cv::Mat& picture, double degrees, const fs::path& folder) {
  const cv::Point2f centre(picture.cols / 2.0F, picture.rows / 2.0F);
  const cv::Rect bounds = cv::RotatedRect(centre, picture.size(), static_cast<float>(degrees)).boundingRect();
  cv::Mat map = cv::getRotationMatrix2D(centre, degrees, 1), turned;
  map.at<double>(0, 2) += bounds.width / 2.0 - centre.x;
  map.at<double>(1, 2) += bounds.height / 2.0 - centre.y;
  cv::warpAffine(picture, turned, map, bounds.size(), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  const auto file = folder / "read.png";
  cv::imwrite(file.string(), turned);
  const auto command = "OMP_THREAD_LIMIT=1 tesseract " + file.string() + " - --psm 11 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;)
    text.append(buffer.data(), n);
  return plain(text);
}

/// Words of the scene that Tesseract reads, each looked for at the angle of its thing.
std::set<std::string> words_read(const Scene& scene, const cv::Mat& picture, const fs::path& folder) {
  std::map<int, std::string> read;
  std::set<std::string> out;
  for (const auto& row : scene.truth) {
    const auto word = plain(row.text);
    if (row.kind != "text" || word.size() < kWordLetters) continue;
    const int degrees = static_cast<int>(std::lround(row.degrees));
    if (!read.contains(degrees)) read[degrees] = read_at(picture, degrees, folder);
    if (read[degrees].find(word) != std::string::npos) out.insert(word);
  }
  return out;
}

struct Totals {
  std::size_t readable = 0, still_readable = 0;
  std::vector<std::string> leaks;
  test::scene::Areas areas;
};

evaluate::Truth truth_of(const std::vector<Scene>& scenes) {
  std::string text = test::scene::truth_header();
  for (const auto& scene : scenes) text += test::scene::truth_rows(scene);
  const auto truth = evaluate::truth_from_csv(text);
  EXPECT_TRUE(truth) << truth.error().message;
  return truth.value_or(evaluate::Truth{});
}

void keep_picture(const Scene& scene, const cv::Mat& masked) {
  const char* folder = std::getenv("VEILGATE_SCENES_OUT");
  if (folder == nullptr) return;
  fs::create_directories(folder);
  cv::Mat side_by_side;
  cv::hconcat(cv::Mat(scene.picture), masked, side_by_side);
  cv::imwrite((fs::path(folder) / test::scene::file_name(scene.seed)).string(), side_by_side);
}

const evaluate::Tally* tally_of(const evaluate::Report& report, RegionKind kind) {
  for (const auto& one : report.kinds) {
    if (one.kind == kind) return &one.all;
  }
  return nullptr;
}

TEST(ClinicalScenes, LabelsAreCoveredWoundsStayAndNoWordCanBeRead) {
  const auto count = setting("VEILGATE_SCENES", 24), first = setting("VEILGATE_FIRST_SCENE", 9001);
  RecordProperty("first_seed", std::to_string(first));
  std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(first + count - 1));
  test::TempFolder folder;
  const test::scene::Materials materials{std::string(VEILGATE_DEPS_DIR) + "/samples"};
  evaluate::Settings settings;
  std::vector<Scene> scenes;
  std::vector<evaluate::Look> looks;
  Totals totals;
  for (auto seed = first; seed < first + count; ++seed) {
    scenes.push_back(test::scene::make_scene(seed, materials));
    const auto& scene = scenes.back();
    auto found = ensemble().detect({scene.picture, 0}, {}, detect::Pass::Detect);
    ASSERT_TRUE(found) << "seed " << seed;
    const auto widened = detect::label_regions({scene.picture, 0}, *found);
    ASSERT_TRUE(widened) << "seed " << seed;
    found->insert(found->end(), widened->begin(), widened->end());
    looks.push_back({test::scene::file_name(seed), 0, scene.picture.cols, scene.picture.rows, *found, 0, 0});
    const cv::Mat1b masks = test::scene::masked_by(*found, scene.picture.size(), settings.mask);
    totals.areas.add(seed, scene.truth, masks);
    cv::Mat masked = scene.picture.clone();
    masked.setTo(cv::Scalar::all(0), masks);
    keep_picture(scene, masked);
    totals.readable += words_read(scene, scene.picture, folder.path()).size();
    for (const auto& word : words_read(scene, masked, folder.path())) {
      ++totals.still_readable;
      totals.leaks.push_back("seed " + std::to_string(seed) + ": " + word);
    }
  }
  const auto truth = truth_of(scenes);
  const auto report = evaluate::measure(looks, &truth, settings);
  ASSERT_TRUE(report) << report.error().message;
  for (const auto kind : {RegionKind::Label, RegionKind::Text, RegionKind::Barcode}) {
    const auto* tally = tally_of(*report, kind);
    ASSERT_NE(tally, nullptr);
    std::printf("%-8s covered %zu of %zu (%.4f), alarms per picture %.2f\n", std::string(to_string(kind)).c_str(),
                tally->covered.hits, tally->covered.of, tally->covered.value(), tally->alarms_per_picture());
  }
  for (const auto& miss : totals.areas.missed) {
    std::printf("missed   seed %llu %s at %d,%d: %.2f of it\n", static_cast<unsigned long long>(miss.seed),
                miss.what.c_str(), miss.box.x, miss.box.y, miss.share);
  }
  for (const auto& [what, share] : totals.areas.labels) {
    std::printf("labels   %s %zu of %zu\n", what.c_str(), share.hits, share.of);
  }
  const auto labels = totals.areas.all_labels();
  std::printf("labels   covered by outline %zu of %zu (%.4f)\n", labels.hits, labels.of, labels.value());
  for (const auto& [what, kept] : report->kept) {
    std::printf("kept     %zu of %zu %s, masked %.3f of their area\n", kept.hits, kept.of, what.c_str(),
                totals.areas.kept[what].first / totals.areas.kept[what].second);
  }
  const double background = totals.areas.background_share();
  std::printf("masked   %.4f of the skin and cloth that nothing lies on, wounds included\n", background);
  std::printf("words that Tesseract reads: %zu before, %zu after; masked %.3f of a picture\n", totals.readable,
              totals.still_readable, report->masked_share);
  for (const auto& miss : report->misses) {
    if (miss.kind == RegionKind::Label) continue;  // told above, with its seed
    std::printf("missed   %s %s at %d,%d %dx%d, covered %.2f\n", looks[miss.look].file.c_str(),
                std::string(to_string(miss.kind)).c_str(), miss.box.x, miss.box.y, miss.box.w, miss.box.h, miss.score);
  }
  // The goals, and of the wounds what is reached (12 of 14, less one): .9 is the goal, and faces seen in skin miss it.
  EXPECT_GE(labels.value(), 0.995);
  EXPECT_GE(tally_of(*report, RegionKind::Text)->covered.value(), 0.995);
  EXPECT_GE(report->kept.at("wound").value(), 0.78);
  EXPECT_LE(background, 0.10);  // .03 to .10, by the seeds: faces seen in skin are large
  EXPECT_GT(totals.readable, count) << "Tesseract must be able to read the scenes, or its silence proves nothing";
  EXPECT_EQ(totals.still_readable, 0U) << testing::PrintToString(totals.leaks);
}

TEST(ClinicalScenes, HaveNoBarcodeWhereARulersStrokesAre) {
  for (const std::uint64_t seed : {140148U, 140159U}) {  // their bars were taken for a code's over the digits' row
    const auto scene = test::scene::make_scene(seed, {fs::path(VEILGATE_DEPS_DIR) / "samples"});
    auto found = ensemble().detect({scene.picture, 0}, {false, false, true}, detect::Pass::Detect);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(found->empty()) << seed;
  }
}

TEST(ClinicalScenes, TheSameSeedGivesTheSameBytes) {
  const test::scene::Materials materials{std::string(VEILGATE_DEPS_DIR) + "/samples"};
  const auto one = test::scene::make_scene(9001, materials), two = test::scene::make_scene(9001, materials);
  EXPECT_EQ(one.jpeg, two.jpeg);
  EXPECT_EQ(test::scene::truth_rows(one), test::scene::truth_rows(two));
  EXPECT_NE(one.jpeg, test::scene::make_scene(9002, materials).jpeg);
}

}  // namespace
}  // namespace veilgate
