#pragma once
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "pixel/frame.h"

/// What codestreams with a precision of their own have in common.
namespace veilgate::pixel {

/// A stream of another shape than the attributes say would put every mask in the wrong place: Permanent
/// "pixel.inconsistent". Refused for Photometric Interpretations that these codecs do not show.
Result<void> check_shape(const Layout& layout, int width, int height, int components, int precision);

/// Whether a stream of this precision holds what Bits Stored and High Bit say: samples up to the high bit, whole words
/// of Bits Allocated, or fewer bits than are stored. See Decoded::odd_bits.
bool bits_agree(const Layout& layout, int precision);

/// How the samples of one decoded frame lie: interleaved, every pixel with all its samples.
Layout decoded_layout(const Layout& layout);

/// Samples as decoders give them (one byte each up to 8 bits, else two) as the attributes want them: as wide as Bits
/// Allocated, and the sign repeated above a precision that ends at the high bit.
std::vector<std::uint8_t> fit_samples(const Layout& layout, int precision, std::vector<std::uint8_t> samples);

/// Bits per sample that hold everything below the high bit; for signed samples all that are allocated, as few readers
/// repeat the sign. Never so few that decoders would give another width than Bits Allocated, nor under 8, which many
/// refuse.
int precision_for(const Layout& layout);

}  // namespace veilgate::pixel
