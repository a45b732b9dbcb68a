#pragma once
#include <optional>
#include <set>
#include <string>

#include "audit/event.h"
#include "base/types.h"
#include "config/config.h"
#include "store/store.h"

namespace veilgate::review {

/// What the audit rows of one object say of its way, in order. Rows that come out of order prove nothing.
class Evidence {
 public:
  /// False when nothing can follow any more: rejected or forwarded.
  bool note(const audit::Row& row, const config::Config& config);
  /// Every stage ran, as many people as the route asks for approved this very output, and the object was received as
  /// the job says: who sent what decides its route.
  bool released(const store::Job& job) const;

  /// What the chain told so far proves nothing any more; whence the object came stands.
  void doubt();

 private:
  enum class Progress { Nothing, Routed, Deidentified, Detected, Masked, Verified, InReview, Released, SendFailed };
  void advance(Progress from, Progress to);
  void received(const nlohmann::json& details);
  void begin(std::string route);
  void masked(const nlohmann::json& details);
  void verified(const nlohmann::json& details, const config::Config& config);
  void held(const nlohmann::json& details);
  void approved(const nlohmann::json& details, const std::string& who);
  void release();

  Progress progress_ = Progress::Nothing;
  std::string route_;
  std::string origin_;  ///< sender, receiver, address and content, as received
  std::optional<Sha256> output_;
  int required_ = 0;
  bool approvable_ = false;
  bool escalated_ = false;  ///< outlives a new run
  std::set<std::string> approvers_;
};

}  // namespace veilgate::review
