#include "review/witness.h"

#include "base/limits.h"
#include "base/log.h"

namespace veilgate::review {
namespace {

tl::unexpected<Error> not_sealed() {
  return fail(ErrorKind::Transient, "forward.audit_broken",
              "the end of the audit is not the one that was sealed: run veilgate audit verify");
}

}  // namespace

Result<void> Witness::confirm(const store::Job& job) {
  const std::lock_guard lock(mutex_);
  VG_TRY(catch_up());
  const auto found = evidence_.find(job.admission.id.str());
  if (found != evidence_.end() && found->second.released(job)) return {};
  return fail(ErrorKind::Refused, "forward.unapproved",
              "the audit does not show that this output was released as its route asks now; requeue the object");
}

Result<void> Witness::catch_up() {
  std::int64_t expected = -1;  // where a head was found that is further than the rows
  for (int round = 0; round < limits::kMaxVerifyRounds;) {
    VG_ASSIGN(const auto rows, store_.audit_rows(position_, limits::kAuditPageRows));
    for (const auto& row : rows) follow(row);
    if (rows.size() == limits::kAuditPageRows) continue;
    VG_ASSIGN(const auto head, store_.audit_head());
    if (!head || !audit::seal_holds(*head, key_) || head->seq < end_.seq) return not_sealed();
    if (head->seq == end_.seq) return head->hash == end_.hash ? Result<void>{} : not_sealed();
    if (rows.empty() && head->seq == expected) return not_sealed();
    expected = head->seq;
    ++round;
  }
  return fail(ErrorKind::Transient, "audit.busy", "the chain grows faster than it can be read");
}

void Witness::follow(const audit::Row& row) {
  const bool whole = audit::hash_of(row) == row.hash;
  const bool linked = row.seq == end_.seq + 1 && row.previous == end_.hash;
  if (!whole || !linked) {
    log::error("audit.break", {{"row", std::to_string(row.seq)}});
    for (auto& [object, evidence] : evidence_) evidence.doubt();
  }
  position_ = row.position;
  end_.seq = row.seq;
  end_.hash = row.hash;
  if (!whole || row.object.empty()) return;
  // Rows of objects that are done must not fill the memory: an object's way begins when it is received.
  if (row.type == audit::to_string(audit::EventType::ObjectReceived)) evidence_.try_emplace(row.object);
  const auto entry = evidence_.find(row.object);
  if (entry == evidence_.end()) return;
  if (!entry->second.note(row, config_)) evidence_.erase(entry);
}

}  // namespace veilgate::review
