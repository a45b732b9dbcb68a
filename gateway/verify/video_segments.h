#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace veilgate::verify {

enum class VideoKind { Mpeg2, Avc, Hevc };

/// What a video stream carries besides the pictures of one film: sound and other streams, titles and dates, boxes and
/// descriptors that no player needs, supplemental and user data between the pictures, bytes after its end (one pad byte
/// excepted). Knows the two containers that the codec writes, transport stream and MP4, and is written apart from it,
/// so that a mistake there is seen here; anything else is foreign as a whole. Slices are not looked into. (ISO/IEC
/// 13818-1 and -2, 14496-10, -12 and -15, 23008-2)
std::vector<std::string> foreign_video_parts(std::span<const std::uint8_t> stream, VideoKind kind);

}  // namespace veilgate::verify
