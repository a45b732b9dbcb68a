#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"
#include "dicom/net/pdu_guard.h"
#include "receive/access.h"
#include "receive/committer.h"
#include "receive/refusal_audit.h"
#include "support/raw_dicom_client.h"
#include "support/receive_fakes.h"

namespace veilgate::test {
namespace {

using dicom::net::PduGuard;
using dicom::net::PduRole;

bool feed(PduGuard& guard, const std::string& bytes) {
  return guard.feed({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}
std::string request() { return wire::associate_request("A", "B", {{1, kVerification, {kImplicitLittle}}}); }

TEST(PduGuard, TakesAWholeConversationInPiecesOfAnySize) {
  const std::string talk = request() + wire::pdu(4, wire::pdv(1, true, true, wire::echo_command())) +
                           wire::pdu(4, wire::pdv(1, true, false, "abc") + wire::pdv(1, true, true, "")) +
                           wire::pdu(4, wire::pdv(1, false, true, std::string(100'000, 'x'))) +
                           wire::pdu(5, std::string(4, '\0'));
  for (const std::size_t piece : {1, 2, 5, 7, 100, 1'000'000}) {
    PduGuard guard(PduRole::Acceptor);
    for (std::size_t at = 0; at < talk.size(); at += piece)
      ASSERT_TRUE(feed(guard, talk.substr(at, piece))) << guard.violation();
  }
}

TEST(PduGuard, CountsACommandSetOverAllItsFragments) {
  PduGuard guard(PduRole::Acceptor);
  feed(guard, request());
  const std::string part = wire::pdu(4, wire::pdv(1, true, false, std::string(limits::kMaxCommandSetBytes / 4, 'x')));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(feed(guard, part));
  EXPECT_FALSE(feed(guard, wire::pdu(4, wire::pdv(1, true, false, "x"))));
  EXPECT_EQ(guard.violation(), "command.too_large");
  EXPECT_FALSE(feed(guard, "")) << "stays failed";
}

TEST(PduGuard, StartsANewCountAfterACommandsEnd) {
  PduGuard guard(PduRole::Acceptor);
  feed(guard, request());
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(feed(guard, wire::pdu(4, wire::pdv(1, true, true, std::string(10'000, 'x')))));
}

TEST(PduGuard, KnowsWhichSideMayAsk) {
  PduGuard requestor(PduRole::Requestor);
  EXPECT_FALSE(feed(requestor, request()));
  PduGuard acceptor(PduRole::Acceptor);
  EXPECT_FALSE(feed(acceptor, wire::pdu(3, std::string(4, '\0'))));
}

TEST(PduGuard, SurvivesRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    PduGuard guard(PduRole::Acceptor);
    std::string bytes = round % 2 == 0 ? request() : "";
    for (int i = 0; i < 300; ++i) bytes += static_cast<char>(random() % (round % 3 == 0 ? 6 : 256));
    (void)feed(guard, bytes);
  }
}

bool inside(std::string_view block, std::string_view address) {
  return IpBlock::parse(block).value().contains(IpAddress::parse(address).value());
}

TEST(IpBlock, MatchesAddressesAndPrefixes) {
  EXPECT_TRUE(inside("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(inside("10.1.2.3", "10.1.2.4"));
  EXPECT_TRUE(inside("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(inside("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(inside("192.168.4.0/22", "192.168.7.255"));
  EXPECT_FALSE(inside("192.168.4.0/22", "192.168.8.0"));
  EXPECT_TRUE(inside("0.0.0.0/0", "1.2.3.4"));
  EXPECT_TRUE(inside("fd00::/8", "fd12:3456::1"));
  EXPECT_FALSE(inside("fd00::/8", "fe80::1"));
  EXPECT_FALSE(inside("::/0", "1.2.3.4")) << "the families stay apart";
  EXPECT_TRUE(inside("1.2.3.4", "::ffff:1.2.3.4")) << "but a mapped address is IPv4";
}

TEST(IpBlock, RefusesWhatIsNone) {
  for (const auto text :
       {"", "10.1.2", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "fd00::/129", "host.example"}) {
    EXPECT_FALSE(IpBlock::parse(text).has_value()) << text;
  }
}

TEST(RefusalAudit, ResumesAfterAMinuteAndSaysWhatIsMissing) {
  MemoryStore store;
  {
    receive::RefusalAudit refusals(store);
    const auto start = receive::RefusalAudit::Clock::now();
    constexpr auto kType = audit::EventType::AssociationRefused;
    for (int i = 0; i < limits::kMaxRefusedAssociationRowsPerMinute + 5; ++i)
      refusals.record(kType, "A", {{"reason", "r"}}, start);
    EXPECT_EQ(store.events().size(), static_cast<std::size_t>(limits::kMaxRefusedAssociationRowsPerMinute));
    refusals.record(kType, "A", {{"reason", "r"}}, start + std::chrono::seconds(61));
    EXPECT_EQ(store.events().back().details.at("left_out"), 5);
  }
  EXPECT_EQ(store.events().size(), static_cast<std::size_t>(limits::kMaxRefusedAssociationRowsPerMinute) + 1);
}

store::Admission admission(const spool::Incoming& object) {
  return {object.id(),
          InstanceKey{sha256(object.id().str())},
          sha256("x"),
          1,
          AeTitle::sanitized("A"),
          AeTitle::sanitized("B"),
          "127.0.0.1",
          Uid::parse("1.2").value(),
          Uid::parse("1.2").value(),
          0};
}

TEST(Committer, ObjectThatTimedOutInTheQueueIsNotCommittedLater) {
  MemorySpool spool;
  MemoryStore store;
  std::mutex gate;
  gate.lock();
  std::atomic<int> entered{0};
  store.before_admit = [&](MemoryStore::Group) -> Result<void> {
    ++entered;
    std::lock_guard wait(gate);
    return {};
  };
  {
    receive::Committer committer(store);
    std::thread first([&] {
      auto object = spool.begin("", 100, 0).value();
      auto row = admission(*object);
      EXPECT_TRUE(committer.submit(std::move(row), std::move(object), 20'000).has_value());
    });
    while (entered == 0) std::this_thread::yield();
    auto object = spool.begin("", 100, 0).value();
    auto row = admission(*object);
    const auto late = committer.submit(std::move(row), std::move(object), 1);
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, "receive.admit_timeout");
    gate.unlock();
    first.join();
  }
  EXPECT_EQ(store.admissions().size(), 1U);
  EXPECT_EQ(spool.kept().size(), 1U);
}

TEST(Committer, ObjectWhoseCommitCameTooLateKeepsItsFile) {
  MemorySpool spool;
  MemoryStore store;
  std::mutex gate;
  gate.lock();
  store.before_admit = [&](MemoryStore::Group) -> Result<void> {
    std::lock_guard wait(gate);
    return {};
  };
  {
    receive::Committer committer(store);
    auto object = spool.begin("", 100, 0).value();
    auto row = admission(*object);
    // Long enough for the committer to have taken it in any ordinary run; both outcomes below are legal.
    const auto late = committer.submit(std::move(row), std::move(object), 200);
    ASSERT_FALSE(late.has_value());
    gate.unlock();
  }
  EXPECT_EQ(spool.kept().size(), store.admissions().size()) << "a row has its file, and a file its row";
}

}  // namespace
}  // namespace veilgate::test
