#pragma once
#include <opencv2/core.hpp>
#include <vector>

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
  /// First frames of new scenes so far: one great change between two pictures, and calm before and after. What flickers
  /// or sweeps along is none. In order.
  const std::vector<int>& cuts() const { return cuts_; }

 private:
  int frames_, phase_;
  int since_ = 0;        ///< frames since the last thorough look
  cv::Mat last_;         ///< the frame before, small and grey
  cv::Mat thorough_;     ///< the frame last looked at thoroughly
  double change_ = 0;    ///< of the frame before to the one before it
  int may_be_cut_ = -1;  ///< the frame before, when all but the calm after it speaks for a cut
  std::vector<int> cuts_;
};

}  // namespace veilgate::detect
