#pragma once
#include <opencv2/core.hpp>
#include <vector>

namespace veilgate::detect {

/// The straight parts of a line that is bowed, as writing around an arm or along a stamp is, one after the other; empty
/// where the shape fills the slanted rectangle around it, and that rectangle where it falls into too many. `shape`: its
/// outline, pixels.
std::vector<cv::RotatedRect> straight_parts(const std::vector<cv::Point>& shape);

}  // namespace veilgate::detect
