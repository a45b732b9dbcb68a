#include "verify/j2k_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace veilgate::verify {
namespace {

constexpr std::uint16_t kSoc = 0xFF4F, kSot = 0xFF90, kSod = 0xFF93, kEoc = 0xFFD9, kCom = 0xFF64;
/// CAP PRF SIZ COD COC CPF TLM PLM PLT QCD QCC RGN POC PPM PPT; Part 2: MCT MCC MCO CBD ATK ADS DCO VMS NLT
constexpr std::array<std::uint16_t, 24> kPicture{0xFF50, 0xFF56, 0xFF51, 0xFF52, 0xFF53, 0xFF59, 0xFF55, 0xFF57,
                                                 0xFF58, 0xFF5C, 0xFF5D, 0xFF5E, 0xFF5F, 0xFF60, 0xFF61, 0xFF74,
                                                 0xFF75, 0xFF77, 0xFF78, 0xFF79, 0xFF73, 0xFF70, 0xFF7B, 0xFF76};
constexpr std::size_t kSotBytes = 12;

class StreamWalk {
 public:
  explicit StreamWalk(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::vector<std::string> run() {
    if (bytes_.size() < 4 || u16(0) != kSoc) return {"no start of codestream"};
    at_ = 2;
    while (!done_) step();
    return std::move(parts_);
  }

 private:
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(bytes_[at] << 8 | bytes_[at + 1]); }

  void step() {
    if (bytes_.size() - at_ < 2) return end("no end of codestream");
    const std::uint16_t marker = u16(at_);
    if (marker == kEoc) return after_end();
    if (marker == kSod) return skip_tile_part();
    if (bytes_.size() - at_ < 4) return end("no end of codestream");
    const std::size_t size = u16(at_ + 2);
    if (size < 2 || size > bytes_.size() - at_ - 2) return end("a segment longer than the stream");
    if (marker == kSot) {
      if (size + 2 != kSotBytes) return end("a malformed tile-part");
      tile_part_ = at_;
    } else if (marker == kCom) {
      parts_.emplace_back("segment COM");
    } else if (std::ranges::find(kPicture, marker) == kPicture.end()) {
      parts_.push_back(fmt::format("segment {:04X}", marker));
    }
    at_ += size + 2;
  }

  /// To the end that the tile-part's header gives; 0 means up to the end of the codestream.
  void skip_tile_part() {
    if (tile_part_ == 0) return end("data outside a tile-part");
    const std::size_t length = static_cast<std::size_t>(u16(tile_part_ + 6)) << 16 | u16(tile_part_ + 8);
    std::size_t next = tile_part_ + length;
    if (length == 0) next = last_end();
    if (next < at_ + 2 || next > bytes_.size()) return end("a tile-part longer than the stream");
    at_ = next;
    tile_part_ = 0;
  }

  std::size_t last_end() const {
    for (std::size_t at = bytes_.size() - 2; at > at_; --at) {
      if (u16(at) == kEoc) return at;
    }
    return 0;
  }

  void after_end() {
    done_ = true;
    const auto rest = bytes_.subspan(at_ + 2);
    if (rest.empty() || (rest.size() == 1 && rest[0] == 0)) return;
    parts_.push_back(std::to_string(rest.size()) + " bytes after the end");
  }

  void end(const char* why) {
    parts_.emplace_back(why);
    done_ = true;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0, tile_part_ = 0;
  bool done_ = false;
  std::vector<std::string> parts_;
};

}  // namespace

std::vector<std::string> foreign_j2k_parts(std::span<const std::uint8_t> stream) { return StreamWalk(stream).run(); }

}  // namespace veilgate::verify
