#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "detect/face_model.h"
#include "detect/inference.h"

namespace veilgate::detect {
namespace {

constexpr int kSide = 256;
/// Overlap from which two boxes of one pass are one face; the network's own pipeline blends at 0.3.
constexpr float kSameBox = 0.3F;
/// Logits beyond this are only numerical noise; clipping keeps exp() finite.
constexpr float kMaxLogit = 100;
/// Floats per box: centre, size and six landmarks, of which the first two are the eyes.
constexpr std::size_t kValues = 16;

class BlazeFace final : public FaceModel {
 public:
  explicit BlazeFace(std::unique_ptr<Session> session)
      : session_(std::move(session)), fine_(blazeface_anchors(16, 2)), coarse_(blazeface_anchors(8, 6)) {}
  FaceModelId model() const override { return FaceModelId::BlazeFace; }
  const std::string& id() const override { return session_->id(); }
  int input_side() const override { return kSide; }

  Result<std::vector<FaceCandidate>> find(const cv::Mat& image, float threshold) override {
    float scale = 1;
    cv::Mat rgb;
    cv::cvtColor(letterboxed(image, {kSide, kSide}, scale), rgb, cv::COLOR_BGR2RGB);
    std::vector<float> input(rgb.total() * 3);
    rgb.convertTo(cv::Mat(kSide, kSide, CV_32FC3, input.data()), CV_32F, 1 / 127.5, -1);
    constexpr std::array<std::int64_t, 4> kShape{1, kSide, kSide, 3};
    VG_ASSIGN(const auto outputs, session_->run(input, kShape));
    if (outputs.size() != 4)
      return fail(ErrorKind::Config, "detect.model_unusable", "BlazeFace has other outputs than expected");
    auto found = decode_blazeface(outputs[0].values, outputs[2].values, fine_, kSide, threshold);
    const auto large = decode_blazeface(outputs[1].values, outputs[3].values, coarse_, kSide, threshold);
    found.insert(found.end(), large.begin(), large.end());
    const float back = kSide / scale;
    for (auto& candidate : found) {
      candidate.box = scaled(candidate.box, back, back);
      if (candidate.eyes) candidate.eyes = Eyes{(*candidate.eyes)[0] * back, (*candidate.eyes)[1] * back};
    }
    return suppress(std::move(found), kSameBox);
  }

 private:
  std::unique_ptr<Session> session_;
  std::vector<cv::Point2f> fine_, coarse_;
};

}  // namespace

std::vector<cv::Point2f> blazeface_anchors(int cells, int per_cell) {
  std::vector<cv::Point2f> anchors;
  const auto centre = [&](int cell) { return (static_cast<float>(cell) + 0.5F) / static_cast<float>(cells); };
  for (int row = 0; row < cells; ++row) {
    for (int column = 0; column < cells; ++column) {
      anchors.insert(anchors.end(), static_cast<std::size_t>(per_cell), cv::Point2f(centre(column), centre(row)));
    }
  }
  return anchors;
}

std::vector<FaceCandidate> decode_blazeface(std::span<const float> logits, std::span<const float> boxes,
                                            std::span<const cv::Point2f> anchors, float input_side, float threshold) {
  std::vector<FaceCandidate> found;
  const std::size_t count = std::min({logits.size(), boxes.size() / kValues, anchors.size()});
  for (std::size_t i = 0; i < count; ++i) {
    const float score = 1 / (1 + std::exp(-std::clamp(logits[i], -kMaxLogit, kMaxLogit)));
    if (!(score >= threshold)) continue;
    const float* box = &boxes[kValues * i];
    const float x = box[0] / input_side + anchors[i].x, y = box[1] / input_side + anchors[i].y;
    const float w = box[2] / input_side, h = box[3] / input_side;
    const auto point = [&](const float* at) {
      return cv::Point2f(at[0] / input_side + anchors[i].x, at[1] / input_side + anchors[i].y);
    };
    found.push_back(
        {{x - w / 2, y - h / 2, w, h}, score, FaceModelId::BlazeFace, 0, Eyes{point(box + 4), point(box + 6)}});
  }
  return found;
}

Result<std::unique_ptr<FaceModel>> make_blazeface(const config::Detect& config) {
  VG_ASSIGN(auto session, Session::open(config.runtime, config.models, *find_model("blazeface_back_256")));
  return std::unique_ptr<FaceModel>(std::make_unique<BlazeFace>(std::move(session)));
}

}  // namespace veilgate::detect
