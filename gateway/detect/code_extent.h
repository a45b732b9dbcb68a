#pragma once
#include <array>

#include "detect/geometry.h"

namespace veilgate::detect {

using Corners = std::array<cv::Point2f, 4>;  ///< top left, top right, bottom right, bottom left of the code as it reads

/// What a decoder reports of a linear code is only the stretch of its bars that the scan lines hit, at worst one line.
/// Follows the bars across the scan line in `grey` (CV_8UC1) as long as the pattern stays the same, at most one code
/// length to each side, and gives the corners of the whole bars.
Corners whole_bars(const cv::Mat& grey, const Corners& scanned);

/// Axis-aligned box around the corners, grown by the quiet zone: `share` of the longer edge.
Rect with_quiet_zone(const Corners& corners, float share);

}  // namespace veilgate::detect
