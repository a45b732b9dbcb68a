#include "detect/black_white.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

/// A checkerboard with cells of 5 pixels, ever darker to the right.
cv::Mat1b board(const cv::Size& size) {
  cv::Mat1b out(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int light = 240 - 120 * x / size.width;
      out(y, x) = static_cast<std::uint8_t>((x / 5 + y / 5) % 2 == 0 ? light : light - 60);
    }
  }
  return out;
}

TEST(BlackWhite, PartsCellsWhereverTheLightFalls) {
  const auto grey = board({203, 117});
  const cv::Mat1b shades = black_and_white(grey);
  ASSERT_EQ(shades.size(), grey.size());
  for (int y = 0; y < grey.rows; ++y) {
    for (int x = 0; x < grey.cols; ++x) ASSERT_EQ(shades(y, x), (x / 5 + y / 5) % 2 == 0 ? 255 : 0) << x << ',' << y;
  }
}

TEST(BlackWhite, EmptyPaperIsWhiteAndABlotOnItBlack) {
  cv::Mat1b grey(80, 80, 200);
  EXPECT_EQ(cv::countNonZero(black_and_white(grey)), 80 * 80);
  grey(cv::Rect(20, 20, 30, 30)) = 20;
  EXPECT_EQ(cv::countNonZero(black_and_white(grey)(cv::Rect(20, 20, 30, 30))), 0);
}

TEST(BlackWhite, APartIsWhatItWouldBeAloneButForItsRims) {
  cv::Mat1b grey(200, 300);
  cv::RNG(5).fill(grey, cv::RNG::UNIFORM, 0, 256);
  cv::GaussianBlur(grey, grey, {}, 2);
  cv::normalize(grey, grey, 0, 255, cv::NORM_MINMAX);
  BlackAndWhite shades(grey);
  constexpr int kRim = 16;
  for (const cv::Rect area : {cv::Rect(0, 0, 300, 200), {12, 4, 160, 96}, {3, 7, 128, 120}}) {
    const cv::Mat part = shades.part(area), alone = black_and_white(grey(area));
    ASSERT_EQ(part.size(), area.size());
    const cv::Rect inner(kRim, kRim, area.width - 2 * kRim, area.height - 2 * kRim);
    EXPECT_EQ(cv::norm(part(inner), alone(inner), cv::NORM_INF), 0) << area;
  }
}

TEST(BlackWhite, APaintedOverPartIsMadeAnew) {
  cv::Mat1b grey = board({80, 80});
  BlackAndWhite shades(grey);
  EXPECT_GT(cv::countNonZero(shades.part({0, 0, 80, 80})), 0);
  grey = 0;
  shades.forget();
  EXPECT_EQ(cv::countNonZero(shades.part({0, 0, 80, 80})), 0);
}

TEST(BlackWhite, ReadsPicturesOfAPixel) {
  EXPECT_EQ(black_and_white(cv::Mat1b(1, 1, 90)).size(), cv::Size(1, 1));
  EXPECT_EQ(black_and_white(cv::Mat1b(9, 1, 90)).size(), cv::Size(1, 9));
}

}  // namespace
}  // namespace veilgate::detect
