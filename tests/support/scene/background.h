#pragma once
#include <opencv2/core.hpp>

#include "support/scene/random.h"
#include "support/scene/sprite.h"

namespace veilgate::test::scene {

/// Smooth noise around 0 with this deviation; its features are `grain` pixels large.
cv::Mat1f smooth_noise(cv::Size size, double grain, double deviation, Random& random);
/// Skin of any tone under uneven light, or the cloth of a bed or theatre.
cv::Mat3b skin(cv::Size size, Random& random);
cv::Mat3b cloth(cv::Size size, Random& random);
/// A wound of about this radius; marked "keep", "wound": no mask may swallow it.
void wound(cv::Mat3b& picture, cv::Point2f centre, double radius, Random& random, std::vector<Mark>& marks);

}  // namespace veilgate::test::scene
