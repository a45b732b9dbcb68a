#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "support/scene/random.h"
#include "support/scene/sprite.h"

namespace veilgate::test::scene {

/// A wound or a change of the skin about this far around its centre: ulcer, cut (often sutured), rash, mole, burn or
/// bruise. Marked "keep", "wound": no mask may swallow it.
void wound(cv::Mat3b& picture, cv::Point2f centre, double radius, Random& random, std::vector<Mark>& marks);

}  // namespace veilgate::test::scene
