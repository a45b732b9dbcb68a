#include "detect/face_model.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "detect/family.h"
#include "pixel/shrink.h"

namespace veilgate::detect {
namespace {

/// Sides that a network's input may have: smaller shows no face, larger takes memory that no worker has.
constexpr std::int64_t kMinSide = 64, kMaxSide = 2048;
/// Boxes of one pass that are compared with each other: a crowd has hundreds, and more is a model gone wild.
constexpr std::size_t kMaxPerPass = 5000;
/// Farthest corner of a box, in inputs.
constexpr float kFarthest = 16;
constexpr int kGrey = 127;

/// nullopt when the model's own input does not fit the family.
std::optional<cv::Size> input_size(const std::vector<std::int64_t>& shape, const FaceFamily& family) {
  if (shape.size() != 4) return std::nullopt;
  const std::size_t rows = family.feed.planes ? 2 : 1, channels = family.feed.planes ? 1 : 3;
  if (shape[0] > 1 || (shape[channels] > 0 && shape[channels] != 3)) return std::nullopt;
  const auto side = [](std::int64_t own, int open) { return own > 0 ? own : std::int64_t{open}; };
  const auto height = side(shape[rows], family.height), width = side(shape[rows + 1], family.width);
  const bool fits = std::min(width, height) >= kMinSide && std::max(width, height) <= kMaxSide &&
                    width % family.multiple == 0 && height % family.multiple == 0;
  if (!fits) return std::nullopt;
  return cv::Size(static_cast<int>(width), static_cast<int>(height));
}

bool is_finite(const Rect& box) {
  return std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(box.width) && std::isfinite(box.height);
}

bool has_no_number(const std::vector<Tensor>& outputs) {
  for (const auto& output : outputs) {
    if (std::any_of(output.values.begin(), output.values.end(), [](float value) { return std::isnan(value); }))
      return true;
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<FaceModel>> FaceModel::open(const config::Detect& config, const ModelFile& file, int place) {
  const auto* family = find_family(file.family);
  if (family == nullptr || family->face == nullptr)
    return fail(ErrorKind::Bug, "detect.family", file.id + " is no face model");
  VG_ASSIGN(auto session, Session::open(config.runtime, config.models, file));
  const auto input = input_size(session->input_shape(), *family->face);
  if (!input) return fail(ErrorKind::Config, "detect.model_unusable", "it has another input than this family");
  return std::unique_ptr<FaceModel>(new FaceModel(std::move(session), *family->face, *input, file.tiles, place));
}

Result<std::vector<FaceCandidate>> FaceModel::find(const cv::Mat& image, float threshold) {
  float scale = 1;
  auto input = fed(letterboxed(image, input_, scale), family_.feed);
  const std::array<std::int64_t, 4> planes{1, 3, input_.height, input_.width};
  const std::array<std::int64_t, 4> pixels{1, input_.height, input_.width, 3};
  VG_ASSIGN(const auto outputs, session_->run(input, family_.feed.planes ? planes : pixels));
  if (has_no_number(outputs))
    return fail(ErrorKind::Refused, "detect.no_number", "a face model gave an answer that is no number");
  VG_ASSIGN(auto found, family_.decode(outputs, input_, threshold));
  for (auto& candidate : found) candidate.model = place_;
  return suppress(
      in_image(std::move(found), static_cast<float>(input_.width) / scale, static_cast<float>(input_.height) / scale),
      family_.same_box);
}

Result<void> FaceModel::prove() {
  VG_TRY(find(cv::Mat(input_, CV_8UC3, cv::Scalar::all(kGrey)), 1));
  return {};
}

std::vector<float> fed(const cv::Mat& bgr, const Feed& feed) {
  const std::size_t area = bgr.total();
  std::vector<float> out(3 * area);
  for (int channel = 0; channel < 3; ++channel) {
    const auto at = static_cast<std::size_t>(channel);
    cv::Mat plane;
    cv::extractChannel(bgr, plane, feed.rgb ? 2 - channel : channel);
    const double factor = 1 / feed.deviation, offset = -feed.mean[at] / feed.deviation;
    if (feed.planes) {
      plane.convertTo(cv::Mat(bgr.size(), CV_32F, out.data() + at * area), CV_32F, factor, offset);
    } else {
      cv::Mat values;
      plane.convertTo(values, CV_32F, factor, offset);
      cv::insertChannel(values, cv::Mat(bgr.size(), CV_32FC3, out.data()), channel);
    }
  }
  return out;
}

cv::Mat letterboxed(const cv::Mat& image, const cv::Size& input, float& scale) {
  scale = std::min(static_cast<float>(input.width) / static_cast<float>(image.cols),
                   static_cast<float>(input.height) / static_cast<float>(image.rows));
  const cv::Size size(std::clamp(cvRound(static_cast<float>(image.cols) * scale), 1, input.width),
                      std::clamp(cvRound(static_cast<float>(image.rows) * scale), 1, input.height));
  cv::Mat out(input, CV_8UC3, cv::Scalar::all(kGrey));
  cv::Mat part = out(cv::Rect(cv::Point(), size));
  if (scale < 1) {
    pixel::shrunk(image, size).copyTo(part);
  } else {
    cv::resize(image, part, size, 0, 0, cv::INTER_LINEAR);
  }
  return out;
}

std::vector<FaceCandidate> in_image(std::vector<FaceCandidate> candidates, float x, float y) {
  std::erase_if(candidates, [](const FaceCandidate& one) {
    const auto far = [](float low, float high) { return low < -kFarthest || high > kFarthest; };
    return !is_finite(one.box) || one.box.empty() || far(one.box.x, one.box.br().x) || far(one.box.y, one.box.br().y);
  });
  if (candidates.size() > kMaxPerPass) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    candidates.resize(kMaxPerPass);
  }
  for (auto& candidate : candidates) {
    candidate.box = scaled(candidate.box, x, y);
    if (!candidate.eyes) continue;
    auto& eyes = *candidate.eyes;
    for (auto& eye : eyes) eye = {eye.x * x, eye.y * y};
  }
  return candidates;
}

}  // namespace veilgate::detect
