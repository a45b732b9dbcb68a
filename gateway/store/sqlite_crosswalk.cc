#include <set>

#include "base/hash.h"
#include "base/limits.h"
#include "store/sqlite_chain.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_statement.h"
#include "store/sqlite_store.h"

namespace veilgate::store {
namespace {

Error corrupt() { return {ErrorKind::Bug, "store.corrupt", "a row of the crosswalk holds what no gateway wrote"}; }

void bind_blob(SQLite::Statement& statement, int place, const std::string& bytes) {
  statement.bind(place, bytes.data(), static_cast<int>(bytes.size()));
}

constexpr const char* kEntryColumns = "SELECT token, pseudonym, sealed, created, changed FROM crosswalk ";
constexpr const char* kObjectColumns = "SELECT object, project, token, sealed FROM crosswalk_objects ";

Result<CrosswalkEntry> entry_from(SQLite::Statement& row) {
  const auto token = Sha256::parse(row.getColumn(0).getString());
  if (!token) return fail(corrupt());
  return CrosswalkEntry{*token, row.getColumn(1).getString(), row.getColumn(2).getString(), row.getColumn(3).getInt64(),
                        row.getColumn(4).getInt64()};
}

Result<CrosswalkObject> object_from(SQLite::Statement& row) {
  auto object = ObjectId::parse(row.getColumn(0).getString());
  const auto token = Sha256::parse(row.getColumn(2).getString());
  if (!object || !token) return fail(corrupt());
  return CrosswalkObject{std::move(*object), row.getColumn(1).getString(), *token, row.getColumn(3).getString()};
}

template <typename T>
Result<std::vector<T>> all(SQLite::Statement& query, Result<T> (*read)(SQLite::Statement&)) {
  std::vector<T> found;
  while (query.executeStep()) {
    VG_ASSIGN(T one, read(query));
    found.push_back(std::move(one));
  }
  return found;
}

template <typename T>
std::optional<T> first(std::vector<T> found) {
  return found.empty() ? std::nullopt : std::optional<T>(std::move(found.front()));
}

std::string sql(const char* columns, const char* rest) { return std::string(columns) + rest; }

Result<std::optional<CrosswalkEntry>> entry_of(SQLite::Database& db, const std::string& project, const Sha256& token) {
  auto query = prepared(db, sql(kEntryColumns, "WHERE project = ? AND token = ?").c_str(), project, token.hex());
  VG_ASSIGN(auto found, all(query, entry_from));
  return first(std::move(found));
}

Result<std::vector<CrosswalkObject>> objects_in(SQLite::Database& db, const std::string& project, const Sha256& token) {
  auto query =
      prepared(db, sql(kObjectColumns, "WHERE project = ? AND token = ? ORDER BY rowid").c_str(), project, token.hex());
  return all(query, object_from);
}

void put_entry(SQLite::Database& db, const CrosswalkChange& change, TimeMs now) {
  SQLite::Statement put(db,
                        "INSERT INTO crosswalk (project, token, pseudonym, sealed, created, changed) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (project, token) DO UPDATE SET "
                        "pseudonym = excluded.pseudonym, sealed = excluded.sealed, changed = excluded.changed");
  put.bind(1, change.project);
  put.bind(2, change.token.hex());
  put.bind(3, change.pseudonym);
  bind_blob(put, 4, change.sealed);
  put.bind(5, now);
  put.exec();
}

void put_object(SQLite::Database& db, const ObjectId& object, const CrosswalkChange& change) {
  SQLite::Statement put(db,
                        "INSERT INTO crosswalk_objects (object, project, token, output_key, sealed) "
                        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (object) DO UPDATE SET project = excluded.project, "
                        "token = excluded.token, output_key = excluded.output_key, sealed = excluded.sealed");
  put.bind(1, object.str());
  put.bind(2, change.project);
  put.bind(3, change.token.hex());
  put.bind(4, hex_or_empty(change.output_key));
  bind_blob(put, 5, change.object_sealed);
  put.exec();
}

bool is_taken(SQLite::Database& db, const std::string& project, const std::string& pseudonym) {
  return prepared(db, "SELECT 1 FROM crosswalk WHERE project = ? AND pseudonym = ?", project, pseudonym).executeStep();
}

bool is_anothers(SQLite::Database& db, const CrosswalkChange& change) {
  return prepared(db, "SELECT 1 FROM crosswalk WHERE project = ? AND pseudonym = ? COLLATE NOCASE AND token <> ?",
                  change.project, change.pseudonym, change.token.hex())
      .executeStep();
}

std::int64_t last_number(SQLite::Database& db, const std::string& project) {
  auto query = prepared(db, "SELECT last FROM pseudonym_sequences WHERE project = ?", project);
  return query.executeStep() ? query.getColumn(0).getInt64() : 0;
}

void put_number(SQLite::Database& db, const std::string& project, const Sha256& token, std::int64_t number) {
  prepared(db, "INSERT INTO pseudonym_numbers (project, token, number) VALUES (?, ?, ?)", project, token.hex(), number)
      .exec();
  prepared(db,
           "INSERT INTO pseudonym_sequences (project, last) VALUES (?, ?) "
           "ON CONFLICT (project) DO UPDATE SET last = excluded.last",
           project, number)
      .exec();
}

Result<void> check_at_rest(SQLite::Database& db, const std::vector<CrosswalkObject>& objects) {
  for (const auto& one : objects) {
    VG_ASSIGN(const auto job, find_job(db, one.object));
    if (job && (job->state == JobState::Forwarded || job->state == JobState::Rejected)) continue;
    return fail(
        ErrorKind::Refused, "crosswalk.in_flight",
        "an object of this patient is not forwarded or rejected yet; wait for it, or 'veilgate review reject' it");
  }
  return {};
}

Result<void> note_files_removed(SQLite::Database& db, const std::vector<ObjectId>& objects, TimeMs now) {
  for (const auto& id : objects) {
    VG_ASSIGN(auto job, find_job(db, id));
    if (!job) return fail(unknown_object());
    job->facts["erased"] = {{"at", now}};
    prepared(db, "UPDATE jobs SET facts = ?, version = version + 1, updated_at = ? WHERE id = ?",
             job->facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), now, id.str())
        .exec();
  }
  return {};
}

}  // namespace

Result<bool> SqliteStore::empty() {
  return read([&]() -> Result<bool> {
    return reader_.execAndGet("SELECT NOT EXISTS (SELECT 1 FROM crosswalk)").getInt() == 1;
  });
}

Result<std::optional<CrosswalkEntry>> SqliteStore::find_entry(const std::string& project, const Sha256& token) {
  return read([&] { return entry_of(reader_, project, token); });
}

Result<std::vector<CrosswalkEntry>> SqliteStore::find_pseudonym(const std::string& project,
                                                                const std::string& pseudonym) {
  return read([&] {
    auto query = prepared(reader_, sql(kEntryColumns, "WHERE project = ? AND pseudonym = ? ORDER BY token").c_str(),
                          project, pseudonym);
    return all(query, entry_from);
  });
}

Result<std::vector<CrosswalkEntry>> SqliteStore::entries(const std::string& project, const std::optional<Sha256>& after,
                                                         std::size_t limit) {
  return read([&] {
    auto query = prepared(reader_, sql(kEntryColumns, "WHERE project = ? AND token > ? ORDER BY token LIMIT ?").c_str(),
                          project, hex_or_empty(after), static_cast<std::int64_t>(limit));
    return all(query, entry_from);
  });
}

Result<std::optional<CrosswalkObject>> SqliteStore::find_object(const ObjectId& object) {
  return read([&]() -> Result<std::optional<CrosswalkObject>> {
    auto query = prepared(reader_, sql(kObjectColumns, "WHERE object = ?").c_str(), object.str());
    VG_ASSIGN(auto found, all(query, object_from));
    return first(std::move(found));
  });
}

Result<std::vector<CrosswalkObject>> SqliteStore::objects_of(const std::string& project, const Sha256& token) {
  return read([&] { return objects_in(reader_, project, token); });
}

Result<std::vector<CrosswalkObject>> SqliteStore::find_output(const std::string& project, const Sha256& output_key) {
  return read([&] {
    auto query = prepared(reader_, sql(kObjectColumns, "WHERE output_key = ? AND project = ? ORDER BY rowid").c_str(),
                          output_key.hex(), project);
    return all(query, object_from);
  });
}

Result<std::vector<ObjectId>> SqliteStore::find_instance(const InstanceKey& key) {
  return read([&]() -> Result<std::vector<ObjectId>> {
    auto query =
        prepared(reader_, "SELECT id FROM jobs WHERE instance_key = ? ORDER BY received_at, rowid", key.value.hex());
    std::vector<ObjectId> found;
    while (query.executeStep()) {
      VG_ASSIGN(ObjectId id, ObjectId::parse(query.getColumn(0).getString()));
      found.push_back(std::move(id));
    }
    return found;
  });
}

/// One walk over all deliveries ever made: an erasure is rare, an index on the audit would cost every object.
Result<std::vector<DeliveryMade>> SqliteStore::deliveries_made(std::span<const ObjectId> objects) {
  std::set<std::string> wanted;
  for (const auto& id : objects) wanted.insert(id.str());
  return read([&]() -> Result<std::vector<DeliveryMade>> {
    auto query = prepared(reader_, "SELECT object, at, details FROM audit WHERE type = ? ORDER BY position",
                          std::string(audit::to_string(audit::EventType::DeliverySucceeded)));
    std::vector<DeliveryMade> found;
    while (query.executeStep()) {
      const std::string object = query.getColumn(0).getString();
      if (!wanted.contains(object)) continue;
      VG_ASSIGN(ObjectId id, ObjectId::parse(object));
      const auto details = nlohmann::json::parse(query.getColumn(2).getString());
      found.push_back({std::move(id), details.value("destination", ""), query.getColumn(1).getInt64()});
    }
    return found;
  });
}

Result<std::string> SqliteStore::assign_number(const std::string& project, const Sha256& token,
                                               const std::function<std::string(std::int64_t)>& shown) {
  return write([&]() -> Result<std::string> {
    auto mine =
        prepared(writer_, "SELECT number FROM pseudonym_numbers WHERE project = ? AND token = ?", project, token.hex());
    if (mine.executeStep()) return shown(mine.getColumn(0).getInt64());
    const std::int64_t last = last_number(writer_, project);
    for (std::int64_t number = last + 1; number <= last + limits::kMaxTakenNumbers; ++number) {
      const std::string pseudonym = shown(number);
      if (is_taken(writer_, project, pseudonym)) continue;
      put_number(writer_, project, token, number);
      return pseudonym;
    }
    return fail(ErrorKind::Refused, "pseudonym.exhausted", "the next numbers of the sequence are all taken already");
  });
}

Result<void> SqliteStore::put_crosswalk(const ObjectId& object, const CrosswalkChange& change, TimeMs now) {
  VG_ASSIGN(const auto there, entry_of(writer_, change.project, change.token));
  if ((there ? there->sealed : std::string()) != change.read) {
    return fail(ErrorKind::Transient, "crosswalk.moved", "the patient's entry in the crosswalk was changed meanwhile");
  }
  if (!change.pseudonym.empty() && is_anothers(writer_, change)) {
    return fail(ErrorKind::Refused, "pseudonym.taken", "another patient of the project has this pseudonym already");
  }
  if (!change.sealed.empty()) {
    put_entry(writer_, change, now);
  } else if (!there) {
    return fail(ErrorKind::Bug, "crosswalk.no_entry", "an object was to be linked to an entry that does not exist");
  }
  put_object(writer_, object, change);
  return {};
}

Result<void> SqliteStore::erase(const Erasure& erasure) {
  const auto erased = write([&]() -> Result<void> {
    const TimeMs now = now_ms();
    const std::string token = erasure.token.hex();
    VG_ASSIGN(const auto there, entry_of(writer_, erasure.project, erasure.token));
    if (!there) return fail(ErrorKind::Refused, "crosswalk.unknown", "the crosswalk has no such patient");
    VG_ASSIGN(const auto objects, objects_in(writer_, erasure.project, erasure.token));
    VG_TRY(check_at_rest(writer_, objects));
    VG_TRY(note_files_removed(writer_, erasure.files_removed, now));
    for (const char* table : {"crosswalk_objects", "crosswalk", "pseudonym_numbers"}) {
      const std::string text = std::string("DELETE FROM ") + table + " WHERE project = ? AND token = ?";
      prepared(writer_, text.c_str(), erasure.project, token).exec();
    }
    prepared(writer_, "INSERT INTO crosswalk_erased (project, token_digest, at) VALUES (?, ?, ?)", erasure.project,
             sha256(token).hex(), now)
        .exec();
    return append_events(writer_, key_, erasure.events);
  });
  if (!erased) return erased;
  return truncate_log();
}

/// The log keeps older pages until it is emptied: only then are the bytes gone.
Result<void> SqliteStore::truncate_log() {
  const std::lock_guard lock(write_mutex_);
  const std::lock_guard no_reader(read_mutex_);
  return guarded([&]() -> Result<void> {
    SQLite::Statement checkpoint(writer_, "PRAGMA wal_checkpoint(TRUNCATE)");
    if (checkpoint.executeStep() && checkpoint.getColumn(0).getInt() == 0) return {};
    return fail(ErrorKind::Transient, "crosswalk.log",
                "the store's log is in use and still has copies of what was erased");
  });
}

}  // namespace veilgate::store
