#include "support/receive_fixture.h"

namespace veilgate::test {
namespace {

using audit::EventType;
constexpr std::string_view kInstance = "1.2.826.0.1.3680043.2.1";

class ReceiveStore : public ReceiveFixture {
 protected:
  void open(RawClient& client) { ASSERT_EQ(client.associate({photo()})->type, 2); }
  // One C-STORE on an association of its own.
  int store(const std::string& data, std::string_view instance = kInstance) {
    RawClient client(port());
    open(client);
    const int status = client.store(3, kVlPhoto, instance, data);
    client.release();
    return status;
  }
  void expect_nothing_kept() {
    EXPECT_TRUE(eventually([&] { return spool_.open_objects == 0; }));
    EXPECT_TRUE(spool_.kept().empty());
    EXPECT_TRUE(store_.admissions().empty());
  }
  void expect_refused(const std::string& reason) {
    EXPECT_TRUE(eventually([&] { return store_.events().size() == 1; }));
    EXPECT_EQ(store_.reasons(EventType::ObjectRefused), std::vector<std::string>{reason});
  }
};

TEST_F(ReceiveStore, KeepsEveryByteBehindAPart10Header) {
  start();
  const std::string data = dataset(300'000);
  ASSERT_EQ(store(data), 0x0000);
  const auto kept = spool_.kept();
  ASSERT_EQ(kept.size(), 1U);
  const std::string& file = kept.begin()->second;
  ASSERT_GT(file.size(), data.size() + 132);
  EXPECT_EQ(file.substr(0, 128), std::string(128, '\0'));
  EXPECT_EQ(file.substr(128, 4), "DICM");
  EXPECT_EQ(file.substr(file.size() - data.size()), data);
  const std::string meta = file.substr(132, file.size() - data.size() - 132);
  EXPECT_NE(meta.find(kInstance), std::string::npos);
  EXPECT_NE(meta.find(kExplicitLittle), std::string::npos);
  EXPECT_EQ(meta.find("PHOTOAPP"), std::string::npos) << "the peer's name is not part of the object";
}

TEST_F(ReceiveStore, AdmitsWhatItReceived) {
  start();
  const std::string data = dataset(5'000);
  ASSERT_EQ(store(data), 0x0000);
  const auto admissions = store_.admissions();
  ASSERT_EQ(admissions.size(), 1U);
  const auto& admission = admissions[0];
  EXPECT_EQ(admission.calling_ae.str(), "PHOTOAPP");
  EXPECT_EQ(admission.called_ae.str(), "VEILGATE");
  EXPECT_EQ(admission.peer, "127.0.0.1");
  EXPECT_EQ(admission.sop_class.str(), kVlPhoto);
  EXPECT_EQ(admission.transfer_syntax.str(), kExplicitLittle);
  EXPECT_EQ(admission.dataset_sha256, sha256(std::string(kExplicitLittle) + data));
  EXPECT_EQ(admission.size_bytes, spool_.kept().at(admission.id.str()).size());
  const std::array<std::uint8_t, SecretKey::kBytes> key{1, 2, 3};
  EXPECT_EQ(admission.instance_key.value, SecretKey(key).hmac("instance", kInstance));
}

TEST_F(ReceiveStore, AcknowledgesDuplicateAndDropsTheCopy) {
  start();
  EXPECT_EQ(store(dataset(5'000)), 0x0000);
  EXPECT_EQ(store(dataset(5'000)), 0x0000);
  EXPECT_EQ(spool_.kept().size(), 1U);
  EXPECT_EQ(server_->stats().objects_duplicate, 1U);
}

TEST_F(ReceiveStore, KeepsConflictingObjectForAPerson) {
  start();
  EXPECT_EQ(store(dataset(5'000, 1)), 0x0000);
  EXPECT_EQ(store(dataset(5'000, 2)), 0x0000);
  EXPECT_EQ(spool_.kept().size(), 2U);
  EXPECT_EQ(server_->stats().objects_conflict, 1U);
}

TEST_F(ReceiveStore, AnswersA700WhenTheSpoolIsFullAndGoesOn) {
  start();
  spool_.full = true;
  RawClient client(port());
  open(client);
  EXPECT_EQ(client.store(3, kVlPhoto, kInstance, dataset(200'000)), 0xA700);
  expect_refused("spool.full");
  expect_nothing_kept();
  spool_.full = false;
  EXPECT_EQ(client.store(3, kVlPhoto, kInstance, dataset(200'000)), 0x0000);
}

TEST_F(ReceiveStore, AnswersA700WhenTheDiskFillsUpMeanwhile) {
  start();
  spool_.finish_fails = true;
  EXPECT_EQ(store(dataset(200'000)), 0xA700);
  expect_refused("spool.write_failed");
  expect_nothing_kept();
}

TEST_F(ReceiveStore, AnswersA700WhenTheStoreFails) {
  store_.before_admit = [](MemoryStore::Group) -> Result<void> {
    return fail(ErrorKind::Transient, "store.locked", "Locked.");
  };
  start();
  EXPECT_EQ(store(dataset(1'000)), 0xA700);
  expect_refused("store.locked");
  expect_nothing_kept();
}

TEST_F(ReceiveStore, OneBadRowDoesNotFailItsGroup) {
  store_.before_admit = [](MemoryStore::Group group) -> Result<void> {
    if (group.size() > 1 || group[0].calling_ae.str() == "BAD")
      return fail(ErrorKind::Bug, "store.bad_row", "Bad row.");
    return {};
  };
  start();
  std::vector<std::thread> threads;
  std::atomic<int> good{0}, bad{0};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      RawClient client(port());
      client.associate({photo()}, i == 0 ? "BAD" : "GOOD");
      const int status = client.store(3, kVlPhoto, std::string(kInstance) + std::to_string(i), dataset(1'000, i));
      ++(status == 0 ? good : bad);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 5);
  EXPECT_EQ(bad, 1);
}

TEST_F(ReceiveStore, AnswersA700ToAnObjectOverTheLimitAndGoesOn) {
  receive_.max_object_bytes = 100'000;
  start();
  RawClient client(port());
  open(client);
  EXPECT_EQ(client.store(3, kVlPhoto, kInstance, dataset(150'000)), 0xA700);
  expect_refused("receive.too_large");
  expect_nothing_kept();
  EXPECT_EQ(client.store(3, kVlPhoto, kInstance, dataset(50'000)), 0x0000);
}

TEST_F(ReceiveStore, CutsOffAPeerThatNeverStops) {
  receive_.max_object_bytes = 100'000;
  start();
  RawClient client(port());
  open(client);
  client.send_command(3, wire::store_command(kVlPhoto, kInstance));
  client.send_dataset(3, dataset(5'000'000));
  EXPECT_NE(client.receive_type(), 4) << "aborted or closed, no answer";
  expect_refused("store.too_large");
  expect_nothing_kept();
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveStore, AnswersA900ToAClassThatIsNotTheContexts) {
  start();
  RawClient client(port());
  open(client);
  EXPECT_EQ(client.store(3, kSecondaryCapture, kInstance, dataset(1'000)), 0xA900);
  expect_refused("store.class_mismatch");
  expect_nothing_kept();
}

TEST_F(ReceiveStore, Answers0122ToAnUnknownClass) {
  start();
  RawClient client(port());
  open(client);
  EXPECT_EQ(client.store(3, "1.2.840.10008.5.1.4.1.1.2", kInstance, dataset(1'000)), 0x0122);
  expect_refused("store.unknown_class");
  expect_nothing_kept();
}

TEST_F(ReceiveStore, AnswersC000ToABadInstanceUid) {
  start();
  RawClient client(port());
  open(client);
  EXPECT_EQ(client.store(3, kVlPhoto, "not-a-uid", dataset(1'000)), 0xC000);
  expect_refused("store.bad_instance_uid");
  expect_nothing_kept();
}

TEST_F(ReceiveStore, AnswersC000ToAnEmptyDataset) {
  start();
  RawClient client(port());
  open(client);
  EXPECT_EQ(client.store(3, kVlPhoto, kInstance, ""), 0xC000);
  expect_refused("store.no_dataset");
  expect_nothing_kept();
}

TEST_F(ReceiveStore, CommandThatAnnouncesNoDatasetEndsTheAssociation) {
  start();
  RawClient client(port());
  open(client);
  client.send_command(3, wire::store_command(kVlPhoto, kInstance, false));
  EXPECT_EQ(client.receive_type(), 7);
  EXPECT_TRUE(eventually([&] { return store_.events().size() == 1; }));
  EXPECT_EQ(store_.reasons(EventType::AssociationRefused), std::vector<std::string>{"command.malformed"});
  expect_nothing_kept();
}

TEST_F(ReceiveStore, NoRefusalTellsWhatWasReceived) {
  start();
  RawClient client(port());
  open(client);
  client.store(3, kVlPhoto, "1.2.3.bad", dataset(1'000));
  client.store(3, "1.2.840.10008.5.1.4.1.1.2", kInstance, dataset(1'000));
  EXPECT_TRUE(eventually([&] { return store_.events().size() == 2; }));
  for (const auto& event : store_.events()) {
    const std::string text = event.details.dump();
    EXPECT_EQ(text.find("1.2."), std::string::npos) << text;
    EXPECT_EQ(text.find("DOE"), std::string::npos) << text;
  }
}

TEST_F(ReceiveStore, AbortOrDisconnectInsideADatasetLeavesNothing) {
  start();
  for (const bool polite : {true, false}) {
    RawClient client(port());
    open(client);
    client.send_command(3, wire::store_command(kVlPhoto, kInstance));
    client.send(wire::pdu(4, wire::pdv(3, false, false, dataset(8'000))));
    EXPECT_TRUE(eventually([&] { return spool_.open_objects == 1; }));
    polite ? (void)client.send(wire::pdu(7, std::string(4, '\0'))) : client.reset();
    expect_nothing_kept();
  }
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveStore, GathersObjectsOfParallelAssociationsIntoOneGroup) {
  std::mutex gate;
  gate.lock();
  std::atomic<int> entered{0};
  store_.before_admit = [&](MemoryStore::Group) -> Result<void> {
    if (entered++ == 0) std::lock_guard wait(gate);
    return {};
  };
  start();
  constexpr int kPeers = 8;
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  const auto peer = [&](int i) {
    RawClient client(port());
    client.associate({photo()});
    good += client.store(3, kVlPhoto, std::string(kInstance) + std::to_string(i), dataset(1'000, i)) == 0 ? 1 : 0;
  };
  threads.emplace_back(peer, 0);
  ASSERT_TRUE(eventually([&] { return entered == 1; }));
  for (int i = 1; i < kPeers; ++i) threads.emplace_back(peer, i);
  // All have finished their objects when the spool holds one for each.
  ASSERT_TRUE(eventually([&] { return spool_.open_objects == kPeers; }));
  EXPECT_EQ(good, 0) << "nothing is acknowledged before its commit";
  gate.unlock();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, kPeers);
  EXPECT_EQ(store_.admissions().size(), static_cast<std::size_t>(kPeers));
  EXPECT_LT(store_.group_sizes().size(), static_cast<std::size_t>(kPeers));
}

}  // namespace
}  // namespace veilgate::test
