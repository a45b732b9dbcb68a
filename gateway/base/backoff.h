#pragma once
#include <cstdint>
#include <random>

namespace veilgate {

/// Exponential backoff with full jitter: the n-th failure in a row waits a random time of 1 ms up to
/// min(max, initial * 2^(n-1)), so that many waiters do not come back at the same moment. Not thread-safe.
class Backoff {
 public:
  /// The same seed gives the same delays; the default seeds from the operating system.
  Backoff(std::int64_t initial_ms, std::int64_t max_ms, std::uint64_t seed = std::random_device{}());
  /// Upper bound of the wait after `failures` failures in a row (1-based; less counts as 1).
  std::int64_t ceiling_ms(int failures) const;
  /// The wait after `failures` failures in a row: 1 to ceiling_ms(failures).
  std::int64_t delay_ms(int failures);

 private:
  std::int64_t initial_ms_;
  std::int64_t max_ms_;
  std::mt19937_64 random_;
};

}  // namespace veilgate
