#include "support/scene/drawing.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace veilgate::test::scene {
namespace {

/// Paler reflections are seen, but nobody is recognised by them.
constexpr double kRecognisable = 0.5;

}  // namespace

cv::Scalar paper(Random& random) {
  static const std::vector<cv::Scalar> tones{{245, 245, 245}, {228, 238, 244}, {200, 235, 250}, {240, 232, 220}};
  return random.one_of(tones);
}

cv::Scalar pen(Random& random) {
  static const std::vector<cv::Scalar> tones{{25, 25, 25}, {130, 50, 20}, {40, 30, 150}, {60, 60, 60}};
  return random.one_of(tones);
}

int fine(double pixels) { return static_cast<int>(pixels * kFine); }

void lines(Sprite& sprite, const std::vector<std::string>& texts, const std::string& typeface, const cv::Rect& area,
           int size_px, const cv::Scalar& colour) {
  int y = area.y;
  for (const auto& text : texts) {
    if (y + size_px > area.br().y) return;
    sprite.line(typeface, text, {area.x, y}, size_px, colour, area.width);
    y += size_px * 5 / 4;
  }
}

std::vector<std::string> identity_lines(const Person& person) {
  return {person.name(), "DOB " + person.born, "MRN " + person.number, person.ward};
}

Sprite ink_of(const Sprite& on_white, const cv::Scalar& colour, double opacity) {
  Sprite ink(on_white.width(), on_white.height(), colour);
  cv::Mat grey;
  cv::cvtColor(on_white.bgr, grey, cv::COLOR_BGR2GRAY);
  cv::bitwise_not(grey, grey);
  ink.alpha = cv::Mat1b(grey * opacity);
  ink.marks = on_white.marks;
  return ink;
}

void gloss(Sprite& sprite, Random& random) {
  const double at = random.between(0.15, 0.85) * sprite.height(), wide = random.between(0.06, 0.16) * sprite.height();
  const double from = random.between(-0.2, 0.6) * sprite.width(), to = from + random.between(0.3, 0.8) * sprite.width();
  const double strength = random.between(60, 150);
  for (int y = 0; y < sprite.height(); ++y) {
    for (int x = 0; x < sprite.width(); ++x) {
      const double off = (y - at) / wide, end = std::max({0.0, from - x, x - to}) / (0.1 * sprite.width());
      const double light = strength * std::exp(-off * off - end * end);
      auto& pixel = sprite.bgr(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uchar>(pixel[c] + light);
    }
  }
}

void reflect_face(Sprite& sprite, const cv::Rect& area, double strength, const Materials& materials, Random& random) {
  const auto face = sample_face(materials.samples, random);
  if (!face) return;
  cv::Mat3b mirrored;
  cv::flip(*face, mirrored, 1);
  cv::resize(mirrored, mirrored, area.size(), 0, 0, cv::INTER_AREA);
  cv::Mat part = sprite.bgr(area);
  cv::addWeighted(mirrored, strength, part, 1 - strength, 0, part);
  sprite.mark(strength >= kRecognisable ? "face" : "face_ignore", "reflection",
              {area.x + area.width / 6, area.y + area.height / 6, area.width * 4 / 6, area.height * 4 / 6});
}

}  // namespace veilgate::test::scene
