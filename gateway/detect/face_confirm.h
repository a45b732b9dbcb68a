#pragma once
#include <vector>

#include "base/result.h"
#include "detect/face_model.h"
#include "detect/picture.h"

namespace veilgate::detect {

/// What both models say about this very spot when they see it alone: cut out, at the size they know best, turned by
/// `quarter_turns`. Best of each model, in the picture's pixels; best score first. UltraFace is asked only where
/// BlazeFace, the stricter of the two, gives at least `least`.
Result<std::vector<FaceCandidate>> look_again(Picture& picture, FaceModel& ultraface, FaceModel& blazeface,
                                              const Rect& box, int quarter_turns, float least);

}  // namespace veilgate::detect
