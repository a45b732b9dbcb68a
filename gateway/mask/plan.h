#pragma once
#include <span>
#include <vector>

#include "base/region.h"
#include "config/config.h"
#include "pixel/codec.h"
#include "pixel/frame.h"

namespace veilgate::mask {

/// Regions as they will be burned: margin added, clipped to the frame, ones that cover each other united per frame.
/// Margin: the larger of style.min_margin_px and style.margin times the region's longer side (labels end at an edge:
/// the former only), on each side. Regions of one kind become their hull only where the hull covers little more than
/// they do: a hull must not eat the lesion between two labels. Regions off the frame disappear. Deterministic order
/// (frame, y, x). Refused "mask.too_many" over limits::kMaxRegions; Bug "mask.bad_region" for a frame that does not
/// exist or a margin or box that is no sane number.
/// Faces follow style.faces; what is no box (an ellipse, a slanted band over the eyes) becomes boxes on top of each
/// other that cover it. Their reason says which: "whole_head", "ellipse", "eyes", or "no_eyes" where the eyes were
/// wanted but are not known. Faces that verification found are masked whole.
/// `grid`: the codec burns whole cells of so many pixels (pixel::Codec::mask_grid()); what is kept is left out of them
/// where the mask itself allows it.
Result<std::vector<Region>> plan(std::span<const Region> found, const config::Mask& style, const pixel::Layout& layout,
                                 int grid = 1);

/// Whether plan() masks only the eyes of this face.
bool masks_eyes_only(const Region& face, const config::Mask& style, const pixel::Layout& layout);
/// Whether this face takes so much of the picture that it is the subject.
bool is_subject(const Region& face, const config::Mask& style, const pixel::Layout& layout);

/// The codec's name of a configured style.
pixel::Style codec_style(config::MaskStyle style);

}  // namespace veilgate::mask
