#include "base/limits.h"
#include "store/sqlite_chain.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_store.h"

namespace veilgate::store {
namespace {

bool any_due(SQLite::Database& db, std::span<const JobState> states, TimeMs now) {
  SQLite::Statement query(db,
                          "SELECT EXISTS (SELECT 1 FROM jobs WHERE state = ?1 AND due_at = 0) OR "
                          "EXISTS (SELECT 1 FROM jobs WHERE state = ?1 AND due_at > 0 AND due_at <= ?2)");
  for (const auto state : states) {
    SQLite::bind(query, text(state), now);
    if (query.executeStep() && query.getColumn(0).getInt() != 0) return true;
    query.reset();
  }
  return false;
}

/// Waits and leases that ran out: back in line by age. The owner stays noted, for it may still come back and commit.
void promote(SQLite::Database& db, JobState state, TimeMs now) {
  prepared(db,
           "UPDATE jobs SET due_at = 0 WHERE rowid IN (SELECT rowid FROM jobs "
           "WHERE state = ? AND due_at > 0 AND due_at <= ? ORDER BY due_at LIMIT ?)",
           text(state), now, limits::kMaxPromotions)
      .exec();
}

Result<std::optional<Job>> oldest_ready(SQLite::Database& db, std::span<const JobState> states) {
  std::optional<Job> oldest;
  // One short index walk per state: "state IN (...)" would sort everything that waits.
  SQLite::Statement query(db, select_jobs("WHERE state = ? AND due_at = 0 ORDER BY received_at, rowid LIMIT 1"));
  for (const auto state : states) {
    SQLite::bind(query, text(state));
    if (query.executeStep()) {
      VG_ASSIGN(Job job, job_from(query));
      if (!oldest || job.admission.received_at < oldest->admission.received_at) oldest = std::move(job);
    }
    query.reset();
  }
  return oldest;
}

Result<Job> current(SQLite::Database& db, const ObjectId& id, std::int64_t expected_version) {
  VG_ASSIGN(auto job, find_job(db, id));
  if (!job) return fail(unknown_object());
  if (job->version != expected_version) return fail(stale());
  return std::move(*job);
}

Result<void> may_become(const Job& job, const Transition& transition) {
  if (job.state == JobState::Forwarded || job.state == JobState::Rejected) {
    return fail(ErrorKind::Refused, "store.terminal", "the object is " + text(job.state) + " and stays so");
  }
  if (transition.review && transition.review->object != job.admission.id) {
    return fail(ErrorKind::Bug, "store.wrong_review", "a review of another object came with a transition");
  }
  return {};
}

void insert_review(SQLite::Database& db, const Review& review) {
  prepared(db, "INSERT INTO reviews (object, reviewer, decision, note, output_sha256, at) VALUES (?, ?, ?, ?, ?, ?)",
           review.object.str(), review.reviewer, std::string(to_string(review.decision)), review.note,
           hex_or_empty(review.output_sha256), review.at)
      .exec();
}

/// Applies what the transition says to the job as it was read.
Job after(Job job, const Transition& transition, TimeMs now) {
  job.state = transition.to;
  ++job.version;
  job.attempts = transition.keep_lease ? 1 : 0;
  job.facts.merge_patch(transition.facts_patch);
  if (transition.route) job.route = *transition.route;
  // A new run must not meet the output of the last one.
  if (transition.to == JobState::Received) job.output_sha256.reset();
  if (transition.output_sha256) job.output_sha256 = transition.output_sha256;
  job.reason_code = transition.reason_code;
  job.reason = transition.reason;
  job.updated_at = now;
  return job;
}

void update_job(SQLite::Database& db, const Job& job) {
  const std::string facts = job.facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  prepared(db,
           "UPDATE jobs SET state = ?, version = ?, attempts = ?, not_before = 0, route = ?, facts = ?, "
           "output_sha256 = ?, reason_code = ?, reason = ?, updated_at = ? WHERE id = ?",
           text(job.state), job.version, job.attempts, job.route, facts, hex_or_empty(job.output_sha256),
           job.reason_code, job.reason, job.updated_at, job.admission.id.str())
      .exec();
}

Result<void> settle_lease(SQLite::Database& db, const ObjectId& id, bool keep, TimeMs now) {
  if (!keep) {
    prepared(db, "UPDATE jobs SET due_at = 0, lease_owner = '', lease_ttl = 0 WHERE id = ?", id.str()).exec();
    return {};
  }
  const int kept =
      prepared(db, "UPDATE jobs SET due_at = ? + lease_ttl WHERE id = ? AND lease_owner <> ''", now, id.str()).exec();
  if (kept == 1) return {};
  return fail(ErrorKind::Bug, "store.no_lease", "a transition keeps a lease that nobody has");
}

}  // namespace

Result<std::optional<Job>> SqliteStore::lease(std::span<const JobState> states, const std::string& owner,
                                              std::int64_t ttl_ms) {
  if (owner.empty()) return fail(ErrorKind::Bug, "store.no_owner", "a lease needs an owner");
  const TimeMs now = now_ms();
  // Idle runners poll: they must not take the write lock from the receiver for nothing.
  VG_ASSIGN(const bool due, read([&]() -> Result<bool> { return any_due(reader_, states, now); }));
  if (!due) return std::optional<Job>{};
  return write(
      [&]() -> Result<std::optional<Job>> {
        for (const auto state : states) promote(writer_, state, now);
        VG_ASSIGN(auto job, oldest_ready(writer_, states));
        if (!job) return job;
        ++job->version;
        ++job->attempts;
        job->updated_at = now;
        prepared(writer_,
                 "UPDATE jobs SET version = ?, attempts = ?, updated_at = ?, lease_owner = ?, lease_ttl = ?, "
                 "due_at = ? WHERE id = ?",
                 job->version, job->attempts, now, owner, ttl_ms, now + ttl_ms, job->admission.id.str())
            .exec();
        return job;
      },
      Sync::WithNext);
}

Result<std::int64_t> SqliteStore::commit(const Transition& transition) {
  return write([&]() -> Result<std::int64_t> {
    const TimeMs now = now_ms();
    VG_ASSIGN(Job before, current(writer_, transition.id, transition.expected_version));
    VG_TRY(may_become(before, transition));
    const Job job = after(std::move(before), transition, now);
    update_job(writer_, job);
    VG_TRY(settle_lease(writer_, transition.id, transition.keep_lease, now));
    auto events = transition.events;
    bool settled = false;
    if (transition.to == JobState::Approved) {
      VG_TRY(put_deliveries(job, transition.deliveries, now));
      VG_ASSIGN(settled, settle_job(transition.id, now, events));
    }
    if (transition.review) insert_review(writer_, *transition.review);
    if (transition.crosswalk) VG_TRY(put_crosswalk(transition.id, *transition.crosswalk, now));
    VG_TRY(append_events(writer_, key_, events));
    return job.version + (settled ? 1 : 0);
  });
}

Result<void> SqliteStore::retry_later(const Job& job, TimeMs not_before, bool forgive,
                                      std::vector<audit::Event> events) {
  return write([&]() -> Result<void> {
    VG_ASSIGN(const Job now_there, current(writer_, job.admission.id, job.version));
    const int attempts = std::max(0, now_there.attempts - (forgive ? 1 : 0));
    prepared(writer_,
             "UPDATE jobs SET version = version + 1, attempts = ?, not_before = ?, due_at = ?, lease_owner = '', "
             "lease_ttl = 0, updated_at = ? WHERE id = ?",
             attempts, not_before, std::max<TimeMs>(0, not_before), now_ms(), job.admission.id.str())
        .exec();
    return append_events(writer_, key_, events);
  });
}

Result<int> SqliteStore::release_leases(const std::string& owner_prefix) {
  return write([&]() -> Result<int> {
    int released = 0;
    // The version grows, so that an owner thought dead cannot commit after all.
    for (const char* table : {"jobs", "deliveries"}) {
      const std::string sql = std::string("UPDATE ") + table +
                              " SET version = version + 1, due_at = 0, lease_owner = '' "
                              "WHERE lease_owner <> '' AND substr(lease_owner, 1, length(?1)) = ?1";
      released += prepared(writer_, sql.c_str(), owner_prefix).exec();
    }
    return released;
  });
}

}  // namespace veilgate::store
