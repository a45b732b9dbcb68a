#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "base/region.h"

namespace veilgate::detect {

using Rect = cv::Rect2f;

/// Turned clockwise by quarter turns (0..3); shares the pixels when there is nothing to turn.
cv::Mat turned(const cv::Mat& image, int quarter_turns);
/// Where a box found in turned(image, quarter_turns) lies in the upright image of this size.
Rect turned_back(const Rect& box, int quarter_turns, const cv::Size2f& upright);
cv::Point2f turned_back(const cv::Point2f& point, int quarter_turns, const cv::Size2f& upright);
Rect scaled(const Rect& box, float x, float y);

float iou(const Rect& a, const Rect& b);
/// Share of `inner` that `outer` covers.
float covered(const Rect& inner, const Rect& outer);
Rect hull(const Rect& a, const Rect& b);

/// per_side x per_side overlapping tiles that cover the image; neighbours share `overlap` of a tile.
std::vector<cv::Rect> tiles(const cv::Size& image, int per_side, float overlap);

/// The smallest whole-pixel box around `box`, inside a width x height frame.
Box clipped(const Rect& box, int width, int height);

}  // namespace veilgate::detect
