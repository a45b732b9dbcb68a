#include <algorithm>
#include <cmath>

#include "detect/face_family.h"
#include "detect/family.h"

namespace veilgate::detect {
namespace {

constexpr std::array kStrides{8, 16, 32};
constexpr FaceFamily kFace{640, 640, 32, {false, true, {0, 0, 0}, 1}, 0.3F, decode_yunet};

struct Level {
  const Tensor *one, *other;  ///< class and object score: their product counts, so the order does not matter
  const Tensor *boxes, *landmarks;
};

void decode_level(const Level& level, int stride, const cv::Size& input, float threshold,
                  std::vector<FaceCandidate>& found) {
  const auto across = static_cast<float>(stride) / static_cast<float>(input.width);
  const auto down = static_cast<float>(stride) / static_cast<float>(input.height);
  const auto columns = static_cast<std::size_t>(grid(input, stride).width);
  const auto share = [](float value) { return std::clamp(value, 0.0F, 1.0F); };
  for (std::size_t i = 0; i < level.one->values.size(); ++i) {
    const float score = std::sqrt(share(level.one->values[i]) * share(level.other->values[i]));
    if (!(score >= threshold)) continue;
    const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
    const auto point = [&](float x, float y) { return cv::Point2f((column + x) * across, (row + y) * down); };
    const float* box = &level.boxes->values[4 * i];
    const auto middle = point(box[0], box[1]);
    const float w = std::exp(box[2]) * across, h = std::exp(box[3]) * down;
    found.push_back(
        {{middle.x - w / 2, middle.y - h / 2, w, h}, score, 0, 0, eyes_at(&level.landmarks->values[10 * i], point)});
  }
}

}  // namespace

/// Not measured here: OpenCV shows faces from 0.9; votes are taken from below it.
constinit const Family kYuNet{"yunet", ModelRole::Face, &kFace, nullptr, {0.9, 0.4}, 2};

Result<std::vector<FaceCandidate>> decode_yunet(std::span<const Tensor> outputs, const cv::Size& input,
                                                float threshold) {
  if (outputs.size() != 4 * kStrides.size()) return other_outputs();
  std::vector<FaceCandidate> found;
  for (const int stride : kStrides) {
    const auto count = static_cast<std::size_t>(grid(input, stride).area());
    const Level level{output_of(outputs, count, 1), output_of(outputs, count, 1, 1), output_of(outputs, count, 4),
                      output_of(outputs, count, 10)};
    if (level.one == nullptr || level.other == nullptr || level.boxes == nullptr || level.landmarks == nullptr)
      return other_outputs();
    decode_level(level, stride, input, threshold, found);
  }
  return found;
}

}  // namespace veilgate::detect
