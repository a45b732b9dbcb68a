#pragma once
#include <opencv2/core.hpp>
#include <optional>

#include "support/scene/random.h"

namespace veilgate::test::scene {

struct Limb {
  cv::Point2f middle;
  double degrees;  ///< clockwise, of its axis
  double width;
};

/// What a scene begins with.
struct Ground {
  cv::Mat3b bgr;
  cv::Mat1b skin;  ///< 255 where it is skin
  std::optional<Limb> limb;
};

/// Smooth noise around 0 with this deviation; its features are `grain` pixels large.
cv::Mat1f smooth_noise(cv::Size size, double grain, double deviation, Random& random);
/// Skin of any tone under uneven light, the cloth of a bed or theatre, or a limb that lies on such cloth.
Ground ground(cv::Size size, Random& random);
/// Body hair, all in about one direction.
void hairs(cv::Mat3b& picture, const cv::Mat1b& where, Random& random);

}  // namespace veilgate::test::scene
