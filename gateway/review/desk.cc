#include "review/desk.h"

#include "review/rules.h"

namespace veilgate::review {
namespace {

constexpr std::size_t kMaxNameBytes = 128;   // a person's name with title
constexpr std::size_t kMaxNoteBytes = 4096;  // a remark, not a report

audit::EventType event_of(store::Decision decision) {
  switch (decision) {
    case store::Decision::Approve:
      return audit::EventType::ReviewApproved;
    case store::Decision::Reject:
      return audit::EventType::ReviewRejected;
    case store::Decision::Escalate:
      return audit::EventType::ReviewEscalated;
  }
  return audit::EventType::ReviewRejected;
}

Result<void> check_word(const Desk::Word& word) {
  if (word.reviewer.size() > kMaxNameBytes)
    return fail(ErrorKind::Refused, "review.long_name", "the reviewer's name is over 128 bytes");
  if (word.note.size() > kMaxNoteBytes)
    return fail(ErrorKind::Refused, "review.long_note", "the note is over 4096 bytes");
  return {};
}

Result<store::Job> find(store::Store& store, const ObjectId& id) {
  VG_ASSIGN(auto job, store.find(id));
  if (!job) return fail(ErrorKind::Refused, "review.unknown", "no object has this id; see 'veilgate review list'");
  return *job;
}

}  // namespace

Result<Sha256> Desk::looked_at(const store::Job& job, const Word& word) {
  if (!job.output_sha256) return fail(ErrorKind::Refused, "review.no_output", "the object has no output to decide on");
  VG_ASSIGN(const Sha256 on_disk, sha256_file(spool_.output(job.admission.id)));
  if (on_disk != *job.output_sha256) {
    return fail(ErrorKind::Refused, "review.altered",
                "the output in the spool is not the one that was verified; requeue the object");
  }
  return word.seen.value_or(on_disk);
}

Result<Desk::Outcome> Desk::decide(const Word& word, store::Decision decision) {
  VG_TRY(check_word(word));
  VG_ASSIGN(const store::Job job, find(store_, word.object));
  VG_ASSIGN(const auto earlier, store_.reviews(word.object));
  store::Review review{word.object, word.reviewer, decision, word.note, job.output_sha256, now_ms()};
  if (decision != store::Decision::Reject) {
    VG_ASSIGN(review.output_sha256, looked_at(job, word));
  } else if (word.seen) {
    review.output_sha256 = word.seen;
  }
  VG_ASSIGN(const Verdict verdict, review::decide(job, earlier, review));

  auto transition = store::transition_of(job, verdict.to);
  nlohmann::json details{
      {"required", verdict.required}, {"approvals", verdict.approvals}, {"note_bytes", word.note.size()}};
  if (review.output_sha256) details["output_sha256"] = review.output_sha256->hex();
  transition.events.push_back({event_of(decision), word.object, word.reviewer, details});
  if (verdict.to == store::JobState::InReview) {
    transition.facts_patch["review"]["required"] = verdict.required;
    if (decision == store::Decision::Escalate) transition.facts_patch["review"]["escalated"] = true;
    transition.reason_code = job.reason_code;
    transition.reason = job.reason;
  }
  if (verdict.to == store::JobState::Rejected) {
    transition.reason_code = "review.rejected";
    transition.reason = "a reviewer rejected it";
  }
  if (verdict.to == store::JobState::Approved) {
    const config::Route* route = config_.route(job.route);
    if (route == nullptr)
      return fail(ErrorKind::Refused, "review.route_gone", "its route is not in the configuration any more");
    transition.deliveries = route->destinations;
    transition.events.push_back({audit::EventType::ObjectReleased,
                                 word.object,
                                 "gateway",
                                 {{"output_sha256", job.output_sha256->hex()}, {"approvals", verdict.approvals}}});
  }
  transition.review = std::move(review);
  VG_TRY(store_.commit(transition));
  return Outcome{verdict.to, verdict.approvals, verdict.required};
}

/// A failed delivery is repeated only when the approved bytes are still there.
Result<bool> Desk::can_send_again(const store::Job& job) {
  if (job.state != store::JobState::Held || job.reason_code != "forward.failed" || !job.output_sha256) return false;
  const auto on_disk = sha256_file(spool_.output(job.admission.id));
  return on_disk && *on_disk == *job.output_sha256;
}

Result<Desk::Outcome> Desk::requeue(const Word& word) {
  using store::JobState;
  VG_TRY(check_word(word));
  VG_ASSIGN(const store::Job job, find(store_, word.object));
  if (word.reviewer.empty()) return fail(ErrorKind::Refused, "review.no_name", "a decision needs the reviewer's name");
  if (job.state != JobState::Held && job.state != JobState::Quarantined && job.state != JobState::InReview) {
    return fail(ErrorKind::Refused, "review.not_stopped",
                "only held, quarantined or in-review objects start anew; this one is " +
                    std::string(store::to_string(job.state)));
  }
  if (job.reason_code == "receive.conflict") {
    return fail(ErrorKind::Refused, "review.conflict",
                "another object with the same SOP Instance UID was received first; reject this one, or send it again "
                "with its own UID");
  }
  VG_ASSIGN(const bool send_again, can_send_again(job));
  auto transition = store::transition_of(job, send_again ? JobState::Approved : JobState::Received);
  if (send_again) {
    const config::Route* route = config_.route(job.route);
    if (route == nullptr)
      return fail(ErrorKind::Refused, "review.route_gone", "its route is not in the configuration any more");
    transition.deliveries = route->destinations;
  } else {
    // Null removes (RFC 7396): nothing of the earlier run may be believed.
    // An escalation stays: it asked for a second person, not for another run.
    for (const auto* stage : {"deidentify", "detect", "mask", "verify"}) transition.facts_patch[stage] = nullptr;
  }
  transition.events.push_back(
      {audit::EventType::ReviewRequeued,
       word.object,
       word.reviewer,
       {{"from", store::to_string(job.state)}, {"to", store::to_string(transition.to)}, {"code", job.reason_code}}});
  VG_TRY(store_.commit(transition));
  return Outcome{transition.to, 0, 0};
}

}  // namespace veilgate::review
