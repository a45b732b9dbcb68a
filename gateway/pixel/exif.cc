#include "pixel/exif.h"

#include <algorithm>
#include <string_view>

namespace veilgate::pixel {
namespace {

constexpr int kUpright = 1, kLast = 8;
constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::size_t kTiffHeader = 8, kEntry = 12;

std::uint32_t number(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t size, bool big_endian) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + (big_endian ? i : size - 1 - i)];
  return value;
}

/// `tiff`: what follows "Exif\0\0".
int orientation_in(std::span<const std::uint8_t> tiff) {
  if (tiff.size() < kTiffHeader) return kUpright;
  const bool big = tiff[0] == 'M';
  const std::size_t directory = number(tiff, 4, 4, big);
  if (directory > tiff.size() || tiff.size() - directory < 2) return kUpright;
  const std::size_t entries = number(tiff, directory, 2, big);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + i * kEntry;
    if (tiff.size() < at + kEntry) return kUpright;
    if (number(tiff, at, 2, big) != kOrientationTag) continue;
    const auto value = static_cast<int>(number(tiff, at + 8, 2, big));
    return value >= kUpright && value <= kLast ? value : kUpright;
  }
  return kUpright;
}

}  // namespace

int exif_orientation(std::span<const std::uint8_t> jpeg) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  constexpr std::uint8_t kApp1 = 0xE1, kSos = 0xDA, kEoi = 0xD9;
  for (std::size_t at = 2; at + 4 <= jpeg.size() && jpeg[at] == 0xFF;) {
    const std::uint8_t marker = jpeg[at + 1];
    if (marker == kSos || marker == kEoi) return kUpright;
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    const std::size_t size = number(jpeg, at + 2, 2, true);
    if (size < 2 || size > jpeg.size() - at - 2) return kUpright;
    const auto payload = jpeg.subspan(at + 4, size - 2);
    if (marker == kApp1 && payload.size() > kExif.size() && std::ranges::equal(payload.first(kExif.size()), kExif)) {
      return orientation_in(payload.subspan(kExif.size()));
    }
    at += size + 2;
  }
  return kUpright;
}

}  // namespace veilgate::pixel
