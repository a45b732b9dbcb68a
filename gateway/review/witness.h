#pragma once
#include <map>
#include <mutex>

#include "audit/chain.h"
#include "base/hash.h"
#include "config/config.h"
#include "review/evidence.h"
#include "store/store.h"

namespace veilgate::review {

/// Tells from the sealed audit alone whether an output was released: whoever edits a job's row cannot seal the chain.
/// Reads each row once, checks its hash and its link, and keeps what it says of objects that are under way. What stands
/// before a break in the chain proves nothing; requeued objects prove themselves anew behind it. Thread-safe.
class Witness {
 public:
  /// All three must outlive it.
  Witness(const config::Config& config, store::Store& store, const SecretKey& key)
      : config_(config), store_(store), key_(key) {}
  /// Refused "forward.unapproved" when the audit does not show it; Transient while the chain cannot be read or its end
  /// is not the sealed one.
  Result<void> confirm(const store::Job& job);

 private:
  Result<void> catch_up();
  void follow(const audit::Row& row);

  const config::Config& config_;
  store::Store& store_;
  const SecretKey& key_;
  std::mutex mutex_;
  std::int64_t position_ = 0;
  audit::Head end_;  ///< last row seen
  std::map<std::string, Evidence> evidence_;
};

}  // namespace veilgate::review
