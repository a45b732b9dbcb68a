#include "store/sqlite_chain.h"

#include <limits>
#include <string>

#include "store/sqlite_statement.h"

namespace veilgate::store {
namespace {

/// Garbage put there by hand reads as a digest that fits nothing: verification is where it must be named.
Sha256 digest_or_misfit(const std::string& hex) { return Sha256::parse(hex).value_or(sha256("no digest: " + hex)); }

/// SQLite lets any column hold any type, and reads 7.5 as 7: such an edit must show too.
bool typed_as_written(const SQLite::Statement& row) {
  for (int column = 0; column < row.getColumnCount(); ++column) {
    const auto value = row.getColumn(column);
    if (column < 3 ? !value.isInteger() : !value.isText()) return false;
  }
  return true;
}

Result<audit::Head> sealed_head(SQLite::Database& db, const SecretKey& key) {
  const auto head = read_head(db);
  if (!head) {
    return fail(ErrorKind::Config, "audit.head_missing", "the sealed audit head is gone: run veilgate audit verify");
  }
  // Going on from a forged head would seal the forgery.
  if (!audit::seal_holds(*head, key)) {
    return fail(
        ErrorKind::Config, "audit.head_forged",
        "the audit head was not sealed with this key: wrong key file, or a forged store; run veilgate audit verify");
  }
  return *head;
}

void write_head(SQLite::Database& db, const audit::Head& head) {
  prepared(db,
           "INSERT INTO audit_head (id, seq, hash, seal) VALUES (1, ?, ?, ?) "
           "ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, seal = excluded.seal",
           head.seq, head.hash.hex(), head.seal.hex())
      .exec();
}

}  // namespace

void insert_genesis(SQLite::Database& db, const SecretKey& key) { write_head(db, audit::seal(0, Sha256{}, key)); }

std::optional<audit::Head> read_head(SQLite::Database& db) {
  auto query = prepared(db, "SELECT seq, hash, seal FROM audit_head WHERE id = 1");
  if (!query.executeStep()) return std::nullopt;
  return audit::Head{query.getColumn(0).getInt64(), digest_or_misfit(query.getColumn(1).getString()),
                     digest_or_misfit(query.getColumn(2).getString())};
}

Result<void> append_events(SQLite::Database& db, const SecretKey& key, std::span<const audit::Event> events) {
  if (events.empty()) return {};
  VG_ASSIGN(audit::Head end, sealed_head(db, key));
  // No position given: SQLite takes the next one, even when someone put rows beyond the end.
  SQLite::Statement insert(db,
                           "INSERT INTO audit (seq, at, type, object, actor, details, previous, hash) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const TimeMs now = now_ms();
  for (const auto& event : events) {
    const audit::Row row = audit::link(event, now, end);
    SQLite::bind(insert, row.seq, row.at, row.type, row.object, row.actor, row.details, row.previous.hex(),
                 row.hash.hex());
    insert.exec();
    insert.reset();
    end.seq = row.seq;
    end.hash = row.hash;
  }
  write_head(db, audit::seal(end.seq, end.hash, key));
  return {};
}

std::vector<audit::Row> read_rows(SQLite::Database& db, std::int64_t after, std::size_t limit) {
  // From the lowest position on, that position counts too: no place to hide a row.
  const bool all = after == std::numeric_limits<std::int64_t>::min();
  const std::string sql =
      std::string("SELECT position, seq, at, type, object, actor, details, previous, hash FROM audit ") +
      (all ? "WHERE position >= ?" : "WHERE position > ?") + " ORDER BY position LIMIT ?";
  auto query = prepared(db, sql.c_str(), after, static_cast<std::int64_t>(limit));
  std::vector<audit::Row> rows;
  while (query.executeStep()) {
    audit::Row row;
    row.position = query.getColumn(0).getInt64();
    row.seq = query.getColumn(1).getInt64();
    row.at = query.getColumn(2).getInt64();
    row.type = query.getColumn(3).getString();
    row.object = query.getColumn(4).getString();
    row.actor = query.getColumn(5).getString();
    row.details = query.getColumn(6).getString();
    row.previous = digest_or_misfit(query.getColumn(7).getString());
    row.hash = digest_or_misfit(query.getColumn(8).getString());
    if (!typed_as_written(query)) row.hash = sha256("not as written");
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace veilgate::store
