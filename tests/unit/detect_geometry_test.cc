#include <gtest/gtest.h>

#include <limits>
#include <opencv2/core.hpp>

#include "detect/code_extent.h"
#include "detect/geometry.h"
#include "detect/picture.h"

namespace veilgate::detect {
namespace {

/// Where the marked pixels of `image` lie.
cv::Rect marked(const cv::Mat& image) {
  std::vector<cv::Point> points;
  cv::findNonZero(image, points);
  cv::Rect around(points.front(), points.front() + cv::Point(1, 1));
  for (const auto& point : points) around |= cv::Rect(point, point + cv::Point(1, 1));
  return around;
}

TEST(DetectGeometry, EveryTurnIsMappedBackToThePixel) {
  cv::Mat image = cv::Mat::zeros(30, 50, CV_8U);
  const cv::Rect box(7, 3, 11, 5);
  image(box) = 255;
  for (int turns = 0; turns < 4; ++turns) {
    const cv::Rect seen = marked(turned(image, turns));
    EXPECT_EQ(cv::Rect(turned_back(Rect(seen), turns, image.size())), box) << "quarter turns " << turns;
  }
}

TEST(DetectGeometry, TurningAndTurningBackIsTheIdentityForAllCorners) {
  const cv::Size2f upright(640, 480);
  for (int turns = 0; turns < 4; ++turns) {
    const cv::Size2f other = turns % 2 == 0 ? upright : cv::Size2f(480, 640);
    for (const Rect box : {Rect(0, 0, 5, 7), Rect(635, 473, 5, 7), Rect(635, 0, 5, 7), Rect(0, 473, 5, 7)}) {
      EXPECT_EQ(turned_back(turned_back(box, (4 - turns) & 3, other), turns, upright), box);
    }
  }
}

TEST(DetectGeometry, TilesCoverEveryPixelAndOverlap) {
  for (const cv::Size size : {cv::Size(640, 480), cv::Size(333, 1), cv::Size(7, 5000), cv::Size(1, 1)}) {
    for (const int per_side : {1, 2, 3}) {
      cv::Mat seen = cv::Mat::zeros(size, CV_8U);
      for (const auto& tile : tiles(size, per_side, 0.25F)) {
        ASSERT_EQ(tile & cv::Rect({}, size), tile);
        seen(tile) += 1;
      }
      EXPECT_EQ(cv::countNonZero(seen), seen.total());
    }
  }
  const auto two = tiles({700, 700}, 2, 0.25F);
  EXPECT_EQ(two[0].width, 400);
  EXPECT_EQ((two[0] & two[1]).width, 100);
}

TEST(DetectGeometry, BoxesAreRoundedOutwardsAndClippedToTheFrame) {
  EXPECT_EQ(clipped({1.2F, 2.7F, 3.1F, 4.0F}, 100, 100), (Box{1, 2, 4, 5}));
  EXPECT_EQ(clipped({-50, -50, 1000, 1000}, 64, 32), (Box{0, 0, 64, 32}));
  EXPECT_TRUE(clipped({200, 200, 10, 10}, 64, 32).empty());
  EXPECT_EQ(clipped({-1e20F, -1e20F, 1e30F, 1e30F}, 64, 32), (Box{0, 0, 64, 32}));
  EXPECT_TRUE(clipped({std::numeric_limits<float>::quiet_NaN(), 0, 1, 1}, 64, 32).empty());
}

TEST(DetectPicture, ShrinksOnceAndNeverEnlarges) {
  const pixel::Frame frame{cv::Mat(3000, 4000, CV_8UC3, cv::Scalar(1, 2, 3)), 0};
  Picture picture(frame);
  const auto& level = picture.at_most(1280);
  EXPECT_EQ(level.size(), cv::Size(1280, 960));
  EXPECT_EQ(picture.at_most(1280).data, level.data);
  EXPECT_EQ(picture.at_most(5000).data, frame.bgr.data);
  EXPECT_EQ(picture.at_most(320).size(), cv::Size(320, 240));
}

TEST(DetectPicture, AStripKeepsAtLeastOnePixelInEachDirection) {
  const pixel::Frame frame{cv::Mat(2, 30000, CV_8UC3, cv::Scalar(9, 9, 9)), 0};
  Picture picture(frame);
  EXPECT_EQ(picture.at_most(640).size(), cv::Size(640, 1));
}

TEST(DetectCodeExtent, FollowsBarsFromOneScanLineToTheirEnds) {
  cv::Mat grey(200, 400, CV_8U, cv::Scalar(230));
  cv::RNG random(7);
  for (int x = 50; x < 350; x += 4) grey(cv::Rect(x, 60, random.uniform(1, 4), 80)) = 20;
  const auto bars = whole_bars(grey, {cv::Point2f(50, 100), {349, 100}, {349, 100}, {50, 100}});
  EXPECT_NEAR(bars[0].y, 60, 2);
  EXPECT_NEAR(bars[2].y, 139, 2);
  const auto box = with_quiet_zone(bars, 0.1F);
  EXPECT_NEAR(box.x, 50 - 30, 2);
  EXPECT_NEAR(box.y, 60 - 30, 3);
  EXPECT_NEAR(box.height, 80 + 60, 4);
}

TEST(DetectCodeExtent, SurvivesScanLinesOutsideThePicture) {
  const cv::Mat grey(20, 20, CV_8U, cv::Scalar(230));
  const auto bars = whole_bars(grey, {cv::Point2f(-5, 30), {40, 30}, {40, 31}, {-5, 31}});
  EXPECT_EQ(bars[0].x, -5);
}

}  // namespace
}  // namespace veilgate::detect
