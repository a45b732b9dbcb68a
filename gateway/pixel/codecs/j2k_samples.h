#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "pixel/codecs/j2k_stream.h"
#include "pixel/codecs/sample_codec.h"

/// JPEG 2000 samples through OpenJPEG, whose decoder also reads HT code blocks.
namespace veilgate::pixel {

/// What a transfer syntax promises about its codestreams.
struct J2kRules {
  bool high_throughput = false;
  /// The syntax says "lossless only". Without this promise a reversible codestream may still have been cut short, which
  /// its headers do not tell: it counts as lossy.
  bool lossless_only = false;
  bool part2 = false;  ///< frames may share a codestream, which is refused
};

/// Decodes the cleaned codestream, so that what is shown and masked is what clean() stores.
Result<Decoded> decode_j2k(std::span<const std::uint8_t> stream, const Layout& layout, const J2kRules& rules);

/// Value of each sample of one component for an encoder: the word up to the high bit, sign-extended.
std::vector<std::int32_t> component_values(const Layout& layout, std::span<const std::uint8_t> samples, int component);

/// Checks that `photometric` can be written: whether the encoder must apply the reversible colour transform.
Result<bool> needs_color_transform(const Layout& layout, std::string_view photometric);

/// Wavelet levels for a picture: five, fewer for small ones.
int levels_for(const Layout& layout);

/// Reversible, one tile, one layer; no comment.
Result<std::vector<std::uint8_t>> encode_j2k(const Layout& layout, std::span<const std::uint8_t> samples,
                                             std::string_view photometric);

}  // namespace veilgate::pixel
