#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "base/region.h"
#include "pixel/codec.h"
#include "pixel/frame.h"

/// Uncompressed sample memory: pure functions, no DICOM toolkit. 16-bit samples lie in the machine's byte order.
namespace veilgate::pixel {

/// Two samples of luma share one pair of chroma: only for uncompressed YBR_FULL_422.
bool is_subsampled(const Layout& layout);
/// Bits of one frame; frames follow each other without padding, also with 1 bit per pixel (PS3.5 8.1.1).
std::uint64_t frame_bits(const Layout& layout);
/// Bytes of all frames, without the pad byte.
std::uint64_t data_bytes(const Layout& layout);

/// Uncompressed to compressed size, as Lossy Image Compression Ratio counts it (every pixel has all its samples).
double compression_ratio(const Layout& layout, std::uint64_t compressed_bytes);

/// Stored value of a raw word: bits above the high bit and below the sample do not count.
std::int32_t stored_value(const Layout& layout, std::uint32_t raw);

/// What a solid mask writes per sample, before the shift to the high bit.
using Fill = std::array<std::uint32_t, 3>;
/// Black as a viewer shows it. Not for PALETTE COLOR, where the table decides.
Fill black(const Layout& layout);

/// Clears all bits that carry no sample, behind the last one too (sign-extends signed ones): overlays of the old kind
/// and identifiers hide there.
void clear_unused_bits(const Layout& layout, std::span<std::uint8_t> data);

/// How burn() paints such samples when asked for `style`.
Style painted_style(const Layout& layout, Style style);

/// Masks one box of one frame; returns what was really covered (clipped; whole chroma pairs).
/// Pixelate and Blur work on 8-bit RGB, YBR_FULL and MONOCHROME; everything else becomes solid.
Box burn(const Layout& layout, std::span<std::uint8_t> data, int frame, const Box& box, Style style, const Fill& fill);

}  // namespace veilgate::pixel
