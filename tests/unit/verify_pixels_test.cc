#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "verify/check_masks.h"
#include "verify/verify.h"
#include "verify/views.h"

namespace veilgate::verify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kIndex = 3;

Region region(const Box& box, RegionKind kind = RegionKind::Text) { return {box, kIndex, kind, 0.9, "fake", "line"}; }

std::vector<std::string> places(const Result<std::vector<Finding>>& findings) {
  if (!findings) return {findings.error().code};
  std::vector<std::string> out;
  for (const auto& finding : *findings) out.push_back(finding.where);
  return out;
}

/// A picture full of detail: nothing in it is of one colour but what is painted.
cv::Mat busy(const cv::Size& size) {
  cv::Mat out(size, CV_8UC3);
  cv::theRNG().state = 3;
  cv::randu(out, 0, 255);
  return out;
}

class Pixels : public testing::Test {
 protected:
  void burn(const Box& box) { frame_.bgr(cv::Rect(box.x, box.y, box.w, box.h)) = cv::Scalar(); }
  /// What check_pixels() says when `box` of this kind is seen in the full frame alone.
  std::vector<std::string> seen_in_full(const Region& one, const Masks& masks) const {
    return places(check_pixels(frame_, masks, [&](const pixel::Frame&, View view) -> Result<std::vector<Region>> {
      return view == View::Full ? std::vector{one} : std::vector<Region>{};
    }));
  }
  pixel::Frame frame_{busy({1600, 1200}), kIndex};
};

const DetectView kNothing = [](const pixel::Frame&, View) { return std::vector<Region>{}; };

TEST_F(Pixels, EachViewIsAskedForOnce) {
  std::vector<std::pair<View, int>> seen;
  const DetectView detect = [&](const pixel::Frame& frame, View view) -> Result<std::vector<Region>> {
    EXPECT_EQ(frame.index, kIndex);
    seen.emplace_back(view, frame.bgr.cols);
    return std::vector<Region>{};
  };
  EXPECT_THAT(places(check_pixels(frame_, {}, detect)), IsEmpty());
  // The 50 % thumbnail is shown at 512 pixels, 25 % has 400, 12 % has 192.
  EXPECT_THAT(seen,
              ElementsAre(std::pair{View::Full, 1600}, std::pair{View::Mirrored, 1120}, std::pair{View::Preview, 512},
                          std::pair{View::Preview, 400}, std::pair{View::Preview, 192}, std::pair{View::Preview, 384}));
}

TEST_F(Pixels, WhatIsSeenOnlyInTheShapesOfMasksIsNoFinding) {
  const std::vector<Region> burned{region({200, 200, 900, 60}), region({200, 400, 900, 60})};
  for (const auto& mask : burned) burn(mask.box);
  const Region over_both = region({150, 150, 1000, 360});
  const auto is_black = [](const cv::Mat& picture) { return cv::norm(picture.at<cv::Vec3b>(230, 600)) == 0; };
  const DetectView bars_read_as_writing = [&](const pixel::Frame& frame, View view) {
    return view == View::Full && is_black(frame.bgr) ? std::vector{over_both} : std::vector<Region>{};
  };
  EXPECT_THAT(places(check_pixels(frame_, {burned}, bars_read_as_writing)), IsEmpty());
  const DetectView stays = [&](const pixel::Frame&, View view) {
    return view == View::Full ? std::vector{over_both} : std::vector<Region>{};
  };
  EXPECT_THAT(places(check_pixels(frame_, {burned}, stays)), ElementsAre(HasSubstr("at 150,150 1000x360")));
}

TEST_F(Pixels, MasksArePaintedOverInTheColoursAroundThem) {
  cv::Mat picture(300, 400, CV_8UC3, cv::Scalar(40, 90, 160));
  cv::Mat1b hidden = cv::Mat1b::zeros(picture.size());
  hidden(cv::Rect(100, 100, 200, 50)) = 1;
  picture(cv::Rect(100, 100, 200, 50)) = cv::Scalar();
  const cv::Mat plain = without_masks(picture, hidden);
  EXPECT_LE(cv::norm(plain, cv::Mat(picture.size(), CV_8UC3, cv::Scalar(40, 90, 160)), cv::NORM_INF), 2);
  EXPECT_EQ(without_masks(plain, cv::Mat1b::zeros(picture.size())).data, plain.data);
}

TEST_F(Pixels, ThumbnailsThatLookAlikeToANetworkAreLookedAtOnce) {
  const auto views = views_of({4000, 3000}, {});
  std::vector<std::string> previews;
  for (const auto& shown : views) {
    if (shown.view == View::Preview) previews.push_back(shown.name);
  }
  EXPECT_THAT(previews, ElementsAre("50 % thumbnail", "recompressed preview"));
}

TEST_F(Pixels, TinyPicturesHaveNoThumbnails) {
  std::vector<std::string> names;
  for (const auto& shown : views_of({60, 40}, {})) names.push_back(shown.name);
  EXPECT_THAT(names, ElementsAre("full size", "mirrored", "recompressed preview"));
}

TEST_F(Pixels, TheMirroredViewShowsTheMirroredPicture) {
  cv::Mat mirrored;
  const DetectView detect = [&](const pixel::Frame& frame, View view) -> Result<std::vector<Region>> {
    if (view == View::Mirrored) mirrored = frame.bgr.clone();
    return std::vector<Region>{};
  };
  frame_.bgr = cv::Mat(600, 800, CV_8UC3, cv::Scalar(10, 20, 30));
  frame_.bgr(cv::Rect(0, 0, 100, 600)) = cv::Scalar(200, 200, 200);
  ASSERT_THAT(places(check_pixels(frame_, {}, detect)), IsEmpty());
  EXPECT_EQ(mirrored.at<cv::Vec3b>(300, 799), cv::Vec3b(200, 200, 200));
  EXPECT_EQ(mirrored.at<cv::Vec3b>(300, 0), cv::Vec3b(10, 20, 30));
}

TEST_F(Pixels, EveryViewsFindingsLieWhereTheyAreInTheFrame) {
  // A thing at 400,300 200x100 of the frame, as each view shows it.
  const Box thing{400, 300, 200, 100};
  const std::vector<Region> masked{region({380, 420, 240, 60}), region({900, 500, 300, 300}, RegionKind::Face)};
  for (const auto& one : masked) burn(one.box);
  int asked = 0;
  for (const auto& shown : views_of(frame_.bgr.size(), masked)) {
    const double x = static_cast<double>(shown.size.width) / shown.area.width;
    const double y = static_cast<double>(shown.size.height) / shown.area.height;
    Region there = region({cvRound((thing.x - shown.area.x) * x), cvRound((thing.y - shown.area.y) * y),
                           cvRound(thing.w * x), cvRound(thing.h * y)});
    if (shown.mirrored) there.box.x = shown.size.width - there.box.right();
    if (there.box.x < 0 || there.box.y < 0) continue;  // the view shows another place
    const Box back = in_frame(there, shown, frame_.bgr.size()).box;
    EXPECT_NEAR(back.x, thing.x, 8) << shown.name;
    EXPECT_NEAR(back.y, thing.y, 8) << shown.name;
    EXPECT_NEAR(back.w, thing.w, 16) << shown.name;
    EXPECT_NEAR(back.h, thing.h, 16) << shown.name;
    ++asked;
  }
  EXPECT_GE(asked, 5);
}

TEST_F(Pixels, EyesOfTheMirroredViewComeBackToo) {
  Region face = region({100, 50, 40, 40}, RegionKind::Face);
  face.eyes = EyePair{110, 60, 130, 60};
  const Shown shown{View::Mirrored, "mirrored", {0, 0, 1600, 1200}, {800, 600}, true};
  const auto back = in_frame(face, shown, {1600, 1200});
  EXPECT_EQ(back.box, (Box{1320, 100, 80, 80}));
  EXPECT_EQ(*back.eyes, (EyePair{1380, 120, 1340, 120}));
}

TEST_F(Pixels, EveryMaskIsShownCloseUpWithWhatIsAroundIt) {
  std::vector<Region> masked;
  for (int i = 0; i < 60; ++i) {
    masked.push_back(region({(i % 10) * 150, (i / 10) * 190, 40 + i, 20 + i % 7}, i % 3 == 0   ? RegionKind::Face
                                                                                  : i % 3 == 1 ? RegionKind::Text
                                                                                               : RegionKind::Label));
  }
  const auto views = edge_views({1600, 1200}, masked);
  EXPECT_LE(views.size(), 16U);
  for (const auto& mask : masked) {
    const auto view = mask.kind == RegionKind::Face ? View::FaceEdge : View::TextEdge;
    const Box around = grown(mask.box, 16, 1600, 1200);
    const cv::Rect wanted(around.x, around.y, around.w, around.h);
    EXPECT_TRUE(std::ranges::any_of(views,
                                    [&](const Shown& shown) {
                                      return shown.view == view && (shown.area & wanted) == wanted &&
                                             shown.size.width >= 1;
                                    }))
        << mask.box.x << ',' << mask.box.y;
  }
}

TEST_F(Pixels, ALineOfTextIsShownAtTheHeightTheNetworksRead) {
  const auto small = edge_views({4000, 3000}, std::vector{region({500, 500, 200, 20})});
  ASSERT_EQ(small.size(), 1U);
  EXPECT_NEAR(static_cast<double>(small[0].size.width) / small[0].area.width, 1.6, 0.05) << "32 pixels high";
  const auto tiny = edge_views({4000, 3000}, std::vector{region({500, 500, 80, 8})});
  EXPECT_NEAR(static_cast<double>(tiny[0].size.width) / tiny[0].area.width, 2, 0.05) << "twice as large at most";
  const auto face = edge_views({4000, 3000}, std::vector{region({1500, 1000, 400, 400}, RegionKind::Face)});
  EXPECT_EQ(face[0].size, cv::Size(320, 320));
  EXPECT_EQ(face[0].area, cv::Rect(1100, 600, 1200, 1200));
}

TEST_F(Pixels, WhatMostlyLiesUnderMasksIsTheirOwnTrace) {
  const std::vector<Region> masked{region({0, 0, 100, 100}), region({100, 0, 100, 100})};
  for (const auto& one : masked) burn(one.box);
  EXPECT_THAT(seen_in_full(region({50, 10, 100, 50}), {masked}), IsEmpty()) << "two masks together cover it";
  EXPECT_THAT(seen_in_full(region({0, 50, 100, 80}), {masked}), IsEmpty()) << "62 % inside";
  EXPECT_EQ(seen_in_full(region({0, 50, 100, 90}), {masked}).size(), 1U) << "56 % inside";
  EXPECT_EQ(seen_in_full(region({300, 300, 50, 50}), {masked}).size(), 1U);
  const Masks pixelated{.burned = masked, .solid = false};
  EXPECT_EQ(seen_in_full(region({50, 10, 100, 50}), pixelated).size(), 1U) << "something may show under it";
}

TEST_F(Pixels, AFaceWithAnEyeBesideItsMaskIsNoTrace) {
  const std::vector<Region> masked{region({100, 100, 100, 100}, RegionKind::Face)};
  burn(masked[0].box);
  Region face = region({110, 90, 80, 110}, RegionKind::Face);
  face.eyes = EyePair{130, 130, 170, 130};
  EXPECT_THAT(seen_in_full(face, {masked}), IsEmpty());
  face.eyes = EyePair{130, 96, 170, 96};
  EXPECT_EQ(seen_in_full(face, {masked}).size(), 1U);
}

TEST_F(Pixels, AMaskThatMasksNothingIsAFindingAndExcusesNothing) {
  const std::vector<Region> masked{region({200, 200, 300, 300}, RegionKind::Face)};
  EXPECT_THAT(places(check_pixels(frame_, {masked}, kNothing)), ElementsAre(HasSubstr("not of one colour")));
  EXPECT_EQ(seen_in_full(region({220, 220, 200, 200}, RegionKind::Face), {masked}).size(), 2U);
}

TEST_F(Pixels, AMaskBurnedBesideItsPlaceIsAFinding) {
  const std::vector<Region> masked{region({200, 200, 300, 300}, RegionKind::Face)};
  burn({240, 200, 300, 300});
  EXPECT_THAT(places(check_pixels(frame_, {masked}, kNothing)), ElementsAre(HasSubstr("not of one colour")));
}

TEST_F(Pixels, AMaskOverThreeQuartersOfWhatWasFoundIsAFinding) {
  const std::vector<Region> found{region({200, 200, 300, 300}, RegionKind::Face)};
  const std::vector<Region> masked{region({200, 200, 300, 225}, RegionKind::Face)};
  burn(masked[0].box);
  const auto findings = check_pixels(frame_, {masked, found}, kNothing);
  EXPECT_THAT(places(findings), ElementsAre("frame 3 at 200,200 300x300: found, but not under a mask"));
  EXPECT_EQ(findings->front().code, "verify.mask");
  burn(found[0].box);
  EXPECT_THAT(places(check_pixels(frame_, {found, found}, kNothing)), IsEmpty());
}

TEST_F(Pixels, MasksOfOtherFramesDoNotCount) {
  std::vector<Region> masked{region({200, 200, 300, 300})};
  masked[0].frame = 0;
  EXPECT_THAT(places(check_pixels(frame_, {masked, masked}, kNothing)), IsEmpty());
  EXPECT_EQ(seen_in_full(region({220, 220, 200, 200}), {masked}).size(), 1U);
}

TEST_F(Pixels, WhatIsMeantToBeSeenIsExcused) {
  const auto excused = [](const Region& one) { return one.box.x == 300; };
  const DetectView detect = [](const pixel::Frame&, View view) -> Result<std::vector<Region>> {
    if (view != View::Full) return std::vector<Region>{};
    return std::vector{region({300, 300, 50, 50}), region({600, 300, 50, 50})};
  };
  EXPECT_THAT(places(check_pixels(frame_, {}, detect, excused)), ElementsAre(HasSubstr("600,300")));
}

TEST_F(Pixels, AFindingSaysWhatWasSeenWhereAndWhy) {
  const DetectView detect = [](const pixel::Frame& frame, View) -> Result<std::vector<Region>> {
    if (frame.bgr.cols != 400) return std::vector<Region>{};
    return std::vector{region({10, 20, 30, 5}, RegionKind::Face)};
  };
  const auto findings = check_pixels(frame_, {}, detect);
  ASSERT_TRUE(findings);
  ASSERT_EQ(findings->size(), 1U);
  EXPECT_EQ(findings->front().code, "verify.face");
  EXPECT_EQ(findings->front().where, "frame 3 at 40,80 120x20, score 0.90, 25 % thumbnail");
  EXPECT_TRUE(findings->front().approvable);
  EXPECT_EQ(*findings->front().region,
            (Region{{40, 80, 120, 20}, kIndex, RegionKind::Face, 0.9, "verify:fake", "line"}));
}

TEST_F(Pixels, OneThingIsReportedOnceAndErrorsArePassedOn) {
  const DetectView always = [](const pixel::Frame& frame, View view) -> Result<std::vector<Region>> {
    const int unit = frame.bgr.cols / 10;
    return std::vector{region({view == View::Mirrored ? 7 * unit : unit, unit, 2 * unit, unit})};
  };
  EXPECT_EQ(places(check_pixels(frame_, {}, always)).size(), 1U);
  const DetectView broken = [](const pixel::Frame&, View) -> Result<std::vector<Region>> {
    return fail(ErrorKind::Transient, "detect.model", "no model");
  };
  EXPECT_THAT(places(check_pixels(frame_, {}, broken)), ElementsAre("detect.model"));
  EXPECT_FALSE(check_pixels({}, {}, always));
}

}  // namespace
}  // namespace veilgate::verify
