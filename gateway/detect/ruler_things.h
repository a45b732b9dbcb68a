#pragma once
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "detect/text_lines.h"

namespace veilgate::detect {

/// Long things, such as rulers, that these pieces of text stand on, where an edge or their colour tells how far they
/// reach. Detectors often find one number of a ruler only. `bgr`: CV_8UC3.
std::vector<Slab> long_things(const cv::Mat& bgr, std::span<const Slab> pieces);

}  // namespace veilgate::detect
