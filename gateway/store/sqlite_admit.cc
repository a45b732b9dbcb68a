#include "base/limits.h"
#include "store/sqlite_chain.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_store.h"

namespace veilgate::store {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

/// Only what is a rule's or our own word: no UID of the object, no attribute.
nlohmann::json details_of(const Admission& admission) {
  return {{"calling_ae", admission.calling_ae.str()},
          {"called_ae", admission.called_ae.str()},
          {"peer", admission.peer},
          {"sop_class", admission.sop_class.str()},
          {"transfer_syntax", admission.transfer_syntax.str()},
          {"size_bytes", admission.size_bytes},
          {"dataset_sha256", admission.dataset_sha256.hex()}};
}

/// What is there with the same key: nothing, the same bytes, or other bytes only.
struct Known {
  std::optional<ObjectId> same;
  std::optional<ObjectId> other;
};

Result<Known> known(SQLite::Database& db, const Admission& admission) {
  auto query = prepared(db, "SELECT id, dataset_sha256 FROM jobs WHERE instance_key = ? ORDER BY received_at",
                        admission.instance_key.value.hex());
  Known found;
  const std::string digest = admission.dataset_sha256.hex();
  while (query.executeStep()) {
    VG_ASSIGN(ObjectId id, ObjectId::parse(query.getColumn(0).getString()));
    if (query.getColumn(1).getString() == digest) {
      found.same = std::move(id);
      return found;
    }
    if (!found.other) found.other = std::move(id);
  }
  return found;
}

void insert_job(SQLite::Database& db, const Admission& a, JobState state, const char* code, const char* reason) {
  prepared(db,
           "INSERT INTO jobs (id, instance_key, dataset_sha256, size_bytes, calling_ae, called_ae, peer, sop_class, "
           "transfer_syntax, received_at, received_day, state, reason_code, reason, updated_at) "
           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
           a.id.str(), a.instance_key.value.hex(), a.dataset_sha256.hex(), static_cast<std::int64_t>(a.size_bytes),
           a.calling_ae.str(), a.called_ae.str(), a.peer, a.sop_class.str(), a.transfer_syntax.str(), a.received_at,
           a.received_at / kDayMs, text(state), code, reason, now_ms())
      .exec();
}

}  // namespace

Result<AdmitVerdict> SqliteStore::admit_one(const Admission& admission, std::vector<audit::Event>& events) {
  VG_ASSIGN(const Known found, known(writer_, admission));
  audit::Event event{audit::EventType::ObjectReceived, admission.id, admission.calling_ae.str(), details_of(admission)};
  if (found.same) {
    event.type = audit::EventType::ObjectDuplicate;
    event.object = found.same;
    events.push_back(std::move(event));
    return AdmitVerdict::Duplicate;
  }
  if (found.other) {
    insert_job(writer_, admission, JobState::Held, "receive.conflict",
               "another object with the same SOP Instance UID but other bytes was received before");
    event.type = audit::EventType::ObjectConflict;
    event.details["conflicts_with"] = found.other->str();
    events.push_back(std::move(event));
    return AdmitVerdict::Conflict;
  }
  insert_job(writer_, admission, JobState::Received, "", "");
  events.push_back(std::move(event));
  return AdmitVerdict::Accepted;
}

Result<std::vector<AdmitVerdict>> SqliteStore::admit(std::span<const Admission> group) {
  if (group.size() > limits::kMaxAdmissionGroup) {
    return fail(ErrorKind::Bug, "store.group_too_large", "more admissions in one group than the limit");
  }
  return write([&]() -> Result<std::vector<AdmitVerdict>> {
    std::vector<AdmitVerdict> verdicts;
    std::vector<audit::Event> events;
    for (const auto& admission : group) {
      VG_ASSIGN(const AdmitVerdict verdict, admit_one(admission, events));
      verdicts.push_back(verdict);
    }
    VG_TRY(append_events(writer_, key_, events));
    return verdicts;
  });
}

}  // namespace veilgate::store
