#include "verify/matcher.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <utility>

namespace veilgate::verify {
namespace {

constexpr std::size_t kKeyBytes = 3;
constexpr int kKeyBits = 24;
/// One bit in 64 set at most: then a position that passes the table is a match more often than chance.
constexpr std::size_t kBitsPerPattern = 64, kMinBits = 1u << 15, kMaxBits = 1u << kKeyBits, kBitsPerSlot = 32;

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

Matcher::Matcher(std::span<const Pattern> patterns) : patterns_(patterns), entries_(patterns.size()) {
  const std::size_t bits = std::bit_ceil(std::clamp(patterns.size() * kBitsPerPattern, kMinBits, kMaxBits));
  shift_ = kKeyBits - std::countr_zero(bits);
  bits_.resize(bits / 64);
  slots_.assign(bits / kBitsPerSlot, kNone);
  for (std::size_t i = patterns.size(); i-- > 0;) {  // the last first: each goes in front of its slot
    std::uint32_t key = 0;
    for (std::size_t k = 0; k < kKeyBytes; ++k) key = key << 8 | static_cast<std::uint8_t>(patterns[i].bytes[k]);
    const std::size_t bit = bit_of(key);
    bits_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    entries_[i] = {key, std::exchange(slots_[bit / kBitsPerSlot], static_cast<std::uint32_t>(i))};
  }
}

void Matcher::run(std::span<const std::uint8_t> bytes,
                  const std::function<bool(std::size_t, std::size_t)>& found) const {
  std::uint32_t key = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    key = (key << 8 | kFold[bytes[at]]) & kKeyMask;
    const std::size_t bit = bit_of(key);
    if ((bits_[bit / 64] >> (bit % 64) & 1) == 0 || at + 1 < kKeyBytes) continue;
    const std::size_t start = at + 1 - kKeyBytes;
    for (auto i = slots_[bit / kBitsPerSlot]; i != kNone; i = entries_[i].next) {
      const std::string_view pattern = patterns_[i].bytes;
      if (entries_[i].key != key || pattern.size() > bytes.size() - start) continue;
      if (matches(bytes.subspan(start), pattern) && !found(i, start)) return;
    }
  }
}

}  // namespace veilgate::verify
