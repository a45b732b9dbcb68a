#pragma once
#include <span>
#include <vector>

#include "base/region.h"
#include "config/config.h"
#include "pixel/frame.h"
#include "verify/verify.h"

/// What a route's face settings mean beyond masking: what must be judged by a person, and what verification may see.
namespace veilgate::worker {

/// "verify.face_subject" for each detected face that the route leaves to a person because it is the picture's subject.
std::vector<verify::Finding> subject_findings(std::span<const Region> detected, const config::Mask& style,
                                              const pixel::Layout& layout);

/// Whether some face was left visible but for its eyes: then the output still has recognisable features.
bool leaves_faces(std::span<const Region> detected, const config::Mask& style, const pixel::Layout& layout);

/// Drops faces seen in the output (in a picture `scale` times as large as the frame) of which only the eyes were to be
/// masked, unless one is seen with open eyes beside the masks.
void excuse_masked_eyes(std::vector<Region>& seen, int frame, double scale, std::span<const Region> detected,
                        std::span<const Region> masked, const config::Mask& style, const pixel::Layout& layout);

}  // namespace veilgate::worker
