// The receiver on the real spool and the real store.
#include "support/receive_fixture.h"
#include "support/store_tools.h"
#include "support/synthetic.h"

namespace veilgate::test {
namespace {

constexpr std::string_view kInstance = "1.2.826.0.1.3680043.2.3";

class ReceiveDurable : public ReceiveFixture {
 protected:
  ~ReceiveDurable() override { server_.reset(); }  // it works on what this class owns
  void SetUp() override {
    auto spool = spool::Spool::open(folder_.path() / "spool");
    auto store = store::open_sqlite(folder_.path() / "store.db", test_key());
    ASSERT_OK(spool);
    ASSERT_OK(store);
    disk_ = std::move(*spool);
    database_ = std::move(*store);
    config::Spool limits;
    limits.min_free_bytes = 0;
    auto started =
        receive::Server::start(receive_, limits, {*disk_, *database_, test_key(), {std::string(kExplicitLittle)}});
    ASSERT_OK(started);
    server_ = std::move(*started);
  }
  int store(const std::string& data, std::string_view instance = kInstance) {
    RawClient client(port());
    client.associate({photo()});
    return client.store(3, kVlPhoto, instance, data);
  }
  std::vector<store::Job> jobs() { return database_->list({}).value(); }

  synthetic::TempFolder folder_;
  std::unique_ptr<spool::Spool> disk_;
  std::unique_ptr<store::Store> database_;
};

TEST_F(ReceiveDurable, AcknowledgedObjectHasItsFileAndItsJob) {
  const std::string data = dataset(2'000'000);
  ASSERT_EQ(store(data), 0);
  ASSERT_EQ(jobs().size(), 1U);
  const store::Job job = jobs()[0];
  EXPECT_EQ(job.state, store::JobState::Received);
  const std::string file = synthetic::read_bytes(disk_->original(job.admission.id));
  EXPECT_EQ(file.size(), job.admission.size_bytes);
  EXPECT_EQ(sha256(file.substr(file.size() - data.size())), sha256(data));
}

TEST_F(ReceiveDurable, DuplicateLeavesOneFileConflictTwo) {
  ASSERT_EQ(store(dataset(1'000, 1)), 0);
  ASSERT_EQ(store(dataset(1'000, 1)), 0);
  EXPECT_EQ(disk_->list_originals().value().size(), 1U);
  ASSERT_EQ(store(dataset(1'000, 2)), 0);
  EXPECT_EQ(disk_->list_originals().value().size(), 2U);
  int held = 0;
  for (const auto& job : jobs())
    held += job.state == store::JobState::Held && job.reason_code == "receive.conflict" ? 1 : 0;
  EXPECT_EQ(held, 1);
}

TEST_F(ReceiveDurable, InterruptedObjectLeavesNoFileAndNoJob) {
  RawClient client(port());
  client.associate({photo()});
  client.send_command(3, wire::store_command(kVlPhoto, kInstance));
  client.send(wire::pdu(4, wire::pdv(3, false, false, dataset(8'000))));
  EXPECT_TRUE(eventually([&] { return disk_->list_originals().value().size() == 1; }));
  client.reset();
  EXPECT_TRUE(eventually([&] { return disk_->list_originals().value().empty(); }));
  EXPECT_TRUE(jobs().empty());
}

TEST_F(ReceiveDurable, ParallelPeersLoseNothing) {
  constexpr int kPeers = 6;
  constexpr int kObjects = 10;
  std::atomic<int> acknowledged{0};
  std::vector<std::thread> threads;
  for (int peer = 0; peer < kPeers; ++peer) {
    threads.emplace_back([&, peer] {
      RawClient client(port());
      client.associate({photo()});
      for (int i = 0; i < kObjects; ++i) {
        const std::string instance = std::string(kInstance) + "." + std::to_string(peer) + "." + std::to_string(i);
        acknowledged += client.store(3, kVlPhoto, instance, dataset(50'000, peer * 100 + i)) == 0 ? 1 : 0;
      }
      client.release();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(acknowledged, kPeers * kObjects);
  EXPECT_EQ(jobs().size(), static_cast<std::size_t>(kPeers * kObjects));
  EXPECT_EQ(disk_->list_originals().value().size(), static_cast<std::size_t>(kPeers * kObjects));
}

}  // namespace
}  // namespace veilgate::test
