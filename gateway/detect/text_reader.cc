#include "detect/text_reader.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

#include "detect/geometry.h"
#include "pixel/shrink.h"

namespace veilgate::detect {
namespace {

constexpr int kLineHeight = 48;        // what PP-OCR recognition was trained on
constexpr int kEnoughHeight = 96;      // pixels of a line in the level it is cut from: twice as high, for clean edges
constexpr int kWidthStep = 64;         // few distinct shapes, so that the runtime's memory plan is reused
constexpr int kMaxLineWidth = 960;     // longer lines are squeezed; certainty drops a little, legible stays legible
constexpr int kMinReadableHeight = 6;  // pixels; no font reads below
constexpr int kMinCharacters = 2;      // single marks are texture as often as text
constexpr double kPadding = 0.08;      // of the shorter side; detectors cut close
constexpr double kSquarish = 1.5;      // closer to a square than this, all four directions are tried

Box padded(const Box& region, const Picture& picture) {
  const int by = std::max(2, static_cast<int>(kPadding * std::min(region.w, region.h)));
  return grown(region, by, picture.width(), picture.height());
}

/// Quarter turns in which the region may hold a line.
std::vector<int> directions(const Box& box) {
  if (box.w >= kSquarish * box.h) return {0, 2};
  if (box.h >= kSquarish * box.w) return {1, 3};
  return {0, 1, 2, 3};
}

}  // namespace

Result<std::unique_ptr<TextReader>> TextReader::create(const config::Detect& config) {
  VG_ASSIGN(const auto readers, models_for(config, ModelRole::TextReader));
  VG_ASSIGN(auto session, Session::open(config.runtime, config.models, readers.front()));
  VG_ASSIGN(auto alphabet, Alphabet::open(config.models, readers.front()));
  return std::unique_ptr<TextReader>(new TextReader(std::move(session), std::move(alphabet)));
}

Result<bool> TextReader::is_legible(Picture& picture, const Box& region, double least) {
  const Box box = padded(region, picture);
  if (std::min(box.w, box.h) < kMinReadableHeight) return false;
  // Large letters are read from a smaller level: turning and shrinking them costs more than reading.
  const double share = std::min(1.0, kEnoughHeight / static_cast<double>(std::min(box.w, box.h)));
  const cv::Mat& level = picture.halved(static_cast<int>(share * std::max(picture.width(), picture.height())));
  const Box here = clipped(scaled(Rect(cv::Rect(box.x, box.y, box.w, box.h)),
                                  static_cast<float>(level.cols) / static_cast<float>(picture.width()),
                                  static_cast<float>(level.rows) / static_cast<float>(picture.height())),
                           level.cols, level.rows);
  if (here.empty()) return false;
  const cv::Mat crop = level(cv::Rect(here.x, here.y, here.w, here.h));
  for (const int turns : directions(box)) {
    VG_ASSIGN(const auto reading, read(turned(crop, turns)));
    if (reading.characters >= kMinCharacters && reading.mean >= least) return true;
  }
  return false;
}

Result<Reading> TextReader::read(const cv::Mat& line) {
  const int natural = static_cast<int>(std::lround(static_cast<double>(line.cols) * kLineHeight / line.rows));
  const int width = std::clamp(natural, kLineHeight, kMaxLineWidth);
  const int input_width = (width + kWidthStep - 1) / kWidthStep * kWidthStep;
  cv::Mat scaled_line;
  if (line.rows > kLineHeight) {
    scaled_line = pixel::shrunk(line, {width, kLineHeight});
  } else {
    cv::resize(line, scaled_line, {width, kLineHeight}, 0, 0, cv::INTER_LINEAR);
  }
  // Planes of (value - 127.5) / 127.5, zero where the line has ended.
  const std::size_t area = static_cast<std::size_t>(input_width) * kLineHeight;
  std::vector<float> values(3 * area, 0.0F);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    cv::Mat plane;
    cv::extractChannel(scaled_line, plane, static_cast<int>(channel));
    cv::Mat target(kLineHeight, input_width, CV_32F, values.data() + channel * area);
    plane.convertTo(target(cv::Rect(0, 0, width, kLineHeight)), CV_32F, 1 / 127.5, -1);
  }
  const std::array<std::int64_t, 4> shape{1, 3, kLineHeight, input_width};
  VG_ASSIGN(const auto outputs, session_->run(values, shape));
  const bool fits = outputs.size() == 1 && outputs[0].shape.size() == 3 &&
                    outputs[0].shape[2] == static_cast<std::int64_t>(alphabet_.classes());
  if (!fits) {
    return fail(ErrorKind::Config, "detect.model_unusable", "the recognition model has other outputs than expected");
  }
  return decoded(outputs[0], static_cast<float>(width) / static_cast<float>(input_width));
}

Reading TextReader::decoded(const Tensor& output, float filled) const {
  // Connectionist temporal classification: class 0 is blank, repeats are one character.
  const auto steps = static_cast<std::size_t>(output.shape[1]);
  const auto classes = static_cast<std::size_t>(output.shape[2]);
  auto* values = const_cast<float*>(output.values.data());  // cv::Mat knows no other
  Reading out;
  std::string text;
  double sum = 0;
  int last = 0;
  const auto place = [&](std::size_t step) {
    return std::min(1.0F, (static_cast<float>(step) + 0.5F) / (static_cast<float>(steps) * filled));
  };
  std::size_t begun = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    // Thousands of classes: OpenCV looks at several at a time.
    const cv::Mat scores(1, static_cast<int>(classes), CV_32F, values + step * classes);
    double top = 0;
    cv::Point at;
    cv::minMaxLoc(scores, nullptr, &top, nullptr, &at);
    const int chosen = at.x;
    if (chosen != 0 && chosen != last) {
      text += alphabet_.character(static_cast<std::size_t>(chosen));
      out.least = out.characters == 0 ? top : std::min(out.least, top);
      ++out.characters;
      sum += top;
      begun = step;
      out.places.push_back(place(step));
    } else if (chosen != 0) {
      out.places.back() = (place(begun) + place(step)) / 2;
    }
    last = chosen;
  }
  out.text = Phi(std::move(text));
  if (out.characters > 0) out.mean = sum / out.characters;
  return out;
}

}  // namespace veilgate::detect
