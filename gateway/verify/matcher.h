#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "verify/needle_forms.h"

namespace veilgate::verify {

/// Finds many patterns in one pass, whatever their number: a bit table of the first three bytes (2 MiB, stays in the
/// cache) rejects nearly every position, the rest is compared. Bytes A-Z match their lower case.
class Matcher {
 public:
  explicit Matcher(std::span<const Pattern> patterns);
  /// Calls `found` for each occurrence (pattern index, offset), in order of offset; ends when it returns false.
  void run(std::span<const std::uint8_t> bytes, const std::function<bool(std::size_t, std::size_t)>& found) const;

 private:
  std::span<const Pattern> patterns_;
  std::vector<std::uint64_t> bits_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> by_key_;
};

}  // namespace veilgate::verify
