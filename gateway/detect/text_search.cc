#include "detect/text_search.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

/// The networks shrink five times by two.
constexpr int kMultiple = 32;

int rounded_up(int value) { return std::max(kMultiple, (value + kMultiple - 1) / kMultiple * kMultiple); }

/// BGR planes with the ImageNet mean and deviation, which the networks were trained with, padded to whole multiples.
cv::Mat1f planes_of(const cv::Mat& bgr, const cv::Size& input) {
  constexpr std::array<double, 3> kMean{0.485, 0.456, 0.406}, kDeviation{0.229, 0.224, 0.225};
  cv::Mat padded;
  cv::copyMakeBorder(bgr, padded, 0, input.height - bgr.rows, 0, input.width - bgr.cols, cv::BORDER_REPLICATE);
  cv::Mat1f out(3 * input.height, input.width);
  for (int channel = 0; channel < 3; ++channel) {
    const auto at = static_cast<std::size_t>(channel);
    cv::Mat plane;
    cv::extractChannel(padded, plane, channel);
    cv::Mat target = out.rowRange(channel * input.height, (channel + 1) * input.height);
    plane.convertTo(target, CV_32F, 1 / (255 * kDeviation[at]), -kMean[at] / kDeviation[at]);
  }
  return out;
}

}  // namespace

Result<TextMap> map_text(Picture& picture, Session& session, const TextLook& how) {
  const cv::Mat& level = picture.at_most(how.long_side);
  const cv::Mat image = turned(level, how.quarter_turns);
  const cv::Size input(rounded_up(image.cols), rounded_up(image.rows));
  auto values = planes_of(image, input);
  const std::array<std::int64_t, 4> shape{1, 3, input.height, input.width};
  VG_ASSIGN(auto outputs, session.run({values[0], values.total()}, shape));
  if (outputs.size() != 1 || outputs[0].values.size() != static_cast<std::size_t>(input.area())) {
    return fail(ErrorKind::Config, "detect.model_unusable", "the text model has other outputs than expected");
  }
  const cv::Mat probability(input, CV_32F, outputs[0].values.data());
  return TextMap{probability(cv::Rect({}, image.size())).clone(), level.size(), how.quarter_turns,
                 static_cast<float>(picture.width()) / static_cast<float>(level.cols),
                 static_cast<float>(picture.height()) / static_cast<float>(level.rows)};
}

std::vector<TextBox> boxes_of(const TextMap& map, const TextRule& rule) {
  const auto turn_back = [&](Quad& quad) {
    for (auto& corner : quad) {
      corner = turned_back(corner, map.quarter_turns, map.level);
      corner = {corner.x * map.back_x, corner.y * map.back_y};
    }
  };
  auto boxes = text_boxes(map.probability, rule);
  for (auto& text : boxes) {
    text.box = scaled(turned_back(text.box, map.quarter_turns, map.level), map.back_x, map.back_y);
    text.thickness *= std::max(map.back_x, map.back_y);
    turn_back(text.corners);
    for (auto& part : text.parts) turn_back(part);
  }
  return boxes;
}

}  // namespace veilgate::detect
