#include <fcntl.h>
#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <thread>

#include "base/files.h"
#include "base/limits.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_store.h"

namespace veilgate::store {
namespace {

constexpr int kLockPollMs = 1;

/// SQLite's own waiting backs off to 100 ms, which starves a receiver beside busy runners: transactions here take 1 ms.
int wait_for_lock(void*, int waited) {
  if (waited * kLockPollMs >= limits::kStoreBusyMs) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(kLockPollMs));
  return 1;
}

SQLite::Database connect(const std::filesystem::path& file) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
  sqlite3_busy_handler(db.getHandle(), wait_for_lock, nullptr);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA foreign_keys = ON");
  db.exec("PRAGMA trusted_schema = OFF");
  db.exec(
      "PRAGMA secure_delete = ON");  // what is erased or replaced in the crosswalk is overwritten, not only unlinked
  db.exec("PRAGMA journal_size_limit = 67108864");  // after a burst the WAL file shrinks back to 64 MiB
  return db;
}

/// SQLite would create the file readable by others; the WAL and shared-memory files inherit the mode.
Result<void> create_private(const std::filesystem::path& file) {
  const FileDescriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (made.valid()) return sync_folder(file.has_parent_path() ? file.parent_path() : ".");
  if (errno == EEXIST) return {};
  return fail(ErrorKind::Config, "store.open", "cannot create the store " + file.string() + ": " + errno_text(errno));
}

Result<std::unique_ptr<Store>> open_once(const std::filesystem::path& file, const SecretKey& key) {
  try {
    auto writer = connect(file);
    VG_TRY(prepare_schema(writer, key));
    return std::make_unique<SqliteStore>(std::move(writer), connect(file), key);
  } catch (const SQLite::Exception& exception) {
    Error error = sqlite_error(exception);
    if (error.kind == ErrorKind::Transient) return fail(std::move(error));
    return fail(ErrorKind::Config, "store.open", "cannot open the store " + file.string() + ": " + error.message);
  }
}

}  // namespace

Error sqlite_error(const SQLite::Exception& exception) {
  const std::string text = exception.getErrorStr();
  switch (exception.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::Transient, "store.locked", "the store is busy: " + text};
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
      return {ErrorKind::Transient, "store.disk", "the store cannot be written or read: " + text};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {ErrorKind::Config, "store.unusable", "the store file cannot be used: " + text};
    default:
      return {ErrorKind::Bug, "store.sql", "the store refused a statement: " + text};
  }
}

SqliteStore::SqliteStore(SQLite::Database writer, SQLite::Database reader, const SecretKey& key)
    : key_(key), writer_(std::move(writer)), reader_(std::move(reader)) {}

void SqliteStore::set_sync(Sync sync) {
  if (sync == sync_) return;
  // NORMAL in WAL mode: the transaction is atomic and survives a kill; the next full one makes it durable.
  writer_.exec(sync == Sync::Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  sync_ = sync;
}

Result<std::unique_ptr<Store>> SqliteStore::open(const std::filesystem::path& file, const SecretKey& key) {
  if (file.has_parent_path()) VG_TRY(make_folder(file.parent_path()));
  VG_TRY(create_private(file));
  // Two processes that switch a new file to WAL meet locks for which SQLite does not call the busy handler.
  auto opened = open_once(file, key);
  for (int waited = 0; !opened && opened.error().code == "store.locked" && waited < limits::kStoreBusyMs; ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(kLockPollMs));
    opened = open_once(file, key);
  }
  return opened;
}

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file, const SecretKey& key) {
  return SqliteStore::open(file, key);
}

}  // namespace veilgate::store
