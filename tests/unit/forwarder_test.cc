#include "forward/forwarder.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "support/forward_fixture.h"

namespace veilgate::forward {
namespace {

using store::Delivery;
using store::DeliveryState;

/// The deliveries of one destination in memory; everything else is not asked for.
class FakeStore : public store::Store {
 public:
  void add(const Outgoing& output, store::JobState state = store::JobState::Approved) {
    const std::lock_guard lock(mutex_);
    const AeTitle ae = *AeTitle::parse("TEST");
    const Uid uid = *Uid::parse("1.2");
    store::Job job{.admission = {output.id, {}, {}, 1, ae, ae, "", uid, uid, 0},
                   .route = {},
                   .output_sha256 = {},
                   .reason_code = {},
                   .reason = {}};
    job.state = state;
    job.output_sha256 = output.expected_sha256;
    jobs_.insert_or_assign(output.id, job);
    queue_.push_back({.object = output.id,
                      .destination = "research",
                      .last_code = {},
                      .output_sha256 = output.expected_sha256,
                      .delivered_sha256 = output.replaces});
  }
  void lose_job(const ObjectId& id) { jobs_.erase(id); }
  /// Waits until nothing is pending.
  bool wait_until_done() {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, std::chrono::seconds(30), [this] { return queue_.empty() && !leased_; });
  }
  bool wait_for_retries(std::size_t count) {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, std::chrono::seconds(30), [&] { return retries.size() >= count; });
  }

  Result<std::optional<Delivery>> lease_delivery(const std::string& destination, const std::string& owner,
                                                 std::int64_t) override {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(destination, "research");
    EXPECT_EQ(owner, "forward:research");
    if (lease_fails_) return fail(ErrorKind::Transient, "store.locked", "locked");
    if (queue_.empty() || queue_.front().not_before > now_ms()) return std::optional<Delivery>();
    Delivery delivery = queue_.front();
    queue_.pop_front();
    leased_ = true;
    ++delivery.attempts;
    return std::optional(delivery);
  }
  Result<void> finish_delivery(const Delivery& delivery, DeliveryState state, const std::string& code,
                               std::vector<audit::Event> new_events) override {
    const std::lock_guard lock(mutex_);
    if (finish_failures_ > 0) {
      --finish_failures_;
      return fail(ErrorKind::Transient, "store.locked", "locked");
    }
    finished[delivery.object] = {state, code};
    events.insert(events.end(), new_events.begin(), new_events.end());
    leased_ = false;
    done_.notify_all();
    return {};
  }
  Result<void> retry_delivery_later(const Delivery& delivery, TimeMs not_before, bool forgive, const std::string& code,
                                    std::vector<audit::Event> new_events) override {
    const std::lock_guard lock(mutex_);
    if (forgive) {
      given_back.push_back(delivery.object);
      leased_ = false;
      return {};
    }
    EXPECT_GT(not_before, 0);
    Delivery again = delivery;
    again.last_code = code;
    again.not_before = not_before;
    queue_.push_back(again);
    leased_ = false;
    retries.push_back(not_before - now_ms());
    events.insert(events.end(), new_events.begin(), new_events.end());
    done_.notify_all();
    return {};
  }
  Result<std::optional<store::Job>> find(const ObjectId& id) override {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return std::optional<store::Job>();
    return std::optional(found->second);
  }

  Result<std::vector<store::AdmitVerdict>> admit(std::span<const store::Admission>) override { return unexpected(); }
  Result<std::optional<store::Job>> lease(std::span<const store::JobState>, const std::string&, std::int64_t) override {
    return unexpected();
  }
  Result<std::int64_t> commit(const store::Transition& transition) override {
    const std::lock_guard lock(mutex_);
    committed.push_back(transition);
    return transition.expected_version + 1;
  }
  Result<void> retry_later(const store::Job&, TimeMs, bool, std::vector<audit::Event>) override { return unexpected(); }
  Result<int> release_leases(const std::string&) override { return unexpected(); }
  Result<std::vector<store::Job>> list(const store::JobFilter&) override { return unexpected(); }
  Result<std::vector<store::Review>> reviews(const ObjectId&) override { return unexpected(); }
  Result<std::vector<Delivery>> deliveries(const ObjectId&) override { return unexpected(); }
  Result<std::vector<store::CountRow>> counts() override { return unexpected(); }
  Result<store::Totals> totals() override { return unexpected(); }
  Result<void> append(std::span<const audit::Event>) override { return unexpected(); }
  Result<std::vector<audit::Row>> audit_rows(std::int64_t, std::size_t) override { return unexpected(); }
  Result<std::optional<audit::Head>> audit_head() override { return unexpected(); }
  store::CrosswalkRows& crosswalk() override { std::abort(); }

  std::map<ObjectId, std::pair<DeliveryState, std::string>> finished;
  std::vector<std::int64_t> retries;
  std::vector<store::Transition> committed;
  std::vector<ObjectId> given_back;
  std::vector<audit::Event> events;
  int finish_failures_ = 0;
  bool lease_fails_ = false;

 private:
  static tl::unexpected<Error> unexpected() {
    ADD_FAILURE() << "not a matter of the forwarder";
    return fail(ErrorKind::Bug, "test", "unexpected call");
  }
  std::mutex mutex_;
  std::condition_variable done_;
  std::deque<Delivery> queue_;
  std::map<ObjectId, store::Job> jobs_;
  bool leased_ = false;
};

class FakeSpool : public spool::Spool {
 public:
  Result<std::unique_ptr<spool::Incoming>> begin(std::string_view, std::uint64_t, std::uint64_t) override {
    return fail(ErrorKind::Bug, "test", "no");
  }
  std::filesystem::path original(const ObjectId&) const override { return "/nonexistent"; }
  std::filesystem::path output(const ObjectId& id) const override { return "/outputs/" + id.str(); }
  Result<FileDescriptor> lock() override { return fail(ErrorKind::Bug, "test", "no"); }
  Result<std::vector<ObjectId>> list_originals() override { return fail(ErrorKind::Bug, "test", "no"); }
  Result<void> set_aside(const ObjectId&) override { return fail(ErrorKind::Bug, "test", "no"); }
  Result<void> discard(const ObjectId&) override { return fail(ErrorKind::Bug, "test", "no"); }
};

/// Answers from a script, then success.
class ScriptedDestination : public Destination {
 public:
  struct Log {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Error> errors;
    std::vector<Outgoing> sent;
    int idles = 0;
    bool blocked = false;  ///< send() waits for it to be false
    bool inside = false;
  };
  explicit ScriptedDestination(Log& log) : log_(log) {}
  Result<Receipt> send(const Outgoing& outgoing) override {
    std::unique_lock lock(log_.mutex);
    log_.inside = true;
    log_.changed.notify_all();
    log_.changed.wait(lock, [this] { return !log_.blocked; });
    log_.sent.push_back(outgoing);
    if (log_.errors.empty()) return Receipt{"dimse.status.0000"};
    auto error = log_.errors.front();
    log_.errors.pop_front();
    return fail(error);
  }
  void idle() override {
    const std::lock_guard lock(log_.mutex);
    ++log_.idles;
    log_.changed.notify_all();
  }

 private:
  Log& log_;
};

class ForwarderTest : public ::testing::Test {
 protected:
  std::unique_ptr<Forwarder> make() {
    ForwarderOptions options;
    options.poll_min_ms = options.poll_max_ms = 1;
    options.backoff_initial_ms = 4;
    options.backoff_max_ms = 20;
    options.jitter_seed = 5;
    return std::make_unique<Forwarder>(
        store_, spool_, "research", std::make_unique<ScriptedDestination>(log_),
        [this](const store::Job&) { return may_send_; }, options);
  }
  Outgoing add() {
    const Outgoing output{ObjectId::random(), "", sha256(std::to_string(++made_)), {}};
    store_.add(output);
    return output;
  }
  static Error transient(std::string code = "dimse.connect") { return {ErrorKind::Transient, std::move(code), "down"}; }

  FakeStore store_;
  FakeSpool spool_;
  ScriptedDestination::Log log_;
  Result<void> may_send_{};
  int made_ = 0;
};

TEST_F(ForwarderTest, DeliversEverythingWithTheApprovedDigest) {
  std::vector<Outgoing> outputs;
  for (int i = 0; i < 20; ++i) outputs.push_back(add());
  const auto forwarder = make();
  forwarder->start();
  ASSERT_TRUE(store_.wait_until_done());
  forwarder->stop();
  ASSERT_EQ(log_.sent.size(), 20u);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(log_.sent[i].expected_sha256, outputs[i].expected_sha256);
    EXPECT_EQ(log_.sent[i].file, "/outputs/" + outputs[i].id.str());
    EXPECT_EQ(store_.finished.at(outputs[i].id).first, DeliveryState::Delivered);
  }
  EXPECT_EQ(store_.events.size(), 20u);
  EXPECT_EQ(store_.events.front().type, audit::EventType::DeliverySucceeded);
  EXPECT_EQ(store_.events.front().details.at("destination"), "research");
  EXPECT_EQ(store_.events.front().details.at("code"), "dimse.status.0000");
  EXPECT_TRUE(store_.events.front().details.contains("ms"));
}

TEST_F(ForwarderTest, TransientFailuresAreTriedAgainUntilTheyPass) {
  for (int i = 0; i < 30; ++i) log_.errors.push_back(transient());
  const auto output = add();
  const auto forwarder = make();
  forwarder->start();
  ASSERT_TRUE(store_.wait_for_retries(30));
  ASSERT_TRUE(store_.wait_until_done());
  forwarder->stop();
  EXPECT_EQ(log_.sent.size(), 31u);
  EXPECT_EQ(store_.finished.at(output.id).first, DeliveryState::Delivered);
  for (const auto wait : store_.retries) EXPECT_LE(wait, 20);
}

TEST_F(ForwarderTest, AnOutageIsAuditedOncePerObjectAndCode) {
  for (int i = 0; i < 5; ++i) log_.errors.push_back(transient());
  log_.errors.push_back(transient("dimse.timeout"));
  add();
  const auto forwarder = make();
  forwarder->start();
  ASSERT_TRUE(store_.wait_for_retries(6));
  ASSERT_TRUE(store_.wait_until_done());
  forwarder->stop();
  ASSERT_EQ(store_.events.size(), 3u);
  EXPECT_EQ(store_.events[0].type, audit::EventType::AttemptFailed);
  EXPECT_EQ(store_.events[1].details.at("code"), "dimse.timeout");
  EXPECT_EQ(store_.events[2].type, audit::EventType::DeliverySucceeded);
}

TEST_F(ForwarderTest, EveryOtherFailureEndsTheDeliveryAndTheNextObjectGoesOn) {
  for (const auto kind : {ErrorKind::Permanent, ErrorKind::Refused, ErrorKind::Bug, ErrorKind::Config}) {
    log_.errors.push_back({kind, "dimse.status.A900", "no"});
    const auto bad = add(), good = add();
    const auto forwarder = make();
    EXPECT_TRUE(forwarder->run_once());
    EXPECT_TRUE(forwarder->run_once());
    EXPECT_FALSE(forwarder->run_once());
    EXPECT_EQ(store_.finished.at(bad.id), std::pair(DeliveryState::Failed, std::string("dimse.status.A900")));
    EXPECT_EQ(store_.finished.at(good.id).first, DeliveryState::Delivered);
  }
  EXPECT_EQ(store_.events.front().type, audit::EventType::DeliveryFailed);
}

TEST_F(ForwarderTest, NothingIsSentForAJobThatIsGoneOrNotReleased) {
  const auto lost = add();
  store_.lose_job(lost.id);
  const Outgoing held{ObjectId::random(), "", {}, {}};
  store_.add(held, store::JobState::Held);
  const auto forwarder = make();
  EXPECT_TRUE(forwarder->run_once());
  EXPECT_TRUE(forwarder->run_once());
  EXPECT_TRUE(log_.sent.empty());
  EXPECT_EQ(store_.finished.at(lost.id).second, "forward.no_output");
  EXPECT_FALSE(store_.finished.contains(held.id));
}

TEST_F(ForwarderTest, WhatMayNotBeSentIsHeldForAPersonWithItsCode) {
  may_send_ = fail(ErrorKind::Refused, "forward.unapproved", "not in the audit");
  const auto output = add();
  EXPECT_TRUE(make()->run_once());
  EXPECT_TRUE(log_.sent.empty());
  EXPECT_TRUE(store_.finished.empty()) << "a failed delivery could be sent again without a new run";
  ASSERT_EQ(store_.committed.size(), 1u);
  EXPECT_EQ(store_.committed[0].id, output.id);
  EXPECT_EQ(store_.committed[0].to, store::JobState::Held);
  EXPECT_EQ(store_.committed[0].reason_code, "forward.unapproved");
  ASSERT_EQ(store_.committed[0].events.size(), 1u);
  EXPECT_EQ(store_.committed[0].events[0].type, audit::EventType::ObjectHeld);
  EXPECT_EQ(store_.committed[0].events[0].details.at("code"), "forward.unapproved");
  EXPECT_EQ(store_.given_back, std::vector{output.id});
}

TEST_F(ForwarderTest, NothingIsSentWhileTheAuditCannotBeRead) {
  may_send_ = fail(ErrorKind::Transient, "forward.audit_broken", "not sealed");
  add();
  EXPECT_TRUE(make()->run_once());
  EXPECT_TRUE(log_.sent.empty());
  EXPECT_TRUE(store_.committed.empty());
  EXPECT_EQ(store_.retries.size(), 1u);
}

TEST_F(ForwarderTest, ADestinationHearsWhatItWasGivenBefore) {
  store_.add({ObjectId::random(), "", sha256("new"), sha256("old")});
  EXPECT_TRUE(make()->run_once());
  ASSERT_EQ(log_.sent.size(), 1u);
  EXPECT_EQ(log_.sent[0].replaces, sha256("old"));
}

TEST_F(ForwarderTest, AStoreThatIsLockedForAMomentLosesNoReceipt) {
  store_.finish_failures_ = 2;
  const auto output = add();
  EXPECT_TRUE(make()->run_once());
  EXPECT_EQ(store_.finished.at(output.id).first, DeliveryState::Delivered);
  EXPECT_EQ(log_.sent.size(), 1u);
}

TEST_F(ForwarderTest, AStoreThatCannotLeaseIsAskedAgain) {
  store_.lease_fails_ = true;
  add();
  const auto forwarder = make();
  EXPECT_FALSE(forwarder->run_once());
  store_.lease_fails_ = false;
  EXPECT_TRUE(forwarder->run_once());
}

TEST_F(ForwarderTest, StopFinishesTheObjectInHandAndLeavesTheRest) {
  const auto first = add();
  add();
  log_.blocked = true;
  const auto forwarder = make();
  forwarder->start();
  {
    std::unique_lock lock(log_.mutex);
    ASSERT_TRUE(log_.changed.wait_for(lock, std::chrono::seconds(30), [this] { return log_.inside; }));
  }
  // Stop is asked for while the object is on its way; the destination is let go from a second thread afterwards.
  std::jthread release([this] {
    const std::lock_guard lock(log_.mutex);
    log_.blocked = false;
    log_.changed.notify_all();
  });
  forwarder->stop();
  EXPECT_GE(store_.finished.size(), 1u);
  EXPECT_EQ(store_.finished.at(first.id).first, DeliveryState::Delivered);
  EXPECT_EQ(store_.finished.size(), log_.sent.size()) << "what was sent is recorded";
}

TEST_F(ForwarderTest, IdleDestinationsAreTold) {
  const auto forwarder = make();
  forwarder->start();
  std::unique_lock lock(log_.mutex);
  EXPECT_TRUE(log_.changed.wait_for(lock, std::chrono::seconds(30), [this] { return log_.idles > 2; }));
  lock.unlock();
  forwarder->stop();
}

}  // namespace
}  // namespace veilgate::forward
