#include "verify/rle_segments.h"

#include <algorithm>

namespace veilgate::verify {
namespace {

constexpr std::size_t kHeaderBytes = 64, kMaxSegments = 15;

std::uint32_t u32(std::span<const std::uint8_t> bytes, std::size_t at) {
  return bytes[at] | std::uint32_t{bytes[at + 1]} << 8 | std::uint32_t{bytes[at + 2]} << 16 |
         std::uint32_t{bytes[at + 3]} << 24;
}

/// Bytes of the segment that make up `pixels` bytes of picture; 0 when it makes fewer or more.
std::size_t used(std::span<const std::uint8_t> segment, std::size_t pixels) {
  std::size_t at = 0, made = 0;
  while (made < pixels && at < segment.size()) {
    const std::uint8_t code = segment[at++];
    if (code == 128) continue;
    if (code < 128) {
      made += code + std::size_t{1};
      at += code + std::size_t{1};
    } else {
      made += std::size_t{257} - code;
      ++at;
    }
  }
  return made == pixels && at <= segment.size() ? at : 0;
}

}  // namespace

std::vector<std::string> foreign_rle_parts(std::span<const std::uint8_t> frame, std::size_t segments,
                                           std::size_t pixels) {
  if (frame.size() < kHeaderBytes || segments == 0 || segments > kMaxSegments || u32(frame, 0) != segments) {
    return {"a malformed RLE header"};
  }
  std::vector<std::string> parts;
  for (std::size_t i = segments; i < kMaxSegments; ++i) {
    if (u32(frame, 4 + 4 * i) != 0) parts.emplace_back("an offset without a segment");
  }
  std::size_t expected = kHeaderBytes;
  for (std::size_t i = 0; i < segments; ++i) {
    const std::size_t from = u32(frame, 4 + 4 * i);
    const std::size_t to = i + 1 < segments ? u32(frame, 8 + 4 * i) : frame.size();
    if (from != expected || to < from || to > frame.size()) return {"RLE segments that do not follow each other"};
    const auto segment = frame.subspan(from, to - from);
    const std::size_t length = used(segment, pixels);
    if (length == 0) return {"an RLE segment of another size than the picture"};
    const auto rest = segment.subspan(length);
    if (rest.size() > 1 || std::ranges::any_of(rest, [](std::uint8_t byte) { return byte != 0; })) {
      parts.push_back(std::to_string(rest.size()) + " bytes after RLE segment " + std::to_string(i + 1));
    }
    expected = to;
  }
  return parts;
}

}  // namespace veilgate::verify
