#pragma once
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "base/region.h"
#include "verify/verify.h"

namespace veilgate::verify {

/// Where solid masks hide the picture: what is said to be masked and really is of one colour. CV_8U, 0 or 1, of the
/// frame's size.
cv::Mat1b hidden_by(const pixel::Frame& output, const Masks& masks);
/// Share of the box that is hidden, 0..1; 1 for an empty box or one outside the frame.
double hidden_share(const cv::Mat1b& hidden, const Box& box);

/// The picture with all that is hidden painted over smoothly in the colours around it: a mask's own shape must not be
/// taken for writing or for a head, and what is of one colour shows nothing. `bgr` itself where nothing is hidden.
cv::Mat without_masks(const cv::Mat& bgr, const cv::Mat1b& hidden);

/// "verify.mask" for each mask that shows something, and for each region that should be hidden and is not.
std::vector<Finding> check_masks(const pixel::Frame& output, const Masks& masks, const cv::Mat1b& hidden);

}  // namespace veilgate::verify
