#include <algorithm>
#include <cmath>

#include "detect/face_family.h"
#include "detect/family.h"

namespace veilgate::detect {
namespace {

struct Anchors {
  int cells, per_cell;  ///< cells x cells over the input, whatever its size
};
constexpr std::array kAnchors{Anchors{16, 2}, Anchors{8, 6}};
/// Logits beyond this are only numerical noise; clipping keeps exp() finite.
constexpr float kMaxLogit = 100;
/// Floats per box: centre, size and six landmarks, of which the first two are the eyes.
constexpr std::size_t kValues = 16;

/// Its own pipeline blends boxes that overlap by 0.3.
constexpr FaceFamily kFace{256, 256, 1, {true, false, {127.5, 127.5, 127.5}, 127.5}, 0.3F, decode_blazeface};

void decode_grid(const Tensor& logits, const Tensor& boxes, const Anchors& anchors, const cv::Size& input,
                 float threshold, std::vector<FaceCandidate>& found) {
  const auto width = static_cast<float>(input.width), height = static_cast<float>(input.height);
  const auto cells = static_cast<std::size_t>(anchors.cells);
  const auto centre = [&](std::size_t cell) { return (static_cast<float>(cell) + 0.5F) / static_cast<float>(cells); };
  for (std::size_t i = 0; i < logits.values.size(); ++i) {
    const float score = 1 / (1 + std::exp(-std::clamp(logits.values[i], -kMaxLogit, kMaxLogit)));
    if (!(score >= threshold)) continue;
    const std::size_t cell = i / static_cast<std::size_t>(anchors.per_cell);
    const cv::Point2f anchor(centre(cell % cells), centre(cell / cells));
    const float* box = &boxes.values[kValues * i];
    const auto point = [&](float x, float y) { return cv::Point2f(x / width + anchor.x, y / height + anchor.y); };
    const auto middle = point(box[0], box[1]);
    const float w = box[2] / width, h = box[3] / height;
    found.push_back({{middle.x - w / 2, middle.y - h / 2, w, h}, score, 0, 0, eyes_at(box + 4, point)});
  }
}

}  // namespace

constinit const Family kBlazeFace{"blazeface", ModelRole::Face, &kFace, nullptr, {0.85, 0.25}, 2};

Result<std::vector<FaceCandidate>> decode_blazeface(std::span<const Tensor> outputs, const cv::Size& input,
                                                    float threshold) {
  if (outputs.size() != 2 * kAnchors.size()) return other_outputs();
  std::vector<FaceCandidate> found;
  for (const auto& anchors : kAnchors) {
    const auto count = static_cast<std::size_t>(anchors.cells * anchors.cells * anchors.per_cell);
    const auto* logits = output_of(outputs, count, 1);
    const auto* boxes = output_of(outputs, count, kValues);
    if (logits == nullptr || boxes == nullptr) return other_outputs();
    decode_grid(*logits, *boxes, anchors, input, threshold, found);
  }
  return found;
}

}  // namespace veilgate::detect
