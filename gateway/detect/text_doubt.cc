#include "detect/text_doubt.h"

#include <algorithm>
#include <array>
#include <limits>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

// On ICDAR 2015 and generated scenes, every word that one network finds is at this probability for the other one or is
// read with this certainty; of the boxes in sample photographs half are neither, and nearly all on drawn wounds.
constexpr double kSeen = 0.1;
constexpr double kReadable = 0.3;
/// The middle of the box, in which writing lies whichever way it slants; its rims reach into what lies beside it.
constexpr float kMiddle = 0.7F;
/// Read at most, each for milliseconds; what is left is taken for writing.
constexpr int kMaxDoubted = 128;

/// The line by itself, upright or upside down.
cv::Mat straightened(Picture& picture, const TextBox& text) {
  const auto side = [&](std::size_t from, std::size_t to) {
    return static_cast<float>(cv::norm(text.corners[to] - text.corners[from]));
  };
  std::array<cv::Point2f, 3> corners{text.corners[0], text.corners[1], text.corners[2]};
  cv::Size2f size(side(0, 1), side(1, 2));
  if (size.width < size.height) {
    corners = {text.corners[1], text.corners[2], text.corners[3]};
    size = {size.height, size.width};
  }
  const cv::Size whole(std::max(1, cvRound(size.width)), std::max(1, cvRound(size.height)));
  const std::array<cv::Point2f, 3> straight{
      cv::Point2f(0, 0), cv::Point2f(static_cast<float>(whole.width), 0),
      cv::Point2f(static_cast<float>(whole.width), static_cast<float>(whole.height))};
  cv::Mat line;
  cv::warpAffine(picture.at_most(std::numeric_limits<int>::max()), line,
                 cv::getAffineTransform(corners.data(), straight.data()), whole, cv::INTER_LINEAR,
                 cv::BORDER_REPLICATE);
  return line;
}

}  // namespace

void TextDoubt::saw(bool large_model, const cv::Mat& probability, int quarter_turns) {
  maps_.push_back({large_model, turned(probability, -quarter_turns).clone()});
}

bool TextDoubt::another_saw_it(const Rect& box, bool large_model) const {
  bool looked = false;
  for (const auto& map : maps_) {
    if (map.large_model == large_model) continue;
    looked = true;
    const auto x = static_cast<float>(map.upright.cols) / static_cast<float>(picture_.width());
    const auto y = static_cast<float>(map.upright.rows) / static_cast<float>(picture_.height());
    const Rect middle(box.x + box.width * (1 - kMiddle) / 2, box.y + box.height * (1 - kMiddle) / 2,
                      box.width * kMiddle, box.height * kMiddle);
    const Box there = clipped(scaled(middle, x, y), map.upright.cols, map.upright.rows);
    if (there.empty()) continue;
    double most = 0;
    cv::minMaxLoc(map.upright(cv::Rect(there.x, there.y, there.w, there.h)), nullptr, &most);
    if (most >= kSeen) return true;
  }
  return !looked;
}

Result<bool> TextDoubt::is_writing(const TextBox& text, bool large_model, TextReader& reader) {
  if (another_saw_it(text.box, large_model)) return true;
  if (++doubted_ > kMaxDoubted) return true;
  const pixel::Frame line{straightened(picture_, text), 0};
  Picture alone(line);
  VG_ASSIGN(const double slanted, reader.legibility(alone, {0, 0, alone.width(), alone.height()}));
  if (slanted >= kReadable) return true;
  VG_ASSIGN(const double upright, reader.legibility(picture_, clipped(text.box, picture_.width(), picture_.height())));
  return upright >= kReadable;
}

}  // namespace veilgate::detect
