#pragma once
#include <map>
#include <span>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "config/config.h"
#include "detect/ensemble.h"
#include "detect/text_judge.h"
#include "pixel/frame.h"
#include "verify/verify.h"

namespace veilgate::worker {

/// What an object's pixels are judged by. All it refers to must outlive the judge.
struct PixelCase {
  std::span<const Region> detected, masked;  ///< of the earlier stages
  const config::Mask& style;
  const pixel::Layout& layout;
  detect::Wanted wanted;
  const detect::TextRules& rules;
};

/// Verification of the output's frames: what is seen there, less what the route means to be seen (masked eyes, text
/// that its policy keeps).
class PixelJudge {
 public:
  /// `text` is null where no route keeps text.
  PixelJudge(const PixelCase& object, detect::Ensemble& ensemble, detect::TextJudge* text);
  /// `brief`: only faces are looked for, in one view. Errors of detection and of verify::check_pixels.
  Result<std::vector<verify::Finding>> check(const pixel::Frame& frame, bool brief);

 private:
  using ByFrame = std::map<int, std::vector<Region>>;

  Result<std::vector<Region>> look(const pixel::Frame& frame, verify::View view, bool brief);

  const PixelCase object_;
  detect::TextJudge* text_;
  ByFrame to_hide_, masked_;
  verify::DetectView see_;
  std::vector<Region> seen_;  ///< in the frame that is looked at, at full size
};

}  // namespace veilgate::worker
