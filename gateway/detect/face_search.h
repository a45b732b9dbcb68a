#pragma once
#include <vector>

#include "base/result.h"
#include "detect/face_model.h"
#include "detect/picture.h"

namespace veilgate::detect {

/// One way of cutting the picture for a network.
struct FaceView {
  int per_side = 1;  ///< 1 is the whole, 2 is 2 x 2 overlapping tiles
  float border = 0;  ///< of the whole: mirrored on each side by this share, so that half faces at an edge become whole
};

/// Looks at the picture in all four rotations; candidates come in the picture's own pixels.
Result<void> search_faces(Picture& picture, FaceModel& model, const FaceView& view, float threshold,
                          std::vector<FaceCandidate>& candidates);

/// Candidate of a turned, scaled and shifted piece, in the picture's pixels.
FaceCandidate placed(FaceCandidate candidate, int quarter_turns, const cv::Size2f& upright_piece, float scale,
                     const cv::Point2f& origin);

}  // namespace veilgate::detect
