#pragma once
#include <span>
#include <vector>

#include "base/region.h"

/// Masks next to what stays visible. Pure geometry; nothing is clipped to a picture.
namespace veilgate::mask {

/// The region grown by `margin` on each side, as boxes: one where nothing that stays is near. Else the margin ends at
/// the boxes that stay, and a slanted line is followed by boxes on top of each other instead of the box around it. The
/// region itself is covered in any case, also where it lies on something that stays. `grid`: masks are burned in whole
/// cells of so many pixels a side; a margin ends before the cells that what stays lies in, but for a fifth of the
/// line's thickness, which ends at what stays itself.
std::vector<Box> grown_beside(const Region& region, int margin, std::span<const Box> kept, int grid = 1);

/// Whether the line is so slanted that grown_beside() follows it: then the corners of its box may stay visible.
bool is_slanted(const Region& region);

}  // namespace veilgate::mask
