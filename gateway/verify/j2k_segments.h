#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace veilgate::verify {

/// What a JPEG 2000 or HTJ2K stream carries besides the picture: comments, registrations, unknown segments, boxes
/// around it, bytes after its end (one pad byte excepted). Written apart from the codec, so that a mistake there is
/// seen here. Tile-parts are walked by their length; packet data is not looked into. (ISO/IEC 15444-1 Annex A)
std::vector<std::string> foreign_j2k_parts(std::span<const std::uint8_t> stream);

}  // namespace veilgate::verify
