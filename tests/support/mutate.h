#pragma once
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace veilgate::test {

/// One to six changes; half of those to single bytes fall into the first `head` bytes, where it hurts most.
inline std::vector<std::uint8_t> mutated(std::vector<std::uint8_t> bytes, std::mt19937& random, std::size_t head) {
  const auto at = [&] { return random() % (random() % 2 == 0 ? std::min(head, bytes.size()) : bytes.size()); };
  const int changes = 1 + static_cast<int>(random() % 6);
  for (int i = 0; i < changes && !bytes.empty(); ++i) {
    switch (random() % 6) {
      case 0:
        bytes[at()] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        bytes[at()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        break;
      case 2:
        bytes[at()] = 0xFF;
        break;
      case 3:
        bytes[at()] = 0;
        break;
      case 4:
        bytes.resize(std::max<std::size_t>(8, bytes.size() - random() % std::min<std::size_t>(200, bytes.size())));
        break;
      default: {  // a piece twice
        const auto from = at();
        const std::vector<std::uint8_t> piece(
            bytes.begin() + static_cast<std::ptrdiff_t>(from),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), from + 64)));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at()), piece.begin(), piece.end());
      }
    }
  }
  return bytes;
}

}  // namespace veilgate::test
