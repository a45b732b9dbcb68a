#include "detect/black_white.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

constexpr int kBlock = 8;       // pixels
constexpr int kNeighbours = 5;  // blocks
/// A block with less between its darkest and its lightest pixel is all light or all dark.
constexpr int kLeastRange = 24;

struct Block {
  int least = 255, most = 0, mean = 0;
};

Block block_at(const cv::Mat& grey, int row, int column) {
  Block block;
  int sum = 0;
  for (int y = row * kBlock; y < (row + 1) * kBlock; ++y) {
    const auto* pixel = grey.ptr<std::uint8_t>(y) + static_cast<std::ptrdiff_t>(column) * kBlock;
    for (int x = 0; x < kBlock; ++x) {
      block.least = std::min<int>(block.least, pixel[x]);
      block.most = std::max<int>(block.most, pixel[x]);
      sum += pixel[x];
    }
  }
  block.mean = sum / (kBlock * kBlock);
  return block;
}

/// Where black ends in a block by itself. A block of one brightness is light unless the blocks above and left of it say
/// that it is dark.
int black_in(const Block& block, const cv::Mat1b& black, int row, int column) {
  if (block.most - block.least > kLeastRange) return block.mean;
  if (row > 0 && column > 0) {
    const int around = (black(row - 1, column) + 2 * black(row, column - 1) + black(row - 1, column - 1)) / (1 + 2 + 1);
    if (block.least < around) return around;
  }
  return block.least / 2;
}

}  // namespace

cv::Mat black_and_white(const cv::Mat& grey) {
  const cv::Size blocks((grey.cols + kBlock - 1) / kBlock, (grey.rows + kBlock - 1) / kBlock);
  cv::Mat whole, limits;
  cv::copyMakeBorder(grey, whole, 0, blocks.height * kBlock - grey.rows, 0, blocks.width * kBlock - grey.cols,
                     cv::BORDER_REFLECT);
  cv::Mat1b black(blocks);
  for (int row = 0; row < blocks.height; ++row) {
    for (int column = 0; column < blocks.width; ++column)
      black(row, column) = static_cast<std::uint8_t>(black_in(block_at(whole, row, column), black, row, column));
  }
  // Rounded down, as whole numbers are divided.
  constexpr double kShare = 1.0 / (kNeighbours * kNeighbours);
  cv::boxFilter(black, limits, CV_32S, {kNeighbours, kNeighbours}, {-1, -1}, false, cv::BORDER_REPLICATE);
  limits.convertTo(limits, CV_8U, kShare, kShare / 2 - 0.5);
  cv::resize(limits, limits, whole.size(), 0, 0, cv::INTER_NEAREST);
  return grey > limits(cv::Rect({}, grey.size()));
}

cv::Mat BlackAndWhite::part(const cv::Rect& area) {
  const cv::Point first(area.x % kBlock, area.y % kBlock);
  auto& shades = by_first_block_[{first.x, first.y}];
  if (shades.empty()) shades = black_and_white(grey_(cv::Rect(first, grey_.size() - cv::Size(first))));
  return shades(area - first);
}

}  // namespace veilgate::detect
