#pragma once
#include <algorithm>
#include <opencv2/core.hpp>

namespace veilgate::pixel {

/// A picture's size at another scale, at least one pixel each way.
inline cv::Size scaled(const cv::Size& size, double scale) {
  return {std::max(1, cvRound(size.width * scale)), std::max(1, cvRound(size.height * scale))};
}

/// The same so that the longer side is `side` at most; never enlarged.
inline cv::Size at_most(const cv::Size& size, int side) {
  return scaled(size, std::min(1.0, side / static_cast<double>(std::max(size.width, size.height))));
}

}  // namespace veilgate::pixel
