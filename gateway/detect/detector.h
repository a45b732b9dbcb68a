#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "pixel/frame.h"

namespace veilgate::detect {

/// How hard to look. Verification uses its own settings: other scales, lower thresholds.
enum class Pass {
  Detect,  ///< on the original: high recall at several rotations and tiles
  Verify,  ///< on the output: full size
  Preview, ///< on a thumbnail or recompressed preview of the output: one scale
};

/// Finds one kind of thing in one frame. Regions are in the frame's pixel coordinates, without margin.
/// Not thread-safe; one per worker, sessions created once. Errors: Transient (memory), Permanent (frame unusable), Config (model).
class Detector {
 public:
  virtual ~Detector() = default;
  virtual std::string name() const = 0;
  virtual Result<std::vector<Region>> detect(const pixel::Frame& frame, Pass pass) = 0;
};

}  // namespace veilgate::detect
