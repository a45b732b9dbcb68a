#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace veilgate::verify {

/// Both have the same segments, but stuff their data differently.
enum class JpegKind { Jpeg, JpegLs };

/// What does not belong into a clean JPEG stream: "segment APP1", "JFIF thumbnail", "12 bytes after the end". Walks
/// every segment and scan of one frame (SOI to EOI); an unreadable stream is itself named.
std::vector<std::string> foreign_jpeg_parts(std::span<const std::uint8_t> stream, JpegKind kind = JpegKind::Jpeg);

}  // namespace veilgate::verify
