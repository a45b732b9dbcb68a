#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/store.h"

namespace veilgate::store {

/// Where each object stands by its audit rows alone: give it every row in order.
class AuditedStates {
 public:
  void add(const audit::Row& row);

  struct Standing {
    std::optional<JobState> state;  ///< nullopt: the row does not tell
    std::optional<Sha256> output;   ///< as masked last
  };
  const std::unordered_map<std::string, Standing>& objects() const { return objects_; }
  std::int64_t position() const { return position_; }  ///< of the last row

 private:
  std::unordered_map<std::string, Standing> objects_;
  std::int64_t position_ = 0;
};

/// An object whose job row is not what the audit says.
struct Mismatch {
  std::string object;
  std::string what;  ///< "is approved, by the audit in_review"
};

/// Compares every job with the rows that `states` was given, while others may go on writing: `states` catches up.
Result<std::vector<Mismatch>> compare_with_audit(Store& store, AuditedStates& states);

}  // namespace veilgate::store
