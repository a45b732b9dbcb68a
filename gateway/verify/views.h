#pragma once
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/region.h"
#include "verify/verify.h"

namespace veilgate::verify {

/// A way of showing a part of the frame to the detectors.
struct Shown {
  View view = View::Full;
  std::string name;  ///< for people: "full size", "25 % thumbnail"
  cv::Rect area;     ///< of the frame, in its pixels
  cv::Size size;     ///< at which it is shown
  bool mirrored = false;
  bool recompressed = false;
};

/// What is looked at of a frame of this size with these masks, each once. No two show the same pixels at the same size.
std::vector<Shown> views_of(const cv::Size& frame, std::span<const Region> masks);

/// The surroundings of the masks, close up: what sticks out from under a mask is as large as what is under it.
std::vector<Shown> edge_views(const cv::Size& frame, std::span<const Region> masks);

/// Back from a view's pixels to the frame's, clipped to it; eyes too.
Region in_frame(Region region, const Shown& shown, const cv::Size& frame);

}  // namespace veilgate::verify
