// What only the SQLite store promises: its file, its schema, its speed with many rows.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "base/files.h"
#include "store/audited_states.h"
#include "store/store.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::store {
namespace {

class SqliteFile : public testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "sub" / "store.db"; }
  Result<std::unique_ptr<Store>> open() const { return open_sqlite(file(), test::test_key()); }
  void sql(const std::string& text) const {
    SQLite::Database(file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(text);
  }
  /// Takes out what later versions have added.
  void make_version_one() const {
    SQLite::Database db(file().string(), SQLite::OPEN_READWRITE);
    std::vector<std::string> later;
    SQLite::Statement tables(db,
                             "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND "
                             "name NOT IN ('jobs', 'deliveries', 'reviews', 'audit', 'audit_head')");
    while (tables.executeStep()) later.push_back(tables.getColumn(0).getString());
    tables.reset();
    for (const auto& table : later) db.exec("DROP TABLE " + table);
    for (const char* column : {"output_sha256", "delivered_sha256"}) {
      db.exec(std::string("ALTER TABLE deliveries DROP COLUMN ") + column);
    }
    db.exec("PRAGMA user_version = 1");
  }
  test::TempFolder folder_;
};

TEST_F(SqliteFile, IsPrivateAndSoAreItsCompanions) {
  const auto store = open();
  ASSERT_OK(store);
  const audit::Event event;
  ASSERT_OK((*store)->append({&event, 1}));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(file().parent_path())) {
    struct stat info {};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0600u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 3) << "database, WAL, shared memory";
}

TEST_F(SqliteFile, RefusesANewerSchema) {
  ASSERT_OK(open());
  sql("PRAGMA user_version = 99");
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  EXPECT_EQ(refused.error().code, "store.newer");
}

TEST_F(SqliteFile, RefusesADatabaseOfSomethingElseAndWhatIsNone) {
  std::filesystem::create_directory(file().parent_path());
  sql("CREATE TABLE patients (name TEXT)");
  EXPECT_EQ(open().error().code, "store.foreign");
  const std::string noise(8192, 'x');
  ASSERT_OK(write_durably(file(), {reinterpret_cast<const std::uint8_t*>(noise.data()), noise.size()}));
  EXPECT_EQ(open().error().kind, ErrorKind::Config);
}

TEST_F(SqliteFile, ManyMayOpenANewStoreAtOnce) {
  std::atomic<int> opened{0};
  std::vector<std::thread> openers;
  for (int i = 0; i < 8; ++i) openers.emplace_back([&] { opened += open().has_value() ? 1 : 0; });
  for (auto& opener : openers) opener.join();
  EXPECT_EQ(opened, 8);
}

TEST_F(SqliteFile, TamperedRowIsAnErrorNotACrash) {
  const auto store = open();
  ASSERT_OK(store);
  const auto one = test::admission("instance");
  ASSERT_OK((*store)->admit({&one, 1}));
  sql("UPDATE jobs SET facts = '{broken'");
  EXPECT_EQ((*store)->find(one.id).error().code, "store.corrupt");
  sql("UPDATE jobs SET facts = '{}', state = 'sold'");
  EXPECT_EQ((*store)->find(one.id).error().kind, ErrorKind::Bug);
}

TEST_F(SqliteFile, DeliveriesOfVersionOneKnowWhatTheyDelivered) {
  const auto one = test::admission("instance");
  {
    const auto store = open();
    ASSERT_OK(store);
    ASSERT_OK((*store)->admit({&one, 1}));
    auto approved = transition_of(**(*store)->find(one.id), JobState::Approved);
    approved.output_sha256 = sha256("output");
    approved.deliveries = {"pacs", "folder"};
    ASSERT_OK((*store)->commit(approved));
    const auto pacs = (*store)->lease_delivery("pacs", "forward", 60'000);
    ASSERT_OK((*store)->finish_delivery(**pacs, DeliveryState::Delivered, "", {}));
  }
  make_version_one();
  const auto store = open();
  ASSERT_OK(store);
  const auto deliveries = *(*store)->deliveries(one.id);
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].output_sha256, sha256("output"));
  EXPECT_FALSE(deliveries[0].delivered_sha256);
  EXPECT_EQ(deliveries[1].delivered_sha256, sha256("output"));
}

class AgainstTheAudit : public SqliteFile {
 protected:
  void SetUp() override {
    auto opened = open();
    ASSERT_OK(opened);
    store_ = std::move(*opened);
    ASSERT_OK(store_->admit({&one_, 1}));
    commit(JobState::Routed, audit::EventType::ObjectRouted, {{"route", "photos"}});
    commit(JobState::Masked, audit::EventType::ObjectMasked, {{"output_sha256", sha256("output").hex()}},
           sha256("output"));
  }
  void commit(JobState to, audit::EventType type, nlohmann::json details, std::optional<Sha256> output = {}) {
    auto transition = transition_of(**store_->find(one_.id), to);
    transition.output_sha256 = output;
    transition.events.push_back({type, one_.id, "gateway", std::move(details)});
    ASSERT_OK(store_->commit(transition));
  }
  std::vector<std::string> differences() {
    AuditedStates states;
    std::vector<std::string> found;
    EXPECT_TRUE(verify_audit(*store_, nullptr, [&](const audit::Row& row) { states.add(row); }));
    const auto compared = compare_with_audit(*store_, states);
    EXPECT_TRUE(compared);
    if (compared) {
      for (const auto& one : *compared) found.push_back(one.what);
    }
    return found;
  }
  const Admission one_ = test::admission("instance");
  std::unique_ptr<Store> store_;
};

TEST_F(AgainstTheAudit, JobsThatTheGatewayMovedAgree) {
  EXPECT_TRUE(differences().empty());
  commit(JobState::InReview, audit::EventType::ObjectHeld, {{"review", {{"required", 1}}}, {"code", "review.policy"}});
  EXPECT_TRUE(differences().empty());
  commit(JobState::Quarantined, audit::EventType::ObjectQuarantined, {{"code", "x"}});
  EXPECT_TRUE(differences().empty());
}

TEST_F(AgainstTheAudit, AnEditedStateOrOutputIsNamed) {
  sql("UPDATE jobs SET state = 'approved'");
  EXPECT_EQ(differences(), std::vector<std::string>{"is approved, by the audit masked"});
  sql("UPDATE jobs SET state = 'masked', output_sha256 = '" + sha256("other").hex() + "'");
  EXPECT_EQ(differences(), std::vector<std::string>{"names an output that the audit does not know"});
}

TEST_F(AgainstTheAudit, AJobThatWasRemovedOrPutInIsNamed) {
  sql("UPDATE jobs SET id = '" + ObjectId::random().str() + "'");
  EXPECT_EQ(differences(), (std::vector<std::string>{"is not in the audit", "is not in the store"}));
}

TEST_F(AgainstTheAudit, AGatewayThatGoesOnWorkingIsNoDifference) {
  std::atomic<bool> stop{false};
  std::thread worker([&] {
    const auto other = open();
    while (!stop && other) {
      for (const auto to : {JobState::Held, JobState::Received}) {
        auto transition = transition_of(**(*other)->find(one_.id), to);
        const bool held = to == JobState::Held;
        transition.events.push_back({held ? audit::EventType::ObjectHeld : audit::EventType::ReviewRequeued,
                                     one_.id,
                                     "gateway",
                                     {{"code", "x"}, {"to", to_string(to)}}});
        if (!(*other)->commit(transition)) return;
      }
    }
  });
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(differences().empty());
  stop = true;
  worker.join();
}

/// The bound is generous, for busy machines; what it finds is a walk over the whole queue at every lease.
TEST_F(SqliteFile, LeaseStaysShortBesideHundredThousandRows) {
  const auto store = open();
  ASSERT_OK(store);
  sql("INSERT INTO jobs (id, instance_key, dataset_sha256, size_bytes, calling_ae, called_ae, peer, sop_class, "
      "transfer_syntax, received_at, received_day, state, due_at, updated_at) "
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
      "SELECT printf('%032x', i), printf('%064x', i), printf('%064x', i), 1, 'A', 'B', '', '1.2', '1.2', i, 0, "
      "CASE i % 2 WHEN 0 THEN 'received' ELSE 'forwarded' END, "
      // A third waits for later, a third has waited long enough, a third is ready.
      "CASE i % 3 WHEN 0 THEN 4000000000000 WHEN 1 THEN 5 ELSE 0 END, 0 FROM n");
  const JobState states[] = {JobState::Received, JobState::Routed, JobState::Approved};
  const TimeMs started = now_ms();
  constexpr int kLeases = 200;
  for (int i = 0; i < kLeases; ++i) {
    const auto job = (*store)->lease(states, "runner", 60'000);
    ASSERT_TRUE(job && *job);
    ASSERT_OK((*store)->commit(transition_of(**job, JobState::Held)));
  }
  const auto each_us = (now_ms() - started) * 1000 / kLeases;
  RecordProperty("lease_and_commit_us", static_cast<int>(each_us));
  EXPECT_LT(each_us, 100'000) << "a walk over all rows would take longer even on an idle machine";
}

}  // namespace
}  // namespace veilgate::store
