#include "verify/jpeg_segments.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace veilgate::verify {
namespace {

constexpr std::uint8_t kSoi = 0xD8, kEoi = 0xD9, kSos = 0xDA, kApp0 = 0xE0, kApp15 = 0xEF, kCom = 0xFE;

bool stands_alone(std::uint8_t marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8); }

bool begins(std::span<const std::uint8_t> payload, std::string_view with) {
  return payload.size() >= with.size() && std::ranges::equal(payload.first(with.size()), with);
}

/// nullopt: harmless.
std::optional<std::string> foreign_segment(std::uint8_t marker, std::span<const std::uint8_t> payload, JpegKind kind) {
  if (marker == kCom) return "segment COM";
  if (marker < kApp0 || marker > kApp15) return std::nullopt;
  const int number = marker - kApp0;
  constexpr std::size_t kJfifBytes = 14;  // without the thumbnail that may follow
  if (number == 0 && begins(payload, std::string_view("JFIF\0", 5))) {
    if (payload.size() == kJfifBytes && payload[12] == 0 && payload[13] == 0) return std::nullopt;
    return "JFIF thumbnail";
  }
  constexpr std::size_t kAdobeBytes = 12;
  constexpr std::size_t kTransformBytes = 5;  // HP colour transform: "mrfx" and its number
  if (number == 8 && kind == JpegKind::JpegLs && begins(payload, "mrfx") && payload.size() == kTransformBytes)
    return std::nullopt;
  if (number == 14 && begins(payload, "Adobe") && payload.size() == kAdobeBytes) return std::nullopt;
  if (number == 2 && begins(payload, std::string_view("ICC_PROFILE\0", 12))) return std::nullopt;
  return "segment APP" + std::to_string(number);
}

class SegmentWalk {
 public:
  SegmentWalk(std::span<const std::uint8_t> bytes, JpegKind kind) : bytes_(bytes), kind_(kind) {}

  std::vector<std::string> run() {
    if (bytes_.size() < 4 || bytes_[0] != 0xFF || bytes_[1] != kSoi) return {"no start of image"};
    at_ = 2;
    while (!done_) step();
    return std::move(parts_);
  }

 private:
  void step() {
    if (at_ + 1 >= bytes_.size()) return end("no end of image");
    if (bytes_[at_] != 0xFF) return end("bytes between segments");
    const std::uint8_t marker = bytes_[at_ + 1];
    if (marker == 0xFF) {  // fill byte
      ++at_;
      return;
    }
    at_ += 2;
    if (marker == kEoi) return after_end();
    if (marker == kSoi) return end("an image within the image");
    if (!stands_alone(marker)) segment(marker);
  }

  void segment(std::uint8_t marker) {
    if (bytes_.size() - at_ < 2) return end("no end of image");
    const std::size_t size = static_cast<std::size_t>(bytes_[at_]) << 8 | bytes_[at_ + 1];
    if (size < 2 || size > bytes_.size() - at_) return end("a segment longer than the stream");
    if (auto part = foreign_segment(marker, bytes_.subspan(at_ + 2, size - 2), kind_))
      parts_.push_back(std::move(*part));
    at_ += size;
    if (marker == kSos) skip_scan();
  }

  /// Entropy-coded data ends at a marker that is neither a stuffed FF nor a restart. JPEG-LS stuffs one bit: after FF
  /// comes a byte below 80 (ISO/IEC 14495-1 C.2.1).
  void skip_scan() {
    const auto stuffed = [this](std::uint8_t next) { return kind_ == JpegKind::JpegLs ? next < 0x80 : next == 0x00; };
    while (at_ + 1 < bytes_.size()) {
      const std::uint8_t next = bytes_[at_ + 1];
      if (bytes_[at_] == 0xFF && !stuffed(next) && next != 0xFF && (next < 0xD0 || next > 0xD7)) return;
      ++at_;
    }
  }

  void after_end() {
    done_ = true;
    const auto rest = bytes_.subspan(at_);
    if (rest.empty() || (rest.size() == 1 && (rest[0] == 0x00 || rest[0] == 0xFF))) return;
    parts_.push_back(std::to_string(rest.size()) + " bytes after the end");
  }

  void end(const char* why) {
    parts_.emplace_back(why);
    done_ = true;
  }

  std::span<const std::uint8_t> bytes_;
  JpegKind kind_;
  std::size_t at_ = 0;
  bool done_ = false;
  std::vector<std::string> parts_;
};

}  // namespace

std::vector<std::string> foreign_jpeg_parts(std::span<const std::uint8_t> stream, JpegKind kind) {
  return SegmentWalk(stream, kind).run();
}

}  // namespace veilgate::verify
