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
constexpr double kReadable = 0.5;
// What both see must be read a little from this thickness on, as a share of the picture's shorter side: no word of the
// same pictures is lost by it, large handwriting included, while patches of skin and wounds are a letter at most.
constexpr double kLarge = 0.04;
constexpr double kReadableLarge = 0.3;
// Stitches over a cut read like letters. A cut is a solid red band through the middle of the line, which no pen draws;
// what reads better than this is writing all the same.
constexpr double kCertain = 0.75;
constexpr int kBandHeight = 32;      // pixels to which the line is brought
constexpr int kSolid = 7;            // of them: no stroke of a line this high is as thick
constexpr double kRedder = 7;        // levels of Lab's a over the box's rim
constexpr double kThroughout = 0.6;  // of the line's length
/// The middle of the box, in which writing lies whichever way it slants; its rims reach into what lies beside it.
constexpr float kMiddle = 0.7F;
/// Read at most, each for milliseconds; what is left is taken for writing.
constexpr int kMaxDoubted = 128;
constexpr int kMaxParts = 96;  // of bowed lines, the same

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

/// Whether a solid red band runs through the line, apart from its upper and lower rim.
bool is_a_cut(const cv::Mat& line) {
  const int width = std::clamp(line.cols * kBandHeight / std::max(1, line.rows), kBandHeight, 32 * kBandHeight);
  cv::Mat small, lab, red;
  cv::resize(line, small, {width, kBandHeight}, 0, 0, cv::INTER_AREA);
  cv::cvtColor(small, lab, cv::COLOR_BGR2Lab);
  cv::extractChannel(lab, red, 1);
  cv::medianBlur(red, red, 5);
  const double rim = (cv::mean(red.rowRange(0, 3))[0] + cv::mean(red.rowRange(kBandHeight - 3, kBandHeight))[0]) / 2;
  cv::Mat solid = red > rim + kRedder;
  cv::morphologyEx(solid, solid, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_ELLIPSE, {5, 5}));
  cv::morphologyEx(solid, solid, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_ELLIPSE, {kSolid, kSolid}));
  if (cv::countNonZero(solid.row(0)) > 0 || cv::countNonZero(solid.row(kBandHeight - 1)) > 0) return false;
  cv::Mat columns;
  cv::reduce(solid, columns, 0, cv::REDUCE_MAX);
  return cv::countNonZero(columns) >= kThroughout * width;
}

}  // namespace

void TextDoubt::saw(bool large_model, const cv::Mat& probability, int quarter_turns) {
  maps_.push_back({large_model, turned(probability, -quarter_turns)});
}

bool TextDoubt::another_looked(bool large_model) const {
  return std::any_of(maps_.begin(), maps_.end(), [&](const Map& map) { return map.large_model != large_model; });
}

bool TextDoubt::another_saw_it(const Rect& box, bool large_model) const {
  for (const auto& map : maps_) {
    if (map.large_model == large_model) continue;
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
  return false;
}

Result<bool> TextDoubt::is_legible(const TextBox& text, double least, TextReader& reader) {
  VG_ASSIGN(const bool upright,
            reader.is_legible(picture_, clipped(text.box, picture_.width(), picture_.height()), least));
  if (upright || !is_slanted(text)) return upright;
  return line_is_legible(text, least, reader);
}

Result<bool> TextDoubt::line_is_legible(const TextBox& text, double least, TextReader& reader) {
  const pixel::Frame line{straightened(picture_, text), 0};
  Picture alone(line);
  return reader.is_legible(alone, {0, 0, alone.width(), alone.height()}, least);
}

Result<bool> TextDoubt::is_read(const TextBox& text, bool seen, bool cut, TextReader& reader) {
  if (++doubted_ > kMaxDoubted) return true;
  const double least = cut ? kCertain : seen ? kReadableLarge : kReadable;
  VG_ASSIGN(const bool line, line_is_legible(text, least, reader));
  if (line) return true;
  return reader.is_legible(picture_, clipped(text.box, picture_.width(), picture_.height()), least);
}

Result<bool> TextDoubt::is_writing(const TextBox& text, bool large_model, TextReader& reader) {
  if (!another_looked(large_model)) return true;
  const bool seen = another_saw_it(text.box, large_model), cut = is_a_cut(straightened(picture_, text));
  const bool large = text.thickness >= kLarge * std::min(picture_.width(), picture_.height());
  if (seen && !large && !cut) return true;
  return is_read(text, seen, cut, reader);
}

Result<bool> TextDoubt::part_is_legible(const TextBox& part, double least, TextReader& reader) {
  if (++parts_ > kMaxParts) return true;
  return is_legible(part, least, reader);
}

Result<bool> TextDoubt::is_written_part(const TextBox& part, bool large_model, TextReader& reader) {
  const bool cut = is_a_cut(straightened(picture_, part));
  const double least = cut ? kCertain : another_saw_it(part.box, large_model) ? kReadableLarge : kReadable;
  return part_is_legible(part, least, reader);
}

}  // namespace veilgate::detect
