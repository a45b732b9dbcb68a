#pragma once
#include <vector>

#include "detect/geometry.h"

namespace veilgate::detect {

enum class FaceModelId { UltraFace, BlazeFace };

/// One box of one model in one pass over the picture.
struct FaceCandidate {
  Rect box;  ///< upright, in the picture's pixels
  float score = 0;
  FaceModelId model = FaceModelId::UltraFace;
  int quarter_turns = 0;  ///< how the picture was turned
};

/// When a group of agreeing candidates is a face.
struct FaceRule {
  float ultraface_sure = 0, blazeface_sure = 0;  ///< one score at or above is enough
  float ultraface_vote = 0, blazeface_vote = 0;  ///< a score at or above counts as a vote
  int votes = 3;                                 ///< different (model, rotation) pairs that must agree
};

/// The rule for config::Detect::face_threshold: 0.5 gives the measured sure .95/.85, votes .3/.25; lower finds more.
FaceRule face_rule(double threshold);

struct Face {
  Rect box;
  float score = 0;
  FaceModelId model = FaceModelId::UltraFace;  ///< of the best candidate
  int votes = 0;
  bool sure = false;  ///< one score was enough
};

/// Highest score first; drops what overlaps a better one by more than `limit`.
std::vector<FaceCandidate> suppress(std::vector<FaceCandidate> candidates, float limit);

/// Groups overlapping candidates of all models and rotations and keeps the groups the rule calls a face. A face's box
/// is the hull of its models' best boxes, so that neither forehead nor chin is lost.
std::vector<Face> vote(std::vector<FaceCandidate> candidates, const FaceRule& rule);

}  // namespace veilgate::detect
