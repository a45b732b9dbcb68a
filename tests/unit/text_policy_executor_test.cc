// One picture with a label and a ruler through all stages of a worker, under each text policy, with the real models.
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "base/hash.h"
#include "pipeline.h"
#include "support/pixel_objects.h"
#include "worker/executor.h"

namespace veilgate::worker {
namespace {

constexpr int kWidth = 1000, kHeight = 700;
const cv::Rect kLabel(80, 60, 420, 130), kRuler(60, 500, 860, 40);

/// Around what is drawn of it; a rim of the plastic may go under masks beside it.
cv::Rect digit_box(int number) { return {83 + 64 * number, 507, 16, 24}; }

void write(cv::Mat& picture, const std::string& text, cv::Point at) {
  cv::putText(picture, text, at, cv::FONT_HERSHEY_SIMPLEX, 1.0, cv::Scalar(25, 25, 25), 2, cv::LINE_AA);
}

/// RGB.
cv::Mat drawn() {
  cv::Mat picture(kHeight, kWidth, CV_8UC3, cv::Scalar(205, 165, 140)), noise(picture.size(), CV_16SC3), out;
  cv::RNG(3).fill(noise, cv::RNG::NORMAL, 0, 3);
  cv::add(picture, noise, out, cv::noArray(), CV_8UC3);
  cv::rectangle(out, kLabel, cv::Scalar(245, 245, 245), cv::FILLED);
  write(out, "Kowalski, Anna", kLabel.tl() + cv::Point(20, 50));
  write(out, "12.03.1967", kLabel.tl() + cv::Point(20, 100));
  cv::rectangle(out, kRuler + cv::Size(0, 20), cv::Scalar(248, 248, 248), cv::FILLED);
  for (int number = 0; number < 10; ++number) write(out, std::to_string(number), {digit_box(number).x - 2, 530});
  return out;
}

class TextPolicies : public ::testing::Test {
 protected:
  /// What became of the picture; the label's name stands in the object as well.
  cv::Mat result(const config::TextPolicy& policy) {
    config::Config config;
    config.project.key_file = folder_ / "project.key";
    EXPECT_TRUE(create_key(config.project.key_file));
    config.detect.models = std::filesystem::path(VEILGATE_DEPS_DIR) / "models";
    config.detect.runtime = std::filesystem::path(VEILGATE_DEPS_DIR) / "onnxruntime/lib/libonnxruntime.so";
    config.detect.text_lines = policy.keeps_some();
    config::Route route;
    route.name = "test";
    route.text_policy = policy;
    config.routes.push_back(route);
    auto executor = Executor::create(config);
    if (!executor) throw std::runtime_error(executor.error().message);
    const AeTitle local = AeTitle::sanitized("LOCAL");
    Task task{Stage::Route,
              ObjectId::random(),
              folder_ / "in.dcm",
              folder_ / "out.dcm",
              local,
              local,
              "127.0.0.1",
              std::nullopt,
              {},
              nlohmann::json::object(),
              std::nullopt};
    run(**executor, task);
    facts_ = task.facts;
    DcmFileFormat file;
    test::check(file.loadFile((folder_ / "out.dcm").c_str()));
    const char* text = nullptr;
    burned_in_ = file.getDataset()->findAndGetString(DCM_BurnedInAnnotation, text).good() && text ? text : "";
    auto bytes = test::native_bytes(file, 8);
    return cv::Mat(kHeight, kWidth, CV_8UC3, bytes.data()).clone();
  }

  void SetUp() override { store(drawn()); }

  void store(const cv::Mat& picture) const {
    pixel::Layout layout;
    layout.rows = kHeight, layout.columns = kWidth, layout.samples = 3, layout.photometric = "RGB";
    layout.bits_allocated = layout.bits_stored = 8, layout.high_bit = 7, layout.frames = 1;
    auto file = test::image_object(layout);
    auto& set = *file->getDataset();
    test::check(set.putAndInsertString(DCM_PatientName, "Kowalski^Anna"));
    test::check(set.putAndInsertString(DCM_PatientBirthDate, "19670312"));
    test::check(set.putAndInsertString(DCM_Modality, "XC"));
    test::set_native(*file, 8, {picture.data, picture.data + picture.total() * picture.elemSize()});
    test::check(file->saveFile((folder_ / "in.dcm").c_str(), EXS_LittleEndianExplicit));
  }

  static void run(Executor& executor, Task& task) {
    auto state = store::JobState::Received;
    for (const Step* step = step_from(state); step != nullptr && step->place == Place::Worker;
         step = step_from(state)) {
      task.stage = step->stage;
      auto output = executor.run(task);
      if (!output) throw std::runtime_error(output.error().code + ": " + output.error().message);
      task.facts.merge_patch(output->facts);
      if (output->route) task.route = *output->route;
      if (output->output_sha256) task.output_sha256 = output->output_sha256;
      state = output->next.value_or(step->next);
    }
  }

  /// Share of the pixels there that are as they were.
  static double unchanged(const cv::Mat& picture, const cv::Rect& box) {
    cv::Mat difference;
    cv::absdiff(picture(box), drawn()(box), difference);
    const cv::Mat flat = difference.reshape(1);
    return 1 - cv::countNonZero(flat) / static_cast<double>(flat.total());
  }
  /// Why text in the box is masked.
  std::set<std::string> reasons(const cv::Rect& box) const {
    std::set<std::string> out;
    for (const Region& region : facts_.at("detect").at("regions").get<std::vector<Region>>()) {
      const bool inside = !intersection(region.box, {box.x, box.y, box.width, box.height}).empty();
      if (inside && region.kind == RegionKind::Text && !region.kept) out.insert(region.reason);
    }
    return out;
  }
  static int digits_unchanged(const cv::Mat& picture) {
    int count = 0;
    for (int number = 0; number < 10; ++number) count += unchanged(picture, digit_box(number)) == 1 ? 1 : 0;
    return count;
  }

  test::TempFolder folder_;
  nlohmann::json facts_;
  std::string burned_in_;
};

const cv::Rect kWritten(kLabel.x + 20, kLabel.y + 25, 230, 80);

TEST_F(TextPolicies, AllMasksTheLabelAndTheRuler) {
  const auto out = result({});
  EXPECT_LT(unchanged(out, kWritten), 0.05);
  EXPECT_EQ(digits_unchanged(out), 0);
  EXPECT_EQ(burned_in_, "NO");
  EXPECT_EQ(reasons(kLabel), std::set<std::string>{"line"}) << "nobody judged";
}

TEST_F(TextPolicies, IdentifyingMasksTheLabelAndKeepsTheRulersDigits) {
  const auto out = result({.identifying = true});
  EXPECT_LT(unchanged(out, kWritten), 0.05);
  EXPECT_EQ(digits_unchanged(out), 10) << facts_.at("detect").dump();
  EXPECT_TRUE(facts_.at("verify").at("findings").empty()) << facts_.at("verify").dump();
  EXPECT_EQ(burned_in_, "NO");
  EXPECT_EQ(facts_.dump().find("Kowalski"), std::string::npos);
  for (const auto& reason : reasons(kLabel)) EXPECT_TRUE(reason.starts_with("masked: ")) << reason;
  EXPECT_TRUE(reasons(kLabel).contains("masked: matches an identifier of the object"));
}

TEST_F(TextPolicies, ARowOfNumbersThatSaysMoreIsMaskedAsDoubtful) {
  cv::Mat picture = drawn();
  write(picture, "Nord", {digit_box(9).x + 90, 530});  // the row goes on in words
  store(picture);
  result({.identifying = true});
  EXPECT_TRUE(reasons(kRuler).contains("masked: doubtful row of numbers")) << facts_.at("detect").dump(1);
}

TEST_F(TextPolicies, KnownMasksTheLabel) {
  const auto out = result({.known = true});
  EXPECT_LT(unchanged(out, kWritten), 0.05);
  EXPECT_TRUE(facts_.at("verify").at("findings").empty()) << facts_.at("verify").dump();
  EXPECT_EQ(digits_unchanged(out), 10);
  EXPECT_NE(burned_in_, "NO") << "what stays may name somebody else";
}

}  // namespace
}  // namespace veilgate::worker
