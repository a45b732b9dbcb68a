#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/limits.h"
#include "mask/face_shape.h"
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

/// An upright face: eyes in the upper part, 80 pixels apart.
Region face(std::optional<EyePair> eyes = EyePair{260, 280, 340, 280}) {
  return {{200, 200, 200, 240}, 0, RegionKind::Face, 0.9, "model", "sure", false, eyes};
}
bool covers(const std::vector<Region>& regions, int x, int y) {
  return std::any_of(regions.begin(), regions.end(), [&](const Region& one) {
    return x >= one.box.x && x < one.box.right() && y >= one.box.y && y < one.box.bottom();
  });
}

TEST(FaceMask, AWholeHeadGrowsMostTowardsTheHair) {
  auto style = no_margin();
  style.faces.area = config::FaceArea::WholeHead;
  const auto out = plan(std::vector{face()}, style, layout());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ((*out)[0].box, (Box{140, 104, 320, 372}));
  EXPECT_EQ((*out)[0].reason, "sure+whole_head");
}

TEST(FaceMask, AHeadUpsideDownGrowsDownwardsAndAnUnknownOneEverywhere) {
  const Box upside_down = head_around(face(EyePair{260, 360, 340, 360}));
  EXPECT_EQ(upside_down.bottom() - 440, 96);
  EXPECT_EQ(200 - upside_down.y, 36);
  const Box lying = head_around(face(EyePair{260, 280, 260, 360}));  // the hair is on the left
  EXPECT_EQ(200 - lying.x, 96);
  EXPECT_EQ(lying.right() - 400, 36);
  EXPECT_EQ(head_around(face(std::nullopt)), (Box{104, 104, 392, 432}));
}

TEST(FaceMask, EyesOnlyCoversABandOverBothEyesAndNoMore) {
  auto style = no_margin();
  style.faces.area = config::FaceArea::Eyes;
  const auto out = plan(std::vector{face()}, style, layout());
  ASSERT_TRUE(out);
  for (const int x : {220, 260, 300, 340, 380}) EXPECT_TRUE(covers(*out, x, 280)) << x;
  EXPECT_TRUE(covers(*out, 260, 255)) << "the brow";
  EXPECT_FALSE(covers(*out, 300, 340)) << "the nose";
  EXPECT_FALSE(covers(*out, 300, 400)) << "the mouth";
  for (const auto& one : *out) EXPECT_EQ(one.reason, "eyes+sure");
  EXPECT_TRUE(masks_eyes_only(face(), style, layout()));
}

TEST(FaceMask, ASlantedBandFollowsTheEyes) {
  const EyePair eyes{240, 240, 320, 320};
  const auto boxes = eye_band(eyes, 0, 0);
  EXPECT_GT(boxes.size(), 4U);
  const auto inside = [&](int x, int y) {
    return std::any_of(boxes.begin(), boxes.end(),
                       [&](const Box& box) { return x >= box.x && x < box.right() && y >= box.y && y < box.bottom(); });
  };
  for (const int at : {205, 240, 280, 320, 355}) EXPECT_TRUE(inside(at, at)) << at;
  EXPECT_FALSE(inside(220, 340));
  EXPECT_FALSE(inside(340, 220));
}

TEST(FaceMask, WithoutCertainEyesTheWholeFaceIsMaskedAndSaysSo) {
  auto style = no_margin();
  style.faces.area = config::FaceArea::Eyes;
  for (const auto& eyes : {std::optional<EyePair>{}, std::optional<EyePair>{{295, 280, 305, 280}},  // a profile
                           std::optional<EyePair>{{100, 280, 340, 280}}}) {                         // off the face
    const auto out = plan(std::vector{face(eyes)}, style, layout());
    ASSERT_TRUE(out);
    ASSERT_EQ(out->size(), 1U);
    EXPECT_EQ((*out)[0].box, face().box);
    EXPECT_EQ((*out)[0].reason, "no_eyes+sure");
    EXPECT_FALSE(masks_eyes_only(face(eyes), style, layout()));
  }
}

TEST(FaceMask, WhatVerificationFoundIsMaskedWhole) {
  auto style = no_margin();
  style.faces.area = config::FaceArea::Eyes;
  style.faces.shape = config::FaceShape::Ellipse;
  auto again = face();
  again.source = "verify:model";
  const auto out = plan(std::vector{again}, style, layout());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ((*out)[0].box, face().box);
}

TEST(FaceMask, AnEllipseLeavesTheCornersAndCoversTheRestWithoutGaps) {
  auto style = no_margin();
  style.faces.shape = config::FaceShape::Ellipse;
  const auto out = plan(std::vector{face()}, style, layout());
  ASSERT_TRUE(out);
  EXPECT_LE(out->size(), 12U);
  const Box box = face().box;
  for (int y = box.y; y < box.bottom(); ++y) {
    for (int x = box.x; x < box.right(); ++x) {
      const double dx = (x + 0.5 - 300) / 100, dy = (y + 0.5 - 320) / 120;
      const bool inside = dx * dx + dy * dy <= 1;
      ASSERT_TRUE(!inside || covers(*out, x, y)) << x << ',' << y;
    }
  }
  EXPECT_FALSE(covers(*out, box.x + 4, box.y + 4));
  EXPECT_FALSE(covers(*out, box.right() - 5, box.bottom() - 5));
  for (const auto& one : *out) EXPECT_EQ(one.reason, "ellipse+sure");
}

TEST(FaceMask, OnlyFacesAreShaped) {
  auto style = no_margin();
  style.faces.shape = config::FaceShape::Ellipse;
  style.faces.margin = 1.0;
  const auto out = plan(std::vector{found({100, 100, 200, 50})}, style, layout());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ((*out)[0].box, (Box{100, 100, 200, 50}));
}

TEST(FaceMask, FacesMayHaveAMarginOfTheirOwn) {
  auto style = no_margin();
  style.faces.margin = 0.5;
  const auto out = plan(std::vector{face()}, style, layout());
  ASSERT_TRUE(out);
  EXPECT_EQ((*out)[0].box, (Box{80, 80, 440, 480}));
  style.faces.margin = std::numeric_limits<double>::infinity();
  EXPECT_EQ(plan(std::vector{face()}, style, layout()).error().kind, ErrorKind::Bug);
}

TEST(FaceMask, OnlyALargeFaceIsTheSubject) {
  auto style = no_margin();
  style.faces.subject = config::FaceSubject::Eyes;
  style.faces.subject_share = 0.05;  // of 1000 x 800; the face has 0.06
  EXPECT_TRUE(is_subject(face(), style, layout()));
  EXPECT_TRUE(masks_eyes_only(face(), style, layout()));
  style.faces.subject_share = 0.07;
  EXPECT_FALSE(is_subject(face(), style, layout()));
  EXPECT_FALSE(masks_eyes_only(face(), style, layout()));
  EXPECT_FALSE(is_subject(found({0, 0, 1000, 800}), style, layout())) << "text is no face";
}

TEST(FaceMask, MoreEllipsesThanBoxesAreAllowedStayRectangles) {
  auto style = no_margin();
  style.faces.shape = config::FaceShape::Ellipse;
  std::vector<Region> many;
  for (std::size_t i = 0; i < limits::kMaxRegions; ++i) {
    many.push_back({{static_cast<int>(i % 40) * 101, static_cast<int>(i / 40) * 101, 100, 100},
                    0,
                    RegionKind::Face,
                    1.0,
                    "model"});
  }
  const auto out = plan(many, style, layout(5000, 100000));
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->size(), limits::kMaxRegions);
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
Region kept(const Box& box) {
  Region out = found(box);
  out.kept = true;
  return out;
}

TEST(MaskPlan, WhatATextPolicyKeepsIsNotMaskedAndStopsTheMarginsOfText) {
  config::Mask style;
  style.margin = 0.5;
  const auto out = plan(std::vector{kept({100, 100, 40, 20}), found({150, 100, 60, 20})}, style, layout());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->size(), 1U);
  EXPECT_EQ((*out)[0].box, (Box{140, 70, 100, 80}));
}

TEST(MaskPlan, MarginsEndBeforeTheCellsOfWhatIsKeptWhereACodecBurnsWholeCells) {
  config::Mask style;
  style.margin = 0.5;
  const auto in_cells = [&](const Box& text) {
    const auto out = plan(std::vector{kept({100, 100, 42, 20}), found(text)}, style, layout(), 16);
    return out && out->size() == 1U ? (*out)[0].box : Box{};
  };
  EXPECT_EQ(in_cells({150, 100, 60, 20}), (Box{144, 70, 96, 80}));
  EXPECT_EQ(in_cells({143, 100, 60, 20}), (Box{142, 70, 91, 80})) << "up to what is kept, for letters are cut close";
  EXPECT_EQ(in_cells({147, 100, 60, 20}), (Box{143, 70, 94, 80})) << "a fifth of 20 pixels in any case";
  EXPECT_EQ(in_cells({20, 100, 60, 20}), (Box{0, 70, 96, 80}));
  EXPECT_FALSE(plan(std::vector{found({0, 0, 5, 5})}, style, layout(), 0));
}

TEST(MaskPlan, WhatOtherRegionsCoverIsMaskedAlsoWhereATextPolicyKeepsIt) {
  const auto out = plan(
      std::vector{kept({100, 100, 40, 20}), found({110, 90, 60, 40}), found({90, 90, 20, 20}, 0, RegionKind::Face)},
      no_margin(), layout());
  ASSERT_TRUE(out);
  EXPECT_TRUE(covers(*out, 115, 110));
  EXPECT_TRUE(covers(*out, 105, 105));
  config::Mask wide;
  wide.margin = 1;
  const auto face =
      plan(std::vector{kept({100, 100, 40, 20}), found({60, 100, 30, 30}, 0, RegionKind::Face)}, wide, layout());
  ASSERT_TRUE(face);
  EXPECT_TRUE(covers(*face, 110, 110)) << "a face keeps its margin";
}

TEST(MaskPlan, UnitingNeverCoversWhatIsKept) {
  const std::vector regions{found({100, 100, 100, 100}), found({100, 195, 90, 100}), kept({191, 205, 8, 8})};
  const auto out = plan(regions, no_margin(), layout());
  ASSERT_TRUE(out);
  EXPECT_EQ(out->size(), 2U);
  EXPECT_FALSE(covers(*out, 195, 209));
}

TEST(MaskPlan, ASlantedLineBesideKeptTextIsFollowedAndWhollyCovered) {
  Region line = found({100, 100, 300, 300});
  line.corners = Corners{100, 120, 120, 100, 400, 380, 380, 400};
  const auto out = plan(std::vector{line, kept({300, 200, 20, 20})}, no_margin(), layout());
  ASSERT_TRUE(out);
  for (int i = 0; i <= 260; ++i) EXPECT_TRUE(covers(*out, 120 + i, 119 + i)) << i;
  EXPECT_FALSE(covers(*out, 310, 210));
  EXPECT_FALSE(covers(*out, 120, 380)) << "the far corner of its box";
  line.kept = false;
  line.corners = Corners{100, 120, 120, 100, 130, 110, 110, 130};  // does not fill its box: not believed
  const auto whole = plan(std::vector{line, kept({300, 200, 20, 20})}, no_margin(), layout());
  ASSERT_TRUE(whole);
  EXPECT_TRUE(covers(*whole, 120, 380));
}

}  // namespace
}  // namespace veilgate::mask
