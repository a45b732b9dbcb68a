#include "base/limits.h"
#include "support/receive_fixture.h"

namespace veilgate::test {
namespace {

using audit::EventType;

class ReceiveAssociation : public ReceiveFixture {
 protected:
  void allow(std::string_view ae_title, std::vector<std::string> peers = {}) {
    receive_.allow_any_peer = false;
    receive_.allow.push_back({AeTitle::parse(ae_title).value(), std::move(peers)});
  }
  // result, source and reason of an A-ASSOCIATE-RJ: "1.1.7"; the type when the answer is something else.
  static std::string rejection(const std::optional<Pdu>& answer) {
    if (!answer) return "closed";
    if (answer->type != 3) return "type " + std::to_string(answer->type);
    const auto& b = answer->body;
    return std::to_string(b[1]) + "." + std::to_string(b[2]) + "." + std::to_string(b[3]);
  }
};

TEST_F(ReceiveAssociation, AnswersEcho) {
  start();
  EXPECT_TRUE(alive());
  EXPECT_EQ(server_->stats().echoes, 1U);
}

TEST_F(ReceiveAssociation, RejectsWrongCalledAe) {
  start();
  EXPECT_EQ(rejection(RawClient(port()).associate({photo()}, "PHOTOAPP", "OTHER")), "1.1.7");
  EXPECT_TRUE(eventually([&] { return store_.events().size() == 1; }));
  EXPECT_EQ(store_.reasons(EventType::AssociationRefused), std::vector<std::string>{"association.called_ae"});
}

TEST_F(ReceiveAssociation, TakesAnyCalledAeWhenToldSo) {
  receive_.check_called_ae = false;
  start();
  EXPECT_EQ(RawClient(port()).associate({photo()}, "PHOTOAPP", "OTHER")->type, 2);
}

TEST_F(ReceiveAssociation, RejectsEverybodyWhenNobodyIsAllowed) {
  receive_.allow_any_peer = false;
  start();
  EXPECT_EQ(rejection(RawClient(port()).associate({photo()})), "1.1.3");
}

TEST_F(ReceiveAssociation, RejectsUnknownCallingAe) {
  allow("CAMERA");
  start();
  EXPECT_EQ(rejection(RawClient(port()).associate({photo()})), "1.1.3");
  EXPECT_EQ(RawClient(port()).associate({photo()}, "CAMERA")->type, 2);
}

TEST_F(ReceiveAssociation, RejectsKnownAeFromForeignAddress) {
  allow("CAMERA", {"10.0.0.0/8"});
  start();
  EXPECT_EQ(rejection(RawClient(port()).associate({photo()}, "CAMERA")), "1.1.3");
  EXPECT_TRUE(eventually([&] { return store_.events().size() == 1; }));
  EXPECT_EQ(store_.reasons(EventType::AssociationRefused), std::vector<std::string>{"association.peer_address"});
}

TEST_F(ReceiveAssociation, TakesKnownAeFromItsBlock) {
  allow("CAMERA", {"10.0.0.0/8", "127.0.0.0/24"});
  start();
  EXPECT_EQ(RawClient(port()).associate({photo()}, "CAMERA")->type, 2);
}

TEST_F(ReceiveAssociation, RejectsForeignApplicationContext) {
  start();
  RawClient client(port());
  client.send(wire::associate_request("PHOTOAPP", "VEILGATE", {photo()}, "1.2.3"));
  EXPECT_EQ(rejection(client.receive()), "1.1.2");
}

TEST_F(ReceiveAssociation, RejectsTransientlyOverTheTotalCap) {
  receive_.max_associations = 1;
  start();
  RawClient first(port());
  ASSERT_EQ(first.associate({photo()})->type, 2);
  EXPECT_EQ(rejection(RawClient(port()).associate({photo()}, "OTHERAE")), "2.3.2");
  ASSERT_TRUE(first.release());
  first.close();
  EXPECT_TRUE(eventually([&] { return server_->open_associations() == 0; }));
  EXPECT_EQ(RawClient(port()).associate({photo()}, "OTHERAE")->type, 2);
}

TEST_F(ReceiveAssociation, RejectsTransientlyOverTheCapOfOneAe) {
  receive_.max_associations_per_ae = 1;
  start();
  RawClient first(port());
  ASSERT_EQ(first.associate({photo()})->type, 2);
  EXPECT_EQ(rejection(RawClient(port()).associate({photo()})), "2.3.2");
  EXPECT_EQ(RawClient(port()).associate({photo()}, "OTHERAE")->type, 2);
}

TEST_F(ReceiveAssociation, RejectsTransientlyOverTheCapOfOneAddress) {
  receive_.max_associations_per_address = 3;
  start();
  std::vector<std::unique_ptr<RawClient>> open;
  for (int i = 0; i < receive_.max_associations_per_address; ++i) {
    open.push_back(std::make_unique<RawClient>(port()));
    ASSERT_EQ(open.back()->associate({photo()}, "AE" + std::to_string(i))->type, 2);
  }
  EXPECT_EQ(rejection(RawClient(port()).associate({photo()}, "ONEMORE")), "2.3.2");
}

TEST_F(ReceiveAssociation, FloodOfRefusalsIsCountedNotWritten) {
  start();
  constexpr int kFlood = limits::kMaxRefusedAssociationRowsPerMinute + 20;
  for (int i = 0; i < kFlood; ++i) {
    ASSERT_EQ(rejection(RawClient(port()).associate({photo()}, "PHOTOAPP", "OTHER")), "1.1.7");
  }
  EXPECT_TRUE(eventually([&] { return server_->stats().associations_refused == std::uint64_t{kFlood}; }));
  server_.reset();
  const auto events = store_.events();
  ASSERT_EQ(events.size(), static_cast<std::size_t>(limits::kMaxRefusedAssociationRowsPerMinute) + 1);
  EXPECT_EQ(events.back().details.at("left_out"), 20);
}

TEST_F(ReceiveAssociation, PrefersMaskableSyntaxesInTheProposersOrder) {
  start();
  RawClient client(port());
  const auto answer = client.associate({{1, kVlPhoto, {kJpeg2000, kJpegBaseline, kExplicitLittle}},
                                        {3, kVlPhoto, {kExplicitLittle, kJpegBaseline}},
                                        {5, kVlPhoto, {kJpeg2000}},
                                        {7, kVlPhoto, {"1.2.3.4.5"}},
                                        {9, "1.2.840.10008.5.1.4.1.1.2", {kExplicitLittle}},
                                        {11, kVerification, {kImplicitLittle}}});
  ASSERT_EQ(answer->type, 2);
  EXPECT_EQ(RawClient::context_result(*answer, 1), kJpegBaseline);
  EXPECT_EQ(RawClient::context_result(*answer, 3), kExplicitLittle);
  EXPECT_EQ(RawClient::context_result(*answer, 5), kJpeg2000) << "unmaskable, accepted into hold";
  EXPECT_EQ(RawClient::context_result(*answer, 7), "-4");
  EXPECT_EQ(RawClient::context_result(*answer, 9), "-3") << "CT is no photograph";
  EXPECT_EQ(RawClient::context_result(*answer, 11), kImplicitLittle);
}

TEST_F(ReceiveAssociation, RefusesUnmaskableSyntaxesAndClassesWhenToldSo) {
  receive_.accept_unmaskable = false;
  start();
  constexpr std::string_view kEncapsulatedPdf = "1.2.840.10008.5.1.4.1.1.104.1";
  const auto answer =
      RawClient(port()).associate({{1, kVlPhoto, {kJpeg2000}}, {3, kEncapsulatedPdf, {kExplicitLittle}}});
  EXPECT_EQ(RawClient::context_result(*answer, 1), "-4");
  EXPECT_EQ(RawClient::context_result(*answer, 3), "-3");
}

TEST_F(ReceiveAssociation, ManyTransferSyntaxesDoNotBreakIt) {
  start();
  std::vector<std::string> many;
  for (int i = 0; i < 300; ++i) many.push_back("1.2.3." + std::to_string(i));
  RawClient client(port());
  (void)client.associate({{1, kVlPhoto, {many.begin(), many.end()}}});
  EXPECT_TRUE(alive());
}

TEST_F(ReceiveAssociation, ListensOnIpv6AndSeesIpv4PeersAsSuch) {
  receive_.bind = "::";
  allow("CAMERA", {"127.0.0.1"});
  auto started = receive::Server::start(receive_, {}, {spool_, store_, SecretKey(std::array<std::uint8_t, 32>{}), {}});
  if (!started) GTEST_SKIP() << "no IPv6 here";
  EXPECT_EQ(RawClient((*started)->port()).associate({{1, kVerification, {kImplicitLittle}}}, "CAMERA")->type, 2);
}

TEST_F(ReceiveAssociation, SaysWhenThePortIsTaken) {
  start();
  receive_.port = port();
  const auto second =
      receive::Server::start(receive_, {}, {spool_, store_, SecretKey(std::array<std::uint8_t, 32>{}), {}});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "receive.bind");
  EXPECT_EQ(second.error().kind, ErrorKind::Config);
}

}  // namespace
}  // namespace veilgate::test
