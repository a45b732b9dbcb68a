#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "detect/bowed_line.h"
#include "detect/face_model.h"
#include "detect/face_search.h"
#include "detect/family.h"
#include "detect/text_boxes.h"
#include "support/face_outputs.h"

namespace veilgate::detect {
namespace {

FaceCandidate ultraface(Rect box, float score, int turns = 0) { return {box, score, 0, turns}; }
FaceCandidate blazeface(Rect box, float score, int turns = 0) { return {box, score, 1, turns}; }
FaceCandidate third(Rect box, float score, int turns = 0) { return {box, score, 2, turns}; }

/// The built-in models, and one more.
FaceRule face_rule(double threshold) {
  const std::array scores{kUltraFace.scores, kBlazeFace.scores, FaceScores{0.9, 0.4}};
  return detect::face_rule(threshold, scores);
}

/// A family's outputs with one face somewhere.
class FaceDecode : public testing::Test {
 protected:
  std::vector<FaceCandidate> decode(const std::string& family, float threshold = 0.5F) {
    const auto found = face_family(family).decode(outputs, input_of(face_family(family)), threshold);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::vector<FaceCandidate>{};
  }
  /// Those of the n-th entry of the family.
  void begin(const std::string& family, std::size_t n = 0) {
    for (const auto& one : face_outputs()) {
      if (one.family == family && n-- == 0) outputs = blank_outputs(one);
    }
  }
  void put(std::size_t output, std::size_t row, std::vector<float> values) {
    const auto columns = static_cast<std::size_t>(outputs[output].shape.back());
    std::copy(values.begin(), values.end(),
              outputs[output].values.begin() + static_cast<std::ptrdiff_t>(row * columns));
  }
  static void expect_box(const Rect& box, double x, double y, double w, double h) {
    EXPECT_NEAR(box.x, x, 1e-5);
    EXPECT_NEAR(box.y, y, 1e-5);
    EXPECT_NEAR(box.width, w, 1e-5);
    EXPECT_NEAR(box.height, h, 1e-5);
  }
  static void expect_eyes(const std::optional<Eyes>& eyes, cv::Point2f one, cv::Point2f other) {
    ASSERT_TRUE(eyes);
    EXPECT_LT(cv::norm((*eyes)[0] - one), 1e-5);
    EXPECT_LT(cv::norm((*eyes)[1] - other), 1e-5);
  }
  std::vector<Tensor> outputs;
};

TEST_F(FaceDecode, UltraFaceSaysCornersInSharesOfTheInput) {
  begin("ultraface");
  put(0, 7, {0.2F, 0.8F});
  put(0, 8, {0.5F, 0.5F});
  put(1, 7, {0.25F, 0.5F, 0.5F, 1.0F});
  const auto found = decode("ultraface", 0.6F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FLOAT_EQ(found[0].score, 0.8F);
  EXPECT_EQ(found[0].box, Rect(0.25F, 0.5F, 0.25F, 0.5F));
  EXPECT_FALSE(found[0].eyes);
}

TEST_F(FaceDecode, BlazeFaceSaysCentreSizeAndEyesRelativeToTheAnchor) {
  begin("blazeface");
  // Row 3, column 5 of the coarse grid, its fourth anchor: centre (5.5, 3.5) / 8.
  const std::size_t row = (3 * 8 + 5) * 6 + 3;
  put(1, row, {2});
  put(3, row, {25.6F, -25.6F, 51.2F, 102.4F, -25.6F, -12.8F, 25.6F, -12.8F});
  const auto found = decode("blazeface");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].score, 1 / (1 + std::exp(-2.0)), 1e-5);
  expect_box(found[0].box, 0.6875 + 0.1 - 0.1, 0.4375 - 0.1 - 0.2, 0.2, 0.4);
  expect_eyes(found[0].eyes, {0.5875F, 0.3875F}, {0.7875F, 0.3875F});
}

TEST_F(FaceDecode, YuNetSaysCentreInStridesAndTheLogarithmOfTheSize) {
  begin("yunet");
  // Row 4, column 10 of stride 16.
  const std::size_t row = 4 * 40 + 10;
  put(1, row, {0.9F});
  put(4, row, {0.4F});
  put(7, row, {0.5F, 0.25F, std::log(4.0F), std::log(8.0F)});
  put(10, row, {-1, 0, 1, 0});
  const auto found = decode("yunet");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FLOAT_EQ(found[0].score, 0.6F) << "the root of both scores' product";
  expect_box(found[0].box, (10.5 - 2) / 40, (4.25 - 4) / 40, 4.0 / 40, 8.0 / 40);
  expect_eyes(found[0].eyes, {9.0F / 40, 4.0F / 40}, {11.0F / 40, 4.0F / 40});
}

TEST_F(FaceDecode, ScrfdSaysDistancesFromTheAnchorInStrides) {
  // Row 2, column 3 of stride 32, its second anchor.
  const std::size_t row = (2 * 20 + 3) * 2 + 1;
  for (const std::size_t n : {0U, 1U}) {
    begin("scrfd", n);
    put(2, row, {0.7F});
    put(5, row, {1, 2, 3, 4});
    if (n == 1) put(8, row, {0, 1, 2, 1});
    const auto found = decode("scrfd");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_FLOAT_EQ(found[0].score, 0.7F);
    expect_box(found[0].box, (3.0 - 1) / 20, (2.0 - 2) / 20, 4.0 / 20, 6.0 / 20);
    if (n == 1) {
      expect_eyes(found[0].eyes, {3.0F / 20, 3.0F / 20}, {5.0F / 20, 3.0F / 20});
    } else {
      EXPECT_FALSE(found[0].eyes) << "this model has no landmarks";
    }
  }
}

TEST_F(FaceDecode, ScrfdGivesNoBoxThatIsTurnedInsideOut) {
  begin("scrfd");
  put(2, 5, {0.7F});
  put(5, 5, {-1, -1, -2, -2});
  const auto found = decode("scrfd");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].box.empty());
}

TEST_F(FaceDecode, RetinaFaceSaysPlacesAndSizesRelativeToItsPriors) {
  begin("retinaface");
  // Row 1, column 2 of stride 16, its second prior: 128 pixels around (40, 24).
  const std::size_t row = 2 * 6400 + (1 * 40 + 2) * 2 + 1;
  put(1, row, {0.1F, 0.9F});
  put(0, row, {1, -1, 0, 5 * std::log(2.0F)});
  put(2, row, {-2.5F, 0, 2.5F, 0});
  const auto found = decode("retinaface");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FLOAT_EQ(found[0].score, 0.9F);
  expect_box(found[0].box, (40 + 12.8 - 64) / 640, (24 - 12.8 - 128) / 640, 128.0 / 640, 256.0 / 640);
  expect_eyes(found[0].eyes, {8.0F / 640, 24.0F / 640}, {72.0F / 640, 24.0F / 640});
}

TEST(FaceFeed, PutsChannelsWhereTheNetworkWantsThem) {
  cv::Mat image(1, 2, CV_8UC3);
  image.at<cv::Vec3b>(0, 0) = {10, 20, 30};
  image.at<cv::Vec3b>(0, 1) = {40, 50, 60};
  const std::vector<float> planes_rgb{15, 30, 9, 24, 4, 19};  // (value - mean) / 2
  EXPECT_EQ(fed(image, {true, true, {0, 2, 2}, 2}), planes_rgb);
  const std::vector<float> pixels_bgr{10, 20, 30, 40, 50, 60};
  EXPECT_EQ(fed(image, {false, false, {}, 1}), pixels_bgr);
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

TEST(FaceVote, ModelsAgreeWhereTwoAreSureInOneRotation) {
  const Rect box(10, 10, 40, 40);
  const auto agreed = [&](const std::vector<FaceCandidate>& candidates) {
    const auto faces = vote(candidates, face_rule(0.5));
    return faces.size() == 1 && faces[0].agreed;
  };
  EXPECT_TRUE(agreed({ultraface(box, 0.96F, 1), blazeface(box, 0.86F, 1)}));
  EXPECT_TRUE(agreed({ultraface(box, 0.96F, 1), third(box, 0.92F, 1)})) << "any two of three";
  EXPECT_FALSE(agreed({ultraface(box, 0.96F, 1), blazeface(box, 0.86F, 2)})) << "a face has one upright";
  EXPECT_FALSE(agreed({ultraface(box, 0.99F, 0), ultraface(box, 0.99F, 1), ultraface(box, 0.99F, 2)}))
      << "one model, however sure and often";
  EXPECT_FALSE(agreed({ultraface(box, 0.96F), blazeface(box, 0.84F)}));
}

TEST(FaceVote, TheOnlyModelOfAnEnsembleAgreesWithItself) {
  const auto rule = detect::face_rule(0.5, std::array{kUltraFace.scores});
  const auto faces = vote({ultraface({10, 10, 40, 40}, 0.96F)}, rule);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_TRUE(faces[0].agreed);
}

TEST(FaceVote, ASecondLookAsksForLessWhereOneModelIsSure) {
  for (const double threshold : {0.1, 0.5, 0.9}) {
    const auto rule = face_rule(threshold);
    EXPECT_GT(rule.seconded, 0);
    EXPECT_LT(rule.seconded, rule.confirmed);
  }
  EXPECT_FLOAT_EQ(face_rule(0.5).seconded, 0.3F);
  EXPECT_FLOAT_EQ(face_rule(0.5).confirmed, 0.5F);
}

TEST(FaceVote, AFaceInsideAMaskedOneIsHidden) {
  const Face large{{0, 0, 100, 100}}, inside{{10, 10, 40, 40}}, beside{{80, 10, 40, 40}};
  EXPECT_TRUE(is_hidden(inside, std::array{large}));
  EXPECT_FALSE(is_hidden(beside, std::array{large})) << "half of it shows";
  EXPECT_FALSE(is_hidden(inside, {}));
}

TEST(FaceVote, SmallerFacesWithinALargerGroupAreVotedOnAsWell) {
  const Rect large(0, 0, 100, 100), small(10, 10, 40, 40);
  const auto faces = vote(
      {ultraface(large, 0.98F, 0), ultraface(small, 0.8F, 0), ultraface(small, 0.7F, 1), ultraface(small, 0.7F, 2)},
      face_rule(0.5));
  EXPECT_EQ(faces.size(), 2U) << "the large one may turn out to be none";
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
  EXPECT_EQ(faces[0].model, 0);
}

TEST(FaceVote, EveryModelOfTheEnsembleHasAVoteAndAPartOfTheHull) {
  const Rect box(10, 10, 40, 40);
  const auto faces =
      vote({ultraface(box, 0.7F), blazeface({8, 10, 40, 40}, 0.5F), third({10, 10, 40, 44}, 0.5F)}, face_rule(0.5));
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_EQ(faces[0].votes, 3);
  EXPECT_EQ(faces[0].box, Rect(8, 10, 42, 44));
  EXPECT_EQ(vote({third(box, 0.92F)}, face_rule(0.5)).size(), 1U) << "sure by its own score";
  EXPECT_TRUE(vote({third(box, 0.88F)}, face_rule(0.5)).empty());
}

TEST(FaceVote, TheScoresOfTheBuiltInModelsAreTheMeasuredOnes) {
  const auto rule = face_rule(0.5);
  EXPECT_FLOAT_EQ(rule.models[0].sure, 0.95F);
  EXPECT_FLOAT_EQ(rule.models[0].vote, 0.3F);
  EXPECT_FLOAT_EQ(rule.models[0].trusted, 0.75F);
  EXPECT_FLOAT_EQ(rule.models[1].sure, 0.85F);
  EXPECT_FLOAT_EQ(rule.models[1].vote, 0.25F);
  EXPECT_GT(rule.models[1].trusted, 1) << "it speaks for nobody";
  EXPECT_FLOAT_EQ(face_rule(0.7).models[1].sure, 0.91F);
  EXPECT_FLOAT_EQ(face_rule(0.7).models[0].vote, 0.42F);
}

TEST(FaceVote, ACandidateOfNoModelOfTheRuleIsNoFace) {
  EXPECT_TRUE(
      vote({FaceCandidate{{0, 0, 9, 9}, 1, 7, 0}, FaceCandidate{{0, 0, 9, 9}, 1, -1, 0}}, face_rule(0.5)).empty());
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

std::vector<cv::Point> outline_of(const cv::Mat1b& drawn) {
  std::vector<std::vector<cv::Point>> shapes;
  cv::findContours(drawn, shapes, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
  return shapes.at(0);
}

TEST(StraightParts, FollowABowAndLeaveItsInsideFree) {
  cv::Mat1b bow = cv::Mat1b::zeros(400, 400), cover = bow.clone();
  cv::ellipse(bow, {200, 200}, {150, 150}, 0, 180, 360, 255, 16);
  const auto parts = straight_parts(outline_of(bow));
  ASSERT_GE(parts.size(), 5U);
  for (const auto& part : parts) {
    std::array<cv::Point2f, 4> corners;
    part.points(corners.data());
    cv::fillConvexPoly(cover, std::vector<cv::Point>(corners.begin(), corners.end()), 255);
  }
  EXPECT_GE(cv::countNonZero(bow & cover), 0.97 * cv::countNonZero(bow));
  EXPECT_LE(cv::countNonZero(cover), 1.8 * cv::countNonZero(bow));
  EXPECT_EQ(cover(200, 200), 0);
}

TEST(StraightParts, HaveASizeAndALimitWhateverTheShape) {
  cv::RNG random(3);
  for (int i = 0; i < 60; ++i) {
    cv::Mat1b ragged = cv::Mat1b::zeros(300, 300);
    cv::ellipse(ragged, {150, 150}, {120, 90}, random.uniform(0, 180), 0, random.uniform(90, 360), 255,
                random.uniform(1, 14));
    for (int k = 0; k < 400; ++k) ragged(random.uniform(0, 300), random.uniform(0, 300)) = k % 2 == 0 ? 0 : 255;
    std::vector<std::vector<cv::Point>> shapes;
    cv::findContours(ragged, shapes, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
    for (const auto& shape : shapes) {
      const auto parts = straight_parts(shape);
      EXPECT_LE(parts.size(), 80U);
      for (const auto& part : parts) EXPECT_GT(part.size.width * part.size.height, 0);
    }
  }
}

TEST(StraightParts, AreNoneOfAStraightLineAndOfARoundPatch) {
  cv::Mat1b line = cv::Mat1b::zeros(400, 400), patch = line.clone();
  cv::line(line, {50, 50}, {350, 250}, 255, 14);
  cv::circle(patch, {200, 200}, 60, 255, cv::FILLED);
  EXPECT_TRUE(straight_parts(outline_of(line)).empty());
  EXPECT_TRUE(straight_parts(outline_of(patch)).empty());
}

}  // namespace
}  // namespace veilgate::detect
