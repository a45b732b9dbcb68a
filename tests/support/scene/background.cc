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

void wound(cv::Mat3b& picture, cv::Point2f centre, double radius, Random& random, std::vector<Mark>& marks) {
  static const std::vector<cv::Scalar> beds{{40, 40, 150}, {30, 25, 100}, {80, 150, 190}, {45, 45, 55}};
  constexpr int kSpokes = 40;
  const auto blob = [&](double reach, double ragged) {
    std::vector<cv::Point> outline;
    const double phase = random.between(0, 6), flat = random.between(0.55, 1.0);
    for (int i = 0; i < kSpokes; ++i) {
      const double angle = 2 * CV_PI * i / kSpokes;
      const double length = reach * (1 + ragged * std::sin(3 * angle + phase) + ragged * random.between(-0.5, 0.5));
      outline.emplace_back(cvRound(centre.x + length * std::cos(angle)),
                           cvRound(centre.y + flat * length * std::sin(angle)));
    }
    return outline;
  };
  cv::Mat3b painted = picture.clone();
  const auto edge = blob(radius * 1.25, 0.1), bed = blob(radius, 0.15), core = blob(radius * 0.5, 0.25);
  cv::fillPoly(painted, std::vector{edge}, cv::Scalar(95, 95, 190));
  cv::GaussianBlur(painted, painted, {}, radius * 0.12);
  cv::fillPoly(painted, std::vector{bed}, random.one_of(beds));
  cv::fillPoly(painted, std::vector{core}, random.one_of(beds));
  cv::GaussianBlur(painted, painted, {}, 3);
  add_everywhere(painted, smooth_noise(picture.size(), 8, 14, random), {0.6F, 0.6F, 1});
  cv::Mat1f cover(picture.size(), 0.0F);
  cv::fillPoly(cover, std::vector{blob(radius * 1.5, 0.05)}, 1);
  cv::GaussianBlur(cover, cover, {}, radius * 0.15);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      picture(y, x) = cv::Vec3b(picture(y, x) * (1 - cover(y, x)) + painted(y, x) * double(cover(y, x)));
    }
  }
  Mark mark{"keep", "wound", {}};
  for (const auto& point : bed) mark.outline.emplace_back(point);
  marks.push_back(std::move(mark));
}

}  // namespace veilgate::test::scene
