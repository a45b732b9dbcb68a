#include "base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace veilgate {

TimeMs now_ms() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string iso8601(TimeMs at) {
  // A row that someone edited may hold any number; fmt throws beyond the calendar.
  constexpr TimeMs kEndOfYear9999 = 253'402'300'799'999;
  at = std::clamp<TimeMs>(at, 0, kEndOfYear9999);
  const std::time_t seconds = at / 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), at % 1000);
}

}  // namespace veilgate
