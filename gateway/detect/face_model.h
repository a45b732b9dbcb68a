#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "detect/face_family.h"
#include "detect/inference.h"
#include "detect/models.h"

namespace veilgate::detect {

/// One face network behind a plain question: which boxes in this (already turned) piece of the picture? Not
/// thread-safe.
class FaceModel {
 public:
  /// `place` in the ensemble is what its candidates carry as model. Config error when the file is not as its family
  /// says, as far as the graph tells; prove() asks the network.
  static Result<std::unique_ptr<FaceModel>> open(const config::Detect& config, const ModelFile& file, int place);
  const std::string& id() const { return session_->id(); }
  /// Longer side of the network's input: tiles are made so that they fit it without a second shrink.
  int input_side() const { return std::max(input_.width, input_.height); }
  /// The picture is looked at whole, in 2 x 2 pieces, and so on up to this many.
  int tiles() const { return tiles_; }
  /// Boxes at or above `threshold` in pixels of `image` (CV_8UC3, BGR), after suppression; quarter_turns is left 0.
  /// Refused when the network answers what is no number: nobody knows then what it did not see.
  Result<std::vector<FaceCandidate>> find(const cv::Mat& image, float threshold);
  /// Runs it on a blank picture. Config error when it does not answer as its family does.
  Result<void> prove();

 private:
  FaceModel(std::unique_ptr<Session> session, const FaceFamily& family, const cv::Size& input, int tiles, int place)
      : session_(std::move(session)), family_(family), input_(input), tiles_(tiles), place_(place) {}
  std::unique_ptr<Session> session_;
  const FaceFamily& family_;
  cv::Size input_;
  int tiles_, place_;
};

/// The input of the network, in its own order.
std::vector<float> fed(const cv::Mat& bgr, const Feed& feed);
/// `image` scaled to fit `input` and padded with grey on the right and below; `scale` is input pixels per image pixel.
cv::Mat letterboxed(const cv::Mat& image, const cv::Size& input, float& scale);
/// Candidates in pixels of the image: `x` and `y` are pixels for the whole input. Drops what is no box and what lies
/// further away than any picture reaches; at most kMaxPerPass, the best.
std::vector<FaceCandidate> in_image(std::vector<FaceCandidate> candidates, float x, float y);

}  // namespace veilgate::detect
