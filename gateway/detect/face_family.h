#pragma once
#include <array>
#include <cstddef>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "base/result.h"
#include "detect/face_vote.h"
#include "detect/tensor.h"

namespace veilgate::detect {

/// How a picture becomes the network's input: (value - mean) / deviation, per channel in the network's order.
struct Feed {
  bool rgb = true;     ///< otherwise BGR
  bool planes = true;  ///< [1][3][h][w]; otherwise [1][h][w][3]
  std::array<double, 3> mean{};
  double deviation = 1;
};

/// Candidates of a network's outputs at or above `threshold`, before suppression: boxes and eyes in shares of the
/// input, model and quarter_turns left 0. Never trusts a value: what is no number gives no candidate. Config error
/// when the outputs are not those of the family for this input size.
using FaceDecoder = Result<std::vector<FaceCandidate>> (*)(std::span<const Tensor> outputs, const cv::Size& input,
                                                           float threshold);

struct FaceFamily {
  int width, height;  ///< of the input, where the model leaves them open
  int multiple;       ///< input sides must be multiples of it
  Feed feed;
  float same_box;  ///< overlap from which two boxes of one pass are one face
  FaceDecoder decode;
};

/// scores [n][2] (background, face), boxes [n][4] as corners in shares of the input. Linzaer's
/// Ultra-Light-Fast-Generic-Face-Detector, priors decoded in the graph.
Result<std::vector<FaceCandidate>> decode_ultraface(std::span<const Tensor> outputs, const cv::Size& input,
                                                    float threshold);
/// Of two grids, 16 x 16 with 2 and 8 x 8 with 6 anchors to a cell: logits [n][1], boxes [n][16] as centre, size and
/// landmarks relative to the anchors, in input pixels. MediaPipe's short range model, front and back camera.
Result<std::vector<FaceCandidate>> decode_blazeface(std::span<const Tensor> outputs, const cv::Size& input,
                                                    float threshold);
/// Of strides 8, 16, 32, one anchor to a cell: class and object scores [n][1], boxes [n][4] as centre in strides from
/// the cell and logarithm of the size, landmarks [n][10]. OpenCV Zoo's 2023 export.
Result<std::vector<FaceCandidate>> decode_yunet(std::span<const Tensor> outputs, const cv::Size& input,
                                                float threshold);
/// Of strides 8, 16, 32, two anchors to a cell: scores [n][1], boxes [n][4] as distances from the anchor in strides,
/// and landmarks [n][10] from those that have them. InsightFace's SCRFD and the detectors of its model packs.
Result<std::vector<FaceCandidate>> decode_scrfd(std::span<const Tensor> outputs, const cv::Size& input,
                                                float threshold);
/// Of strides 8, 16, 32, two priors to a cell: boxes [n][4], scores [n][2] after softmax, landmarks [n][10]. biubug6's
/// Pytorch_Retinaface.
Result<std::vector<FaceCandidate>> decode_retinaface(std::span<const Tensor> outputs, const cv::Size& input,
                                                     float threshold);

/// The n-th output of `rows` rows whose last dimension is `columns`; nullptr when there is none.
const Tensor* output_of(std::span<const Tensor> outputs, std::size_t rows, std::size_t columns, int n = 0);
/// For decoders: the outputs are not those of the family.
tl::unexpected<Error> other_outputs();
/// Cells of a grid over the input, a begun one counts: columns and rows.
cv::Size grid(const cv::Size& input, int stride);
/// Landmarks of a face start with both eyes: two points from `x`, `y` pairs made by `at`.
template <typename At>
Eyes eyes_at(const float* values, At at) {
  return {at(values[0], values[1]), at(values[2], values[3])};
}

}  // namespace veilgate::detect
