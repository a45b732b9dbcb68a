#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace veilgate::verify {

/// What an RLE frame (PS3.5 Annex G) carries besides `segments` planes of `pixels` bytes each: bytes between, after or
/// inside the segments that no decoder needs (one pad byte per segment and at the end excepted).
std::vector<std::string> foreign_rle_parts(std::span<const std::uint8_t> frame, std::size_t segments,
                                           std::size_t pixels);

}  // namespace veilgate::verify
