#include "base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace veilgate {

TimeMs now_ms() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string iso8601(TimeMs at) {
  const std::time_t seconds = at / 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), at % 1000);
}

}  // namespace veilgate
