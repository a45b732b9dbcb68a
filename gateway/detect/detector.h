#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "config/config.h"
#include "detect/picture.h"

namespace veilgate::detect {

/// How hard to look. The passes are independent settings: other scales and other models, so that what one misses
/// another can find.
enum class Pass {
  Detect,   ///< on the original: high recall at several rotations and tiles
  Verify,   ///< on the output: other scales than Detect
  Preview,  ///< on a thumbnail or recompressed preview of the output, as small as it comes: one scale
  Edge,     ///< on a small piece around the edge of a mask: one scale
};

/// Finds one kind of thing in one frame. Regions are in the frame's pixel coordinates, without margin, clipped.
/// Not thread-safe; one per worker, sessions created once. Errors: Transient (memory), Permanent (frame unusable),
/// Config (model).
class Detector {
 public:
  virtual ~Detector() = default;
  virtual std::string name() const = 0;
  /// Ids of the models it uses, for the audit.
  virtual std::vector<std::string> sources() const = 0;
  virtual Result<std::vector<Region>> detect(Picture& picture, Pass pass) = 0;
};

// One per file under detectors/; ensemble.cc holds the registry.
Result<std::unique_ptr<Detector>> make_face_detector(const config::Detect& config);
Result<std::unique_ptr<Detector>> make_text_detector(const config::Detect& config);
Result<std::unique_ptr<Detector>> make_barcode_detector(const config::Detect& config);

}  // namespace veilgate::detect
