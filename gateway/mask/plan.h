#pragma once
#include <span>
#include <vector>

#include "base/region.h"
#include "config/config.h"
#include "pixel/frame.h"

namespace veilgate::mask {

/// Regions as they will be burned: margin added, clipped to the frame, ones that cover each other united per frame.
/// Deterministic order (frame, y, x). Refused "mask.too_many" over limits::kMaxRegions.
Result<std::vector<Region>> plan(std::span<const Region> found, const config::Mask& style, const pixel::Layout& layout);

}  // namespace veilgate::mask
