#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/limits.h"
#include "mask/plan.h"

namespace veilgate::mask {
namespace {
pixel::Layout layout(int columns = 1000, int rows = 800, int frames = 2) {
  pixel::Layout out;
  out.columns = columns;
  out.rows = rows;
  out.frames = frames;
  return out;
}
config::Mask no_margin() {
  config::Mask out;
  out.margin = 0;
  out.min_margin_px = 0;
  return out;
}
Region found(const Box& box, int frame = 0, RegionKind kind = RegionKind::Text, const char* source = "model") {
  return {box, frame, kind, 0.5, source};
}

TEST(MaskPlan, MarginIsAShareOfTheLongerSideButAtLeastTheMinimum) {
  config::Mask style;
  style.margin = 0.1;
  style.min_margin_px = 4;
  const auto out = plan(std::vector{found({100, 100, 200, 50}), found({500, 500, 10, 10})}, style, layout());
  ASSERT_TRUE(out);
  EXPECT_EQ((*out)[0].box, (Box{80, 80, 240, 90}));
  EXPECT_EQ((*out)[1].box, (Box{496, 496, 18, 18}));
}

TEST(MaskPlan, BoxesAreClippedAndThoseOffTheFrameDisappear) {
  const auto out = plan(
      std::vector{found({-10, -10, 30, 30}), found({990, 790, 50, 50}), found({2000, 0, 5, 5}), found({5, 5, 0, 9})},
      no_margin(), layout());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 2U);
  EXPECT_EQ((*out)[0].box, (Box{0, 0, 20, 20}));
  EXPECT_EQ((*out)[1].box, (Box{990, 790, 10, 10}));
}

TEST(MaskPlan, BoxesThatCoverEachOtherBecomeOne) {
  const auto out = plan(std::vector{found({100, 100, 100, 100}, 0, RegionKind::Text, "b"),
                                    found({104, 102, 100, 100}, 0, RegionKind::Text, "a"),
                                    found({120, 120, 10, 10}, 0, RegionKind::Text, "b")},
                        no_margin(), layout());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ((*out)[0].box, (Box{100, 100, 104, 102}));
  EXPECT_EQ((*out)[0].source, "a+b");
}

TEST(MaskPlan, HullDoesNotEatWhatLiesBetween) {
  // An L of two labels around a lesion, and two that only touch at a corner.
  const std::vector<Region> regions{found({0, 0, 400, 40}), found({0, 0, 40, 400}), found({500, 500, 50, 50}),
                                    found({545, 545, 50, 50})};
  const auto out = plan(regions, no_margin(), layout());
  ASSERT_TRUE(out);
  EXPECT_EQ(out->size(), 4U);
  const Box lesion{100, 100, 50, 50};
  for (const auto& region : *out) EXPECT_TRUE(intersection(region.box, lesion).empty());
}

TEST(MaskPlan, KindsAndFramesStayApart) {
  const Box box{10, 10, 50, 50};
  const auto out =
      plan(std::vector{found(box, 1), found(box, 0, RegionKind::Face), found(box, 0)}, no_margin(), layout());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 3U);
  EXPECT_EQ((*out)[2].frame, 1);
}

TEST(MaskPlan, OrderOfTheInputDoesNotMatter) {
  std::vector<Region> regions;
  for (int i = 0; i < 60; ++i)
    regions.push_back(found({(i * 37) % 900, (i * 53) % 700, 20 + i % 30, 20 + i % 17}, i % 2));
  const auto first = plan(regions, config::Mask{}, layout());
  std::reverse(regions.begin(), regions.end());
  const auto second = plan(regions, config::Mask{}, layout());
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, *second);
  // Nothing that was found is left uncovered.
  for (const auto& region : regions) {
    EXPECT_TRUE(std::any_of(first->begin(), first->end(), [&](const Region& planned) {
      return planned.frame == region.frame && intersection(planned.box, region.box) == region.box;
    }));
  }
}

TEST(MaskPlan, ImpossibleInputIsAnError) {
  EXPECT_EQ(plan(std::vector{found({0, 0, 5, 5}, 2)}, no_margin(), layout()).error().kind, ErrorKind::Bug);
  EXPECT_EQ(plan(std::vector{found({0, 0, 5, 5}, -1)}, no_margin(), layout()).error().kind, ErrorKind::Bug);
  const int huge = std::numeric_limits<int>::max();
  EXPECT_EQ(plan(std::vector{found({huge, 0, huge, 5})}, no_margin(), layout()).error().kind, ErrorKind::Bug);
  EXPECT_EQ(plan(std::vector{found({-huge - 1, 0, 5, 5})}, no_margin(), layout()).error().kind, ErrorKind::Bug);
  config::Mask style;
  style.margin = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(plan(std::vector{found({0, 0, 5, 5})}, style, layout()).error().kind, ErrorKind::Bug);
  const std::vector<Region> many(limits::kMaxRegions + 1, found({0, 0, 5, 5}));
  EXPECT_EQ(plan(many, no_margin(), layout()).error().kind, ErrorKind::Refused);
}

TEST(MaskPlan, ManyRegionsOfOneFrameStayFast) {
  std::vector<Region> regions;
  for (std::size_t i = 0; i < limits::kMaxRegions; ++i) {
    regions.push_back(found({static_cast<int>(i % 200) * 5, static_cast<int>(i / 200) * 8, 4, 4}));
  }
  const auto out = plan(regions, no_margin(), layout());
  ASSERT_TRUE(out);
  EXPECT_EQ(out->size(), limits::kMaxRegions);
}
}  // namespace
}  // namespace veilgate::mask
