#pragma once
#include <functional>
#include <opencv2/core.hpp>

#include "detect/ruler.h"

namespace veilgate::detect {

/// Whether between two numbers, in the row's height, nothing is drawn as strongly as the number beside it.
using GapIsBlank = std::function<bool(const Slab& gap, const Slab& number)>;
bool is_blank(const cv::Mat& bgr, const Slab& gap, const Slab& number);

/// Makes the row as high as its digits are drawn, and puts each number where it is drawn: detectors' boxes are loose,
/// and what is written close to a number must not count as the row. False where most digits are not drawn as one
/// height: then it is in doubt what belongs to the row. `bgr`: CV_8UC3. Errors: those of `read`.
Result<bool> fit_to_ink(const cv::Mat& bgr, Ruler& ruler, const ReadSlab& read);

}  // namespace veilgate::detect
