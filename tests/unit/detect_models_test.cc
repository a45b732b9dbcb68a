// The detectors with their real models on real and drawn pictures. conf/fetch.sh brings models and sample photographs
// before the tests run: without them these tests fail, they do not skip.
#include <gtest/gtest.h>

#define ZX_USE_UTF8
#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

#include <filesystem>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "detect/ensemble.h"
#include "detect/geometry.h"

namespace veilgate::detect {
namespace {

namespace fs = std::filesystem;

constexpr Wanted kFaces{true, false, false};
constexpr Wanted kText{false, true, false};
constexpr Wanted kCodes{false, false, true};
constexpr Wanted kAll{};

/// One ensemble for all tests: loading the models takes longer than most pictures.
Ensemble& ensemble() {
  static const auto shared = [] {
    config::Detect config;
    config.models = fs::path(VEILGATE_DEPS_DIR) / "models";
    config.runtime = fs::path(VEILGATE_DEPS_DIR) / "onnxruntime/lib/libonnxruntime.so";
    auto made = Ensemble::create(config);
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }();
  return *shared;
}

std::vector<Region> found(const cv::Mat& image, const Wanted& wanted, Pass pass = Pass::Detect) {
  auto regions = ensemble().detect({image, 0}, wanted, pass);
  EXPECT_TRUE(regions) << regions.error().message;
  return regions ? *regions : std::vector<Region>{};
}

Rect rect_of(const Box& box) { return Rect(cv::Rect(box.x, box.y, box.w, box.h)); }

/// Share of `box` that the regions hide together.
double hidden(const cv::Rect& box, const std::vector<Region>& regions, const cv::Size& size) {
  cv::Mat mask = cv::Mat::zeros(size, CV_8U);
  for (const auto& region : regions) mask(cv::Rect(region.box.x, region.box.y, region.box.w, region.box.h)) = 255;
  return static_cast<double>(cv::countNonZero(mask(box))) / box.area();
}

/// Skin-coloured background with a soft light fall-off and sensor noise.
cv::Mat skin(int width, int height) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double light = 1 - 0.25 * x / width - 0.15 * y / height;
      image.at<cv::Vec3b>(y, x) = {cv::saturate_cast<uchar>(140 * light), cv::saturate_cast<uchar>(165 * light),
                                   cv::saturate_cast<uchar>(215 * light)};
    }
  }
  cv::Mat noise(image.size(), CV_16SC3), noisy;
  cv::theRNG().state = 11;
  cv::randn(noise, 0, 4);
  cv::add(image, noise, noisy, cv::noArray(), CV_8UC3);
  return noisy;
}

class SamplePhotos : public testing::TestWithParam<int> {};

TEST_P(SamplePhotos, EveryFaceOfTheUprightPhotoIsFoundAtEveryTurn) {
  const auto file = fs::path(VEILGATE_DEPS_DIR) / "samples" / ("sample" + std::to_string(GetParam()) + ".jpg");
  const cv::Mat photo = cv::imread(file.string(), cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  ASSERT_FALSE(photo.empty()) << "run  bash conf/fetch.sh";
  const auto upright = found(photo, kFaces);
  ASSERT_FALSE(upright.empty());
  for (int turns = 1; turns < 4; ++turns) {
    const cv::Mat image = turned(photo, turns);
    const auto there = found(image, kFaces);
    for (const auto& face : upright) {
      if (face.score < 0.97) continue;  // what is doubtful upright may be so elsewhere
      const Rect expected = turned_back(rect_of(face.box), 4 - turns, image.size());
      bool seen = false;
      for (const auto& other : there)
        seen = seen || iou(rect_of(other.box), expected) > 0.4F || covered(expected, rect_of(other.box)) > 0.7F;
      EXPECT_TRUE(seen) << "quarter turns " << turns << ", face at " << face.box.x << ',' << face.box.y;
    }
  }
}

TEST_P(SamplePhotos, VerificationAndPreviewSeeTheFacesToo) {
  const auto file = fs::path(VEILGATE_DEPS_DIR) / "samples" / ("sample" + std::to_string(GetParam()) + ".jpg");
  const cv::Mat photo = cv::imread(file.string(), cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  EXPECT_FALSE(found(photo, kFaces, Pass::Verify).empty());
  cv::Mat half;
  cv::resize(photo, half, {}, 0.5, 0.5, cv::INTER_AREA);
  EXPECT_FALSE(found(half, kFaces, Pass::Preview).empty());
}

TEST(DetectModels, FacesInTheDarkAndInTheMistAreFound) {
  const cv::Mat photo = cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample1.jpg");
  const auto bright = found(photo, kFaces);
  cv::Mat dark, faint;
  photo.convertTo(dark, CV_8UC3, 12.0 / 255);
  photo.convertTo(faint, CV_8UC3, 20.0 / 255, 120);
  for (const cv::Mat& picture : {dark, faint}) EXPECT_GE(found(picture, kFaces).size() * 4, bright.size() * 3);
}

INSTANTIATE_TEST_SUITE_P(Detect, SamplePhotos, testing::Range(1, 7));

TEST(DetectModels, NoFaceIsLeftOnceFoundFacesAreBlack) {
  const cv::Mat photo = cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample1.jpg");
  cv::Mat masked = photo.clone();
  for (const auto& face : found(photo, kFaces)) {
    const Box box = grown(face.box, face.box.w * 15 / 100, photo.cols, photo.rows);
    cv::rectangle(masked, cv::Rect(box.x, box.y, box.w, box.h), cv::Scalar::all(0), cv::FILLED);
  }
  EXPECT_TRUE(found(masked, kFaces, Pass::Verify).empty());
  EXPECT_TRUE(found(masked, kFaces, Pass::Preview).empty());
}

class DrawnText : public testing::TestWithParam<std::tuple<int, double>> {};

TEST_P(DrawnText, IsCoveredUprightAndTurned) {
  const auto [turns, scale] = GetParam();
  cv::Mat image = skin(1200, 900);
  const std::string label = "DOE JANE 1961-04-17";
  int base = 0;
  const int thick = std::max(1, cvRound(scale * 1.6));
  const auto size = cv::getTextSize(label, cv::FONT_HERSHEY_SIMPLEX, scale, thick, &base);
  const cv::Rect paper(150, 300, size.width + 30, size.height + base + 24);
  cv::rectangle(image, paper, cv::Scalar(238, 240, 240), cv::FILLED);
  const cv::Point at(165, 312 + size.height);
  cv::putText(image, label, at, cv::FONT_HERSHEY_SIMPLEX, scale, cv::Scalar(40, 35, 30), thick, cv::LINE_AA);
  const cv::Rect word(at.x, at.y - size.height, size.width, size.height);

  const cv::Mat seen = turned(image, turns);
  const Rect expected = turned_back(Rect(word), 4 - turns, seen.size());
  for (const Pass pass : {Pass::Detect, Pass::Verify}) {
    const auto regions = found(seen, kText, pass);
    EXPECT_GE(hidden(cv::Rect(expected), regions, seen.size()), 0.9);
    double area = 0;
    for (const auto& region : regions) area += static_cast<double>(region.box.w) * region.box.h;
    EXPECT_LE(area, 4.0 * paper.area()) << "boxes must hug the label";
  }
}

INSTANTIATE_TEST_SUITE_P(Detect, DrawnText, testing::Combine(testing::Values(0, 1), testing::Values(0.5, 1.0, 1.8)));

/// Ink on skin, and where it lies.
struct Written {
  cv::Mat image;
  cv::Mat1b ink;
  void add(const std::string& text, double scale, const cv::Point2f& centre, double degrees) {
    const int thick = std::max(1, cvRound(scale * 2));
    const auto size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, thick, nullptr);
    cv::Mat1b upright = cv::Mat1b::zeros(ink.size()), turned_ink;
    const cv::Point2f middle(static_cast<float>(ink.cols) / 2, static_cast<float>(ink.rows) / 2);
    cv::putText(upright, text, cv::Point(middle) + cv::Point(-size.width / 2, size.height / 2),
                cv::FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv::LINE_AA);
    cv::Mat turn = cv::getRotationMatrix2D(middle, -degrees, 1);
    turn.at<double>(0, 2) += static_cast<double>(centre.x - middle.x);
    turn.at<double>(1, 2) += static_cast<double>(centre.y - middle.y);
    cv::warpAffine(upright, turned_ink, turn, ink.size());
    ink |= turned_ink;
    image.setTo(cv::Scalar(40, 35, 30), turned_ink > 127);
  }
  double covered(const std::vector<Region>& regions) const {
    cv::Mat1b cover = cv::Mat1b::zeros(ink.size());
    for (const auto& region : regions) cover(cv::Rect(region.box.x, region.box.y, region.box.w, region.box.h)) = 255;
    const cv::Mat1b drawn = ink > 127;
    return static_cast<double>(cv::countNonZero(drawn & cover)) / cv::countNonZero(drawn);
  }
};

Written blank_skin(int width, int height) { return {skin(width, height), cv::Mat1b::zeros(height, width)}; }

class TiltedText : public testing::TestWithParam<std::tuple<int, double>> {};

TEST_P(TiltedText, IsCoveredHoweverLargeItIs) {
  const auto [degrees, scale] = GetParam();
  auto picture = blank_skin(1600, 1200);
  picture.add("Kowalski", scale, {800, 600}, degrees);
  for (const Pass pass : {Pass::Detect, Pass::Verify}) {
    EXPECT_GE(picture.covered(found(picture.image, kText, pass)), 0.95);
  }
}

INSTANTIATE_TEST_SUITE_P(Detect, TiltedText,
                         testing::Combine(testing::Values(25, 40, 70, 140), testing::Values(3.0, 6.0)));

class BowedText : public testing::TestWithParam<int> {};

TEST_P(BowedText, IsCovered) {
  const int span_degrees = GetParam();
  auto picture = blank_skin(1600, 1200);
  const std::string text = "KOWALSKI BRUNHILDE";
  constexpr double kLetter = 42;  // pixels along the bow
  const double radius = kLetter * static_cast<double>(text.size()) / (span_degrees * CV_PI / 180);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(text.size()) - 0.5;
    const double angle = share * span_degrees * CV_PI / 180;
    const cv::Point2d at(800 + radius * std::sin(angle), 600 + radius * (1 - std::cos(angle)));
    picture.add(text.substr(i, 1), 1.7, at, angle * 180 / CV_PI);
  }
  EXPECT_GE(picture.covered(found(picture.image, kText)), 0.95);
}

INSTANTIATE_TEST_SUITE_P(Detect, BowedText, testing::Values(60, 90, 150, 240));

/// The code drawn with `module` pixels a module; linear codes get bars of 60 modules.
cv::Mat drawn(ZXing::BarcodeFormat format, const std::string& text, int module) {
  const bool linear = ZXing::BarcodeFormats(ZXing::BarcodeFormat::LinearCodes).testFlag(format);
  const auto bits = ZXing::MultiFormatWriter(format).setMargin(0).encode(text, linear ? 0 : 1, linear ? 60 : 1);
  cv::Mat image(bits.height() * module, bits.width() * module, CV_8UC3, cv::Scalar::all(245));
  for (int y = 0; y < bits.height(); ++y) {
    for (int x = 0; x < bits.width(); ++x) {
      if (bits.get(x, y)) image(cv::Rect(x * module, y * module, module, module)) = cv::Scalar::all(15);
    }
  }
  return image;
}

struct Code {
  ZXing::BarcodeFormat format;
  int module;
};
class DrawnCodes : public testing::TestWithParam<Code> {};

TEST_P(DrawnCodes, AreCoveredTightlyAtEveryTurn) {
  const auto code = drawn(GetParam().format, "12345670", GetParam().module);
  cv::Mat image = skin(1600, 1200);
  const cv::Rect place(420, 380, code.cols, code.rows);
  const int quiet = 12 * GetParam().module;
  const cv::Rect paper(place.tl() - cv::Point(quiet, quiet), place.br() + cv::Point(quiet, quiet));
  cv::rectangle(image, paper, cv::Scalar::all(245), cv::FILLED);
  code.copyTo(image(place));
  for (int turns = 0; turns < 4; ++turns) {
    const cv::Mat seen = turned(image, turns);
    const cv::Rect expected(turned_back(Rect(place), 4 - turns, seen.size()));
    for (const Pass pass : {Pass::Detect, Pass::Verify}) {
      const auto regions = found(seen, kCodes, pass);
      ASSERT_FALSE(regions.empty()) << "quarter turns " << turns;
      EXPECT_EQ(regions[0].source, "zxing-cpp");
      EXPECT_GE(hidden(expected, regions, seen.size()), 0.98) << "quarter turns " << turns;
      EXPECT_LE(regions[0].box.w, expected.width + place.width / 2 + quiet);
      EXPECT_LE(regions[0].box.h, expected.height + place.width / 2 + quiet);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Detect, DrawnCodes,
                         testing::Values(Code{ZXing::BarcodeFormat::QRCode, 5},
                                         Code{ZXing::BarcodeFormat::DataMatrix, 6},
                                         Code{ZXing::BarcodeFormat::Code128, 3}, Code{ZXing::BarcodeFormat::EAN8, 4},
                                         Code{ZXing::BarcodeFormat::PDF417, 3}));

TEST(DetectModels, SlantedAndInvertedLinearCodesAreCoveredInEveryPass) {
  const auto code = drawn(ZXing::BarcodeFormat::Code128, "HX770123", 3);
  const cv::Size paper(code.cols + 60, code.rows + 20);
  for (const int degrees : {0, 20, 45, 140}) {
    for (const bool inverted : {false, true}) {
      cv::Mat label(paper, CV_8UC3, cv::Scalar::all(245)), image = skin(1600, 1200);
      code.copyTo(label(cv::Rect({30, 10}, code.size())));
      if (inverted) cv::bitwise_not(label, label);
      const cv::Point2f middle(static_cast<float>(paper.width) / 2, static_cast<float>(paper.height) / 2);
      cv::Mat1d turn = cv::getRotationMatrix2D(middle, degrees, 1);
      turn(0, 2) += 800 - middle.x, turn(1, 2) += 600 - middle.y;
      cv::warpAffine(label, image, turn, image.size(), cv::INTER_LINEAR, cv::BORDER_TRANSPARENT);
      const cv::RotatedRect bars({800, 600}, code.size(), static_cast<float>(-degrees));
      for (const Pass pass : {Pass::Detect, Pass::Verify, Pass::Preview, Pass::Edge}) {
        const auto regions = found(image, kCodes, pass);
        EXPECT_GE(hidden(bars.boundingRect(), regions, image.size()), 0.98)
            << degrees << " degrees, inverted " << inverted << ", pass " << static_cast<int>(pass);
      }
    }
  }
}

TEST(DetectModels, SeveralCodesWithTheSameContentAreAllCovered) {
  const auto code = drawn(ZXing::BarcodeFormat::Code128, "12345670", 3);
  cv::Mat image(1200, 1600, CV_8UC3, cv::Scalar::all(245));
  std::vector<cv::Rect> places;
  for (const int y : {80, 380, 680}) {
    for (const int x : {150, 900}) {
      places.emplace_back(x, y, code.cols, code.rows);
      code.copyTo(image(places.back()));
    }
  }
  for (const Pass pass : {Pass::Detect, Pass::Verify, Pass::Preview, Pass::Edge}) {
    const auto regions = found(image, kCodes, pass);
    for (const auto& place : places) EXPECT_GE(hidden(place, regions, image.size()), 0.98) << place;
  }
}

TEST(DetectModels, EmptyPicturesHaveNothingInThem) {
  cv::Mat noise(900, 1200, CV_8UC3);
  cv::theRNG().state = 5;
  cv::randn(noise, 128, 30);  // a sensor at its limit
  const std::vector<cv::Mat> pictures{cv::Mat(900, 1200, CV_8UC3, cv::Scalar(200, 200, 200)), noise, skin(1200, 900)};
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    for (const Pass pass : {Pass::Detect, Pass::Verify, Pass::Preview, Pass::Edge}) {
      for (const auto& region : found(pictures[i], kAll, pass)) {
        ADD_FAILURE() << "picture " << i << ", pass " << static_cast<int>(pass) << ": " << region.source << " at "
                      << region.box.x << ',' << region.box.y << ' ' << region.box.w << 'x' << region.box.h << " score "
                      << region.score;
      }
    }
  }
}

TEST(DetectModels, TinyAndStripPicturesAreNoError) {
  for (const cv::Size size : {cv::Size(1, 1), cv::Size(3, 2), cv::Size(4000, 2), cv::Size(2, 4000), cv::Size(33, 31)}) {
    for (const Pass pass : {Pass::Detect, Pass::Verify, Pass::Preview, Pass::Edge}) {
      EXPECT_TRUE(ensemble().detect({cv::Mat(size, CV_8UC3, cv::Scalar(90, 120, 180)), 0}, kAll, pass)) << size;
    }
  }
}

TEST(DetectModels, AFrameThatIsNoColourPictureIsRefused) {
  for (const cv::Mat& bad : {cv::Mat(), cv::Mat(10, 10, CV_8UC1), cv::Mat(10, 10, CV_16UC3)}) {
    const auto result = ensemble().detect({bad, 0}, kAll, Pass::Detect);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::Permanent);
  }
}

TEST(DetectModels, TheSamePictureGivesTheSameRegions) {
  const cv::Mat photo = cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample2.jpg");
  EXPECT_EQ(found(photo, kAll), found(photo, kAll));
}

TEST(DetectModels, NumbersStayAsExactAsTheyWereBeforeANetworkRan) {
  (void)found(skin(320, 240), kAll);
  volatile float tiny = std::numeric_limits<float>::min();
  tiny = tiny / 4;
  EXPECT_GT(tiny, 0.0F);
}

TEST(DetectModels, RegionsCarryTheirFrameKindAndSource) {
  const cv::Mat photo = cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample3.jpg");
  const auto regions = ensemble().detect({photo, 7}, kFaces, Pass::Detect);
  ASSERT_TRUE(regions);
  ASSERT_FALSE(regions->empty());
  for (const auto& region : *regions) {
    EXPECT_EQ(region.frame, 7);
    EXPECT_EQ(region.kind, RegionKind::Face);
    EXPECT_TRUE(region.source == "ultraface_rfb320" || region.source == "blazeface_back_256");
    EXPECT_GT(region.score, 0);
    EXPECT_LE(region.score, 1);
  }
  EXPECT_EQ(ensemble().sources(kFaces).size(), 2U);
  EXPECT_EQ(ensemble().sources(kAll).size(), 7U);
}

}  // namespace
}  // namespace veilgate::detect
