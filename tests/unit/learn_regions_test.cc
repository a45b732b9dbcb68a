// Where a device burns text into each of its pictures, learnt from what was found in them.
#include <gmock/gmock.h>

#include "evaluate/learn.h"

namespace veilgate::evaluate {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Look look(std::vector<Box> texts, int width = 1000, int height = 800) {
  Look out{"a.jpg", 0, width, height, {}, 0, 0};
  for (const auto& box : texts) out.found.push_back({box, 0, RegionKind::Text, 0.9, "m", "line"});
  return out;
}

TEST(LearnRegions, TextAtOnePlaceOfMostPicturesIsLearnt) {
  std::vector<Look> looks;
  for (int i = 0; i < 10; ++i) {
    // The clock's width varies, a label lies elsewhere each time, and two pictures were not understood.
    std::vector<Box> texts{{50 * i, 300, 60, 30}};
    if (i % 5 != 0) texts.push_back({700, 760, 200 + 4 * (i % 3), 25});
    looks.push_back(look(texts));
  }
  const auto learnt = learn_regions(looks);
  ASSERT_EQ(learnt.size(), 1U);
  EXPECT_EQ(learnt[0].rows, 800);
  EXPECT_EQ(learnt[0].columns, 1000);
  EXPECT_EQ(learnt[0].seen, 8U);
  EXPECT_EQ(learnt[0].of, 10U);
  EXPECT_EQ(intersection(learnt[0].box, {700, 760, 204, 25}), (Box{700, 760, 204, 25}));
  EXPECT_LT(learnt[0].box.w, 240);
  EXPECT_LT(learnt[0].box.h, 45);
}

TEST(LearnRegions, SizesAreLearntApartAndFewPicturesTeachNothing) {
  std::vector<Look> looks;
  for (int i = 0; i < 5; ++i) looks.push_back(look({{10, 10, 200, 40}}));
  for (int i = 0; i < 4; ++i) looks.push_back(look({{10, 10, 200, 40}}, 640, 480));
  const auto learnt = learn_regions(looks);
  ASSERT_EQ(learnt.size(), 1U);
  EXPECT_EQ(learnt[0].columns, 1000);
}

TEST(LearnRegions, TurnedPicturesFacesAndWholePagesTeachNothing) {
  std::vector<Look> looks;
  for (int i = 0; i < 6; ++i) {
    looks.push_back(look({{0, 0, 1000, 790}}));
    looks.back().found.push_back({{100, 100, 50, 50}, 0, RegionKind::Face, 1, "m"});
    looks.push_back(look({{10, 10, 200, 40}}, 900, 800));
    looks.back().quarter_turns = 1;
  }
  EXPECT_THAT(learn_regions(looks), IsEmpty());
  EXPECT_THAT(learned_yaml({}), HasSubstr("# Nothing learnt"));
}

TEST(LearnRegions, TheYamlCanBePasted) {
  const std::vector<LearnedRegion> learnt{{800, 1000, {690, 755, 215, 35}, 8, 10}};
  EXPECT_THAT(learned_yaml(learnt), HasSubstr("fixed_regions:\n"
                                              "  - name: learned-1  # in 8 of 10 pictures\n"
                                              "    relative: false\n"
                                              "    x: 690\n    y: 755\n    w: 215\n    h: 35\n"
                                              "    rows: 800\n    columns: 1000\n"));
}

}  // namespace
}  // namespace veilgate::evaluate
