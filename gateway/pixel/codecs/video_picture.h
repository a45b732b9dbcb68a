#pragma once
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "base/region.h"

/// Pictures of video in memory: I420, see VideoReader::next. Pure functions.
namespace veilgate::pixel {

/// 8-bit BGR of rows x columns.
cv::Mat to_bgr(const cv::Mat& picture);

/// The box as it is masked: grown to whole blocks of 16 x 16, the unit that encoders work on, and clipped. Empty when
/// it misses the picture.
Box block_box(const Box& box, const cv::Size& size);

/// Black as a viewer shows it, luma and chroma. `box` from block_box().
void blacken(cv::Mat& picture, const Box& box, bool full_range);

/// Whether the box shows nothing but that black after compression. A rim of a few pixels may carry what encoders smooth
/// over the edge, from outside: nothing from inside was given to them.
bool is_black(const cv::Mat& picture, const Box& box, bool full_range);

/// What the picture looks like from afar: mean luma of each cell of a coarse grid.
std::vector<std::uint8_t> sketch(const cv::Mat& picture);
/// Whether two sketches are of the same picture, compressed or not.
bool alike(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace veilgate::pixel
