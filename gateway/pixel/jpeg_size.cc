#include "pixel/jpeg_size.h"

#include <cstring>

namespace veilgate::pixel {
namespace {

constexpr std::uint8_t kSos = 0xDA, kEoi = 0xD9, kApp0 = 0xE0, kApp15 = 0xEF, kCom = 0xFE;
constexpr std::size_t kStartOfImage = 2, kMarker = 2;

/// Of the marker that ends the entropy-coded data from `at` on: neither a stuffed byte nor a restart.
std::size_t end_of_scan(std::span<const std::uint8_t> jpeg, std::size_t at) {
  while (at + 1 < jpeg.size()) {
    const auto* found = static_cast<const std::uint8_t*>(std::memchr(jpeg.data() + at, 0xFF, jpeg.size() - 1 - at));
    if (found == nullptr) break;
    at = static_cast<std::size_t>(found - jpeg.data());
    const std::uint8_t next = jpeg[at + 1];
    if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) return at;
    at += next == 0xFF ? 1 : 2;
  }
  return jpeg.size();
}

}  // namespace

std::uint64_t jpeg_picture_bytes(std::span<const std::uint8_t> jpeg) {
  std::uint64_t picture = kStartOfImage;
  for (std::size_t at = kStartOfImage; at + kMarker <= jpeg.size() && jpeg[at] == 0xFF;) {
    const std::uint8_t marker = jpeg[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == kEoi) return picture + kMarker;
    if (jpeg.size() - at < kMarker + 2) break;
    std::size_t end = at + kMarker + (static_cast<std::size_t>(jpeg[at + 2]) << 8 | jpeg[at + 3]);
    if (end > jpeg.size()) break;
    if (marker == kSos) end = end_of_scan(jpeg, end);
    const bool beside = (marker >= kApp0 && marker <= kApp15) || marker == kCom;
    if (!beside) picture += end - at;
    at = end;
  }
  return picture;
}

}  // namespace veilgate::pixel
