#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <optional>
#include <span>
#include <vector>

#include "audit/chain.h"
#include "base/hash.h"
#include "base/result.h"

namespace veilgate::store {

/// Seals the empty chain; part of making a new store.
void insert_genesis(SQLite::Database& db, const SecretKey& key);
std::optional<audit::Head> read_head(SQLite::Database& db);
/// Adds rows to the chain and seals the new end. To be called inside the caller's write transaction. Config error when
/// the head is gone or was not sealed with `key`.
Result<void> append_events(SQLite::Database& db, const SecretKey& key, std::span<const audit::Event> events);
/// Rows in stored order whose position is beyond `after`.
std::vector<audit::Row> read_rows(SQLite::Database& db, std::int64_t after, std::size_t limit);

}  // namespace veilgate::store
