// What counts as writing where only one text network sees any. The recognition network is the real one: conf/fetch.sh
// brings it, without it this fails.
#include "detect/text_doubt.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

constexpr bool kLarge = true, kTiny = false;
const cv::Scalar kSkin(125, 160, 205), kInk(30, 30, 30);
const cv::Size kSize(800, 600);

TextReader& reader() {
  static const auto shared = [] {
    config::Detect config;
    config.models = std::filesystem::path(VEILGATE_DEPS_DIR) / "models";
    config.runtime = std::filesystem::path(VEILGATE_DEPS_DIR) / "onnxruntime/lib/libonnxruntime.so";
    auto made = TextReader::create(config);
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }();
  return *shared;
}

TextBox around(const cv::RotatedRect& line) {
  TextBox out{line.boundingRect2f(), 0.9F, std::min(line.size.width, line.size.height), {}};
  line.points(out.corners.data());
  return out;
}

const cv::RotatedRect kPlace(cv::Point2f(400, 300), cv::Size2f(240, 50), 0);

/// A name and a date, turned clockwise about the middle.
cv::Mat written(double degrees, const cv::Scalar& ink = kInk) {
  cv::Mat picture(kSize, CV_8UC3, kSkin), out;
  cv::putText(picture, "Kowalski 12.05", {290, 312}, cv::FONT_HERSHEY_SIMPLEX, 0.9, ink, 2, cv::LINE_AA);
  cv::warpAffine(picture, out, cv::getRotationMatrix2D({400, 300}, -degrees, 1), kSize, cv::INTER_LINEAR,
                 cv::BORDER_REPLICATE);
  return out;
}

/// A drawn-out spot of this colour: brown, or the red of a cut.
cv::Mat spot(const cv::Scalar& colour) {
  cv::Mat picture(kSize, CV_8UC3, kSkin);
  cv::ellipse(picture, {400, 300}, {110, 9}, 0, 0, 360, colour, cv::FILLED, cv::LINE_AA);
  return picture;
}

cv::Mat wound() { return spot({40, 40, 150}); }
cv::Mat mole() { return spot({60, 85, 110}); }

const cv::RotatedRect kThin(cv::Point2f(400, 300), cv::Size2f(240, 22), 0);

const cv::Mat kNothing = cv::Mat::zeros(150, 200, CV_32F);

/// The other network suspects something in the middle.
cv::Mat faint() {
  cv::Mat map = kNothing.clone();
  map.at<float>(75, 100) = 0.2F;
  return map;
}

bool is_writing(const cv::Mat& bgr, const TextBox& text, const cv::Mat& tiny_map, int quarter_turns = 0) {
  const pixel::Frame frame{bgr, 0};
  Picture picture(frame);
  TextDoubt doubt(picture);
  doubt.saw(kLarge, cv::Mat::ones(150, 200, CV_32F), 0);
  doubt.saw(kTiny, tiny_map, quarter_turns);
  const auto out = doubt.is_writing(text, kLarge, reader());
  EXPECT_TRUE(out) << out.error().message;
  return out.value_or(false);
}

TEST(TextDoubt, AWoundThatOneNetworkTakesForTextIsNoWriting) {
  EXPECT_FALSE(is_writing(wound(), around(kPlace), kNothing));
}

TEST(TextDoubt, WhatBothNetworksSeeIsWritingHoweverBadlyItReads) {
  EXPECT_TRUE(is_writing(mole(), around(kThin), faint()));
  EXPECT_FALSE(is_writing(mole(), around(kThin), kNothing));
}

TEST(TextDoubt, WhatWouldBeLargeLettersIsReadAlthoughBothSeeIt) {
  EXPECT_FALSE(is_writing(mole(), around(kPlace), faint()));
  EXPECT_TRUE(is_writing(written(20), around({kPlace.center, kPlace.size, 20}), faint()));
}

TEST(TextDoubt, ACutIsNoWritingAlthoughBothSeeItAndStitchesLookLikeLetters) {
  cv::Mat stitched = wound();
  for (int x = 310; x <= 490; x += 30) cv::line(stitched, {x, 286}, {x + 4, 314}, kInk, 2, cv::LINE_AA);
  EXPECT_FALSE(is_writing(stitched, around(kPlace), faint()));
}

TEST(TextDoubt, ARedPenIsNoCut) {
  EXPECT_TRUE(is_writing(written(0, {40, 30, 170}), around({kPlace.center, {250, 36}, 0}), faint()));
  cv::Mat scribble(kSize, CV_8UC3, kSkin);  // that nobody can read
  for (int x = 290; x < 500; x += 14)
    cv::line(scribble, {x, 292}, {x + 10, x % 4 == 0 ? 309 : 301}, {40, 30, 170}, 2, cv::LINE_AA);
  EXPECT_TRUE(is_writing(scribble, around(kThin), faint()));
}

TEST(TextDoubt, WhatTheOtherNetworkSeesElsewhereDoesNotHelp) {
  cv::Mat elsewhere = kNothing.clone();
  elsewhere.at<float>(10, 10) = 1;
  EXPECT_FALSE(is_writing(wound(), around(kPlace), elsewhere));
}

TEST(TextDoubt, AMapOfThePictureLyingDownIsTurnedBack) {
  const auto place = around({cv::Point2f(200, 150), cv::Size2f(80, 20), 0});
  cv::Mat upright = kNothing.clone();
  upright(cv::Rect(48, 35, 4, 4)) = 1;
  for (const int turns : {1, 2, 3}) EXPECT_TRUE(is_writing(wound(), place, turned(upright, turns), turns)) << turns;
  EXPECT_FALSE(is_writing(wound(), place, turned(upright, 1), 3));
}

TEST(TextDoubt, AWordThatOneNetworkSeesIsReadAtAnyAngle) {
  for (const float degrees : {0.0F, 30.0F, 90.0F, 135.0F, 180.0F, 290.0F}) {
    EXPECT_TRUE(is_writing(written(degrees), around({kPlace.center, kPlace.size, degrees}), kNothing)) << degrees;
  }
}

TEST(TextDoubt, WithOneNetworkOnlyNothingIsDoubted) {
  const cv::Mat bgr = wound();
  const pixel::Frame frame{bgr, 0};
  Picture picture(frame);
  TextDoubt doubt(picture);
  EXPECT_TRUE(doubt.is_writing(around(kPlace), kTiny, reader()).value_or(false)) << "nobody looked";
  doubt.saw(kTiny, kNothing, 0);
  EXPECT_TRUE(doubt.is_writing(around(kPlace), kTiny, reader()).value_or(false)) << "only the one that found it";
}

TEST(TextDoubt, BeyondTheLimitEverythingIsTakenForWriting) {
  const cv::Mat bgr = wound();
  const pixel::Frame frame{bgr, 0};
  Picture picture(frame);
  TextDoubt doubt(picture);
  doubt.saw(kTiny, kNothing, 0);
  const auto speck = around({cv::Point2f(400, 300), cv::Size2f(3, 1), 0});  // too small to be read: costs nothing
  for (int i = 0; i < 128; ++i) ASSERT_FALSE(doubt.is_writing(speck, kLarge, reader()).value_or(true)) << i;
  EXPECT_TRUE(doubt.is_writing(speck, kLarge, reader()).value_or(false));
}

}  // namespace
}  // namespace veilgate::detect
