#pragma once
#include <opencv2/core.hpp>

#include "pixel/frame.h"

namespace veilgate::detect {

/// Which frames of a film deserve every detector. On the others faces alone are looked for, and tracking carries the
/// rest over: text and codes, and faces too small for the brief look, stay in the picture longer than kThoroughStep.
class SeriesPace {
 public:
  static constexpr int kThoroughStep = 10;  // frames: a sixth to two fifths of a second

  /// `phase`: Detect and Verify choose different frames. The last of `frames` is looked at thoroughly.
  SeriesPace(int frames, int phase) : frames_(frames), phase_(phase) {}

  /// For every frame in order: every kThoroughStep-th, the first of a new scene, and when the picture has changed much
  /// since the last thorough look.
  bool is_thorough(const pixel::Frame& frame);

 private:
  int frames_, phase_;
  int since_ = 0;     ///< frames since the last thorough look
  cv::Mat last_;      ///< the frame before, small and grey
  cv::Mat thorough_;  ///< the frame last looked at thoroughly
};

}  // namespace veilgate::detect
