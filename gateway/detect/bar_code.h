#pragma once
#include <optional>
#include <vector>

#include "detect/bar_places.h"
#include "detect/code_extent.h"
#include "detect/picture.h"

namespace veilgate::detect {

/// The bars of a linear code at `place` of `grey` (CV_8UC1), whether it can be decoded or not: many bars that run
/// straight through, of several widths, dark and light in about equal parts. A ruler's strokes, combs and most cloth
/// come in equal steps. nullopt: no code.
std::optional<Corners> bar_code_at(const cv::Mat& grey, const BarPlace& place);

/// All of them in a picture of one channel, at any angle and in any size, dark on light or light on dark. A code may be
/// told of several times.
std::vector<Corners> bar_codes(Picture& picture);

}  // namespace veilgate::detect
