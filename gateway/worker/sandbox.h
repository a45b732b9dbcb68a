#pragma once
#include <sys/types.h>

#include <cstdint>

#include "base/result.h"

namespace veilgate::worker {

/// Fences this process in before it touches hostile bytes: address space, no core dumps (they would hold PHI), few
/// files of bounded size, no new privileges, no network where the kernel allows it, and death with its parent.
Result<void> enter_sandbox(std::uint64_t memory_limit_bytes);

/// CPU seconds this process may use from now on; the kernel ends it with SIGXCPU beyond.
Result<void> grant_cpu_seconds(int seconds);

/// SIGKILL for this process when its parent dies, at once when that is not `expected` any more; 0: whoever it is.
void die_with_parent(pid_t expected);

}  // namespace veilgate::worker
