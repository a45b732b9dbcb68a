#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "detect/face_vote.h"

namespace veilgate::detect {

/// One face network behind a plain question: which boxes in this (already turned) piece of the picture?
class FaceModel {
 public:
  virtual ~FaceModel() = default;
  virtual FaceModelId model() const = 0;
  virtual const std::string& id() const = 0;
  /// Longer side of the network's input: tiles are made so that they fit it without a second shrink.
  virtual int input_side() const = 0;
  /// Boxes at or above `threshold` in pixels of `image` (CV_8UC3, BGR), after suppression; quarter_turns is left 0.
  virtual Result<std::vector<FaceCandidate>> find(const cv::Mat& image, float threshold) = 0;
};

Result<std::unique_ptr<FaceModel>> make_ultraface(const config::Detect& config);
Result<std::unique_ptr<FaceModel>> make_blazeface(const config::Detect& config);

/// UltraFace outputs: scores [n][2] (background, face), boxes [n][4] as corners in shares of the input. Boxes come
/// back in shares of the input.
std::vector<FaceCandidate> decode_ultraface(std::span<const float> scores, std::span<const float> boxes,
                                            float threshold);

/// BlazeFace outputs of both grids: logits [n], boxes [n][16] as centre and size relative to the anchors, in input
/// pixels. Boxes come back in shares of the input.
std::vector<FaceCandidate> decode_blazeface(std::span<const float> logits, std::span<const float> boxes,
                                            std::span<const cv::Point2f> anchors, float input_side, float threshold);
/// Anchor centres in shares of the input: `per_cell` for every cell of a cells x cells grid.
std::vector<cv::Point2f> blazeface_anchors(int cells, int per_cell);

/// `image` scaled to fit `input` and padded with grey on the right and below; `scale` is input pixels per image pixel.
cv::Mat letterboxed(const cv::Mat& image, const cv::Size& input, float& scale);

}  // namespace veilgate::detect
