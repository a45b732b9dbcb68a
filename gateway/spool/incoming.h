#pragma once
#include "spool/spool.h"

namespace veilgate::spool {

struct IncomingLimits {
  std::uint64_t max_object_bytes = 0;
  std::uint64_t min_free_bytes = 0;
};

/// Transient "spool.full" when less than `min_free_bytes` are free on the disk of `path`.
Result<void> check_free_space(const std::filesystem::path& path, std::uint64_t min_free_bytes);

/// Creates the file under its final name: without a job row it is an orphan, which costs no rename and no second sync.
Result<std::unique_ptr<Incoming>> open_incoming(const ObjectId& id, std::filesystem::path path,
                                                std::string_view digest_seed, const IncomingLimits& limits);

}  // namespace veilgate::spool
