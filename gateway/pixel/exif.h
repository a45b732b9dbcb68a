#pragma once
#include <cstdint>
#include <span>

namespace veilgate::pixel {

/// The Orientation that a JPEG stream's EXIF block asks viewers for: 1 (as stored) to 8, 1 when there is none. DICOM
/// viewers ignore it, and it goes with the block; whoever looks at a picture that lies on its side wants to know.
/// (Exif 2.3, 4.6.4 A; bounded by the block's own size)
int exif_orientation(std::span<const std::uint8_t> jpeg);

}  // namespace veilgate::pixel
