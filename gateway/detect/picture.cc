#include "detect/picture.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "pixel/shrink.h"
#include "pixel/sizes.h"

namespace veilgate::detect {
namespace {

/// Shrinking from a level this much larger looks like shrinking the original; from a nearer one, blur adds up.
constexpr double kCleanFactor = 1.3;
/// Halvings of the frame: a side of 65535 has no more.
constexpr std::size_t kMaxHalves = 16;
/// Levels kept; detectors use fewer, this only bounds the memory.
constexpr std::size_t kMaxLevels = 16;

}  // namespace

const cv::Mat& Picture::at_most(int long_side) {
  const int own = std::max(width(), height());
  if (own <= long_side) return frame_.bgr;
  if (const auto found = levels_.find(long_side); found != levels_.end()) return found->second;
  const cv::Mat& source = halved(static_cast<int>(std::ceil(long_side * kCleanFactor)));
  const cv::Mat level = pixel::shrunk(source, pixel::at_most(frame_.bgr.size(), long_side));
  if (levels_.size() >= kMaxLevels) levels_.erase(levels_.begin());
  return levels_[long_side] = level;
}

const cv::Mat& Picture::halved(int least_long_side) {
  const cv::Mat* source = &frame_.bgr;
  for (std::size_t i = 0; i < kMaxHalves; ++i) {
    if (i == halves_.size()) {
      // An odd last row or column is left out: OpenCV halves exactly ten times as fast as nearly.
      const cv::Rect even(0, 0, source->cols & ~1, source->rows & ~1);
      if (even.empty() || std::max(even.width, even.height) / 2 < least_long_side) break;
      cv::Mat half;
      cv::resize((*source)(even), half, even.size() / 2, 0, 0, cv::INTER_AREA);
      halves_.push_back(half);
    }
    if (std::max(halves_[i].cols, halves_[i].rows) < least_long_side) break;
    source = &halves_[i];
  }
  return *source;
}

}  // namespace veilgate::detect
