#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "store/store.h"

namespace veilgate::review {

/// Approvals an object needs before it may be sent, and whether a person may give them at all.
struct Need {
  int approvals = 0;       ///< 0: released automatically
  bool approvable = true;  ///< false: held; reject or requeue only
};

/// `findings` is facts["verify"]["findings"]: any that is not approvable holds the object for good.
Need need(config::ReviewPolicy policy, const nlohmann::json& findings);

/// What tells reviewers apart: names that differ only in case, blanks, punctuation around them, invisible characters or
/// letters that look alike are one person. Empty: nobody.
std::string person(std::string_view name);

/// Approvals an escalation asks for.
inline constexpr int kEscalatedApprovals = 2;

/// What one more decision leads to. Reject also takes back an approval whose object was not delivered yet. Refused: not
/// in review, bytes differ from the ones looked at, the same person approves twice, no reviewer's name.
struct Verdict {
  store::JobState to = store::JobState::InReview;
  int approvals = 0;  ///< counted so far, the new one included
  int required = 1;
};
Result<Verdict> decide(const store::Job& job, std::span<const store::Review> earlier, const store::Review& decision);

}  // namespace veilgate::review
