#include "verify/matcher.h"

#include <array>
#include <string_view>

namespace veilgate::verify {
namespace {

constexpr std::size_t kKeyBytes = 3;
constexpr std::size_t kKeys = 1u << 24;

constexpr std::array<std::uint8_t, 256> make_fold() {
  std::array<std::uint8_t, 256> fold{};
  for (std::size_t i = 0; i < fold.size(); ++i) {
    fold[i] = static_cast<std::uint8_t>(i >= 'A' && i <= 'Z' ? i + 32 : i);
  }
  return fold;
}
constexpr auto kFold = make_fold();

bool matches(std::span<const std::uint8_t> bytes, std::string_view pattern) {
  for (std::size_t i = kKeyBytes; i < pattern.size(); ++i) {
    if (kFold[bytes[i]] != static_cast<std::uint8_t>(pattern[i])) return false;
  }
  return true;
}

}  // namespace

Matcher::Matcher(std::span<const Pattern> patterns) : patterns_(patterns), bits_(kKeys / 64) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    std::uint32_t key = 0;
    for (std::size_t k = 0; k < kKeyBytes; ++k) key = key << 8 | static_cast<std::uint8_t>(patterns[i].bytes[k]);
    bits_[key / 64] |= std::uint64_t{1} << (key % 64);
    by_key_[key].push_back(i);
  }
}

void Matcher::run(std::span<const std::uint8_t> bytes,
                  const std::function<bool(std::size_t, std::size_t)>& found) const {
  std::uint32_t key = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    key = (key << 8 | kFold[bytes[at]]) & (kKeys - 1);
    if (at + 1 < kKeyBytes || (bits_[key / 64] >> (key % 64) & 1) == 0) continue;
    const std::size_t start = at + 1 - kKeyBytes;
    for (const std::size_t index : by_key_.find(key)->second) {
      const std::string_view pattern = patterns_[index].bytes;
      if (pattern.size() > bytes.size() - start || !matches(bytes.subspan(start), pattern)) continue;
      if (!found(index, start)) return;
    }
  }
}

}  // namespace veilgate::verify
