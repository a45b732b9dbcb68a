#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/region.h"
#include "config/config.h"
#include "detect/detector.h"

namespace veilgate::detect {

/// Which detectors a route wants.
struct Wanted {
  bool faces = true, text = true, barcodes = true;
};

/// All detectors of a worker, with model sessions created once. Not thread-safe.
class Ensemble {
 public:
  /// Verifies model digests, loads the runtime (one inference thread per worker). Config errors. Detectors that
  /// `config` turns off are not loaded and never run.
  static Result<std::unique_ptr<Ensemble>> create(const config::Detect& config);
  virtual ~Ensemble() = default;
  /// United regions of one frame, without margin, clipped to the frame. Errors: Permanent (no 8-bit colour frame),
  /// Refused (more regions than anything sane has), Transient (memory).
  virtual Result<std::vector<Region>> detect(const pixel::Frame& frame, const Wanted& wanted, Pass pass) = 0;
  /// Ids of the models that ran for `wanted`, for the audit.
  virtual std::vector<std::string> sources(const Wanted& wanted) const = 0;
};

/// Regions ordained by rule for an object of this size (config::FixedRegion), on every frame, clipped; source
/// "rule:<name>". A rule with a match counts when `matching` names it, or when nobody knows what matches (nullopt).
std::vector<Region> fixed_regions(std::span<const config::FixedRegion> rules, const pixel::Layout& layout,
                                  const std::optional<std::vector<std::string>>& matching = std::nullopt);

}  // namespace veilgate::detect
