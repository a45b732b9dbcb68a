#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <mutex>
#include <utility>

#include "store/store.h"

namespace veilgate::store {

/// What a failure of SQLite means to a caller. Carries SQLite's fixed text for the code, never values.
Error sqlite_error(const SQLite::Exception& exception);

/// One file, one connection for writes and one for reads, each used by one thread at a time.
class SqliteStore final : public Store, private CrosswalkRows {
 public:
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& file, const SecretKey& key);
  SqliteStore(SQLite::Database writer, SQLite::Database reader, const SecretKey& key);

  Result<std::vector<AdmitVerdict>> admit(std::span<const Admission> group) override;
  Result<std::optional<Job>> lease(std::span<const JobState> states, const std::string& owner,
                                   std::int64_t ttl_ms) override;
  Result<std::int64_t> commit(const Transition& transition) override;
  Result<void> retry_later(const Job& job, TimeMs not_before, bool forgive, std::vector<audit::Event> events) override;
  Result<int> release_leases(const std::string& owner_prefix) override;

  Result<std::optional<Job>> find(const ObjectId& id) override;
  Result<std::vector<Job>> list(const JobFilter& filter) override;
  Result<std::vector<Review>> reviews(const ObjectId& id) override;
  Result<std::vector<Delivery>> deliveries(const ObjectId& id) override;

  Result<std::optional<Delivery>> lease_delivery(const std::string& destination, const std::string& owner,
                                                 std::int64_t ttl_ms) override;
  Result<void> finish_delivery(const Delivery& delivery, DeliveryState state, const std::string& code,
                               std::vector<audit::Event> events) override;
  Result<void> retry_delivery_later(const Delivery& delivery, TimeMs not_before, bool forgive, const std::string& code,
                                    std::vector<audit::Event> events) override;

  Result<std::vector<CountRow>> counts() override;
  Result<Totals> totals() override;

  Result<void> append(std::span<const audit::Event> events) override;
  Result<std::vector<audit::Row>> audit_rows(std::int64_t after, std::size_t limit) override;
  Result<std::optional<audit::Head>> audit_head() override;

  CrosswalkRows& crosswalk() override { return *this; }

 private:
  // sqlite_crosswalk.cc
  Result<bool> empty() override;
  Result<std::optional<CrosswalkEntry>> find_entry(const std::string& project, const Sha256& token) override;
  Result<std::vector<CrosswalkEntry>> find_pseudonym(const std::string& project, const std::string& pseudonym) override;
  Result<std::vector<CrosswalkEntry>> entries(const std::string& project, const std::optional<Sha256>& after,
                                              std::size_t limit) override;
  Result<std::optional<CrosswalkObject>> find_object(const ObjectId& object) override;
  Result<std::vector<CrosswalkObject>> objects_of(const std::string& project, const Sha256& token) override;
  Result<std::vector<CrosswalkObject>> find_output(const std::string& project, const Sha256& output_key) override;
  Result<std::vector<ObjectId>> find_instance(const InstanceKey& key) override;
  Result<std::vector<DeliveryMade>> deliveries_made(std::span<const ObjectId> objects) override;
  Result<std::string> assign_number(const std::string& project, const Sha256& token,
                                    const std::function<std::string(std::int64_t)>& shown) override;
  Result<void> erase(const Erasure& erasure) override;
  Result<void> truncate_log() override;
  /// Inside of commit().
  Result<void> put_crosswalk(const ObjectId& object, const CrosswalkChange& change, TimeMs now);

  enum class Sync { Full, WithNext };

  /// Runs `body` in one write transaction; commits when it succeeds, rolls back on its error or any exception.
  template <typename Body>
  auto write(Body&& body, Sync sync = Sync::Full) -> decltype(body()) {
    const std::lock_guard lock(write_mutex_);
    return guarded([&]() -> decltype(body()) {
      set_sync(sync);
      SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
      auto result = body();
      if (result) transaction.commit();
      return result;
    });
  }

  template <typename Body>
  auto read(Body&& body) -> decltype(body()) {
    const std::lock_guard lock(read_mutex_);
    return guarded(std::forward<Body>(body));
  }

  template <typename Body>
  static auto guarded(Body&& body) -> decltype(body()) {
    try {
      return body();
    } catch (const SQLite::Exception& exception) {
      return fail(sqlite_error(exception));
    } catch (const nlohmann::json::exception&) {
      return fail(ErrorKind::Bug, "store.corrupt", "a row of the store holds no valid JSON");
    }
  }

  void set_sync(Sync sync);
  Result<AdmitVerdict> admit_one(const Admission& admission, std::vector<audit::Event>& events);
  Result<void> put_deliveries(const Job& job, const std::vector<std::string>& destinations, TimeMs now);
  /// Ends an approved job when none of its deliveries waits any more; tells whether it did.
  Result<bool> settle_job(const ObjectId& id, TimeMs now, std::vector<audit::Event>& events);

  SecretKey key_;
  std::mutex write_mutex_;
  SQLite::Database writer_;
  Sync sync_ = Sync::Full;
  std::mutex read_mutex_;
  SQLite::Database reader_;
};

}  // namespace veilgate::store
