#include "support/scene/background.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace veilgate::test::scene {
namespace {

void add_everywhere(cv::Mat3b& picture, const cv::Mat1f& noise, const cv::Vec3f& weight) {
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      auto& pixel = picture(y, x);
      for (int c = 0; c < 3; ++c) pixel[c] = cv::saturate_cast<uchar>(pixel[c] + weight[c] * noise(y, x));
    }
  }
}

void uneven_light(cv::Mat3b& picture, Random& random) {
  const double angle = random.between(0, 2 * CV_PI), depth = random.between(0.05, 0.35);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const double along = (x - picture.cols / 2.0) / picture.cols * std::cos(angle) +
                           (y - picture.rows / 2.0) / picture.rows * std::sin(angle);
      picture(y, x) = cv::Vec3b(picture(y, x) * (1 - depth / 2 + depth * along));
    }
  }
}

cv::Mat3b skin(cv::Size size, Random& random) {
  // From very light to very dark, BGR.
  static const std::vector<cv::Vec3b> tones{{196, 213, 240}, {160, 186, 228}, {125, 160, 205},
                                            {90, 125, 180},  {58, 88, 138},   {38, 56, 90}};
  cv::Mat3b picture(size, random.one_of(tones));
  const auto weight = cv::Vec3f(0.9F, 1.0F, 0.7F);
  add_everywhere(picture, smooth_noise(size, size.width / 4.0, 10, random), weight);
  add_everywhere(picture, smooth_noise(size, 24, 4, random), weight);
  add_everywhere(picture, smooth_noise(size, 3, 3, random), weight);
  for (int i = random.whole(0, 12); i > 0; --i) {  // moles
    const cv::Point at(random.whole(0, size.width), random.whole(0, size.height));
    cv::circle(picture, at, random.whole(2, 6), cv::Scalar(30, 45, 80), cv::FILLED, cv::LINE_AA);
  }
  uneven_light(picture, random);
  return picture;
}

cv::Mat3b cloth(cv::Size size, Random& random) {
  static const std::vector<cv::Vec3b> dyes{
      {150, 110, 60}, {120, 140, 70}, {190, 175, 150}, {215, 215, 210}, {80, 80, 85}};
  cv::Mat3b picture(size, random.one_of(dyes));
  add_everywhere(picture, smooth_noise(size, size.width / 6.0, 18, random), {1, 1, 1});
  add_everywhere(picture, smooth_noise(size, 2, 5, random), {1, 1, 1});
  uneven_light(picture, random);
  return picture;
}

/// An arm or leg across cloth: round, so darker to its sides.
Ground limb(cv::Size size, Random& random) {
  Ground out{cloth(size, random), cv::Mat1b(size, uchar{0}), std::nullopt};
  const cv::Mat3b over = skin(size, random);
  const double shorter = std::min(size.width, size.height);
  Limb limb{{static_cast<float>(size.width * random.between(0.4, 0.6)),
             static_cast<float>(size.height * random.between(0.4, 0.6))},
            random.between(0, 180),
            shorter * random.between(0.45, 0.75)};
  const double angle = limb.degrees * CV_PI / 180, swell = random.between(0, 0.1), phase = random.between(0, 6);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double dx = x - limb.middle.x, dy = y - limb.middle.y;
      const double along = dx * std::cos(angle) + dy * std::sin(angle);
      const double half = limb.width / 2 * (1 + swell * std::sin(along / shorter * 3 + phase));
      const double across = (dy * std::cos(angle) - dx * std::sin(angle)) / half, away = std::abs(across);
      auto& pixel = out.bgr(y, x);
      if (away < 1) {
        pixel = cv::Vec3b(over(y, x) * (0.5 + 0.5 * std::sqrt(1 - across * across)));
        out.skin(y, x) = 255;
      } else if (away < 1.15) {
        pixel = cv::Vec3b(pixel * (0.55 + 3 * (away - 1)));
      }
    }
  }
  out.limb = limb;
  return out;
}

}  // namespace

cv::Mat1f smooth_noise(cv::Size size, double grain, double deviation, Random& random) {
  const cv::Size coarse(std::max(2, static_cast<int>(size.width / grain)),
                        std::max(2, static_cast<int>(size.height / grain)));
  cv::Mat1f seeds(coarse), out;
  cv::RNG generator(random.bits());
  generator.fill(seeds, cv::RNG::NORMAL, 0, deviation);
  cv::resize(seeds, out, size, 0, 0, cv::INTER_CUBIC);
  return out;
}

Ground ground(cv::Size size, Random& random) {
  const double kind = random.share();
  if (kind < 0.15) return {cloth(size, random), cv::Mat1b(size, uchar{0}), std::nullopt};
  if (kind < 0.65) return {skin(size, random), cv::Mat1b(size, uchar{255}), std::nullopt};
  return limb(size, random);
}

void hairs(cv::Mat3b& picture, const cv::Mat1b& where, Random& random) {
  constexpr int kJoints = 5;
  const double length = random.between(0.02, 0.05) * picture.cols, along = random.between(0, 2 * CV_PI);
  for (int i = random.whole(30, 160); i > 0; --i) {
    cv::Point2d at(random.whole(0, picture.cols - 1), random.whole(0, picture.rows - 1));
    double angle = along + random.between(-0.6, 0.6);
    std::vector<cv::Point> joints;
    for (int k = 0; k < kJoints; ++k) {
      joints.emplace_back(at);
      at += cv::Point2d(std::cos(angle), std::sin(angle)) * (length / kJoints);
      angle += random.between(-0.3, 0.3);
    }
    const bool inside = (cv::boundingRect(joints) & cv::Rect({}, picture.size())) == cv::boundingRect(joints);
    if (!inside || where(joints.front()) == 0 || where(joints.back()) == 0) continue;
    cv::polylines(picture, joints, false, picture(joints.front()) * 0.45, 1, cv::LINE_AA);
  }
}

}  // namespace veilgate::test::scene
