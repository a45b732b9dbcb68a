#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "detect/face_model.h"
#include "detect/face_search.h"
#include "detect/text_boxes.h"

namespace veilgate::detect {
namespace {

FaceCandidate ultraface(Rect box, float score, int turns = 0) { return {box, score, FaceModelId::UltraFace, turns}; }
FaceCandidate blazeface(Rect box, float score, int turns = 0) { return {box, score, FaceModelId::BlazeFace, turns}; }

TEST(UltraFaceDecode, KeepsScoresAboveTheThresholdAsBoxes) {
  const std::vector<float> scores{0.9F, 0.1F, 0.2F, 0.8F, 0.5F, 0.5F};
  const std::vector<float> boxes{0, 0, 1, 1, 0.25F, 0.5F, 0.5F, 1.0F, 0.1F, 0.1F, 0.2F, 0.2F};
  const auto found = decode_ultraface(scores, boxes, 0.6F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FLOAT_EQ(found[0].score, 0.8F);
  EXPECT_EQ(found[0].box, Rect(0.25F, 0.5F, 0.25F, 0.5F));
}

TEST(UltraFaceDecode, IgnoresNanAndShortOutputs) {
  EXPECT_TRUE(decode_ultraface(std::vector<float>{0, NAN}, std::vector<float>{0, 0, 1, 1}, 0.1F).empty());
  EXPECT_TRUE(decode_ultraface(std::vector<float>{0, 1}, std::vector<float>{0, 0, 1}, 0.1F).empty());
}

TEST(BlazeFaceDecode, AnchorsFillTheGridRowByRow) {
  const auto anchors = blazeface_anchors(16, 2);
  ASSERT_EQ(anchors.size(), 512U);
  EXPECT_EQ(anchors[0], cv::Point2f(0.5F / 16, 0.5F / 16));
  EXPECT_EQ(anchors[1], anchors[0]);
  EXPECT_EQ(anchors[2], cv::Point2f(1.5F / 16, 0.5F / 16));
  EXPECT_EQ(anchors.back(), cv::Point2f(15.5F / 16, 15.5F / 16));
  EXPECT_EQ(blazeface_anchors(8, 6).size(), 384U);
}

TEST(BlazeFaceDecode, ReadsCentreAndSizeRelativeToTheAnchor) {
  const std::vector<cv::Point2f> anchors{{0.5F, 0.5F}, {0.1F, 0.1F}};
  std::vector<float> boxes(32, 0.0F);
  boxes[0] = 25.6F, boxes[1] = -25.6F, boxes[2] = 51.2F, boxes[3] = 102.4F;
  const auto found = decode_blazeface(std::vector<float>{2.0F, -1000.0F}, boxes, anchors, 256, 0.5F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].box.x, 0.5, 1e-5);
  EXPECT_NEAR(found[0].box.y, 0.2, 1e-5);
  EXPECT_NEAR(found[0].box.width, 0.2, 1e-5);
  EXPECT_NEAR(found[0].score, 1 / (1 + std::exp(-2.0)), 1e-5);
}

TEST(BlazeFaceDecode, TellsWhereTheEyesAre) {
  std::vector<float> boxes(16, 0.0F);
  boxes[4] = -25.6F, boxes[5] = -12.8F, boxes[6] = 25.6F, boxes[7] = -12.8F;
  const auto found =
      decode_blazeface(std::vector<float>{2.0F}, boxes, std::vector<cv::Point2f>{{0.5F, 0.5F}}, 256, 0.5F);
  ASSERT_EQ(found.size(), 1U);
  ASSERT_TRUE(found[0].eyes);
  EXPECT_NEAR((*found[0].eyes)[0].x, 0.4, 1e-5);
  EXPECT_NEAR((*found[0].eyes)[1].x, 0.6, 1e-5);
  EXPECT_NEAR((*found[0].eyes)[1].y, 0.45, 1e-5);
}

TEST(Letterbox, FitsAndPadsWithoutDistortion) {
  float scale = 0;
  const auto out = letterboxed(cv::Mat(400, 100, CV_8UC3, cv::Scalar(255, 255, 255)), {320, 240}, scale);
  EXPECT_EQ(out.size(), cv::Size(320, 240));
  EXPECT_FLOAT_EQ(scale, 0.6F);
  EXPECT_EQ(out.at<cv::Vec3b>(239, 59), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(out.at<cv::Vec3b>(0, 60), cv::Vec3b(127, 127, 127));
  EXPECT_EQ(letterboxed(cv::Mat(1, 30000, CV_8UC3, cv::Scalar()), {320, 240}, scale).size(), cv::Size(320, 240));
}

TEST(FaceSearch, FindsTheWayBackFromATurnedPiece) {
  auto candidate = blazeface({10, 20, 30, 40}, 0.9F);
  candidate.eyes = Eyes{cv::Point2f(15, 30), cv::Point2f(30, 30)};
  // A piece of 200 x 100, half the picture's size, whose corner lies at (-20, 7).
  const auto back = placed(candidate, 1, {200, 100}, 2, {-20, 7});
  EXPECT_EQ(back.quarter_turns, 1);
  EXPECT_EQ(back.box, Rect(2 * 20 - 20, 2 * (100 - 10 - 30) + 7, 80, 60));
  EXPECT_EQ((*back.eyes)[0], cv::Point2f(2 * 30 - 20, 2 * (100 - 15) + 7));
}

TEST(Suppression, KeepsTheBestOfOverlappingBoxes) {
  const auto kept = suppress(
      {ultraface({0, 0, 10, 10}, 0.6F), ultraface({1, 1, 10, 10}, 0.9F), ultraface({50, 50, 10, 10}, 0.5F)}, 0.4F);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_FLOAT_EQ(kept[0].score, 0.9F);
  EXPECT_FLOAT_EQ(kept[1].score, 0.5F);
}

TEST(FaceVote, OneVerySureModelIsEnough) {
  const auto rule = face_rule(0.5);
  EXPECT_EQ(vote({ultraface({0, 0, 40, 40}, 0.96F)}, rule).size(), 1U);
  EXPECT_EQ(vote({blazeface({0, 0, 40, 40}, 0.86F)}, rule).size(), 1U);
  EXPECT_TRUE(vote({ultraface({0, 0, 40, 40}, 0.94F)}, rule).empty());
}

TEST(FaceVote, ThreeDifferentViewsAgreeWhereOneIsNotSure) {
  const auto rule = face_rule(0.5);
  const Rect box(10, 10, 40, 40);
  EXPECT_TRUE(vote({ultraface(box, 0.5F, 0), ultraface(box, 0.5F, 0), ultraface(box, 0.5F, 0)}, rule).empty())
      << "the same view three times is one vote";
  EXPECT_EQ(vote({ultraface(box, 0.7F, 0), ultraface(box, 0.4F, 1), blazeface(box, 0.3F, 0)}, rule).size(), 1U);
  EXPECT_TRUE(vote({ultraface(box, 0.7F, 0), ultraface(box, 0.1F, 1), blazeface(box, 0.1F, 0)}, rule).empty())
      << "too low to count";
}

TEST(FaceVote, VotesAreNotEnoughWhereNobodyIsHalfSure) {
  const Rect box(10, 10, 40, 40);
  EXPECT_TRUE(
      vote({ultraface(box, 0.55F, 0), ultraface(box, 0.5F, 1), blazeface(box, 0.5F, 0)}, face_rule(0.5)).empty());
}

TEST(FaceVote, OnlyWhatUltraFaceDoubtsIsLookedAtAgain) {
  const auto rule = face_rule(0.5);
  const Rect box(10, 10, 40, 40);
  const auto doubtful = [&](float best_ultraface, float best_blazeface) {
    const auto faces =
        vote({ultraface(box, best_ultraface, 0), ultraface(box, 0.4F, 1), blazeface(box, best_blazeface, 2)}, rule);
    return faces.size() == 1 && faces[0].doubtful;
  };
  EXPECT_TRUE(doubtful(0.7F, 0.3F));
  EXPECT_TRUE(doubtful(0.5F, 0.8F));
  EXPECT_FALSE(doubtful(0.8F, 0.3F));
  EXPECT_FALSE(doubtful(0.97F, 0.3F)) << "sure";
  EXPECT_FALSE(doubtful(0.5F, 0.9F)) << "sure";
}

TEST(FaceVote, WhatIsDoubtfulHidesNoFace) {
  const Rect large(0, 0, 100, 100), small(10, 10, 40, 40);
  const auto faces = vote({blazeface(large, 0.84F, 0), ultraface(large, 0.4F, 0), ultraface(large, 0.4F, 1),
                           ultraface(small, 0.8F, 0), ultraface(small, 0.7F, 1), ultraface(small, 0.7F, 2)},
                          face_rule(0.5));
  EXPECT_EQ(faces.size(), 2U);
}

FaceCandidate with_eyes(float score, int turns, cv::Point2f left, cv::Point2f right) {
  auto out = blazeface({0, 0, 100, 100}, score, turns);
  out.eyes = Eyes{left, right};
  return out;
}

TEST(FaceVote, EyesCountOnlyWhereOneRotationIsClearlyTheBest) {
  const auto upright = with_eyes(0.9F, 0, {30, 35}, {70, 35});
  const auto mouth_for_eyes = [](float score) { return with_eyes(score, 2, {70, 75}, {30, 75}); };
  EXPECT_TRUE(eyes_of({upright}));
  EXPECT_EQ((*eyes_of({upright, mouth_for_eyes(0.5F)}))[0], cv::Point2f(30, 35));
  EXPECT_FALSE(eyes_of({upright, mouth_for_eyes(0.85F)}));
  EXPECT_TRUE(eyes_of({upright, with_eyes(0.88F, 1, {31, 36}, {69, 34})})) << "another rotation says the same";
  EXPECT_FALSE(eyes_of({with_eyes(0.6F, 0, {30, 35}, {70, 35})})) << "a guess";
  EXPECT_FALSE(eyes_of({ultraface({0, 0, 100, 100}, 0.99F)}));
}

TEST(FaceVote, TheFaceIsTheHullOfBothModelsBestBoxes) {
  const auto faces = vote({ultraface({10, 10, 40, 40}, 0.99F), blazeface({12, 4, 40, 40}, 0.9F)}, face_rule(0.5));
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].box, Rect(10, 4, 42, 46));
  EXPECT_EQ(faces[0].model, FaceModelId::UltraFace);
}

TEST(FaceVote, ALowerThresholdNeverFindsLess) {
  for (const float score : {0.2F, 0.5F, 0.8F, 0.9F, 0.94F, 0.97F}) {
    std::size_t previous = 0;
    for (const double threshold : {0.9, 0.7, 0.5, 0.3, 0.1}) {
      const auto found = vote({ultraface({0, 0, 9, 9}, score)}, face_rule(threshold)).size();
      EXPECT_GE(found, previous);
      previous = found;
    }
  }
}

TEST(TextBoxes, GrowTheShrunkenShapeBackToTheWord) {
  cv::Mat map = cv::Mat::zeros(100, 300, CV_32F);
  map(cv::Rect(50, 40, 200, 12)) = 0.9F;
  const auto boxes = text_boxes(map, text_rule(0.3));
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_NEAR(boxes[0].score, 0.9, 0.01);
  EXPECT_NEAR(boxes[0].box.x, 50 - 8, 3);
  EXPECT_NEAR(boxes[0].box.y, 40 - 8, 3);
  EXPECT_NEAR(boxes[0].box.height, 12 + 17, 4);
}

TEST(TextBoxes, KeepsSlantedWordsWhole) {
  cv::Mat map = cv::Mat::zeros(200, 200, CV_32F);
  cv::line(map, {40, 40}, {160, 160}, cv::Scalar(0.8), 8);
  const auto boxes = text_boxes(map, text_rule(0.3));
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_LE(boxes[0].box.x, 36);
  EXPECT_GE(boxes[0].box.br().x, 164);
}

TEST(TextBoxes, DropsSpecksFaintShapesAndEmptyMaps) {
  cv::Mat map = cv::Mat::zeros(100, 100, CV_32F);
  EXPECT_TRUE(text_boxes(map, text_rule(0.3)).empty());
  map(cv::Rect(10, 10, 2, 2)) = 1.0F;
  map(cv::Rect(40, 40, 30, 10)) = 0.32F;
  EXPECT_TRUE(text_boxes(map, text_rule(0.3)).empty());
  EXPECT_EQ(text_boxes(map, text_rule(0.15)).size(), 1U);
}

TEST(TextBoxes, BoundsTheNumberOfShapesAndKeepsTheLargest) {
  cv::Mat map = cv::Mat::zeros(1024, 1024, CV_32F);
  for (int y = 0; y < 1000; y += 16) {
    for (int x = 0; x < 900; x += 16) map(cv::Rect(x, y, 8, 8)) = 1.0F;
  }
  map(cv::Rect(920, 100, 90, 30)) = 1.0F;
  const auto boxes = text_boxes(map, text_rule(0.3));
  EXPECT_LE(boxes.size(), 1000U);
  bool large = false;
  for (const auto& box : boxes) large = large || box.box.contains(cv::Point2f(960, 115));
  EXPECT_TRUE(large);
}

TEST(TextBoxes, UnionDropsWhatALargerBoxHides) {
  const auto parted = united({{{10, 10, 5, 5}, 0.9F}, {{0, 0, 50, 50}, 0.5F}, {{45, 45, 50, 20}, 0.4F}});
  ASSERT_EQ(parted.kept.size(), 2U);
  EXPECT_FLOAT_EQ(parted.kept[0].score, 0.9F);
  ASSERT_EQ(parted.hidden.size(), 1U);
  EXPECT_FLOAT_EQ(parted.hidden[0].box.width, 5);
}

}  // namespace
}  // namespace veilgate::detect
