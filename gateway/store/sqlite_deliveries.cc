#include "base/limits.h"
#include "store/sqlite_chain.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_store.h"

namespace veilgate::store {
namespace {

struct Tally {
  std::int64_t pending = 0, delivered = 0, failed = 0;
};

Tally tally(SQLite::Database& db, const ObjectId& object) {
  auto query = prepared(db, "SELECT state, count(*) FROM deliveries WHERE object = ? GROUP BY state", object.str());
  Tally counted;
  while (query.executeStep()) {
    const std::string state = query.getColumn(0).getString();
    const std::int64_t rows = query.getColumn(1).getInt64();
    if (state == to_string(DeliveryState::Delivered))
      counted.delivered = rows;
    else if (state == to_string(DeliveryState::Failed))
      counted.failed = rows;
    else
      counted.pending += rows;
  }
  return counted;
}

bool any_due(SQLite::Database& db, const std::string& destination, TimeMs now) {
  auto query = prepared(db,
                        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE destination = ?1 AND state = 'pending' AND "
                        "due_at = 0) OR EXISTS (SELECT 1 FROM deliveries WHERE destination = ?1 AND "
                        "state = 'pending' AND due_at > 0 AND due_at <= ?2)",
                        destination, now);
  return query.executeStep() && query.getColumn(0).getInt() != 0;
}

void promote(SQLite::Database& db, const std::string& destination, TimeMs now) {
  prepared(db,
           "UPDATE deliveries SET due_at = 0 WHERE rowid IN (SELECT rowid FROM deliveries WHERE destination = ? AND "
           "state = 'pending' AND due_at > 0 AND due_at <= ? ORDER BY due_at LIMIT ?)",
           destination, now, limits::kMaxPromotions)
      .exec();
}

Result<std::optional<Delivery>> oldest_ready(SQLite::Database& db, const std::string& destination) {
  auto query = prepared(db,
                        select_deliveries("WHERE destination = ? AND state = 'pending' AND due_at = 0 AND "
                                          "(SELECT j.state FROM jobs j WHERE j.id = object) = 'approved' "
                                          "ORDER BY received_at, rowid LIMIT 1")
                            .c_str(),
                        destination);
  if (!query.executeStep()) return std::optional<Delivery>{};
  VG_ASSIGN(Delivery delivery, delivery_from(query));
  return std::optional<Delivery>{std::move(delivery)};
}

/// Rows of destinations that the route does not name any more; what became of them stands in the audit.
void forget_others(SQLite::Database& db, const ObjectId& object, const std::vector<std::string>& wanted) {
  prepared(db, "DELETE FROM deliveries WHERE object = ? AND destination NOT IN (SELECT value FROM json_each(?))",
           object.str(), nlohmann::json(wanted).dump())
      .exec();
}

/// Same version and still pending, else someone else had the last word.
Result<Delivery> current(SQLite::Database& db, const Delivery& expected) {
  auto query = prepared(db, select_deliveries("WHERE object = ? AND destination = ?").c_str(), expected.object.str(),
                        expected.destination);
  if (!query.executeStep()) return fail(unknown_object());
  VG_ASSIGN(Delivery delivery, delivery_from(query));
  if (delivery.version != expected.version || delivery.state != DeliveryState::Pending) return fail(stale());
  return delivery;
}

}  // namespace

Result<void> SqliteStore::put_deliveries(const Job& job, const std::vector<std::string>& destinations, TimeMs now) {
  if (destinations.empty()) {
    return fail(ErrorKind::Bug, "store.no_destination", "an approved object must have a destination");
  }
  forget_others(writer_, job.admission.id, destinations);
  // A pending one starts anew too: whoever sends the earlier output at this moment finds its lease gone.
  SQLite::Statement put(writer_,
                        "INSERT INTO deliveries (object, destination, state, received_at, updated_at, output_sha256) "
                        "VALUES (?, ?, 'pending', ?, ?, ?) ON CONFLICT (object, destination) DO UPDATE SET "
                        "state = 'pending', version = version + 1, attempts = 0, not_before = 0, due_at = 0, "
                        "lease_owner = '', updated_at = excluded.updated_at, output_sha256 = excluded.output_sha256 "
                        "WHERE state <> 'delivered' OR delivered_sha256 <> excluded.output_sha256");
  for (const auto& destination : destinations) {
    SQLite::bind(put, job.admission.id.str(), destination, job.admission.received_at, now,
                 hex_or_empty(job.output_sha256));
    put.exec();
    put.reset();
  }
  return {};
}

Result<std::optional<Delivery>> SqliteStore::lease_delivery(const std::string& destination, const std::string& owner,
                                                            std::int64_t ttl_ms) {
  if (owner.empty()) return fail(ErrorKind::Bug, "store.no_owner", "a lease needs an owner");
  const TimeMs now = now_ms();
  VG_ASSIGN(const bool due, read([&]() -> Result<bool> { return any_due(reader_, destination, now); }));
  if (!due) return std::optional<Delivery>{};
  return write(
      [&]() -> Result<std::optional<Delivery>> {
        promote(writer_, destination, now);
        VG_ASSIGN(auto delivery, oldest_ready(writer_, destination));
        if (!delivery) return delivery;
        ++delivery->version;
        ++delivery->attempts;
        prepared(writer_,
                 "UPDATE deliveries SET version = ?, attempts = ?, lease_owner = ?, due_at = ?, updated_at = ? "
                 "WHERE object = ? AND destination = ?",
                 delivery->version, delivery->attempts, owner, now + ttl_ms, now, delivery->object.str(), destination)
            .exec();
        return delivery;
      },
      Sync::WithNext);
}

Result<bool> SqliteStore::settle_job(const ObjectId& id, TimeMs now, std::vector<audit::Event>& events) {
  const Tally counted = tally(writer_, id);
  if (counted.pending > 0) return false;
  VG_ASSIGN(const auto job, find_job(writer_, id));
  // A person may have taken the object back meanwhile: that word stands.
  if (!job || job->state != JobState::Approved) return false;
  const bool all = counted.failed == 0;
  prepared(writer_,
           "UPDATE jobs SET state = ?, version = version + 1, attempts = 0, not_before = 0, due_at = 0, "
           "lease_owner = '', reason_code = ?, reason = ?, updated_at = ? WHERE id = ?",
           text(all ? JobState::Forwarded : JobState::Held), all ? "" : "forward.failed",
           all ? "" : "a destination refused the object for good; see its deliveries", now, id.str())
      .exec();
  if (all) {
    events.push_back({audit::EventType::ObjectForwarded,
                      id,
                      "gateway",
                      {{"destinations", counted.delivered}, {"output_sha256", hex_or_empty(job->output_sha256)}}});
  } else {
    events.push_back(
        {audit::EventType::ObjectHeld, id, "gateway", {{"code", "forward.failed"}, {"failed", counted.failed}}});
  }
  return true;
}

Result<void> SqliteStore::finish_delivery(const Delivery& delivery, DeliveryState state, const std::string& code,
                                          std::vector<audit::Event> events) {
  if (state == DeliveryState::Pending) {
    return fail(ErrorKind::Bug, "store.not_finished", "a delivery ends as delivered or failed");
  }
  return write([&]() -> Result<void> {
    const TimeMs now = now_ms();
    VG_ASSIGN(const Delivery there, current(writer_, delivery));
    prepared(writer_,
             "UPDATE deliveries SET state = ?1, version = ?2, last_code = ?3, not_before = 0, due_at = 0, "
             "lease_owner = '', updated_at = ?4, "
             "delivered_sha256 = CASE ?1 WHEN 'delivered' THEN output_sha256 ELSE delivered_sha256 END "
             "WHERE object = ?5 AND destination = ?6",
             text(state), there.version + 1, code, now, there.object.str(), there.destination)
        .exec();
    VG_TRY(settle_job(there.object, now, events));
    return append_events(writer_, key_, events);
  });
}

Result<void> SqliteStore::retry_delivery_later(const Delivery& delivery, TimeMs not_before, bool forgive,
                                               const std::string& code, std::vector<audit::Event> events) {
  return write([&]() -> Result<void> {
    VG_ASSIGN(const Delivery there, current(writer_, delivery));
    prepared(writer_,
             "UPDATE deliveries SET version = ?, attempts = ?, last_code = ?, not_before = ?, due_at = ?, "
             "lease_owner = '', updated_at = ? WHERE object = ? AND destination = ?",
             there.version + 1, std::max(0, there.attempts - (forgive ? 1 : 0)), code, not_before,
             std::max<TimeMs>(0, not_before), now_ms(), there.object.str(), there.destination)
        .exec();
    return append_events(writer_, key_, events);
  });
}

}  // namespace veilgate::store
