#include "support/scene/wounds.h"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "support/scene/background.h"

namespace veilgate::test::scene {
namespace {

using Outline = std::vector<cv::Point>;

struct Form {
  cv::Point2f centre;
  double radius, flat = 1;  ///< shorter axis against the longer
  double degrees = 0;
  double ragged = 0.2;
};

/// A closed line that wanders: waves of random strength, the finer the weaker.
Outline outline_of(const Form& form, Random& random) {
  constexpr int kSpokes = 90;
  constexpr std::array kWaves{2, 3, 4, 5, 7, 9, 13};
  std::array<double, kWaves.size()> strength{}, phase{};
  for (std::size_t i = 0; i < kWaves.size(); ++i) {
    strength[i] = form.ragged * random.between(0.2, 1) / std::sqrt(kWaves[i]);
    phase[i] = random.between(0, 2 * CV_PI);
  }
  const double turn = form.degrees * CV_PI / 180;
  Outline out;
  for (int i = 0; i < kSpokes; ++i) {
    const double angle = 2 * CV_PI * i / kSpokes;
    double length = form.radius;
    for (std::size_t k = 0; k < kWaves.size(); ++k)
      length += form.radius * strength[k] * std::sin(kWaves[k] * angle + phase[k]);
    const double x = length * std::cos(angle), y = form.flat * length * std::sin(angle);
    out.emplace_back(cvRound(form.centre.x + x * std::cos(turn) - y * std::sin(turn)),
                     cvRound(form.centre.y + x * std::sin(turn) + y * std::cos(turn)));
  }
  return out;
}

struct Paint {
  cv::Scalar colour;
  double opacity = 1, soft = 2;   ///< pixels over which it fades
  double grain = 6, mottled = 0;  ///< size and strength of its texture
};

void paint(cv::Mat3b& picture, const Outline& outline, const Paint& how, Random& random) {
  const int reach = static_cast<int>(3 * how.soft) + 2;
  const cv::Rect area = (cv::boundingRect(outline) - cv::Point(reach, reach) + cv::Size(2 * reach, 2 * reach)) &
                        cv::Rect({}, picture.size());
  if (area.empty()) return;
  cv::Mat1f cover(area.size(), 0.0F);
  cv::fillPoly(cover, std::vector{outline}, cv::Scalar(how.opacity), cv::LINE_8, 0, -area.tl());
  cv::GaussianBlur(cover, cover, {}, how.soft);
  const cv::Mat1f texture = smooth_noise(area.size(), how.grain, how.mottled, random);
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      auto& pixel = picture(area.y + y, area.x + x);
      for (int c = 0; c < 3; ++c) {
        const double there = how.colour[c] + texture(y, x) * (c == 2 ? 1 : 0.6);
        pixel[c] = cv::saturate_cast<uchar>(pixel[c] * (1 - cover(y, x)) + there * cover(y, x));
      }
    }
  }
}

cv::Point2f near(const Form& form, double reach, Random& random) {
  const double angle = random.between(0, 2 * CV_PI), length = form.radius * reach * std::sqrt(random.share());
  return form.centre + cv::Point2f(static_cast<float>(length * std::cos(angle)),
                                   static_cast<float>(form.flat * length * std::sin(angle)));
}

/// Wet tissue shines.
void shine(cv::Mat3b& picture, const Form& form, Random& random) {
  for (int i = random.whole(2, 8); i > 0; --i) {
    const Form spot{near(form, 0.7, random), form.radius * random.between(0.02, 0.06), 0.5, random.between(0, 180),
                    0.3};
    paint(picture, outline_of(spot, random), {cv::Scalar(235, 240, 250), 0.6, 1.5}, random);
  }
}

Outline ulcer(cv::Mat3b& picture, const Form& given, Random& random) {
  Form form = given;
  form.flat = random.between(0.5, 1), form.ragged = random.between(0.1, 0.35);
  Form around = form;
  around.radius *= random.between(1.2, 1.5);
  paint(picture, outline_of(around, random), {cv::Scalar(110, 105, 190), 0.5, form.radius * 0.15}, random);
  const auto bed = outline_of(form, random);
  paint(picture, bed, {cv::Scalar(50, 45, 150), 0.95, 2.5, 9, 16}, random);
  static const std::vector<cv::Scalar> tissues{{95, 165, 200}, {40, 40, 50}, {70, 60, 190}, {120, 190, 215}};
  for (int i = random.whole(2, 7); i > 0; --i) {
    const Form island{near(form, 0.6, random), form.radius * random.between(0.15, 0.45), random.between(0.5, 1),
                      random.between(0, 180), 0.5};
    paint(picture, outline_of(island, random), {random.one_of(tissues), 0.9, 3, 6, 14}, random);
  }
  shine(picture, form, random);
  return bed;
}

Outline cut(cv::Mat3b& picture, const Form& given, Random& random) {
  Form form = given;
  form.flat = random.between(0.08, 0.22), form.ragged = 0.12;
  Form around = form;
  around.flat *= 2.2, around.radius *= 1.1;
  const auto skin = outline_of(around, random), bed = outline_of(form, random);
  paint(picture, skin, {cv::Scalar(120, 115, 195), 0.5, form.radius * 0.08}, random);
  paint(picture, bed, {cv::Scalar(35, 30, 120), 0.95, 2, 5, 14}, random);
  if (random.chance(0.6)) {
    const double angle = form.degrees * CV_PI / 180, reach = form.radius * form.flat * random.between(1.5, 2.2);
    const cv::Point2d axis(std::cos(angle), std::sin(angle)), across(-axis.y, axis.x);
    const int stitches = random.whole(4, 9), thick = random.whole(1, 3);
    for (int i = 0; i < stitches; ++i) {
      const cv::Point2d at = cv::Point2d(form.centre) + axis * (form.radius * 0.85 * (2.0 * i / (stitches - 1) - 1));
      const cv::Point2d slant = axis * random.between(-6, 6);
      const cv::Point one(at + across * reach + slant), two(at - across * reach - slant);
      cv::line(picture, one, two, cv::Scalar(45, 30, 30), thick, cv::LINE_AA);
      cv::line(picture, two, two + cv::Point(random.whole(-9, 9), random.whole(2, 9)), cv::Scalar(45, 30, 30), thick,
               cv::LINE_AA);
    }
  }
  return skin;
}

Outline rash(cv::Mat3b& picture, const Form& form, Random& random) {
  for (int i = random.whole(15, 70); i > 0; --i) {
    const Form spot{near(form, 0.95, random), form.radius * random.between(0.02, 0.09), random.between(0.7, 1),
                    random.between(0, 180), 0.15};
    paint(picture, outline_of(spot, random), {cv::Scalar(70, 65, 185), random.between(0.35, 0.8), 1.5}, random);
  }
  return outline_of({form.centre, form.radius, 1, 0, 0}, random);
}

Outline mole(cv::Mat3b& picture, const Form& given, Random& random) {
  Form form = given;
  form.radius *= random.between(0.35, 0.8), form.flat = random.between(0.6, 1), form.ragged = random.between(0.1, 0.4);
  const auto bed = outline_of(form, random);
  paint(picture, bed, {cv::Scalar(40, 60, 100), 0.9, 3, 7, 8}, random);
  for (int i = random.whole(1, 4); i > 0; --i) {
    const Form island{near(form, 0.5, random), form.radius * random.between(0.2, 0.5), 0.8, random.between(0, 180),
                      0.4};
    paint(picture, outline_of(island, random), {cv::Scalar(35, 35, 50), 0.7, 4, 6, 6}, random);
  }
  return bed;
}

Outline burn(cv::Mat3b& picture, const Form& given, Random& random) {
  Form form = given;
  form.flat = random.between(0.5, 1), form.ragged = 0.35;
  const auto bed = outline_of(form, random);
  paint(picture, bed, {cv::Scalar(125, 115, 215), 0.8, form.radius * 0.06, 14, 12}, random);
  for (int i = random.whole(2, 6); i > 0; --i) {
    const Form blister{near(form, 0.7, random), form.radius * random.between(0.08, 0.3), random.between(0.6, 1),
                       random.between(0, 180), 0.15};
    paint(picture, outline_of(blister, random), {cv::Scalar(170, 190, 225), 0.75, 2.5}, random);
  }
  shine(picture, form, random);
  return bed;
}

Outline bruise(cv::Mat3b& picture, const Form& given, Random& random) {
  Form form = given;
  form.flat = random.between(0.5, 1);
  const auto bed = outline_of(form, random);
  paint(picture, bed, {cv::Scalar(80, 140, 160), 0.4, form.radius * 0.2}, random);
  Form core = form;
  core.radius *= 0.7;
  paint(picture, outline_of(core, random), {cv::Scalar(95, 50, 90), 0.55, form.radius * 0.2, 20, 10}, random);
  return bed;
}

}  // namespace

void wound(cv::Mat3b& picture, cv::Point2f centre, double radius, Random& random, std::vector<Mark>& marks) {
  static const std::vector<Outline (*)(cv::Mat3b&, const Form&, Random&)> kinds{ulcer, ulcer, cut,  cut,
                                                                                rash,  mole,  burn, bruise};
  const auto outline = random.one_of(kinds)(picture, {centre, radius, 1, random.between(0, 180), 0.2}, random);
  Mark mark{"keep", "wound", {}};
  for (const auto& point : outline) mark.outline.emplace_back(point);
  marks.push_back(std::move(mark));
}

}  // namespace veilgate::test::scene
