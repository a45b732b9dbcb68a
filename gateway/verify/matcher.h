#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "verify/needle_forms.h"

namespace veilgate::verify {

/// Finds many patterns in one pass, whatever their number: a bit table of the first three bytes, hashed, rejects nearly
/// every position, the rest is compared. The table grows with the patterns: some kilobytes for one photograph's, so
/// that it costs nothing to clear and stays in the cache; 2 MiB at most, where it is exact. Bytes A-Z match their lower
/// case.
class Matcher {
 public:
  /// The patterns must live as long as the matcher.
  explicit Matcher(std::span<const Pattern> patterns);
  /// Calls `found` for each occurrence (pattern index, offset), in order of offset; ends when it returns false.
  void run(std::span<const std::uint8_t> bytes, const std::function<bool(std::size_t, std::size_t)>& found) const;

 private:
  static constexpr std::uint32_t kKeyMask = (1u << 24) - 1;  ///< three bytes
  static constexpr std::uint32_t kSpread = 0x9E3779B1;       ///< odd: no two keys meet before the shift
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Entry {
    std::uint32_t key = 0;
    std::uint32_t next = kNone;  ///< with the same slot; later patterns come later
  };

  std::size_t bit_of(std::uint32_t key) const { return (key * kSpread & kKeyMask) >> shift_; }

  std::span<const Pattern> patterns_;
  int shift_ = 0;
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> slots_;  ///< first entry of each: bit_of() / kBitsPerSlot
  std::vector<Entry> entries_;        ///< one per pattern
};

}  // namespace veilgate::verify
