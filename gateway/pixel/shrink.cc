#include "pixel/shrink.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core/hal/intrin.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace veilgate::pixel {
namespace {

/// Less of a source pixel than this does not count, as in OpenCV.
constexpr double kLeastPart = 1e-3;

/// The source pixels that each pixel of the result covers, and how much of it each of them is: as many for each, some
/// of them nothing.
struct Covers {
  int count = 0;
  std::vector<int> first;
  std::vector<float> weights;
};

Covers covers(int from, int to) {
  const double scale = 1 / (static_cast<double>(to) / from);
  Covers out{std::min(from, static_cast<int>(std::ceil(scale)) + 1), {}, {}};
  for (int i = 0; i < to; ++i) {
    const double begin = i * scale, end = begin + scale, size = std::min(scale, from - begin);
    out.first.push_back(std::min(static_cast<int>(begin), from - out.count));
    for (int at = out.first.back(); at < out.first.back() + out.count; ++at) {
      const double part = std::min(end, at + 1.0) - std::max(begin, static_cast<double>(at));
      out.weights.push_back(part <= kLeastPart ? 0 : static_cast<float>(part / size));
    }
  }
  return out;
}

/// Sums the samples of a pixel at once. Of three, a fourth sum is overwritten by the next pixel's first.
template <int kChannels>
void shrink_row(const float* row, const Covers& columns, float* out) {
  const float* weight = columns.weights.data();
  for (const int first : columns.first) {
    const float* at = row + static_cast<std::ptrdiff_t>(first) * kChannels;
    auto sum = cv::v_setzero_f32();
    for (int i = 0; i < columns.count; ++i, at += kChannels) sum += cv::v_setall_f32(*weight++) * cv::v_load(at);
    cv::v_store(out, sum);
    out += kChannels;
  }
}

/// Rows of the picture, each as wide as the result. Asked for from top to bottom.
class Rows {
 public:
  Rows(const cv::Mat& picture, int width)
      : picture_(picture),
        columns_(covers(picture.cols, width)),
        samples_(1, picture.cols + 1, CV_32FC4),
        shrunk_(1, width + 1, CV_32FC4) {}

  const float* at(int y) { return picture_.channels() == 1 ? grey(y) : colour(y); }

 private:
  static constexpr int kTogether = 4;

  const float* colour(int y) {
    if (y == made_) return shrunk_.ptr<float>();
    made_ = y;
    picture_.row(y).convertTo(cv::Mat(1, picture_.cols, CV_32FC3, samples_.data), CV_32F);
    shrink_row<3>(samples_.ptr<float>(), columns_, shrunk_.ptr<float>());
    return shrunk_.ptr<float>();
  }

  /// Four rows as if they were the channels of one.
  const float* grey(int y) {
    const int block = y / kTogether;
    if (block != made_) {
      made_ = block;
      std::array<cv::Mat, kTogether> rows;
      for (int i = 0; i < kTogether; ++i)
        rows[static_cast<std::size_t>(i)] = picture_.row(std::min(block * kTogether + i, picture_.rows - 1));
      cv::merge(rows.data(), rows.size(), together_);
      together_.convertTo(samples_, CV_32F);
      shrink_row<kTogether>(samples_.ptr<float>(), columns_, shrunk_.ptr<float>());
      cv::split(shrunk_, apart_.data());
    }
    return apart_[static_cast<std::size_t>(y % kTogether)].ptr<float>();
  }

  const cv::Mat& picture_;
  Covers columns_;
  cv::Mat samples_, shrunk_;  ///< room for the fourth sum of the last pixel as well
  cv::Mat together_;
  std::array<cv::Mat, kTogether> apart_;
  int made_ = -1;  ///< the row or the four rows that are there
};

void add(const float* row, float weight, std::vector<float>& sums) {
  float* sum = sums.data();
  const std::size_t count = sums.size();
  for (std::size_t i = 0; i < count; ++i) sum[i] += weight * row[i];
}

bool is_whole(int from, int to) { return from % to == 0; }

}  // namespace

cv::Mat shrunk(const cv::Mat& picture, const cv::Size& size) {
  const bool smaller = size.width <= picture.cols && size.height <= picture.rows && !size.empty();
  const bool whole = smaller && is_whole(picture.cols, size.width) && is_whole(picture.rows, size.height);
  cv::Mat out;
  if (!smaller || whole || (picture.type() != CV_8UC1 && picture.type() != CV_8UC3)) {
    cv::resize(picture, out, size, 0, 0, cv::INTER_AREA);
    return out;
  }
  out.create(size, picture.type());
  const auto lines = covers(picture.rows, size.height);
  const float* weight = lines.weights.data();
  Rows rows(picture, size.width);
  std::vector<float> sums(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(picture.channels()));
  for (int y = 0; y < size.height; ++y) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (int i = 0; i < lines.count; ++i, ++weight) {
      if (*weight > 0) add(rows.at(lines.first[static_cast<std::size_t>(y)] + i), *weight, sums);
    }
    cv::Mat(1, size.width, CV_32FC(picture.channels()), sums.data()).convertTo(out.row(y), CV_8U);
  }
  return out;
}

}  // namespace veilgate::pixel
