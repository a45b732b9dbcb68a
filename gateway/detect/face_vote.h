#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "detect/face_scores.h"
#include "detect/geometry.h"

namespace veilgate::detect {

/// Both eyes' centres, in the picture's pixels; which one is left is not told.
using Eyes = std::array<cv::Point2f, 2>;

/// One box of one model in one pass over the picture.
struct FaceCandidate {
  Rect box;  ///< upright, in the picture's pixels
  float score = 0;
  int model = 0;                            ///< place of the model in the ensemble, and in FaceRule::models
  int quarter_turns = 0;                    ///< how the picture was turned
  std::optional<Eyes> eyes = std::nullopt;  ///< of models that have landmarks
};

/// When a group of agreeing candidates is a face.
struct FaceRule {
  struct Model {
    float sure = 1, vote = 1;
    /// A group that only votes speak for is believed from this score, otherwise looked at again. No score is above 1.
    float trusted = 2;
  };
  std::vector<Model> models;
  int votes = 3;        ///< different (model, rotation) pairs that must agree
  float least = 0;      ///< of the best score of a group that only votes speak for
  float confirmed = 0;  ///< both models' least in a second look at what only votes speak for, in one rotation
  float seconded = 0;   ///< the same at what one model is sure of or trusted with, in any rotation
};

/// Models that must agree where one is not to be believed alone: two, or the only one of the ensemble.
constexpr std::size_t needed_to_agree(std::size_t models) { return std::min<std::size_t>(2, models); }

/// The rule for config::Detect::face_threshold; lower finds more. 0.5 takes the models' scores as they are, least .6,
/// confirmed .5, seconded .3. Rules are tried with tests/bench/face_rules.py.
FaceRule face_rule(double threshold, std::span<const FaceScores> models);

struct Face {
  Rect box;
  float score = 0;
  int model = 0;  ///< of the best candidate
  int votes = 0;
  bool sure = false;                        ///< one score was enough
  bool doubtful = false;                    ///< to be looked at again: only votes speak for it
  bool agreed = false;                      ///< as many models as must agree are sure in one rotation
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
/// is the hull of its models' best boxes, so that neither forehead nor chin is lost. Best first.
std::vector<Face> vote(std::vector<FaceCandidate> candidates, const FaceRule& rule);

/// Whether the face lies within one of these, so that their masks hide it.
bool is_hidden(const Face& face, std::span<const Face> others);

}  // namespace veilgate::detect
