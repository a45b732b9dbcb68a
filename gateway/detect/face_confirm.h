#pragma once
#include <memory>
#include <vector>

#include "base/result.h"
#include "detect/face_model.h"
#include "detect/picture.h"

namespace veilgate::detect {

using FaceModels = std::vector<std::unique_ptr<FaceModel>>;

/// Models that must agree on a second look: two, or the only one.
std::size_t needed_to_confirm(const FaceModels& models);

/// What the models say about this very spot when they see it alone: cut out, at the size they know best, turned by
/// `quarter_turns`. Best of each model, in the picture's pixels; best score first. They are asked from the last of the
/// list to the first, and no further once fewer than needed_to_confirm() can give at least `least`.
Result<std::vector<FaceCandidate>> look_again(Picture& picture, const FaceModels& models, const Rect& box,
                                              int quarter_turns, float least);

}  // namespace veilgate::detect
