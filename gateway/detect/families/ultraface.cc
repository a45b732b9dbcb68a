#include "detect/face_family.h"
#include "detect/family.h"

namespace veilgate::detect {
namespace {

struct Priors {
  int stride, per_cell;
};
constexpr std::array kPriors{Priors{8, 3}, Priors{16, 2}, Priors{32, 2}, Priors{64, 3}};

constexpr FaceFamily kFace{320, 240, 1, {true, true, {127, 127, 127}, 128}, 0.4F, decode_ultraface};

}  // namespace

constinit const Family kUltraFace{"ultraface", ModelRole::Face, &kFace, nullptr, {0.95, 0.3, 0.75}, 3};

Result<std::vector<FaceCandidate>> decode_ultraface(std::span<const Tensor> outputs, const cv::Size& input,
                                                    float threshold) {
  std::size_t count = 0;
  for (const auto& [stride, per_cell] : kPriors)
    count += static_cast<std::size_t>(grid(input, stride).area() * per_cell);
  const auto* scores = output_of(outputs, count, 2);
  const auto* boxes = output_of(outputs, count, 4);
  if (outputs.size() != 2 || scores == nullptr || boxes == nullptr) return other_outputs();
  std::vector<FaceCandidate> found;
  for (std::size_t i = 0; i < count; ++i) {
    const float score = scores->values[2 * i + 1];
    if (!(score >= threshold)) continue;
    const float* box = &boxes->values[4 * i];
    found.push_back({{box[0], box[1], box[2] - box[0], box[3] - box[1]}, score});
  }
  return found;
}

}  // namespace veilgate::detect
