#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "audit/event.h"
#include "store/store.h"

namespace veilgate::receive {

/// Writes refusals into the audit, at most so many rows a minute for each type; the next row of that type says how many
/// were left out. Thread-safe.
class RefusalAudit {
 public:
  using Clock = std::chrono::steady_clock;
  explicit RefusalAudit(store::Store& store) : store_(store) {}
  /// Writes what is still only counted.
  ~RefusalAudit();
  RefusalAudit(const RefusalAudit&) = delete;
  RefusalAudit& operator=(const RefusalAudit&) = delete;
  void record(audit::EventType type, const std::string& actor, nlohmann::json details,
              Clock::time_point now = Clock::now());

 private:
  struct Bucket {
    int rows = 0;
    std::uint64_t left_out = 0;
    Clock::time_point began{};
  };
  store::Store& store_;
  std::mutex mutex_;
  std::map<audit::EventType, Bucket> buckets_;
};

}  // namespace veilgate::receive
