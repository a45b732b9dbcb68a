// How far found text and barcodes widen, on drawn labels whose edges are known. No models.
#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>

#include "detect/things.h"

namespace veilgate::detect {
namespace {

using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::StartsWith;

const cv::Scalar kSkin(125, 160, 205), kPaper(240, 240, 240), kInk(30, 30, 30);

cv::Mat skin() {
  cv::Mat picture(600, 800, CV_8UC3, kSkin), noise(600, 800, CV_16SC3), out;
  cv::RNG(7).fill(noise, cv::RNG::NORMAL, 0, 4);
  cv::add(picture, noise, out, cv::noArray(), CV_8UC3);
  return out;
}

void write_on(cv::Mat& picture, cv::Point at) {
  cv::putText(picture, "Kowalski", at, cv::FONT_HERSHEY_SIMPLEX, 1, kInk, 2, cv::LINE_AA);
}

/// A slanted line, as the detector tells it.
Region slanted_text(cv::Point2f centre, cv::Size2f size, float degrees) {
  const cv::RotatedRect line(centre, size, degrees);
  std::array<cv::Point2f, 4> points;
  line.points(points.data());
  const cv::Rect box = line.boundingRect();
  Region out{{box.x, box.y, box.width, box.height}, 0, RegionKind::Text, 0.9, "m", "line"};
  Corners& corners = out.corners.emplace();
  for (std::size_t i = 0; i < points.size(); ++i) {
    corners[2 * i] = cvRound(points[i].x), corners[2 * i + 1] = cvRound(points[i].y);
  }
  return out;
}

Region text(Box box) { return {box, 0, RegionKind::Text, 0.9, "m", "line"}; }

std::vector<Region> labels(const cv::Mat& picture, std::vector<Region> found) {
  const auto out = label_regions({picture, 0}, found);
  EXPECT_TRUE(out) << out.error().message;
  return out ? *out : std::vector<Region>{};
}

/// 255 where the regions lie.
cv::Mat1b under(const std::vector<Region>& regions, const cv::Size& size) {
  cv::Mat1b out = cv::Mat1b::zeros(size);
  for (const auto& region : regions) out(cv::Rect(region.box.x, region.box.y, region.box.w, region.box.h)) = 255;
  return out;
}

double covered(const std::vector<cv::Point>& outline, const std::vector<Region>& regions, const cv::Size& size) {
  cv::Mat1b thing = cv::Mat1b::zeros(size);
  cv::fillPoly(thing, std::vector{outline}, 255);
  return cv::countNonZero(thing & under(regions, size)) / static_cast<double>(cv::countNonZero(thing));
}

std::vector<cv::Point> turned(cv::Point2f centre, cv::Size2f size, float degrees) {
  std::array<cv::Point2f, 4> corners;
  cv::RotatedRect(centre, size, degrees).points(corners.data());
  return {corners.begin(), corners.end()};
}

TEST(LabelRegions, TextWidensToItsLabelAndNoFurther) {
  cv::Mat picture = skin();
  const cv::Rect label(200, 150, 300, 140);
  cv::rectangle(picture, label, kPaper, cv::FILLED);
  write_on(picture, {230, 200});
  const auto found = labels(picture, {text({228, 174, 140, 32})});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, RegionKind::Label);
  EXPECT_EQ(found[0].source, "things");
  EXPECT_THAT(found[0].reason, StartsWith("widened: "));
  EXPECT_GT(found[0].score, 0.9);
  const cv::Rect box(found[0].box.x, found[0].box.y, found[0].box.w, found[0].box.h);
  EXPECT_EQ(box & label, label);
  EXPECT_LT(box.area(), 1.15 * label.area());
}

TEST(LabelRegions, TheWoundBesideASlantedLabelStays) {
  cv::Mat picture = skin();
  const auto label = turned({400, 300}, {420, 90}, 45);
  cv::fillConvexPoly(picture, label, kPaper, cv::LINE_AA);
  const cv::Rect wound(480, 130, 90, 90);
  cv::ellipse(picture, cv::RotatedRect(cv::Point2f(525, 175), cv::Size2f(90, 90), 0), cv::Scalar(40, 40, 150),
              cv::FILLED);
  const auto found = labels(picture, {text({320, 220, 160, 160})});
  ASSERT_GT(found.size(), 1U);
  EXPECT_GT(covered(label, found, picture.size()), 0.99);
  EXPECT_EQ(cv::countNonZero(under(found, picture.size())(wound)), 0);
}

TEST(LabelRegions, UnevenLightDoesNotEndALabel) {
  cv::Mat picture = skin();
  const cv::Rect label(150, 200, 480, 90);
  for (int x = label.x; x < label.br().x; ++x) {
    const double light = 1 - 0.45 * std::abs(x - 390) / 240.0;
    picture(cv::Rect(x, label.y, 1, label.height)) = cv::Scalar(kPaper * light);
  }
  write_on(picture, {330, 255});
  const auto found = labels(picture, {text({328, 228, 140, 34})});
  EXPECT_GT(covered({label.tl(), {label.br().x, label.y}, label.br(), {label.x, label.br().y}}, found, picture.size()),
            0.95);
}

TEST(LabelRegions, LinesDrawnAcrossAScreenDoNotPartIt) {
  cv::Mat picture = skin();
  const cv::Rect frame(150, 120, 420, 300), screen(165, 135, 390, 270);
  cv::rectangle(picture, frame, kInk, cv::FILLED);
  cv::rectangle(picture, screen, kPaper, cv::FILLED);
  for (const int y : {190, 260, 330}) cv::line(picture, {screen.x, y}, {screen.x + 290, y + 8}, {60, 160, 60}, 1);
  cv::putText(picture, "104", {470, 270}, cv::FONT_HERSHEY_SIMPLEX, 1.2, kInk, 3, cv::LINE_AA);
  const auto found = labels(picture, {text({465, 238, 84, 40})});
  EXPECT_GT(
      covered({screen.tl(), {screen.br().x, screen.y}, screen.br(), {screen.x, screen.br().y}}, found, picture.size()),
      0.95);
}

/// Light that changes over the picture by more than the tape differs from the skin.
cv::Mat skin_in_uneven_light() {
  cv::Mat picture = skin();
  for (int x = 0; x < picture.cols; ++x) picture.col(x) *= 0.85 + 0.15 * x / picture.cols;
  return picture;
}

void lay_tape(cv::Mat& picture, const std::vector<cv::Point>& outline) {
  cv::Mat1b tape = cv::Mat1b::zeros(picture.size());
  cv::fillConvexPoly(tape, outline, 255);
  cv::add(picture, cv::Scalar::all(5), picture, tape);
}

TEST(LabelRegions, ATapeOfTheSkinsColourIsFoundByItsSides) {
  cv::Mat picture = skin_in_uneven_light();
  const auto tape = turned({400, 300}, {360, 84}, 12);
  lay_tape(picture, tape);
  write_on(picture, {260, 285});
  const auto found = labels(picture, {slanted_text({326, 284}, {170, 40}, 12)});
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].reason, "widened: sides");
  EXPECT_GT(covered(tape, found, picture.size()), 0.95);
  EXPECT_LT(cv::countNonZero(under(found, picture.size())), 1.5 * 360 * 84);
}

TEST(LabelRegions, LinesOfOneThingAreLookedAroundTogether) {
  cv::Mat picture = skin_in_uneven_light();
  const std::vector<cv::Point> tape{{220, 230}, {600, 230}, {600, 330}, {220, 330}};
  lay_tape(picture, tape);
  for (const int y : {272, 316}) cv::putText(picture, "Kowalski", {235, y}, cv::FONT_HERSHEY_SIMPLEX, 1, kInk, 2);
  const auto found = labels(picture, {text({233, 244, 144, 34}), text({233, 288, 144, 34})});
  EXPECT_GT(covered(tape, found, picture.size()), 0.95);
}

TEST(LabelRegions, SidesThatWouldHideWhatIsKeptAreNotBelieved) {
  cv::Mat picture = skin_in_uneven_light();
  lay_tape(picture, {{220, 230}, {600, 230}, {600, 330}, {220, 330}});
  write_on(picture, {240, 290});
  auto digit = text({500, 260, 20, 20});
  digit.kept = true;
  EXPECT_THAT(labels(picture, {text({238, 264, 140, 32}), digit}), IsEmpty());
}

TEST(LabelRegions, WhatLiesBesideALabelIsNotTakenForItsSides) {
  cv::Mat picture = skin();
  cv::rectangle(picture, {200, 200, 200, 60}, kPaper, cv::FILLED);
  const cv::Rect card(420, 200, 120, 60);
  cv::rectangle(picture, card, {250, 225, 225}, cv::FILLED);
  write_on(picture, {240, 240});
  const auto found = labels(picture, {text({230, 206, 150, 44}), text({380, 206, 60, 44})});
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(cv::countNonZero(under(found, picture.size())(card)), 0);
}

TEST(LabelRegions, ASlantedLineIsJudgedByItselfNotByTheSkinInItsBox) {
  cv::Mat picture = skin();
  const auto band = turned({400, 300}, {420, 60}, 45);
  cv::fillConvexPoly(picture, band, kPaper, cv::LINE_AA);
  const auto found = labels(picture, {slanted_text({400, 300}, {300, 24}, 45)});
  EXPECT_GT(covered(band, found, picture.size()), 0.99);
  EXPECT_LT(cv::countNonZero(under(found, picture.size())), 2 * 420 * 60);
}

TEST(LabelRegions, TextOnTheSkinItselfStaysAsItWasFound) {
  cv::Mat picture = skin();
  write_on(picture, {230, 200});
  EXPECT_THAT(labels(picture, {text({228, 174, 140, 32})}), IsEmpty());
}

TEST(LabelRegions, APageThatFillsThePictureIsNoLabel) {
  cv::Mat picture(600, 800, CV_8UC3, kPaper);
  write_on(picture, {230, 200});
  EXPECT_THAT(labels(picture, {text({228, 174, 140, 32})}), IsEmpty());
  cv::rectangle(picture, {0, 0, 800, 20}, kSkin, cv::FILLED);
  EXPECT_THAT(labels(picture, {text({228, 174, 140, 32})}), IsEmpty()) << "nor one with a visible edge";
}

TEST(LabelRegions, ASmallWordOnALargeBoardStaysAsItWasFound) {
  cv::Mat picture = skin();
  cv::rectangle(picture, {100, 100, 480, 360}, kPaper, cv::FILLED);
  EXPECT_THAT(labels(picture, {text({300, 250, 60, 14})}), IsEmpty());
}

TEST(LabelRegions, WhatIsToBeKeptIsNeverWidenedOver) {
  cv::Mat picture = skin();
  cv::rectangle(picture, {200, 150, 300, 80}, kPaper, cv::FILLED);
  auto digit = text({220, 160, 20, 20});
  digit.kept = true;
  EXPECT_THAT(labels(picture, {text({280, 190, 140, 32}), digit}), IsEmpty());
  EXPECT_THAT(labels(picture, {digit}), IsEmpty());
}

TEST(LabelRegions, FacesAndOrdainedRegionsDoNotWiden) {
  cv::Mat picture = skin();
  cv::rectangle(picture, {200, 150, 300, 140}, kPaper, cv::FILLED);
  EXPECT_THAT(labels(picture, {{{228, 174, 140, 32}, 0, RegionKind::Face, 1, "m"},
                               {{228, 174, 140, 32}, 0, RegionKind::Fixed, 1, "rule:a"}}),
              IsEmpty());
}

TEST(LabelRegions, TheFrameOfTheRegionsIsThatOfThePicture) {
  cv::Mat picture = skin();
  cv::rectangle(picture, {200, 150, 300, 140}, kPaper, cv::FILLED);
  auto found = text({228, 174, 140, 32});
  found.frame = 3;
  const auto out = label_regions({picture, 3}, std::vector{found});
  ASSERT_TRUE(out);
  EXPECT_THAT(*out, testing::AllOf(testing::Not(IsEmpty()), Each(Field(&Region::frame, 3))));
}

TEST(LabelRegions, NothingIsFoundInAPictureOfOnePixel) {
  EXPECT_THAT(labels(cv::Mat(1, 1, CV_8UC3, kPaper), {text({0, 0, 1, 1})}), IsEmpty());
  EXPECT_FALSE(label_regions({cv::Mat(), 0}, {}));
}

}  // namespace
}  // namespace veilgate::detect
