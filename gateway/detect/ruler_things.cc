#include "detect/ruler_things.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

#include "detect/thing_outline.h"
#include "pixel/shrink.h"

namespace veilgate::detect {
namespace {

constexpr int kLongSide = 640;         // pixels, as outlines are searched in
constexpr std::size_t kMaxStarts = 8;  // outlines that are looked for
constexpr float kLong = 4;             // length over thickness

/// The pieces in a smaller picture, the largest first.
std::vector<Slab> shrunk(std::span<const Slab> pieces, float scale) {
  std::vector<Slab> out(pieces.begin(), pieces.end());
  for (auto& piece : out) piece.centre *= scale, piece.length *= scale, piece.thickness *= scale;
  std::ranges::stable_sort(out, std::greater(), [](const Slab& one) { return one.length * one.thickness; });
  return out;
}

Slab slab_around(const cv::Mat1b& cover, double scale) {
  std::vector<cv::Point> points;
  cv::findNonZero(cover, points);
  auto rect = cv::minAreaRect(points);
  rect.center /= scale;
  rect.size = {static_cast<float>(rect.size.width / scale), static_cast<float>(rect.size.height / scale)};
  Region region;
  std::array<cv::Point2f, 4> corners;
  rect.points(corners.data());
  auto& out = region.corners.emplace();
  for (std::size_t i = 0; i < corners.size(); ++i) {
    out[2 * i] = cvRound(corners[i].x);
    out[2 * i + 1] = cvRound(corners[i].y);
  }
  return slab_of(region);
}

}  // namespace

std::vector<Slab> long_things(const cv::Mat& bgr, std::span<const Slab> pieces) {
  const double scale = std::min(1.0, static_cast<double>(kLongSide) / std::max(bgr.cols, bgr.rows));
  const cv::Size size(std::max(1, cvRound(bgr.cols * scale)), std::max(1, cvRound(bgr.rows * scale)));
  if (pieces.empty()) return {};
  const cv::Mat level = pixel::shrunk(bgr, size);
  const auto starts = shrunk(pieces, static_cast<float>(scale));
  cv::Mat1b written = cv::Mat1b::zeros(size), known = written.clone();
  for (const auto& start : starts) written(start.rect().boundingRect() & cv::Rect({}, size)) = 255;
  const OutlineSearch search(level, written);
  std::vector<Slab> out;
  std::size_t tried = 0;
  for (const auto& start : starts) {
    if (!cv::Rect({}, size).contains(start.centre) || known(cv::Point(start.centre)) != 0) continue;
    if (++tried > kMaxStarts) break;
    const auto outline = search.around(start, false);
    if (!outline) continue;
    known |= outline->cover;
    const Slab slab = slab_around(outline->cover, scale);
    if (slab.length >= kLong * slab.thickness) out.push_back(slab);
  }
  return out;
}

}  // namespace veilgate::detect
