#pragma once
#include <cstdint>
#include <span>

namespace veilgate::pixel {

/// Bytes of a JPEG stream (ITU-T T.81) that make its picture: without application data, comments, fill bytes and what
/// follows EOI. One pass, linear in the size.
std::uint64_t jpeg_picture_bytes(std::span<const std::uint8_t> jpeg);

}  // namespace veilgate::pixel
