#pragma once
#include <cstddef>
#include <deque>
#include <map>
#include <opencv2/core.hpp>

#include "pixel/frame.h"

namespace veilgate::detect {

/// One frame and its smaller versions, each made once and shared by all detectors.
class Picture {
 public:
  /// The frame must outlive the picture.
  explicit Picture(const pixel::Frame& frame) : frame_(frame) {}
  int width() const { return frame_.bgr.cols; }
  int height() const { return frame_.bgr.rows; }
  int frame() const { return frame_.index; }
  const cv::Mat& whole() const { return frame_.bgr; }
  /// The frame with its longer side at most `long_side`; never enlarged. Valid as long as the picture.
  const cv::Mat& at_most(int long_side);
  /// The frame halved as often as its longer side stays at or above `least_long_side`: cheaper than a level of one's
  /// own.
  const cv::Mat& halved(int least_long_side);

 private:
  const pixel::Frame& frame_;
  std::map<int, cv::Mat> levels_;  ///< by longer side
  std::deque<cv::Mat> halves_;     ///< each half of the one before: halving is the cheapest way to shrink
};

}  // namespace veilgate::detect
