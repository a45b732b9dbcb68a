#include "pixel/shrink.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace veilgate::pixel {
namespace {

cv::Mat noise(const cv::Size& size, int type) {
  cv::Mat out(size, type);
  cv::RNG(7).fill(out, cv::RNG::UNIFORM, 0, 256);
  return out;
}

cv::Mat by_opencv(const cv::Mat& picture, const cv::Size& size) {
  cv::Mat out;
  cv::resize(picture, out, size, 0, 0, cv::INTER_AREA);
  return out;
}

TEST(Shrink, ShowsWhatOpenCvShowsAtAnyFactor) {
  for (const int type : {CV_8UC1, CV_8UC3}) {
    const cv::Mat picture = noise({317, 211}, type);
    for (const cv::Size size : {cv::Size(316, 210), {200, 150}, {211, 211}, {90, 60}, {317, 60}, {3, 2}, {1, 1}}) {
      const cv::Mat ours = shrunk(picture, size), theirs = by_opencv(picture, size);
      ASSERT_EQ(ours.size(), size);
      ASSERT_EQ(ours.type(), type);
      cv::Mat difference;
      cv::absdiff(ours.reshape(1), theirs.reshape(1), difference);
      EXPECT_LE(cv::norm(difference, cv::NORM_INF), 1) << size;
      EXPECT_LE(cv::countNonZero(difference), static_cast<int>(difference.total() / 500 + 1)) << size;
    }
  }
}

TEST(Shrink, KeepsOneColourToTheLastPixel) {
  for (const int level : {0, 1, 127, 254, 255}) {
    const cv::Mat flat = shrunk(cv::Mat(97, 131, CV_8UC3, cv::Scalar::all(level)), {77, 60});
    EXPECT_EQ(cv::norm(flat, cv::Mat(60, 77, CV_8UC3, cv::Scalar::all(level)), cv::NORM_INF), 0) << level;
  }
}

TEST(Shrink, ReadsPartsOfAPictureAsTheyAre) {
  const cv::Mat picture = noise({300, 200}, CV_8UC3);
  const cv::Mat part = picture(cv::Rect(200, 120, 100, 80));
  EXPECT_EQ(cv::norm(shrunk(part, {70, 50}), shrunk(part.clone(), {70, 50}), cv::NORM_INF), 0);
}

TEST(Shrink, DoesNotEnlargeByItself) {
  const cv::Mat picture = noise({30, 20}, CV_8UC3);
  for (const cv::Size size : {cv::Size(30, 20), {60, 40}, {15, 10}, {20, 40}}) {
    EXPECT_EQ(cv::norm(shrunk(picture, size), by_opencv(picture, size), cv::NORM_INF), 0) << size;
  }
}

}  // namespace
}  // namespace veilgate::pixel
