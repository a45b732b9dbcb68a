#include "detect/pace.h"

#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

constexpr int kSide = 32;
/// Mean difference in grey levels to the frame before: a cut changes tens, motion a few.
constexpr double kCut = 18;
/// Up to which a picture is calm.
constexpr double kCalm = 9;
/// To the frame last looked at: a camera that has turned away; not more often than this many frames.
constexpr double kDrift = 14;
constexpr int kMinDriftFrames = 4;

double difference(const cv::Mat& a, const cv::Mat& b) {
  return a.empty() || b.empty() ? 0 : cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total());
}

}  // namespace

bool SeriesPace::is_thorough(const pixel::Frame& frame) {
  cv::Mat small, grey;
  cv::resize(frame.bgr, small, {kSide, kSide}, 0, 0, cv::INTER_AREA);
  cv::cvtColor(small, grey, cv::COLOR_BGR2GRAY);
  ++since_;
  const bool due = frame.index % kThoroughStep == phase_ || frame.index == frames_ - 1;
  const double change = difference(grey, last_);
  const bool cut = change > kCut;
  if (may_be_cut_ >= 0 && change < kCalm) cuts_.push_back(may_be_cut_);
  may_be_cut_ = cut && change_ < kCalm ? frame.index : -1;
  change_ = change;
  const bool drift = since_ >= kMinDriftFrames && difference(grey, thorough_) > kDrift;
  last_ = grey;
  if (!due && !cut && !drift) return false;
  thorough_ = grey;
  since_ = 0;
  return true;
}

}  // namespace veilgate::detect
