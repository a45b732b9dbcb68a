#pragma once
#include <optional>

namespace veilgate::detect {

/// What the scores of a face model mean at a face_threshold of 0.5.
struct FaceScores {
  double sure = 1;                               ///< one score at or above is enough
  double vote = 1;                               ///< a score at or above counts as a vote
  std::optional<double> trusted = std::nullopt;  ///< from it the model can speak for a group that only votes speak for
};

}  // namespace veilgate::detect
