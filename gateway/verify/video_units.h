#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string>

#include "verify/video_segments.h"

namespace veilgate::verify {

using VideoBytes = std::span<const std::uint8_t>;

/// Sorted words, each once: a film has the same on every picture.
using ForeignParts = std::set<std::string>;

inline std::uint32_t big_endian(VideoBytes bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

/// A unit of an elementary stream by its first byte: a start code of MPEG-2, a NAL unit header of H.264 or HEVC. Notes
/// what is neither picture nor parameters.
void check_unit(std::uint8_t first, VideoKind kind, ForeignParts& parts);

/// Units between start codes (00 00 01).
void check_start_codes(VideoBytes bytes, VideoKind kind, ForeignParts& parts);

/// The containers.
void check_transport_stream(VideoBytes stream, VideoKind kind, ForeignParts& parts);
void check_mp4(VideoBytes stream, VideoKind kind, ForeignParts& parts);

}  // namespace veilgate::verify
