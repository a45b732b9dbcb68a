#include "pixel/codecs/video_picture.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace veilgate::pixel {
namespace {

constexpr int kWidth = 96, kHeight = 64;

/// Random luma and chroma.
cv::Mat noise(int seed) {
  cv::Mat picture(kHeight * 3 / 2, kWidth, CV_8UC1);
  cv::RNG random(static_cast<std::uint64_t>(seed));
  random.fill(picture, cv::RNG::UNIFORM, 0, 255);
  return picture;
}

TEST(VideoBoxes, GrowToWholeBlocksAndStayInThePicture) {
  const cv::Size size(kWidth, kHeight - 2);
  EXPECT_EQ(block_box({17, 15, 1, 2}, size), (Box{16, 0, 16, 32}));
  EXPECT_EQ(block_box({90, 60, 50, 50}, size), (Box{80, 48, 16, 14}));
  EXPECT_EQ(block_box({-5, -5, 6, 6}, size), (Box{0, 0, 16, 16}));
  EXPECT_TRUE(block_box({96, 0, 10, 10}, size).empty());
  EXPECT_TRUE(block_box({0, 0, 0, 10}, size).empty());
}

TEST(VideoMasks, AreBlackInLumaAndChromaAndNothingElseChanges) {
  for (const bool full_range : {false, true}) {
    const auto before = noise(1);
    auto after = before.clone();
    const Box box{32, 16, 32, 32};
    EXPECT_FALSE(is_black(after, box, full_range));
    blacken(after, box, full_range);
    EXPECT_TRUE(is_black(after, box, full_range));
    EXPECT_EQ(cv::countNonZero(before != after) > 0, true);
    auto difference = cv::Mat(before != after);
    difference(cv::Rect(32, 16, 32, 32)) = 0;
    EXPECT_EQ(cv::countNonZero(difference.rowRange(0, kHeight)), 0);
    const cv::Mat bgr = to_bgr(after);
    ASSERT_EQ(bgr.size(), cv::Size(kWidth, kHeight));
    EXPECT_LT(cv::norm(bgr(cv::Rect(32, 16, 32, 32)), cv::NORM_INF), 3);
  }
}

TEST(VideoMasks, OneVisibleSpotInsideIsSeen) {
  const Box box{32, 16, 48, 32};
  auto picture = noise(2);
  blacken(picture, box, false);
  auto spot = picture.clone();
  spot.at<std::uint8_t>(32, 56) = 60;
  EXPECT_FALSE(is_black(spot, box, false));
  auto colour = picture.clone();
  colour.data[static_cast<std::size_t>(kHeight) * kWidth + 16 * (kWidth / 2) + 28] = 180;
  EXPECT_FALSE(is_black(colour, box, false));
}

TEST(VideoSketches, TellPicturesApartButNotCompressionFromTheOriginal) {
  cv::Mat smooth(kHeight * 3 / 2, kWidth, CV_8UC1, cv::Scalar(90));
  cv::rectangle(smooth, {10, 10, 30, 30}, cv::Scalar(200), cv::FILLED);
  cv::Mat noisy = smooth + noise(3) / 32;
  cv::Mat other = smooth.clone();
  cv::rectangle(other, {50, 10, 30, 30}, cv::Scalar(200), cv::FILLED);
  EXPECT_TRUE(alike(sketch(smooth), sketch(smooth)));
  EXPECT_TRUE(alike(sketch(smooth), sketch(noisy)));
  EXPECT_FALSE(alike(sketch(smooth), sketch(other)));
  EXPECT_FALSE(alike(sketch(smooth), {}));
}

}  // namespace
}  // namespace veilgate::pixel
