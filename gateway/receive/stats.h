#pragma once
#include <atomic>
#include <cstdint>

namespace veilgate::receive {

/// Counters since the start, for metrics and tests.
struct Stats {
  std::atomic<std::uint64_t> connections{0};  ///< TCP connections taken
  std::atomic<std::uint64_t> connections_dropped{
      0};  ///< closed before a whole A-ASSOCIATE-RQ: silent, garbage, over a cap
  std::atomic<std::uint64_t> associations_accepted{0};
  std::atomic<std::uint64_t> associations_refused{0};
  std::atomic<std::uint64_t> associations_broken{
      0};  ///< ended by other than release or abort: guard, timeout, disconnect
  std::atomic<std::uint64_t> echoes{0};
  std::atomic<std::uint64_t> objects_accepted{0};
  std::atomic<std::uint64_t> objects_duplicate{0};
  std::atomic<std::uint64_t> objects_conflict{0};
  std::atomic<std::uint64_t> objects_refused{0};
  std::atomic<std::uint64_t> bytes_stored{0};  ///< of accepted objects and conflicts, as in the spool
};

}  // namespace veilgate::receive
