#include "base/backoff.h"

#include <algorithm>

namespace veilgate {

Backoff::Backoff(std::int64_t initial_ms, std::int64_t max_ms, std::uint64_t seed)
    : initial_ms_(std::max<std::int64_t>(1, initial_ms)), max_ms_(std::max(initial_ms_, max_ms)), random_(seed) {}

std::int64_t Backoff::ceiling_ms(int failures) const {
  std::int64_t ceiling = initial_ms_;
  // Halving the bound instead of doubling past it cannot overflow.
  for (int doubled = 1; doubled < failures; ++doubled) {
    if (ceiling > max_ms_ / 2) return max_ms_;
    ceiling *= 2;
  }
  return std::min(ceiling, max_ms_);
}

std::int64_t Backoff::delay_ms(int failures) {
  // Plain remainder: std distributions differ between libraries, and the bias is far below a millisecond.
  return 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(ceiling_ms(failures)));
}

}  // namespace veilgate
