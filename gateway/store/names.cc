#include <array>
#include <utility>

#include "store/store.h"

namespace veilgate::store {
namespace {

// Written into stores: never changed.
constexpr std::array<std::pair<JobState, std::string_view>, kAllJobStates.size()> kJobStates{{
    {JobState::Received, "received"},
    {JobState::Routed, "routed"},
    {JobState::Deidentified, "deidentified"},
    {JobState::Detected, "detected"},
    {JobState::Masked, "masked"},
    {JobState::Verified, "verified"},
    {JobState::InReview, "in_review"},
    {JobState::Approved, "approved"},
    {JobState::Forwarded, "forwarded"},
    {JobState::Held, "held"},
    {JobState::Rejected, "rejected"},
    {JobState::Quarantined, "quarantined"},
}};

}  // namespace

std::string_view to_string(JobState state) {
  for (const auto& [value, name] : kJobStates) {
    if (value == state) return name;
  }
  return "unknown";
}

Result<JobState> job_state_from(std::string_view text) {
  for (const auto& [value, name] : kJobStates) {
    if (name == text) return value;
  }
  std::string known;
  for (const auto& [value, name] : kJobStates) known.append(known.empty() ? "" : ", ").append(name);
  return fail(ErrorKind::Refused, "store.unknown_state", "no such state; there are: " + known);
}

std::string_view to_string(Decision decision) {
  switch (decision) {
    case Decision::Approve:
      return "approve";
    case Decision::Reject:
      return "reject";
    case Decision::Escalate:
      return "escalate";
  }
  return "unknown";
}

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::Pending:
      return "pending";
    case DeliveryState::Delivered:
      return "delivered";
    case DeliveryState::Failed:
      return "failed";
  }
  return "unknown";
}

}  // namespace veilgate::store
