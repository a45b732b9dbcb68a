#pragma once
#include <span>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "pixel/frame.h"

namespace veilgate::detect {

/// The things that found text and barcodes stand on (wristband, badge, paper label, sticky note, screen, whiteboard),
/// where an edge shows how far they reach: regions of kind Label, besides what was found, never instead of it. A
/// slanted thing is given as several boxes, so that what lies beside it stays visible.
///
/// A thing is plain paper around what is written: one colour, under uneven light, or all that lies inside an outline.
/// It is left at what was found when no such edge is near, when it would be too large (a share of the picture, a
/// multiple of what is written on it), when its outline is none that a thing has, or when something on it is to be
/// kept (Region::kept). `found` must be regions of this frame. Errors: Transient (memory), Permanent
/// (frame unusable).
Result<std::vector<Region>> label_regions(const pixel::Frame& frame, std::span<const Region> found);

}  // namespace veilgate::detect
