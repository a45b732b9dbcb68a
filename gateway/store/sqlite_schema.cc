#include "store/sqlite_schema.h"

#include <string>

#include "store/sqlite_chain.h"

namespace veilgate::store {
namespace {

constexpr int kSchemaVersion = 3;
constexpr int kApplicationId = 0x56474154;  // "VGAT", so that file(1) and we know a store from another database

// due_at: 0 = may be leased at once, else the moment when a lease or a wait ends. The two partial indexes keep "oldest
// ready" and "what became due" short however many jobs are terminal, leased or waiting.
constexpr const char* kTables = R"sql(
CREATE TABLE jobs (
  id TEXT PRIMARY KEY NOT NULL,
  instance_key TEXT NOT NULL,
  dataset_sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  calling_ae TEXT NOT NULL,
  called_ae TEXT NOT NULL,
  peer TEXT NOT NULL,
  sop_class TEXT NOT NULL,
  transfer_syntax TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  received_day INTEGER NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0,
  lease_owner TEXT NOT NULL DEFAULT '',
  lease_ttl INTEGER NOT NULL DEFAULT 0,
  route TEXT NOT NULL DEFAULT '',
  facts TEXT NOT NULL DEFAULT '{}',
  output_sha256 TEXT NOT NULL DEFAULT '',
  reason_code TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  updated_at INTEGER NOT NULL
);
CREATE INDEX jobs_instance ON jobs(instance_key);
CREATE INDEX jobs_ready ON jobs(state, received_at) WHERE due_at = 0;
CREATE INDEX jobs_waiting ON jobs(state, due_at) WHERE due_at > 0;
CREATE INDEX jobs_leased ON jobs(lease_owner) WHERE lease_owner <> '';
CREATE INDEX jobs_counted ON jobs(route, received_day, state);

CREATE TABLE deliveries (
  object TEXT NOT NULL REFERENCES jobs(id),
  destination TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0,
  lease_owner TEXT NOT NULL DEFAULT '',
  last_code TEXT NOT NULL DEFAULT '',
  received_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  output_sha256 TEXT NOT NULL DEFAULT '',
  delivered_sha256 TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (object, destination)
);
CREATE INDEX deliveries_ready ON deliveries(destination, received_at) WHERE state = 'pending' AND due_at = 0;
CREATE INDEX deliveries_waiting ON deliveries(destination, due_at) WHERE state = 'pending' AND due_at > 0;
CREATE INDEX deliveries_leased ON deliveries(lease_owner) WHERE lease_owner <> '';

CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  object TEXT NOT NULL REFERENCES jobs(id),
  reviewer TEXT NOT NULL,
  decision TEXT NOT NULL,
  note TEXT NOT NULL,
  output_sha256 TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX reviews_object ON reviews(object);

CREATE TABLE audit (
  position INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  object TEXT NOT NULL,
  actor TEXT NOT NULL,
  details TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_type ON audit(type);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  seal TEXT NOT NULL
);
)sql";

/// From version 1: what a delivery is about was that of its job.
constexpr const char* kToVersion2 = R"sql(
ALTER TABLE deliveries ADD COLUMN output_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN delivered_sha256 TEXT NOT NULL DEFAULT '';
UPDATE deliveries SET output_sha256 = (SELECT j.output_sha256 FROM jobs j WHERE j.id = object);
UPDATE deliveries SET delivered_sha256 = output_sha256 WHERE state = 'delivered';
)sql";

// A token is a keyed digest of who the patient is; `sealed` is opaque here. A number of the sequence outlives its
// patient's row in `last`. A tombstone holds a digest of the token.
constexpr const char* kCrosswalkTables = R"sql(
CREATE TABLE crosswalk (
  project TEXT NOT NULL,
  token TEXT NOT NULL,
  pseudonym TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (project, token)
);
CREATE INDEX crosswalk_pseudonym ON crosswalk(project, pseudonym);

CREATE TABLE crosswalk_objects (
  object TEXT PRIMARY KEY NOT NULL REFERENCES jobs(id),
  project TEXT NOT NULL,
  token TEXT NOT NULL,
  output_key TEXT NOT NULL,
  sealed BLOB NOT NULL
);
CREATE INDEX crosswalk_objects_patient ON crosswalk_objects(project, token);
CREATE INDEX crosswalk_objects_output ON crosswalk_objects(output_key) WHERE output_key <> '';

CREATE TABLE pseudonym_numbers (
  project TEXT NOT NULL,
  token TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (project, token),
  UNIQUE (project, number)
);
CREATE TABLE pseudonym_sequences (
  project TEXT PRIMARY KEY NOT NULL,
  last INTEGER NOT NULL
);

CREATE TABLE crosswalk_erased (
  id INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  token_digest TEXT NOT NULL,
  at INTEGER NOT NULL
);
)sql";

int number(SQLite::Database& db, const char* query) { return db.execAndGet(query).getInt(); }

Result<void> create(SQLite::Database& db, const SecretKey& key) {
  if (number(db, "SELECT count(*) FROM sqlite_master") != 0) {
    return fail(ErrorKind::Config, "store.foreign", "the store file is a database of something else");
  }
  db.exec(kTables);
  db.exec(kCrosswalkTables);
  db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  db.exec("PRAGMA user_version = " + std::to_string(kSchemaVersion));
  insert_genesis(db, key);
  return {};
}

Result<void> check_and_migrate(SQLite::Database& db, int version) {
  if (number(db, "PRAGMA application_id") != kApplicationId) {
    return fail(ErrorKind::Config, "store.foreign", "the store file is a database of something else");
  }
  if (version > kSchemaVersion) {
    return fail(ErrorKind::Config, "store.newer",
                "the store has schema version " + std::to_string(version) + ", this program knows up to " +
                    std::to_string(kSchemaVersion) + ": use the newer program");
  }
  if (version < 2) db.exec(kToVersion2);
  if (version < 3) db.exec(kCrosswalkTables);
  if (version < kSchemaVersion) db.exec("PRAGMA user_version = " + std::to_string(kSchemaVersion));
  return {};
}

}  // namespace

Result<void> prepare_schema(SQLite::Database& db, const SecretKey& key) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = number(db, "PRAGMA user_version");
  VG_TRY(version == 0 ? create(db, key) : check_and_migrate(db, version));
  transaction.commit();
  return {};
}

}  // namespace veilgate::store
