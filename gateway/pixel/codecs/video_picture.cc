#include "pixel/codecs/video_picture.h"

#include <algorithm>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

namespace veilgate::pixel {
namespace {

constexpr int kBlock = 16;
/// Reach of the smoothing filters of H.264 and HEVC over the edge of a block (3 and 4 pixels, of chroma too).
constexpr int kRim = 8;
/// Difference from black in 8-bit steps that quantisation may leave within a block.
constexpr double kBlackSlack = 20;
/// Cells of a sketch per row and column.
constexpr int kSketchSide = 16;
/// Mean difference of two sketches up to which compression explains it; another scene differs by tens.
constexpr double kSketchSlack = 6;

int luma_rows(const cv::Mat& picture) { return picture.rows * 2 / 3; }

cv::Mat luma(const cv::Mat& picture) { return picture.rowRange(0, luma_rows(picture)); }

/// Both planes of chroma, as matrices of half the size that share the picture's memory.
std::array<cv::Mat, 2> chroma(const cv::Mat& picture) {
  const int rows = luma_rows(picture) / 2, columns = picture.cols / 2;
  const std::size_t start = static_cast<std::size_t>(luma_rows(picture)) * static_cast<std::size_t>(picture.cols);
  const std::size_t plane = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  return {cv::Mat(rows, columns, CV_8UC1, picture.data + start),
          cv::Mat(rows, columns, CV_8UC1, picture.data + start + plane)};
}

double black_luma(bool full_range) { return full_range ? 0 : 16; }

bool is_flat(const cv::Mat& area, double value) {
  double low = 0, high = 0;
  cv::minMaxLoc(area, &low, &high);
  return low >= value - kBlackSlack && high <= value + kBlackSlack;
}

}  // namespace

cv::Mat to_bgr(const cv::Mat& picture) {
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_YUV2BGR_I420);
  return bgr;
}

Box block_box(const Box& box, const cv::Size& size) {
  const Box inside = intersection(box, {0, 0, size.width, size.height});
  if (inside.empty()) return {};
  const int left = inside.x / kBlock * kBlock, top = inside.y / kBlock * kBlock;
  const int right = std::min(size.width, (inside.right() + kBlock - 1) / kBlock * kBlock);
  const int bottom = std::min(size.height, (inside.bottom() + kBlock - 1) / kBlock * kBlock);
  return {left, top, right - left, bottom - top};
}

void blacken(cv::Mat& picture, const Box& box, bool full_range) {
  constexpr double kNoColour = 128;
  luma(picture)(cv::Rect(box.x, box.y, box.w, box.h)) = black_luma(full_range);
  for (auto& plane : chroma(picture)) plane(cv::Rect(box.x / 2, box.y / 2, box.w / 2, box.h / 2)) = kNoColour;
}

bool is_black(const cv::Mat& picture, const Box& box, bool full_range) {
  // At the picture's own edge nothing lies outside that could be smoothed in.
  const int left = box.x == 0 ? 0 : box.x + kRim, top = box.y == 0 ? 0 : box.y + kRim;
  const int right = box.right() == picture.cols ? picture.cols : box.right() - kRim;
  const int bottom = box.bottom() == luma_rows(picture) ? luma_rows(picture) : box.bottom() - kRim;
  if (right <= left || bottom <= top) return true;
  constexpr double kNoColour = 128;
  const cv::Rect inner(left, top, right - left, bottom - top);
  const cv::Rect half(left / 2, top / 2, (right - left) / 2, (bottom - top) / 2);
  return is_flat(luma(picture)(inner), black_luma(full_range)) &&
         std::ranges::all_of(chroma(picture), [&](const cv::Mat& plane) { return is_flat(plane(half), kNoColour); });
}

std::vector<std::uint8_t> sketch(const cv::Mat& picture) {
  cv::Mat small;
  cv::resize(luma(picture), small, {kSketchSide, kSketchSide}, 0, 0, cv::INTER_AREA);
  return {small.datastart, small.dataend};
}

bool alike(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  if (a.size() != b.size() || a.empty()) return false;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return sum / static_cast<double>(a.size()) <= kSketchSlack;
}

}  // namespace veilgate::pixel
