#include "detect/ruler_rest.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace veilgate::detect {
namespace {

constexpr double kReadable = 0.4;  // mean certainty
constexpr float kAround = 2;       // pixels: the soft edge of what is known
constexpr int kMinPainted = 9;     // pixels; less is no part of it

std::vector<cv::Point> polygon(const Slab& slab, float grow, const cv::Point& origin) {
  std::array<cv::Point2f, 4> corners;
  slab.rect(grow).points(corners.data());
  std::vector<cv::Point> out;
  for (const auto& corner : corners) out.emplace_back(cvRound(corner.x) - origin.x, cvRound(corner.y) - origin.y);
  return out;
}

/// The paper: the middle of each channel over what lies beside what is known.
cv::Scalar paper_of(const cv::Mat& bgr, const cv::Mat1b& rest) {
  std::array<std::vector<uchar>, 3> values;
  for (int y = 0; y < bgr.rows; ++y) {
    for (int x = 0; x < bgr.cols; ++x) {
      if (rest(y, x) == 0) continue;
      for (std::size_t c = 0; c < 3; ++c) values[c].push_back(bgr.at<cv::Vec3b>(y, x)[static_cast<int>(c)]);
    }
  }
  cv::Scalar out;
  for (std::size_t c = 0; c < 3; ++c) {
    if (values[c].empty()) continue;
    const auto middle = values[c].begin() + static_cast<std::ptrdiff_t>(values[c].size() / 2);
    std::ranges::nth_element(values[c], middle);
    out[static_cast<int>(c)] = *middle;
  }
  return out;
}

}  // namespace

Result<bool> shows_nothing_else(const cv::Mat& bgr, const Slab& piece, std::span<const Slab> known,
                                const ReadLinePixels& read) {
  const cv::Rect bounds = piece.rect(piece.thickness).boundingRect() & cv::Rect({}, bgr.size());
  if (bounds.empty()) return false;
  cv::Mat1b covered = cv::Mat1b::zeros(bounds.size()), inside = covered.clone();
  cv::fillConvexPoly(inside, polygon(piece, 0, bounds.tl()), 255);
  for (const auto& slab : known) cv::fillConvexPoly(covered, polygon(slab, kAround, bounds.tl()), 255);
  if (cv::countNonZero(covered & inside) < kMinPainted) return false;
  cv::Mat painted = bgr(bounds).clone();
  painted.setTo(paper_of(painted, inside & ~covered), covered);
  Slab there = piece;
  there.centre -= cv::Point2f(bounds.tl());
  for (int turns = 0; turns < 4; ++turns) {
    VG_ASSIGN(const auto reading, read(cut_out(painted, there, turns)));
    if (reading.characters > 0 && reading.mean >= kReadable) return false;
  }
  return true;
}

}  // namespace veilgate::detect
