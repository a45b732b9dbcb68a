#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace veilgate {

/// Wall clock, milliseconds since 1970 UTC: what rows and leases carry.
using TimeMs = std::int64_t;

TimeMs now_ms();
/// "2026-11-24T08:15:00.123Z"
std::string iso8601(TimeMs at);

}  // namespace veilgate
