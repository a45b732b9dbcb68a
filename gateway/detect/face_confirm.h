#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "detect/face_model.h"
#include "detect/picture.h"

namespace veilgate::detect {

using FaceModels = std::vector<std::unique_ptr<FaceModel>>;

/// How a spot is cut out for a second look.
struct CloseUp {
  int quarter_turns = 0;
  float around = 2;  ///< side of the crop over the longer side of the box
};

/// What the model says about this very spot when it sees it alone: cut out, at the size it knows best, and turned.
/// Its best box there in the picture's pixels, if any.
Result<std::optional<FaceCandidate>> look_again(Picture& picture, FaceModel& model, const Rect& box,
                                                const CloseUp& close_up);

/// Whether as many models as must agree see a face here when they look again at the rotations in which it was seen.
/// With `together` each must give at least `least` in the same one of them, otherwise each in any of them, close
/// up or a little further away.
Result<bool> confirmed(Picture& picture, const FaceModels& models, const Face& face, float least, bool together);

/// The eyes of a face, looked for in all rotations by one model after the other until one sees some.
Result<std::optional<Eyes>> look_for_eyes(Picture& picture, const FaceModels& models, const Rect& box);

}  // namespace veilgate::detect
