#include "review/rules.h"

#include <algorithm>
#include <set>
#include <string>

#include "base/unicode.h"

namespace veilgate::review {

std::string person(std::string_view name) {
  constexpr std::string_view kBlank = " \t\r\n\v\f", kPunctuation = ".,;:!?'\"`-_/\\|()[]{}<>*#+~@&=^";
  std::string key;
  for (const char c : unicode::skeleton(name)) {
    const bool blank = kBlank.find(c) != std::string_view::npos;
    if (!blank) {
      key.push_back(c);
    } else if (!key.empty() && key.back() != ' ') {
      key.push_back(' ');
    }
  }
  const std::string at_ends = std::string(kBlank) + std::string(kPunctuation);
  const auto first = key.find_first_not_of(at_ends);
  if (first == std::string::npos) return {};
  return key.substr(first, key.find_last_not_of(at_ends) - first + 1);
}

Need need(config::ReviewPolicy policy, const nlohmann::json& findings) {
  const bool final_finding = std::any_of(findings.begin(), findings.end(), [](const nlohmann::json& finding) {
    return !finding.value("approvable", false);
  });
  if (final_finding) return {0, false};
  const bool clean = findings.empty();
  switch (policy) {
    case config::ReviewPolicy::Automatic:
      return {clean ? 0 : 1, true};
    case config::ReviewPolicy::One:
      return {1, true};
    case config::ReviewPolicy::Two:
      return {2, true};
    case config::ReviewPolicy::HoldFindings:
      return {0, clean};
  }
  return {0, false};
}

Result<Verdict> decide(const store::Job& job, std::span<const store::Review> earlier, const store::Review& decision) {
  using store::Decision;
  using store::JobState;
  const std::string who = person(decision.reviewer);
  if (who.empty()) return fail(ErrorKind::Refused, "review.no_name", "a decision needs the reviewer's name");
  if (decision.decision == Decision::Reject &&
      (job.state == JobState::Held || job.state == JobState::Quarantined || job.state == JobState::Approved)) {
    return Verdict{JobState::Rejected, 0, 0};
  }
  if (job.state != JobState::InReview) {
    return fail(ErrorKind::Refused, "review.not_in_review",
                "the object is " + std::string(store::to_string(job.state)) + ", not in review");
  }
  if (!job.output_sha256 || decision.output_sha256 != job.output_sha256) {
    return fail(ErrorKind::Refused, "review.other_bytes", "the output is not the one that was looked at; look again");
  }
  const auto review = job.facts.value("review", nlohmann::json::object());
  Verdict verdict{JobState::InReview, 0, review.value("required", kEscalatedApprovals)};
  if (decision.decision == Decision::Reject) {
    verdict.to = JobState::Rejected;
    return verdict;
  }
  if (decision.decision == Decision::Escalate) {
    verdict.required = std::max(verdict.required, kEscalatedApprovals);
    return verdict;
  }
  const auto since = review.value("since", TimeMs{0});
  std::set<std::string> approvers;
  for (const auto& one : earlier) {
    if (one.decision == Decision::Approve && one.output_sha256 == job.output_sha256 && one.at >= since) {
      approvers.insert(person(one.reviewer));
    }
  }
  if (!approvers.insert(who).second) {
    return fail(ErrorKind::Refused, "review.same_person",
                "this reviewer has approved already; a second person is needed");
  }
  verdict.approvals = static_cast<int>(approvers.size());
  if (verdict.approvals >= verdict.required) verdict.to = JobState::Approved;
  return verdict;
}

}  // namespace veilgate::review
