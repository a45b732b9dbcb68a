#include "base/limits.h"
#include "support/receive_fixture.h"

namespace veilgate::test {
namespace {

using std::chrono::milliseconds;
constexpr std::string_view kInstance = "1.2.826.0.1.3680043.2.2";

class ReceiveHostile : public ReceiveFixture {
 protected:
  void open(RawClient& client) { ASSERT_EQ(client.associate({photo()})->type, 2); }
  // After A-ABORT or at once, but the connection ends.
  static bool cut_off(RawClient& client) {
    const int type = client.receive_type();
    return type == 0 || (type == 7 && client.receive_type() == 0);
  }
};

TEST_F(ReceiveHostile, SilentPeersDelayNobody) {
  receive_.max_associations = 2;
  start();
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 40; ++i) silent.push_back(std::make_unique<RawClient>(port()));
  EXPECT_TRUE(eventually([&] { return server_->stats().connections == 40; }));
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, PeersThatStopInsideTheirRequestDelayNobody) {
  receive_.max_associations = 2;
  start();
  const std::string request = wire::associate_request("PHOTOAPP", "VEILGATE", {photo()});
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(std::make_unique<RawClient>(port()));
    slow.back()->send(request.substr(0, request.size() - 1));
  }
  EXPECT_TRUE(alive());
  slow[39]->send(request.substr(request.size() - 1));
  EXPECT_EQ(slow[39]->receive_type(), 2) << "late, but in time";
}

TEST_F(ReceiveHostile, ConnectionFloodPushesOutTheOldestNotTheNew) {
  start();
  std::vector<std::unique_ptr<RawClient>> silent;
  for (std::size_t i = 0; i < limits::kMaxPendingPerAddress + 10; ++i)
    silent.push_back(std::make_unique<RawClient>(port()));
  EXPECT_TRUE(alive());
  EXPECT_EQ(silent[0]->receive_type(), 0);
}

TEST_F(ReceiveHostile, SilentPeerIsClosedAfterTheAssociationTimeout) {
  receive_.association_timeout_ms = 50;
  start();
  RawClient client(port());
  EXPECT_EQ(client.receive_type(), 0);
}

TEST_F(ReceiveHostile, IdleAssociationIsAborted) {
  receive_.idle_timeout_ms = 50;
  start();
  RawClient client(port());
  open(client);
  EXPECT_TRUE(cut_off(client));
}

TEST_F(ReceiveHostile, TrickledObjectIsAbortedAfterTheObjectTimeout) {
  receive_.object_timeout_ms = 200;
  receive_.idle_timeout_ms = 20'000;
  start();
  RawClient client(port());
  open(client);
  client.send_command(3, wire::store_command(kVlPhoto, kInstance));
  // Never idle for long, never done.
  while (client.send(wire::pdu(4, wire::pdv(3, false, false, "ab")))) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(eventually([&] { return spool_.open_objects == 0 && server_->open_associations() == 0; }));
  EXPECT_TRUE(store_.admissions().empty());
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, SlowPeerIsServedAsLongAsItKeepsTheLimits) {
  start();
  RawClient client(port());
  open(client);
  const std::string data = dataset(600);
  const std::string bytes = wire::pdu(4, wire::pdv(3, true, true, wire::store_command(kVlPhoto, kInstance))) +
                            wire::pdu(4, wire::pdv(3, false, true, data));
  for (const char c : bytes) client.send(std::string(1, c));
  EXPECT_EQ(client.receive_status(), 0);
}

TEST_F(ReceiveHostile, CommandSetBombIsCutOffBeforeItIsParsed) {
  start();
  // 20,000 nested sequences of undefined length, 16 bytes each: 320 KB.
  std::string bomb;
  for (int i = 0; i < 20'000; ++i) {
    bomb += wire::little16(0x0008) + wire::little16(0x1140) + wire::little32(0xffffffff);
    bomb += wire::little16(0xfffe) + wire::little16(0xe000) + wire::little32(0xffffffff);
  }
  for (const std::size_t fragment : {std::size_t{60'000}, std::size_t{1'000}}) {
    RawClient client(port());
    open(client);
    for (std::size_t at = 0; at < bomb.size(); at += fragment) {
      if (!client.send(wire::pdu(4, wire::pdv(3, true, at + fragment >= bomb.size(), bomb.substr(at, fragment)))))
        break;
    }
    EXPECT_TRUE(cut_off(client));
  }
  EXPECT_TRUE(eventually([&] { return store_.events().size() == 2; }));
  EXPECT_EQ(store_.reasons(audit::EventType::AssociationRefused), std::vector<std::string>(2, "command.too_large"));
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, SmallBombInsideTheCapIsHarmless) {
  start();
  std::string bomb;
  while (bomb.size() + 16 <= limits::kMaxCommandSetBytes) {
    bomb += wire::little16(0x0008) + wire::little16(0x1140) + wire::little32(0xffffffff);
    bomb += wire::little16(0xfffe) + wire::little16(0xe000) + wire::little32(0xffffffff);
  }
  RawClient client(port());
  open(client);
  client.send_command(3, bomb);
  EXPECT_TRUE(cut_off(client));
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, InterleavedDatasetFragmentsDoNotResetTheCap) {
  start();
  RawClient client(port());
  open(client);
  for (int i = 0; i < 100; ++i) {
    if (!client.send(wire::pdu(4, wire::pdv(3, true, false, std::string(1'000, 'x'))))) break;
    if (!client.send(wire::pdu(4, wire::pdv(3, false, false, "xx")))) break;
  }
  EXPECT_TRUE(cut_off(client));
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, GarbageBeforeTheAssociationIsClosed) {
  start();
  const std::string long_body(200, 'x');
  const std::string_view hello = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string huge = std::string("\x01\0\xff\xff\xff\xff", 6) + long_body;
  const std::string tiny = wire::pdu(1, "xx");
  const std::string data_first = wire::pdu(4, wire::pdv(1, true, true, wire::echo_command()));
  for (const std::string& bytes :
       {std::string(hello), huge, tiny, data_first, std::string(4'000, '\xff'), std::string(4'000, '\0')}) {
    RawClient client(port());
    client.send(bytes);
    EXPECT_TRUE(cut_off(client));
  }
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, MangledAssociateRequestsDoNotHurt) {
  start();
  const std::string good =
      wire::associate_request("PHOTOAPP", "VEILGATE", {photo(), {5, kVerification, {kImplicitLittle}}});
  // Every byte of the variable part set to 255 in turn: item types, lengths, ids and texts.
  for (std::size_t at = 74; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = '\xff';
    RawClient client(port());
    client.send(bad);
    client.close();
  }
  EXPECT_TRUE(eventually([&] { return alive(); }));
}

TEST_F(ReceiveHostile, BrokenPdusOnAnAssociationEndIt) {
  start();
  const std::string command = wire::echo_command();
  const std::vector<std::string> broken{
      std::string("\x04\0\x7f\xff\xff\xff", 6) + std::string(100, 'x'),  // absurd PDU length
      wire::pdu(4, wire::big32(0xffffffff) + "\x03\x03" + command),      // absurd PDV length
      wire::pdu(4, wire::big32(1) + std::string(6, '\3')),               // PDV shorter than its head
      wire::pdu(4, wire::pdv(3, true, true, command) + "xyz"),           // bytes left over
      wire::pdu(4, ""),                                                  // no PDV
      wire::pdu(4, wire::pdv(99, true, true, command)),                  // context that does not exist
      wire::pdu(9, "xxxx"),                                              // unknown PDU
      wire::pdu(5, std::string(4'000, 'x')),                             // long release
      wire::associate_request("PHOTOAPP", "VEILGATE", {photo()}),        // a second request
      wire::pdu(4, wire::pdv(3, true, true, std::string(500, '\xee'))),  // no command set
      wire::pdu(4, wire::pdv(3, true, true, "")),                        // empty command set
      wire::pdu(4, wire::pdv(3, false, true, dataset(100))),             // dataset without command
      std::string(300, '\xff')};
  for (std::size_t i = 0; i < broken.size(); ++i) {
    RawClient client(port());
    open(client);
    client.send(broken[i]);
    EXPECT_TRUE(cut_off(client)) << i;
  }
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, OtherOperationsEndTheAssociation) {
  start();
  // C-FIND, C-GET, C-MOVE, N-ACTION, N-EVENT-REPORT, a response nobody asked for, nonsense.
  for (const int operation : {0x0020, 0x0010, 0x0021, 0x0130, 0x0100, 0x8001, 0x7777}) {
    RawClient client(port());
    open(client);
    client.send_command(
        3, wire::with_group_length(wire::element(0x0002, std::string(kVlPhoto)) +
                                   wire::element(0x0100, wire::little16(static_cast<std::size_t>(operation))) +
                                   wire::element(0x0110, wire::little16(1)) + wire::element(0x0700, wire::little16(0)) +
                                   wire::element(0x0800, wire::little16(0x0101))));
    EXPECT_TRUE(cut_off(client)) << operation;
  }
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveHostile, CancelIsIgnored) {
  start();
  RawClient client(port());
  open(client);
  client.send_command(3, wire::with_group_length(wire::element(0x0100, wire::little16(0x0fff)) +
                                                 wire::element(0x0120, wire::little16(1)) +
                                                 wire::element(0x0800, wire::little16(0x0101))));
  EXPECT_EQ(client.store(3, kVlPhoto, kInstance, dataset(100)), 0);
}

TEST_F(ReceiveHostile, ObjectOnAnotherContextThanItsCommandIsDropped) {
  start();
  RawClient client(port());
  ASSERT_EQ(client.associate({photo(3), {5, kSecondaryCapture, {kJpegBaseline}}})->type, 2);
  client.send_command(3, wire::store_command(kVlPhoto, kInstance));
  client.send_dataset(5, dataset(1'000));
  EXPECT_TRUE(cut_off(client));
  EXPECT_TRUE(store_.admissions().empty());
}

TEST_F(ReceiveHostile, PeerThatNeverReadsItsAnswersCannotHoldAThread) {
  receive_.idle_timeout_ms = 100;
  receive_.max_associations = 1;
  start();
  RawClient client(port());
  ASSERT_EQ(client.associate({{1, kVerification, {kImplicitLittle}}})->type, 2);
  const std::string echo = wire::pdu(4, wire::pdv(1, true, true, wire::echo_command()));
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += echo;
  while (client.send(many)) {
  }
  EXPECT_TRUE(eventually([&] { return server_->open_associations() == 0; }));
}

TEST_F(ReceiveHostile, StopEndsIdleAssociationsAtOnce) {
  start();
  RawClient client(port());
  open(client);
  server_->stop(milliseconds(10'000));
  EXPECT_TRUE(cut_off(client));
}

TEST_F(ReceiveHostile, StopLetsARunningStoreFinish) {
  start();
  RawClient client(port());
  open(client);
  const std::string data = dataset(8'000);
  client.send_command(3, wire::store_command(kVlPhoto, kInstance));
  client.send(wire::pdu(4, wire::pdv(3, false, false, data.substr(0, 4'000))));
  ASSERT_TRUE(eventually([&] { return spool_.open_objects == 1; }));
  std::thread stopper([&] { server_->stop(milliseconds(20'000)); });
  // The port closes first: once it does, the stop is under way.
  EXPECT_TRUE(eventually([&] { return !RawClient(port()).connected(); }));
  client.send(wire::pdu(4, wire::pdv(3, false, true, data.substr(4'000))));
  EXPECT_EQ(client.receive_status(), 0);
  EXPECT_TRUE(cut_off(client));
  stopper.join();
  EXPECT_EQ(store_.admissions().size(), 1U);
}

TEST_F(ReceiveHostile, StopAbortsAStoreAfterTheGracePeriod) {
  start();
  RawClient client(port());
  open(client);
  client.send_command(3, wire::store_command(kVlPhoto, kInstance));
  client.send(wire::pdu(4, wire::pdv(3, false, false, dataset(8'000))));
  ASSERT_TRUE(eventually([&] { return spool_.open_objects == 1; }));
  server_->stop(milliseconds(10));
  EXPECT_EQ(spool_.open_objects, 0);
  EXPECT_TRUE(store_.admissions().empty());
  EXPECT_TRUE(cut_off(client));
}

}  // namespace
}  // namespace veilgate::test
