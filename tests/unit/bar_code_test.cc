// Bars of linear codes at any angle, and what only looks like them. Nothing is decoded; no models.
#include "detect/bar_code.h"

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

namespace veilgate::detect {
namespace {

using ZXing::BarcodeFormat;
constexpr int kPaper = 235, kInk = 25;

struct Drawn {
  cv::Mat1b picture, truth;
};

/// Skin of some grain.
cv::Mat1b skin() {
  cv::Mat1b out(1200, 1600, std::uint8_t{160});
  cv::Mat1s grain(out.size());
  cv::RNG(5).fill(grain, cv::RNG::NORMAL, 0, 4);
  cv::add(out, grain, out, cv::noArray(), CV_8U);
  return out;
}

/// Puts a drawing that is `kFine` times too large onto skin, turned about the middle.
constexpr int kFine = 8;
Drawn placed(const cv::Mat1b& drawing, const cv::Rect& judged, double scale, double degrees) {
  cv::Mat1b sheet, mask(drawing.size(), std::uint8_t{0}), small;
  mask(judged) = 255;
  cv::resize(drawing, sheet, {}, scale / kFine, scale / kFine, cv::INTER_AREA);
  cv::resize(mask, small, sheet.size(), 0, 0, cv::INTER_NEAREST);
  Drawn out{skin(), cv::Mat1b()};
  cv::Mat1d turn = cv::getRotationMatrix2D({sheet.cols / 2.0F, sheet.rows / 2.0F}, degrees, 1);
  turn(0, 2) += (out.picture.cols - sheet.cols) / 2.0, turn(1, 2) += (out.picture.rows - sheet.rows) / 2.0;
  cv::warpAffine(sheet, out.picture, turn, out.picture.size(), cv::INTER_LINEAR, cv::BORDER_TRANSPARENT);
  cv::warpAffine(small, out.truth, turn, out.picture.size(), cv::INTER_NEAREST);
  cv::GaussianBlur(out.picture, out.picture, {}, 0.6);
  return out;
}

/// A code with `module` pixels a module and bars a quarter as tall as it is long.
Drawn code(BarcodeFormat format, const std::string& text, double module, double degrees, bool inverted = false) {
  const auto bits = ZXing::MultiFormatWriter(format).setMargin(0).encode(text, 0, 1);
  const cv::Rect bars(10 * kFine, 3 * kFine, bits.width() * kFine, bits.width() * kFine / 4);
  cv::Mat1b drawing(bars.height + 6 * kFine, bars.width + 20 * kFine, std::uint8_t{kPaper});
  for (int x = 0; x < bits.width(); ++x) {
    if (bits.get(x, 0)) drawing(cv::Rect(bars.x + x * kFine, bars.y, kFine, bars.height)) = kInk;
  }
  if (inverted) cv::bitwise_not(drawing, drawing);
  return placed(drawing, bars, module, degrees);
}

/// Strokes at these places, each this long, hanging from the edge of a strip; `thick` modules wide.
Drawn strokes(int count, double pitch, int thick, const std::function<int(int)>& tall, double module, double degrees) {
  const int width = cvRound(count * pitch * kFine);
  cv::Mat1b drawing(40 * kFine, width + 10 * kFine, std::uint8_t{kPaper});
  for (int i = 0; i < count; ++i) {
    drawing(cv::Rect(5 * kFine + cvRound(i * pitch * kFine), 0, thick * kFine, tall(i) * kFine)) = kInk;
  }
  return placed(drawing, {0, 0, 1, 1}, module, degrees);
}

std::vector<Corners> found(const cv::Mat1b& grey) {
  const pixel::Frame frame{grey, 0};
  Picture picture(frame);
  return bar_codes(picture);
}

double covered_share(const Drawn& drawn) {
  cv::Mat1b hidden(drawn.picture.size(), std::uint8_t{0});
  for (const auto& corners : found(drawn.picture)) {
    std::vector<cv::Point> outline(corners.begin(), corners.end());
    cv::fillConvexPoly(hidden, outline, 255);
  }
  return cv::countNonZero(hidden & drawn.truth) / std::max(1.0, static_cast<double>(cv::countNonZero(drawn.truth)));
}

struct Kind {
  BarcodeFormat format;
  const char* text;
};
class BarCodes : public testing::TestWithParam<Kind> {};

TEST_P(BarCodes, AreWhollyCoveredAtAnyAngleAndSize) {
  for (const double module : {1.9, 3.0, 9.0}) {
    for (int degrees = 0; degrees < 180; degrees += 15) {
      EXPECT_GE(covered_share(code(GetParam().format, GetParam().text, module, degrees)), 0.97)
          << degrees << " degrees, " << module << " pixels a module";
    }
  }
}

TEST_P(BarCodes, AreCoveredInLightOnDark) {
  for (const int degrees : {0, 30, 90, 140}) {
    EXPECT_GE(covered_share(code(GetParam().format, GetParam().text, 3, degrees, true)), 0.97) << degrees;
  }
}

INSTANTIATE_TEST_SUITE_P(Detect, BarCodes,
                         testing::Values(Kind{BarcodeFormat::Code128, "HX770123"}, Kind{BarcodeFormat::Code39, "P4711"},
                                         Kind{BarcodeFormat::EAN13, "4006381333931"},
                                         Kind{BarcodeFormat::ITF, "12345678"}, Kind{BarcodeFormat::Codabar, "A123B"}));

TEST(BarCode, IsFoundWithGlareOverSomeOfItsBars) {
  auto drawn = code(BarcodeFormat::Code128, "HX770123", 4, 35);
  const cv::Point middle(drawn.picture.cols / 2, drawn.picture.rows / 2);
  for (auto* glare : {&drawn.picture, &drawn.truth}) {
    cv::circle(*glare, middle, 30, cv::Scalar(glare == &drawn.truth ? 0 : kPaper), cv::FILLED);
  }
  EXPECT_GE(covered_share(drawn), 0.97);
}

TEST(BarCode, IsNoRulerAtAnyAngle) {
  const auto tall = [](int i) { return i % 10 == 0 ? 30 : i % 5 == 0 ? 24 : 16; };
  for (int degrees = 0; degrees < 180; degrees += 15) {
    for (const double module : {1.5, 3.0}) {
      EXPECT_TRUE(found(strokes(60, 5, 1, tall, module, degrees).picture).empty()) << degrees << ' ' << module;
    }
  }
}

TEST(BarCode, IsNoClothOfEvenStripes) {
  for (const int degrees : {0, 20, 45, 100}) {
    for (const double pitch : {4.0, 6.0, 8.0}) {
      const auto cloth = strokes(
          40, pitch, 2, [](int) { return 40; }, 3, degrees);
      EXPECT_TRUE(found(cloth.picture).empty()) << degrees << ' ' << pitch;
    }
  }
}

TEST(BarCode, IsNoPrintNorHair) {
  cv::Mat1b print = skin();
  for (int row = 0; row < 12; ++row) {
    cv::putText(print, "illumination HIM 1147 will fill", {60, 80 + 80 * row}, cv::FONT_HERSHEY_SIMPLEX,
                0.6 + 0.15 * row, kInk, 2, cv::LINE_AA);
  }
  EXPECT_TRUE(found(print).empty());
  cv::Mat1b hair = skin();
  cv::RNG random(9);
  for (int i = 0; i < 160; ++i) {
    const cv::Point from(random.uniform(300, 1300), random.uniform(100, 400));
    cv::line(hair, from, from + cv::Point(random.uniform(-60, 60), random.uniform(300, 600)), random.uniform(20, 90), 2,
             cv::LINE_AA);
  }
  EXPECT_TRUE(found(hair).empty());
}

TEST(BarCode, IsCoveredInPerspectiveThatFansItsBars) {
  for (const int degrees : {0, 35, 60}) {
    for (const float narrower : {0.08F, 0.12F, 0.16F}) {
      auto drawn = code(BarcodeFormat::Code128, "HX770123", 4, degrees);
      // Turned back, one long side gets narrower, turned again.
      const cv::Point2f middle(800, 600);
      const std::array<cv::Point2f, 4> from{cv::Point2f(500, 500), {1100, 500}, {1100, 700}, {500, 700}};
      const float in = narrower * 300;
      const std::array<cv::Point2f, 4> to{cv::Point2f(500 + in, 500), {1100 - in, 500}, {1100, 700}, {500, 700}};
      const auto homogeneous = [&](double angle) {
        cv::Mat out = cv::Mat::eye(3, 3, CV_64F);
        cv::getRotationMatrix2D(middle, angle, 1).copyTo(out.rowRange(0, 2));
        return out;
      };
      const cv::Mat warp =
          homogeneous(degrees) * cv::getPerspectiveTransform(from.data(), to.data()) * homogeneous(-degrees);
      cv::warpPerspective(drawn.picture, drawn.picture, warp, drawn.picture.size(), cv::INTER_LINEAR,
                          cv::BORDER_REPLICATE);
      cv::warpPerspective(drawn.truth, drawn.truth, warp, drawn.truth.size(), cv::INTER_NEAREST);
      EXPECT_GE(covered_share(drawn), 0.9) << degrees << ' ' << narrower;
    }
  }
}

TEST(BarCode, IsFoundInASmallPicture) {
  const auto drawn = code(BarcodeFormat::Code128, "HX770123", 2, 35);
  const cv::Mat1b small = drawn.picture(cv::Rect(610, 410, 380, 380)).clone();
  EXPECT_FALSE(found(small).empty());
}

TEST(BarCode, IsFoundAmongManyOthers) {
  const auto one = code(BarcodeFormat::Code128, "HX770123", 1.9, 35);
  const cv::Mat tile = one.picture(cv::Rect(640, 440, 320, 320));
  cv::Mat many;
  cv::repeat(tile, 5, 5, many);
  cv::Mat1b hidden(many.size(), std::uint8_t{0}), truth;
  cv::repeat(one.truth(cv::Rect(640, 440, 320, 320)), 5, 5, truth);
  for (const auto& corners : found(many)) {
    cv::fillConvexPoly(hidden, std::vector<cv::Point>(corners.begin(), corners.end()), 255);
  }
  EXPECT_GE(cv::countNonZero(hidden & truth), 0.97 * cv::countNonZero(truth));
}

TEST(BarCode, IsSearchedForInPicturesOfAnySize) {
  for (const cv::Size& size :
       {cv::Size(1, 1), cv::Size(3, 900), cv::Size(900, 3), cv::Size(17, 17), cv::Size(401, 18)}) {
    EXPECT_TRUE(found(cv::Mat1b(size, std::uint8_t{90})).empty()) << size;
  }
}

}  // namespace
}  // namespace veilgate::detect
