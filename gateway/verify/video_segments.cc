#include "verify/video_segments.h"

#include <algorithm>

#include "verify/video_units.h"

namespace veilgate::verify {
namespace {

bool is_mpeg2_unit(std::uint8_t code) {
  constexpr std::uint8_t kLastSlice = 0xAF, kSequence = 0xB3, kExtension = 0xB5, kEnd = 0xB7, kGroup = 0xB8;
  return code <= kLastSlice || code == kSequence || code == kExtension || code == kEnd || code == kGroup;
}

bool is_avc_unit(std::uint8_t header) {
  const int type = header & 0x1F;
  return type == 1 || type == 5 || (type >= 7 && type <= 9);  // slices, parameter sets, delimiter
}

bool is_hevc_unit(std::uint8_t header) {
  const int type = header >> 1 & 0x3F;
  return type <= 9 || (type >= 16 && type <= 21) || (type >= 32 && type <= 35);  // as above
}

}  // namespace

void check_unit(std::uint8_t first, VideoKind kind, ForeignParts& parts) {
  const bool known = kind == VideoKind::Mpeg2 ? is_mpeg2_unit(first)
                     : kind == VideoKind::Avc ? is_avc_unit(first)
                                              : is_hevc_unit(first);
  if (!known) parts.insert("a unit of the video stream that is no picture (" + std::to_string(first) + ")");
}

void check_start_codes(VideoBytes bytes, VideoKind kind, ForeignParts& parts) {
  std::size_t at = 0;
  const auto starts_here = [&] {
    return at + 3 < bytes.size() && bytes[at] == 0 && bytes[at + 1] == 0 && bytes[at + 2] == 1;
  };
  while (at < bytes.size() && bytes[at] == 0 && !starts_here()) ++at;
  if (!starts_here()) {
    parts.insert("bytes before the first unit of the video stream");
    return;
  }
  for (; at + 3 < bytes.size(); ++at) {
    if (!starts_here()) continue;
    check_unit(bytes[at + 3], kind, parts);
    at += 2;
  }
}

std::vector<std::string> foreign_video_parts(std::span<const std::uint8_t> stream, VideoKind kind) {
  constexpr std::uint8_t kSync = 0x47;
  ForeignParts parts;
  if (!stream.empty() && stream[0] == kSync) {
    check_transport_stream(stream, kind, parts);
  } else {
    check_mp4(stream, kind, parts);
  }
  return {parts.begin(), parts.end()};
}

}  // namespace veilgate::verify
