#pragma once
#include <opencv2/core.hpp>

namespace veilgate::detect {

/// A picture of few levels (very dark, very faint) looks empty to the networks, yet any viewer's contrast control shows
/// what is in it. Such a picture (8-bit BGR) over the full range; empty for one that has contrast, or nothing at all.
cv::Mat stretched(const cv::Mat& bgr);

}  // namespace veilgate::detect
