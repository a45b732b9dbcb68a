#include "detect/face_family.h"
#include "detect/family.h"

namespace veilgate::detect {
namespace {

constexpr std::array kStrides{8, 16, 32};
constexpr std::size_t kAnchorsPerCell = 2;
constexpr FaceFamily kFace{640, 640, 32, {true, true, {127.5, 127.5, 127.5}, 128}, 0.4F, decode_scrfd};

struct Level {
  const Tensor *scores, *boxes;
  const Tensor* landmarks;  ///< nullptr: the model has none
};

void decode_level(const Level& level, int stride, const cv::Size& input, float threshold,
                  std::vector<FaceCandidate>& found) {
  const auto across = static_cast<float>(stride) / static_cast<float>(input.width);
  const auto down = static_cast<float>(stride) / static_cast<float>(input.height);
  const auto columns = static_cast<std::size_t>(grid(input, stride).width);
  for (std::size_t i = 0; i < level.scores->values.size(); ++i) {
    const float score = level.scores->values[i];
    if (!(score >= threshold)) continue;
    const std::size_t cell = i / kAnchorsPerCell;
    const auto column = static_cast<float>(cell % columns), row = static_cast<float>(cell / columns);
    const auto point = [&](float x, float y) { return cv::Point2f((column + x) * across, (row + y) * down); };
    const float* sides = &level.boxes->values[4 * i];
    const auto corner = point(-sides[0], -sides[1]), opposite = point(sides[2], sides[3]);
    FaceCandidate candidate{{corner.x, corner.y, opposite.x - corner.x, opposite.y - corner.y}, score};
    if (level.landmarks != nullptr) candidate.eyes = eyes_at(&level.landmarks->values[10 * i], point);
    found.push_back(candidate);
  }
}

}  // namespace

/// Not measured here: InsightFace shows faces from 0.5; alone it counts from above that, as a vote from below.
constinit const Family kScrfd{"scrfd", ModelRole::Face, &kFace, nullptr, {0.8, 0.3}, 2};

Result<std::vector<FaceCandidate>> decode_scrfd(std::span<const Tensor> outputs, const cv::Size& input,
                                                float threshold) {
  const bool has_landmarks = outputs.size() == 3 * kStrides.size();
  if (!has_landmarks && outputs.size() != 2 * kStrides.size()) return other_outputs();
  std::vector<FaceCandidate> found;
  for (const int stride : kStrides) {
    const auto count = static_cast<std::size_t>(grid(input, stride).area()) * kAnchorsPerCell;
    const Level level{output_of(outputs, count, 1), output_of(outputs, count, 4), output_of(outputs, count, 10)};
    if (level.scores == nullptr || level.boxes == nullptr || (has_landmarks != (level.landmarks != nullptr)))
      return other_outputs();
    decode_level(level, stride, input, threshold, found);
  }
  return found;
}

}  // namespace veilgate::detect
