#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <random>

#include "detect/pace.h"
#include "detect/track.h"

namespace veilgate::detect {
namespace {

constexpr Series kFilm{200, 640, 480};

Region face(int frame, Box box) { return {box, frame, RegionKind::Face, 0.9, "model", "sure"}; }

/// Whether something tracked covers the box on the frame.
bool covers(const std::vector<Region>& out, int frame, const Box& box) {
  return std::ranges::any_of(out, [&](const Region& one) {
    return one.frame == frame && intersection(one.box, box) == intersection(box, {0, 0, 640, 480});
  });
}

int boxes_on(const std::vector<Region>& out, int frame) {
  return static_cast<int>(std::ranges::count(out, frame, &Region::frame));
}

TEST(Tracks, CoverAThingBetweenItsSightingsThoughItDoesNotMoveEvenly) {
  // Slow at first, then fast: the truth is a quarter of the way off a straight line at most.
  const auto truth = [](int frame) {
    const double share = (frame - 50) / 20.0;
    return Box{100 + static_cast<int>(80 * share * share), 100, 60, 80};
  };
  const auto out = tracked(std::vector{face(50, truth(50)), face(70, truth(70))}, kFilm);
  for (int frame = 50; frame <= 70; ++frame) {
    EXPECT_TRUE(covers(out, frame, truth(frame))) << frame;
    EXPECT_EQ(boxes_on(out, frame), 1) << frame;
  }
}

TEST(Tracks, FollowAThingBeforeItsFirstAndAfterItsLastSighting) {
  std::vector<Region> seen;
  const auto truth = [](int frame) { return Box{100 + 4 * (frame - 60), 200, 50, 60}; };
  for (int frame = 60; frame <= 70; ++frame) seen.push_back(face(frame, truth(frame)));
  const auto out = tracked(seen, kFilm);
  for (int frame = 45; frame <= 85; ++frame) EXPECT_TRUE(covers(out, frame, truth(frame))) << frame;
  EXPECT_EQ(boxes_on(out, 44), 0);
  EXPECT_EQ(boxes_on(out, 86), 0);
}

TEST(Tracks, KeepASingleSightingOnBothSidesAndLetItGrow) {
  const auto out = tracked(std::vector{face(100, {100, 100, 50, 50})}, kFilm);
  ASSERT_EQ(out.size(), 31U);
  EXPECT_EQ(out.front().frame, 85);
  EXPECT_EQ(out.back().frame, 115);
  EXPECT_GT(out.front().box.w, 60);
  for (const auto& one : out) EXPECT_TRUE(covers(out, one.frame, {100, 100, 50, 50}));
}

TEST(Tracks, HoldTwoFacesThatPassEachOtherApart) {
  std::vector<Region> seen;
  for (int frame = 0; frame < 100; frame += 5) {
    seen.push_back(face(frame, {50 + 4 * frame, 100, 40, 40}));
    seen.push_back(face(frame, {450 - 4 * frame, 200, 40, 40}));
  }
  const auto out = tracked(seen, kFilm);
  for (int frame = 0; frame < 96; ++frame) {
    EXPECT_EQ(boxes_on(out, frame), 2) << frame;
    EXPECT_TRUE(covers(out, frame, {50 + 4 * frame, 100, 40, 40})) << frame;
    EXPECT_TRUE(covers(out, frame, {450 - 4 * frame, 200, 40, 40})) << frame;
  }
}

TEST(Tracks, EverySightingStaysCoveredWhateverTheyAre) {
  std::mt19937 random(7);
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  for (int round = 0; round < 20; ++round) {
    std::vector<Region> seen;
    for (int i = 0; i < 120; ++i) {
      seen.push_back({{below(700) - 30, below(520) - 20, 1 + below(200), 1 + below(150)},
                      below(200),
                      below(2) == 0 ? RegionKind::Face : RegionKind::Text,
                      0.5,
                      "model",
                      "sure"});
    }
    const auto out = tracked(seen, kFilm);
    for (const auto& one : seen) {
      const Box inside = intersection(one.box, {0, 0, 640, 480});
      if (inside.empty()) continue;
      for (int frame = std::max(0, one.frame - 1); frame <= std::min(199, one.frame + 1); ++frame) {
        EXPECT_TRUE(covers(out, frame, inside)) << "beside frame " << one.frame;
      }
    }
    std::ranges::shuffle(seen, random);
    EXPECT_EQ(tracked(seen, kFilm), out);
  }
}

TEST(Tracks, TwoModelsThatSeeOneFaceMakeOneBox) {
  std::vector<Region> seen;
  for (int frame = 10; frame < 20; ++frame) {
    seen.push_back(face(frame, {100, 100, 60, 60}));
    seen.push_back(face(frame, {105, 95, 60, 70}));
  }
  const auto out = tracked(seen, kFilm);
  for (int frame = 10; frame < 20; ++frame) EXPECT_LE(boxes_on(out, frame), 2);
  EXPECT_TRUE(covers(out, 15, {100, 95, 65, 70}) || boxes_on(out, 15) == 2);
}

TEST(Tracks, LeaveFixedAndKeptRegionsAlone) {
  Region fixed{{0, 0, 100, 20}, 7, RegionKind::Fixed, 1, "rule:top"};
  Region kept{{0, 50, 100, 20}, 7, RegionKind::Text, 1, "model", "scale"};
  kept.kept = true;
  const auto out = tracked(std::vector{fixed, kept}, kFilm);
  EXPECT_EQ(out.size(), 2U);
  EXPECT_NE(std::ranges::find(out, fixed), out.end());
  EXPECT_NE(std::ranges::find(out, kept), out.end());
}

TEST(Tracks, DoNotKnowEyesAndSayWhatWasNotSeen) {
  auto one = face(50, {100, 100, 50, 50});
  one.eyes = EyePair{110, 115, 140, 115};
  for (const auto& region : tracked(std::vector{one}, kFilm)) {
    EXPECT_FALSE(region.eyes);
    EXPECT_EQ(region.reason, region.frame == 50 ? "sure" : "tracked");
  }
}

TEST(Tracks, EndSoonAfterACutAndAreNotLinkedAcrossIt) {
  Series film = kFilm;
  film.cuts = {50};
  const auto out = tracked(std::vector{face(45, {100, 100, 50, 50}), face(55, {110, 100, 50, 50})}, film);
  for (int frame = 30; frame <= 70; ++frame) {
    EXPECT_EQ(boxes_on(out, frame), frame >= 48 && frame <= 51 ? 2 : 1) << frame;
  }
}

TEST(Tracks, IgnoreFramesThatTheFilmDoesNotHave) {
  EXPECT_TRUE(tracked(std::vector{face(-1, {0, 0, 9, 9}), face(200, {0, 0, 9, 9})}, kFilm).empty());
}

pixel::Frame grey(int index, int level) { return {cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(level)), index}; }

TEST(Pace, LooksThoroughlyOftenAndAtTheLastFrame) {
  SeriesPace pace(24, 0);
  std::vector<int> thorough;
  for (int frame = 0; frame < 24; ++frame) {
    if (pace.is_thorough(grey(frame, 100))) thorough.push_back(frame);
  }
  EXPECT_EQ(thorough, (std::vector{0, 10, 20, 23}));
}

TEST(Pace, LooksThoroughlyAtTheFirstFrameOfANewScene) {
  SeriesPace pace(100, 0);
  for (int frame = 0; frame <= 10; ++frame) pace.is_thorough(grey(frame, 100));
  EXPECT_FALSE(pace.is_thorough(grey(11, 100)));
  EXPECT_TRUE(pace.is_thorough(grey(12, 160)));
  EXPECT_FALSE(pace.is_thorough(grey(13, 160)));
  EXPECT_EQ(pace.cuts(), std::vector{12});
  for (int frame = 14; frame < 24; ++frame) pace.is_thorough(grey(frame, frame % 2 == 0 ? 60 : 200));
  EXPECT_EQ(pace.cuts(), std::vector{12}) << "flicker is no cut";
}

TEST(Pace, LooksThoroughlyWhenThePictureHasDriftedAway) {
  SeriesPace pace(100, 0);
  EXPECT_TRUE(pace.is_thorough(grey(0, 100)));
  int thorough = 0;
  for (int frame = 1; frame < 10; ++frame) thorough += pace.is_thorough(grey(frame, 100 + 4 * frame)) ? 1 : 0;
  EXPECT_EQ(thorough, 2);
}

}  // namespace
}  // namespace veilgate::detect
