#pragma once
// Private to the JPEG 2000 files: what packet headers are made of.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace veilgate::pixel {

/// Bits of one packet header, with a zero bit stuffed after each byte 0xFF (ISO 15444-1 B.10.1).
class PacketBits {
 public:
  PacketBits(std::span<const std::uint8_t> bytes, std::size_t at) : bytes_(bytes), at_(at) {}
  /// 0 behind the end, and exhausted() from then on.
  unsigned bit() {
    if (left_ == 0) next_byte();
    --left_;
    return static_cast<unsigned>(byte_ >> left_) & 1U;
  }
  std::uint64_t bits(unsigned count) {
    std::uint64_t value = 0;
    for (; count > 0; --count) value = value << 1 | bit();
    return value;
  }
  /// Position of the byte behind the header.
  std::size_t end() {
    if (byte_ == 0xFF) next_byte();
    return at_;
  }
  bool exhausted() const { return exhausted_; }

 private:
  void next_byte() {
    left_ = byte_ == 0xFF ? 7 : 8;
    exhausted_ = exhausted_ || at_ >= bytes_.size();
    byte_ = at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0};
  }
  std::span<const std::uint8_t> bytes_;
  std::size_t at_;
  std::uint8_t byte_ = 0;
  int left_ = 0;
  bool exhausted_ = false;
};

/// Tag tree over a grid (B.10.2).
class TagTree {
 public:
  TagTree(std::size_t width, std::size_t height) {
    for (;;) {
      levels_.push_back({width, nodes_.size()});
      nodes_.resize(nodes_.size() + width * height);
      if (width * height <= 1) break;
      width = (width + 1) / 2;
      height = (height + 1) / 2;
    }
  }
  /// Whether the value at (x, y) is below `threshold`, reading what is not known yet.
  bool is_below(std::size_t x, std::size_t y, int threshold, PacketBits& bits) {
    int low = 0;
    Node* node = nullptr;
    for (std::size_t level = levels_.size(); level-- > 0;) {
      node = &nodes_[levels_[level].first + (y >> level) * levels_[level].width + (x >> level)];
      low = node->low = std::max(low, node->low);
      while (low < threshold && low < node->value) {
        if (bits.bit() != 0) {
          node->value = low;
        } else {
          ++low;
        }
      }
      node->low = low;
    }
    return node->value < threshold;
  }

 private:
  struct Node {
    int value = std::numeric_limits<int>::max();
    int low = 0;
  };
  struct Level {
    std::size_t width, first;
  };
  std::vector<Node> nodes_;
  std::vector<Level> levels_;  ///< leaves first
};

}  // namespace veilgate::pixel
