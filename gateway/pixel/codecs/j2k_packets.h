#pragma once
#include <cstdint>
#include <span>

#include "base/result.h"

namespace veilgate::pixel {

/// Walks all packets of a codestream (ISO 15444-1 B.9 to B.12, 15444-15) without decoding them: each tile must hold
/// exactly the packets that SIZ and COD promise, and not a byte more. Decoders show something also when data were
/// written for another size, and never look behind the last packet.
/// `codestream`: as read_j2k() made it, so headers are sound. Permanent "pixel.j2k_corrupt"; Refused
/// "pixel.unsupported" for packet headers that lie elsewhere (PPM, PPT). Linear in the number of packets, code blocks
/// and bytes, which read_j2k() bounds.
Result<void> check_packets(std::span<const std::uint8_t> codestream);

}  // namespace veilgate::pixel
