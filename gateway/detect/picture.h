#pragma once
#include <cstddef>
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
  /// The frame with its longer side at most `long_side`; never enlarged. Valid as long as the picture.
  const cv::Mat& at_most(int long_side);

 private:
  const pixel::Frame& frame_;
  std::map<int, cv::Mat> levels_;  ///< by longer side
};

}  // namespace veilgate::detect
