#pragma once
#include <map>
#include <opencv2/core.hpp>
#include <utility>

namespace veilgate::detect {

/// A grey picture in black (0) and white (255), each block by how bright its neighbourhood is: what ZXing makes of a
/// picture before it looks for codes.
cv::Mat black_and_white(const cv::Mat& grey);

/// Parts of a grey picture in black and white, made once for parts that overlap. A part is what ZXing would make of it
/// alone but for its rims: blocks begin at its corner.
class BlackAndWhite {
 public:
  /// The picture must outlive it.
  explicit BlackAndWhite(const cv::Mat& grey) : grey_(grey) {}
  cv::Mat part(const cv::Rect& area);
  /// The picture has changed.
  void forget() { by_first_block_.clear(); }

 private:
  const cv::Mat& grey_;
  std::map<std::pair<int, int>, cv::Mat> by_first_block_;  ///< where the first whole block begins
};

}  // namespace veilgate::detect
