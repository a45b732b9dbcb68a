#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace veilgate::verify {

/// What a frame of Deflated Image Frame Compression carries besides one deflate stream (RFC 1951) of `bytes` bytes (one
/// more when that is odd) and one pad byte.
std::vector<std::string> foreign_deflated_parts(std::span<const std::uint8_t> frame, std::size_t bytes);

}  // namespace veilgate::verify
