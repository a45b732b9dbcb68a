#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <optional>
#include <string>

#include "store/store.h"

namespace veilgate::store {

/// "SELECT ... FROM jobs" with the columns job_from expects; append WHERE and ORDER BY.
std::string select_jobs(const std::string& rest);
/// The row the statement stands on. Bug "store.corrupt" when it holds what no gateway wrote.
Result<Job> job_from(SQLite::Statement& row);
Result<std::optional<Job>> find_job(SQLite::Database& db, const ObjectId& id);

std::string select_deliveries(const std::string& rest);
Result<Delivery> delivery_from(SQLite::Statement& row);

/// Bytes as hex, or empty for none.
std::string hex_or_empty(const std::optional<Sha256>& digest);
std::string text(JobState state);
std::string text(DeliveryState state);

inline Error stale() {
  return {ErrorKind::Refused, "store.stale", "someone else moved the object meanwhile: look again"};
}
inline Error unknown_object() { return {ErrorKind::Refused, "store.unknown", "there is no such object"}; }

}  // namespace veilgate::store
