#include "detect/ruler_things.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

#include "detect/geometry.h"
#include "detect/thing_outline.h"

namespace veilgate::detect {
namespace {

constexpr int kLongSide = 640;         // pixels, as outlines are searched in
constexpr std::size_t kMaxStarts = 8;  // outlines that are looked for
constexpr float kLong = 4;             // length over thickness

/// Where pieces stand in a smaller picture.
std::vector<cv::Rect> boxes_of(std::span<const Slab> pieces, double scale, const cv::Size& size) {
  std::vector<cv::Rect> out;
  for (const auto& piece : pieces) {
    const auto box = piece.rect().boundingRect2f();
    const cv::Rect small(cvFloor(box.x * scale), cvFloor(box.y * scale), cvCeil(box.width * scale) + 1,
                         cvCeil(box.height * scale) + 1);
    if (const auto inside = small & cv::Rect({}, size); !inside.empty()) out.push_back(inside);
  }
  std::ranges::stable_sort(out, std::greater(), &cv::Rect::area);
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
  const auto starts = boxes_of(pieces, scale, size);
  if (starts.empty()) return {};
  cv::Mat level;
  cv::resize(bgr, level, size, 0, 0, cv::INTER_AREA);
  cv::Mat1b written = cv::Mat1b::zeros(size), known = written.clone();
  for (const auto& box : starts) written(box) = 255;
  const OutlineSearch search(level, written);
  std::vector<Slab> out;
  std::size_t tried = 0;
  for (const auto& start : starts) {
    if (known((start.tl() + start.br()) / 2) != 0) continue;
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
