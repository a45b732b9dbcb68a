// What every family of face networks promises, whatever a network answers: nothing found, or a Config error for outputs
// that are not the family's, and never a box that the ensemble could not live with.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "detect/face_model.h"
#include "support/face_outputs.h"

namespace veilgate::detect {
namespace {

class FaceFamilies : public testing::TestWithParam<std::size_t> {
 protected:
  const FaceOutputs& about() const { return face_outputs()[GetParam()]; }
  const FaceFamily& family() const { return face_family(about().family); }
  auto decode(const std::vector<Tensor>& outputs, float threshold = 0.25F) const {
    return family().decode(outputs, input_of(family()), threshold);
  }
  void fill_scores(std::vector<Tensor>& outputs, float value) const {
    for (const auto i : about().scores) std::fill(outputs[i].values.begin(), outputs[i].values.end(), value);
  }
  void expect_config_error(const std::vector<Tensor>& outputs, const char* what) const {
    const auto found = decode(outputs);
    ASSERT_FALSE(found) << what;
    EXPECT_EQ(found.error().kind, ErrorKind::Config) << what;
    EXPECT_EQ(found.error().code, "detect.model_unusable") << what;
  }
};

TEST_P(FaceFamilies, FindNothingWhereNoScoreSaysSo) {
  const auto found = decode(blank_outputs(about()));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->empty());
}

TEST_P(FaceFamilies, FindSomethingWhereAllScoresAreHigh) {
  auto outputs = blank_outputs(about());
  fill_scores(outputs, 1);
  const auto found = decode(outputs);
  ASSERT_TRUE(found);
  EXPECT_GT(found->size(), 500U);
  for (const auto& one : *found) {
    EXPECT_GE(one.score, 0.25F);
    EXPECT_LE(one.score, 1.0F);
  }
}

TEST_P(FaceFamilies, RefuseAnotherNumberOfOutputs) {
  auto fewer = blank_outputs(about()), more = blank_outputs(about());
  fewer.pop_back();
  more.push_back(more.back());
  expect_config_error(fewer, "one fewer");
  expect_config_error(more, "one more");
  expect_config_error({}, "none");
}

TEST_P(FaceFamilies, RefuseOutputsOfOtherSizes) {
  for (std::size_t i = 0; i < about().shapes.size(); ++i) {
    auto shorter = blank_outputs(about()), wider = blank_outputs(about()), bare = blank_outputs(about());
    shorter[i].values.pop_back();
    wider[i].shape.back() += 1;
    bare[i].shape.clear();
    expect_config_error(shorter, "a value is missing");
    expect_config_error(wider, "another last dimension");
    expect_config_error(bare, "no shape");
  }
}

TEST_P(FaceFamilies, RefuseTheOutputsOfOtherFamilies) {
  for (const auto& other : face_outputs()) {
    if (other.family != about().family) expect_config_error(blank_outputs(other), other.family.c_str());
  }
}

TEST_P(FaceFamilies, TakeNoAnswerThatIsNoNumber) {
  auto outputs = blank_outputs(about());
  for (auto& output : outputs) std::fill(output.values.begin(), output.values.end(), std::nanf(""));
  const auto found = decode(outputs);
  ASSERT_TRUE(found);
  EXPECT_TRUE(in_image(*found, 1, 1).empty());
}

TEST_P(FaceFamilies, DropBoxesThatNoPictureCanHave) {
  for (const float value :
       {1e30F, -1e30F, std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    auto outputs = blank_outputs(about());
    for (auto& output : outputs) std::fill(output.values.begin(), output.values.end(), value);
    fill_scores(outputs, 1);
    const auto found = decode(outputs);
    ASSERT_TRUE(found);
    for (const auto& one : in_image(*found, 1000, 1000)) {
      EXPECT_TRUE(std::isfinite(one.box.x + one.box.y + one.box.width + one.box.height));
      EXPECT_LE(std::max(std::abs(one.box.x), std::abs(one.box.br().x)), 16'000);
    }
  }
}

TEST_P(FaceFamilies, LiveWithAnyAnswer) {
  std::mt19937 random(20);
  std::uniform_real_distribution<float> usual(-4, 4), wild(-1e38F, 1e38F);
  for (int round = 0; round < 4; ++round) {
    auto outputs = blank_outputs(about());
    for (auto& output : outputs) {
      for (auto& value : output.values) value = random() % 16 == 0 ? wild(random) : usual(random);
    }
    const auto found = decode(outputs);
    ASSERT_TRUE(found);
    const auto placed = suppress(in_image(*found, 640, 640), 0.4F);
    EXPECT_LE(placed.size(), 5000U);
    for (const auto& one : placed) EXPECT_TRUE(std::isfinite(one.box.area()));
  }
}

std::string name_of(const testing::TestParamInfo<std::size_t>& info) {
  return face_outputs()[info.param].family + std::to_string(face_outputs()[info.param].shapes.size());
}
INSTANTIATE_TEST_SUITE_P(Detect, FaceFamilies, testing::Range<std::size_t>(0, face_outputs().size()), name_of);

TEST(FaceFamiliesTable, CoversEveryFaceFamilyOfTheRegistry) {
  for (const auto* family : families()) {
    if (family->role != ModelRole::Face) {
      EXPECT_NE(family->prove, nullptr) << family->name;
      continue;
    }
    ASSERT_NE(family->face, nullptr) << family->name;
    const auto covers = [&](const FaceOutputs& one) { return one.family == family->name; };
    EXPECT_TRUE(std::any_of(face_outputs().begin(), face_outputs().end(), covers)) << family->name;
    EXPECT_GE(family->scores.sure, family->scores.vote) << family->name;
    EXPECT_GE(family->tiles, 1) << family->name;
    EXPECT_EQ(find_family(family->name), family);
  }
  EXPECT_EQ(find_family("ultra"), nullptr);
}

}  // namespace
}  // namespace veilgate::detect
