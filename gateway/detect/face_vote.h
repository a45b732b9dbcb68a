#pragma once
#include <array>
#include <optional>
#include <vector>

#include "detect/geometry.h"

namespace veilgate::detect {

enum class FaceModelId { UltraFace, BlazeFace };

/// Both eyes' centres, in the picture's pixels; which one is left is not told.
using Eyes = std::array<cv::Point2f, 2>;

/// One box of one model in one pass over the picture.
struct FaceCandidate {
  Rect box;  ///< upright, in the picture's pixels
  float score = 0;
  FaceModelId model = FaceModelId::UltraFace;
  int quarter_turns = 0;                    ///< how the picture was turned
  std::optional<Eyes> eyes = std::nullopt;  ///< of models that have landmarks
};

/// When a group of agreeing candidates is a face.
struct FaceRule {
  float ultraface_sure = 0, blazeface_sure = 0;  ///< one score at or above is enough
  float ultraface_vote = 0, blazeface_vote = 0;  ///< a score at or above counts as a vote
  int votes = 3;                                 ///< different (model, rotation) pairs that must agree
  float least = 0;                               ///< of the best score of a group that only votes speak for
  float ultraface_trusted = 0;  ///< such a group is believed from this score of UltraFace, otherwise looked at again
  float confirmed = 0;          ///< both models must score this much then, in one rotation
};

/// The rule for config::Detect::face_threshold; lower finds more. 0.5 gives sure .95/.85, votes .3/.25, least .6,
/// trusted .75, confirmed .5. Rules are tried with tests/bench/face_rules.py.
FaceRule face_rule(double threshold);

struct Face {
  Rect box;
  float score = 0;
  FaceModelId model = FaceModelId::UltraFace;  ///< of the best candidate
  int votes = 0;
  bool sure = false;                        ///< one score was enough
  bool doubtful = false;                    ///< to be looked at again
  bool confirmed = false;                   ///< a second look said yes
  unsigned turns = 0;                       ///< bit n: seen with n quarter turns
  std::optional<Eyes> eyes = std::nullopt;  ///< where one rotation is clearly the best, and shows them
};

/// Highest score first; drops what overlaps a better one by more than `limit`.
std::vector<FaceCandidate> suppress(std::vector<FaceCandidate> candidates, float limit);

/// Eyes of the best candidate that has them, best score first. None where another rotation sees other eyes nearly as
/// surely: turned upside down a network takes a mouth for eyes.
std::optional<Eyes> eyes_of(const std::vector<FaceCandidate>& best_first);

/// Groups overlapping candidates of all models and rotations and keeps the groups the rule calls a face. A face's box
/// is the hull of its models' best boxes, so that neither forehead nor chin is lost.
std::vector<Face> vote(std::vector<FaceCandidate> candidates, const FaceRule& rule);

}  // namespace veilgate::detect
