#include <cmath>

#include "detect/face_family.h"
#include "detect/family.h"

namespace veilgate::detect {
namespace {

struct Priors {
  int stride;
  std::array<float, 2> sides;  ///< in input pixels
};
constexpr std::array kPriors{Priors{8, {16, 32}}, Priors{16, {64, 128}}, Priors{32, {256, 512}}};
/// Of the training: what the network says of places and of sizes is scaled by them.
constexpr float kPlaceVariance = 0.1F, kSizeVariance = 0.2F;
constexpr FaceFamily kFace{640, 640, 32, {false, true, {104, 117, 123}, 1}, 0.4F, decode_retinaface};

struct Outputs {
  const Tensor *boxes, *scores, *landmarks;
};

FaceCandidate decoded(const Outputs& outputs, std::size_t i, const Rect& prior, float score) {
  const auto point = [&](float x, float y) {
    return cv::Point2f(prior.x + x * kPlaceVariance * prior.width, prior.y + y * kPlaceVariance * prior.height);
  };
  const float* box = &outputs.boxes->values[4 * i];
  const auto middle = point(box[0], box[1]);
  const float w = prior.width * std::exp(box[2] * kSizeVariance), h = prior.height * std::exp(box[3] * kSizeVariance);
  return {{middle.x - w / 2, middle.y - h / 2, w, h}, score, 0, 0, eyes_at(&outputs.landmarks->values[10 * i], point)};
}

}  // namespace

/// Not measured here: its authors show faces from 0.6; alone it counts from above that, as a vote from below.
constinit const Family kRetinaFace{"retinaface", ModelRole::Face, &kFace, nullptr, {0.95, 0.4}, 2};

Result<std::vector<FaceCandidate>> decode_retinaface(std::span<const Tensor> outputs, const cv::Size& input,
                                                     float threshold) {
  std::size_t count = 0;
  for (const auto& priors : kPriors)
    count += static_cast<std::size_t>(grid(input, priors.stride).area()) * priors.sides.size();
  const Outputs all{output_of(outputs, count, 4), output_of(outputs, count, 2), output_of(outputs, count, 10)};
  if (outputs.size() != 3 || all.boxes == nullptr || all.scores == nullptr || all.landmarks == nullptr)
    return other_outputs();
  std::vector<FaceCandidate> found;
  const auto width = static_cast<float>(input.width), height = static_cast<float>(input.height);
  std::size_t i = 0;
  for (const auto& [stride, sides] : kPriors) {
    const auto cells = grid(input, stride);
    const auto step = static_cast<float>(stride);
    for (int cell = 0; cell < cells.area(); ++cell) {
      const float x = (static_cast<float>(cell % cells.width) + 0.5F) * step / width;
      const float y = (static_cast<float>(cell / cells.width) + 0.5F) * step / height;
      for (const float side : sides) {
        const float score = all.scores->values[2 * i + 1];
        if (score >= threshold) found.push_back(decoded(all, i, {x, y, side / width, side / height}, score));
        ++i;
      }
    }
  }
  return found;
}

}  // namespace veilgate::detect
