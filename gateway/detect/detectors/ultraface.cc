#include <array>

#include "detect/face_model.h"
#include "detect/inference.h"

namespace veilgate::detect {
namespace {

constexpr int kWidth = 320, kHeight = 240;
/// Overlap from which two boxes of one pass are one face.
constexpr float kSameBox = 0.4F;

/// RGB planes, (value - 127) / 128.
std::vector<float> planes_of(const cv::Mat& bgr) {
  const std::size_t area = bgr.total();
  std::vector<float> out(3 * area);
  for (int channel = 0; channel < 3; ++channel) {
    cv::Mat plane;
    cv::extractChannel(bgr, plane, 2 - channel);
    cv::Mat target(bgr.rows, bgr.cols, CV_32F, out.data() + static_cast<std::size_t>(channel) * area);
    plane.convertTo(target, CV_32F, 1.0 / 128, -127.0 / 128);
  }
  return out;
}

class UltraFace final : public FaceModel {
 public:
  explicit UltraFace(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  FaceModelId model() const override { return FaceModelId::UltraFace; }
  const std::string& id() const override { return session_->id(); }
  int input_side() const override { return kWidth; }

  Result<std::vector<FaceCandidate>> find(const cv::Mat& image, float threshold) override {
    float scale = 1;
    auto input = planes_of(letterboxed(image, {kWidth, kHeight}, scale));
    constexpr std::array<std::int64_t, 4> kShape{1, 3, kHeight, kWidth};
    VG_ASSIGN(const auto outputs, session_->run(input, kShape));
    if (outputs.size() != 2)
      return fail(ErrorKind::Config, "detect.model_unusable", "UltraFace has other outputs than expected");
    auto found = decode_ultraface(outputs[0].values, outputs[1].values, threshold);
    for (auto& candidate : found) candidate.box = scaled(candidate.box, kWidth / scale, kHeight / scale);
    return suppress(std::move(found), kSameBox);
  }

 private:
  std::unique_ptr<Session> session_;
};

}  // namespace

std::vector<FaceCandidate> decode_ultraface(std::span<const float> scores, std::span<const float> boxes,
                                            float threshold) {
  std::vector<FaceCandidate> found;
  const std::size_t count = std::min(scores.size() / 2, boxes.size() / 4);
  for (std::size_t i = 0; i < count; ++i) {
    const float score = scores[2 * i + 1];
    if (!(score >= threshold)) continue;
    const float* box = &boxes[4 * i];
    found.push_back({{box[0], box[1], box[2] - box[0], box[3] - box[1]}, score, FaceModelId::UltraFace, 0});
  }
  return found;
}

Result<std::unique_ptr<FaceModel>> make_ultraface(const config::Detect& config) {
  VG_ASSIGN(auto session, Session::open(config.runtime, config.models, *find_model("ultraface_rfb320")));
  return std::unique_ptr<FaceModel>(std::make_unique<UltraFace>(std::move(session)));
}

}  // namespace veilgate::detect
