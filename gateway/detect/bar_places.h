#pragma once
#include <opencv2/core.hpp>
#include <vector>

namespace veilgate::detect {

/// Where strokes stand side by side like the bars of a linear code, at any angle.
struct BarPlace {
  cv::Point2f middle;
  cv::Point2f along;  ///< unit vector across the strokes: the way a code is read, or the opposite
  float length = 0;   ///< along `along`
  float height = 0;   ///< of the strokes
};

/// Places in `grey` (CV_8UC1) of dense strokes of one direction, the largest first, a few at most. Rulers, cloth and
/// hair can be among them: what is proposed has to be looked at closely (bar_code.h).
std::vector<BarPlace> bar_places(const cv::Mat& grey);

}  // namespace veilgate::detect
