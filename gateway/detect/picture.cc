#include "detect/picture.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

/// Shrinking from a level this much larger looks like shrinking the original; from a nearer one, blur adds up.
constexpr double kCleanFactor = 1.3;
/// Levels kept; detectors use fewer, this only bounds the memory.
constexpr std::size_t kMaxLevels = 16;

}  // namespace

const cv::Mat& Picture::at_most(int long_side) {
  const int own = std::max(width(), height());
  if (own <= long_side) return frame_.bgr;
  if (const auto found = levels_.find(long_side); found != levels_.end()) return found->second;
  const cv::Mat* source = &frame_.bgr;
  if (const auto larger = levels_.lower_bound(static_cast<int>(long_side * kCleanFactor)); larger != levels_.end()) {
    source = &larger->second;
  }
  const double scale = static_cast<double>(long_side) / own;
  const cv::Size size(std::max(1, cvRound(width() * scale)), std::max(1, cvRound(height() * scale)));
  cv::Mat level;
  cv::resize(*source, level, size, 0, 0, cv::INTER_AREA);
  if (levels_.size() >= kMaxLevels) levels_.erase(levels_.begin());
  return levels_[long_side] = level;
}

}  // namespace veilgate::detect
