// What every store promises, whatever is under it. A new store joins with one line in kBackends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "store/store.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::store {
namespace {

using test::admission;
using testing::ElementsAre;

constexpr std::int64_t kMinute = 60'000;
constexpr TimeMs kFarFuture = 4'000'000'000'000;

/// Opens any number of handles to one store that lives as long as this.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Result<std::unique_ptr<Store>> open() = 0;
};

class SqliteBackend final : public Backend {
 public:
  Result<std::unique_ptr<Store>> open() override { return open_sqlite(folder_.path() / "store.db", test::test_key()); }

 private:
  test::TempFolder folder_;
};

struct BackendChoice {
  const char* name;
  std::function<std::unique_ptr<Backend>()> make;
};
const BackendChoice kBackends[] = {{"Sqlite", [] { return std::make_unique<SqliteBackend>(); }}};

class StoreContract : public testing::TestWithParam<BackendChoice> {
 protected:
  void SetUp() override {
    backend_ = GetParam().make();
    store_ = open();
  }
  std::unique_ptr<Store> open() {
    auto opened = backend_->open();
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return opened ? std::move(*opened) : nullptr;
  }
  AdmitVerdict admit(const Admission& one) { return store_->admit({&one, 1})->front(); }
  Job job(const ObjectId& id) { return **store_->find(id); }
  std::optional<Job> lease(JobState state, std::int64_t ttl = kMinute, const std::string& owner = "runner-1") {
    const auto leased = store_->lease({&state, 1}, owner, ttl);
    EXPECT_TRUE(leased) << (leased ? "" : leased.error().message);
    return leased ? *leased : std::nullopt;
  }
  /// Moves an object on, whoever holds it.
  Result<std::int64_t> move(const ObjectId& id, JobState to, const std::vector<std::string>& deliveries = {}) {
    auto transition = transition_of(job(id), to);
    transition.deliveries = deliveries;
    return store_->commit(transition);
  }
  ObjectId approved(const std::string& instance, const std::vector<std::string>& destinations, TimeMs at = 1) {
    const auto one = admission(instance, "bytes", at);
    admit(one);
    EXPECT_TRUE(move(one.id, JobState::Approved, destinations));
    return one.id;
  }
  Delivery leased_delivery(const std::string& destination) {
    const auto leased = store_->lease_delivery(destination, "forwarder", kMinute);
    EXPECT_TRUE(leased && *leased);
    return **leased;
  }
  std::vector<std::string> event_types() {
    std::vector<std::string> types;
    const auto rows = *store_->audit_rows(0, 10'000);
    for (const auto& row : rows) types.push_back(row.type);
    return types;
  }
  void expect_intact() {
    const auto key = test::test_key();
    const auto verdict = verify_audit(*store_, &key);
    ASSERT_OK(verdict);
    EXPECT_TRUE(verdict->intact()) << verdict->findings.front().what;
  }

  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Store> store_;
};

// ---- admission

TEST_P(StoreContract, AdmittedObjectIsThereWithAllItsFacts) {
  const auto one = admission("instance", "content", 1'790'000'000'123);
  EXPECT_EQ(admit(one), AdmitVerdict::Accepted);
  const Job found = job(one.id);
  EXPECT_EQ(found.state, JobState::Received);
  EXPECT_EQ(found.admission.instance_key, one.instance_key);
  EXPECT_EQ(found.admission.dataset_sha256, one.dataset_sha256);
  EXPECT_EQ(found.admission.size_bytes, one.size_bytes);
  EXPECT_EQ(found.admission.calling_ae, one.calling_ae);
  EXPECT_EQ(found.admission.called_ae, one.called_ae);
  EXPECT_EQ(found.admission.peer, one.peer);
  EXPECT_EQ(found.admission.sop_class, one.sop_class);
  EXPECT_EQ(found.admission.transfer_syntax, one.transfer_syntax);
  EXPECT_EQ(found.admission.received_at, one.received_at);
  EXPECT_EQ(found.attempts, 0);
  EXPECT_EQ(found.route, "");
  EXPECT_FALSE(found.output_sha256);
  EXPECT_FALSE(*store_->find(ObjectId::random()));
}

TEST_P(StoreContract, SameBytesAreADuplicateInWhateverStateTheFirstIs) {
  for (const auto state : kAllJobStates) {
    const std::string instance = "instance " + std::string(to_string(state));
    const auto first = admission(instance);
    admit(first);
    if (state == JobState::Forwarded) {
      ASSERT_OK(move(first.id, JobState::Approved, {"pacs"}));
      ASSERT_OK(store_->finish_delivery(leased_delivery("pacs"), DeliveryState::Delivered, "", {}));
    } else if (state != JobState::Received) {
      ASSERT_OK(move(first.id, state, {"elsewhere"}));
    }
    ASSERT_EQ(job(first.id).state, state);
    const auto second = admission(instance);
    EXPECT_EQ(admit(second), AdmitVerdict::Duplicate) << to_string(state);
    EXPECT_FALSE(*store_->find(second.id));
    EXPECT_EQ(job(first.id).state, state);
  }
}

TEST_P(StoreContract, OtherBytesAreAConflictThatIsHeldAndDuplicatesOfItAreKnown) {
  const auto first = admission("instance", "one");
  const auto second = admission("instance", "two");
  EXPECT_EQ(admit(first), AdmitVerdict::Accepted);
  EXPECT_EQ(admit(second), AdmitVerdict::Conflict);
  EXPECT_EQ(job(second.id).state, JobState::Held);
  EXPECT_EQ(job(second.id).reason_code, "receive.conflict");
  EXPECT_EQ(job(first.id).state, JobState::Received) << "the first is untouched";
  EXPECT_EQ(admit(admission("instance", "two")), AdmitVerdict::Duplicate);
  EXPECT_EQ(admit(admission("instance", "one")), AdmitVerdict::Duplicate);
  EXPECT_EQ(admit(admission("instance", "three")), AdmitVerdict::Conflict);
  EXPECT_THAT(event_types(), ElementsAre("object.received", "object.conflict", "object.duplicate", "object.duplicate",
                                         "object.conflict"));
}

TEST_P(StoreContract, GroupIsJudgedInOrderAndAsOneTransaction) {
  const std::vector<Admission> group{admission("a"), admission("b"), admission("a"), admission("a", "other")};
  EXPECT_THAT(*store_->admit(group), ElementsAre(AdmitVerdict::Accepted, AdmitVerdict::Accepted,
                                                 AdmitVerdict::Duplicate, AdmitVerdict::Conflict));
  // The second of this group repeats an id: nothing of the group may stay.
  std::vector<Admission> broken{admission("c"), admission("d")};
  broken[1].id = broken[0].id;
  EXPECT_EQ(store_->admit(broken).error().kind, ErrorKind::Bug);
  EXPECT_FALSE(*store_->find(broken[0].id));
  EXPECT_EQ(event_types().size(), 4u);
  expect_intact();
}

TEST_P(StoreContract, AuditOfAnAdmissionNamesItsOriginAndNotTheInstance) {
  const auto one = admission("1.2.3.4.5", "content");
  admit(one);
  const auto row = store_->audit_rows(0, 1)->front();
  EXPECT_EQ(row.object, one.id.str());
  EXPECT_EQ(row.actor, "CAMERA");
  const auto details = nlohmann::json::parse(row.details);
  EXPECT_EQ(details.at("called_ae"), "VEILGATE");
  EXPECT_EQ(details.at("peer"), one.peer);
  EXPECT_EQ(details.at("size_bytes"), one.size_bytes);
  EXPECT_EQ(details.at("dataset_sha256"), one.dataset_sha256.hex());
  EXPECT_EQ(row.details.find(one.instance_key.value.hex()), std::string::npos);
}

// ---- leases

TEST_P(StoreContract, OldestIsLeasedFirstAcrossStatesAndOnlyOnce) {
  const auto young = admission("young", "x", 300), old = admission("old", "x", 100), mid = admission("mid", "x", 200);
  for (const auto& one : {young, old, mid}) admit(one);
  ASSERT_OK(move(mid.id, JobState::Routed));
  const JobState states[] = {JobState::Received, JobState::Routed};
  for (const auto& expected : {old, mid, young}) {
    const auto leased = store_->lease(states, "runner", kMinute);
    ASSERT_TRUE(leased && *leased);
    EXPECT_EQ((*leased)->admission.id, expected.id);
    EXPECT_EQ((*leased)->attempts, 1);
    EXPECT_EQ(job(expected.id).version, (*leased)->version);
  }
  EXPECT_FALSE(*store_->lease(states, "runner", kMinute));
}

TEST_P(StoreContract, ExpiredLeaseIsTakenOverAndTheFirstOwnerIsRefused) {
  admit(admission("instance"));
  const auto first = lease(JobState::Received, 0);
  ASSERT_TRUE(first);
  const auto second = lease(JobState::Received, kMinute, "runner-2");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->attempts, 2) << "a lease that ended without a commit counts";
  const auto refused = store_->commit(transition_of(*first, JobState::Routed));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.stale");
  EXPECT_EQ(refused.error().kind, ErrorKind::Refused);
  EXPECT_TRUE(store_->commit(transition_of(*second, JobState::Routed)));
}

TEST_P(StoreContract, OwnerMayCommitAfterItsLeaseRanOutWhenNobodyTookIt) {
  admit(admission("instance"));
  const auto mine = lease(JobState::Received, 0);
  EXPECT_TRUE(store_->commit(transition_of(*mine, JobState::Routed)));
}

TEST_P(StoreContract, RetryLaterWaitsAndKeepsTheAttempt) {
  const auto one = admission("instance");
  admit(one);
  auto mine = lease(JobState::Received);
  ASSERT_OK(store_->retry_later(*mine, kFarFuture, false, {{audit::EventType::AttemptFailed, one.id, "gateway", {}}}));
  EXPECT_FALSE(lease(JobState::Received)) << "not due yet";
  EXPECT_EQ(job(one.id).not_before, kFarFuture);
  EXPECT_EQ(job(one.id).attempts, 1);
  EXPECT_EQ(event_types().back(), "attempt.failed");
  EXPECT_EQ(store_->retry_later(*mine, 0, false, {}).error().code, "store.stale") << "the lease is gone";
  ASSERT_OK(store_->retry_later(job(one.id), 0, false, {}));
  mine = lease(JobState::Received);
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->attempts, 2);
  ASSERT_OK(store_->retry_later(*mine, 1, true, {}));
  mine = lease(JobState::Received);
  ASSERT_TRUE(mine) << "a moment in the past is due";
  EXPECT_EQ(mine->attempts, 2) << "the forgiven attempt does not count";
}

TEST_P(StoreContract, ReleaseGivesBackTheLeasesOfOneOwnerOnly) {
  admit(admission("a", "x", 1));
  admit(admission("b", "x", 2));
  const auto dead = lease(JobState::Received, kMinute, "host/12/slot1");
  const auto alive = lease(JobState::Received, kMinute, "host/123/slot1");
  approved("c", {"pacs"});
  ASSERT_TRUE(*store_->lease_delivery("pacs", "host/12/forward", kMinute));
  EXPECT_EQ(*store_->release_leases("host/12/"), 2);
  EXPECT_EQ(store_->commit(transition_of(*dead, JobState::Routed)).error().code, "store.stale");
  const auto again = lease(JobState::Received);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->admission.id, dead->admission.id);
  EXPECT_EQ(again->attempts, 2) << "poison must not become a crash loop";
  EXPECT_TRUE(store_->commit(transition_of(*alive, JobState::Routed)));
  EXPECT_EQ(leased_delivery("pacs").attempts, 2);
}

// ---- transitions

TEST_P(StoreContract, CommitChangesEverythingTogether) {
  const auto one = admission("instance");
  admit(one);
  auto transition = transition_of(*lease(JobState::Received), JobState::InReview);
  transition.facts_patch = {{"route", {{"rule", 3}}}, {"gone", 1}};
  transition.route = "photos";
  transition.output_sha256 = sha256("output");
  transition.reason_code = "review.needed";
  transition.reason = "policy";
  transition.review = Review{one.id, "Ann", Decision::Escalate, "look at the corner", sha256("output"), 42};
  transition.events = {{audit::EventType::ObjectVerified, one.id, "gateway", {{"n", 1}}},
                       {audit::EventType::ReviewEscalated, one.id, "Ann", {}}};
  const auto version = store_->commit(transition);
  ASSERT_OK(version);
  Job there = job(one.id);
  EXPECT_EQ(there.version, *version);
  EXPECT_EQ(there.state, JobState::InReview);
  EXPECT_EQ(there.route, "photos");
  EXPECT_EQ(there.output_sha256, sha256("output"));
  EXPECT_EQ(there.reason_code, "review.needed");
  EXPECT_EQ(there.reason, "policy");
  EXPECT_EQ(there.attempts, 0);
  const auto reviews = *store_->reviews(one.id);
  ASSERT_EQ(reviews.size(), 1u);
  EXPECT_EQ(reviews[0].reviewer, "Ann");
  EXPECT_EQ(reviews[0].decision, Decision::Escalate);
  EXPECT_EQ(reviews[0].note, "look at the corner");
  EXPECT_EQ(reviews[0].output_sha256, sha256("output"));
  EXPECT_EQ(reviews[0].at, 42);
  EXPECT_THAT(event_types(), ElementsAre("object.received", "object.verified", "review.escalated"));

  auto next = transition_of(there, JobState::Held);
  next.facts_patch = {{"route", {{"rule", 4}}}, {"gone", nullptr}, {"more", true}};
  ASSERT_OK(store_->commit(next));
  there = job(one.id);
  EXPECT_EQ(there.facts, nlohmann::json({{"route", {{"rule", 4}}}, {"more", true}}));
  EXPECT_EQ(there.output_sha256, sha256("output")) << "stays until replaced";
  EXPECT_EQ(there.reason_code, "") << "an old reason must not stick";
}

TEST_P(StoreContract, RefusedCommitLeavesNothingBehind) {
  const auto one = admission("instance");
  admit(one);
  const Job before = job(one.id);
  auto transition = transition_of(before, JobState::Approved);
  transition.facts_patch = {{"x", 1}};
  transition.review = Review{one.id, "Ann", Decision::Approve};
  transition.events = {{audit::EventType::ObjectReleased, one.id, "gateway", {}}};
  const auto refused = store_->commit(transition);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.no_destination");
  EXPECT_EQ(refused.error().kind, ErrorKind::Bug);
  EXPECT_EQ(job(one.id).state, JobState::Received);
  EXPECT_EQ(job(one.id).version, before.version);
  EXPECT_TRUE(job(one.id).facts.empty());
  EXPECT_TRUE(store_->reviews(one.id)->empty());
  EXPECT_THAT(event_types(), ElementsAre("object.received"));
  expect_intact();
}

TEST_P(StoreContract, UnknownAndTerminalObjectsDoNotMove) {
  auto nobody = transition_of(Job{admission("x")}, JobState::Held);
  EXPECT_EQ(store_->commit(nobody).error().code, "store.unknown");
  const auto one = admission("instance");
  admit(one);
  ASSERT_OK(move(one.id, JobState::Rejected));
  EXPECT_EQ(move(one.id, JobState::Approved, {"pacs"}).error().code, "store.terminal");
}

TEST_P(StoreContract, KeptLeaseGoesOnAsAttemptOneOfTheNextState) {
  const auto one = admission("instance");
  admit(one);
  auto mine = lease(JobState::Received);
  auto transition = transition_of(*mine, JobState::Routed);
  transition.keep_lease = true;
  const auto version = store_->commit(transition);
  ASSERT_OK(version);
  EXPECT_EQ(job(one.id).attempts, 1);
  EXPECT_FALSE(lease(JobState::Routed, kMinute, "runner-2"));
  transition = transition_of(job(one.id), JobState::Deidentified);
  EXPECT_EQ(transition.expected_version, *version);
  ASSERT_OK(store_->commit(transition));
  EXPECT_TRUE(lease(JobState::Deidentified, kMinute, "runner-2")) << "not kept: free for the next";
  ASSERT_OK(store_->commit(transition_of(job(one.id), JobState::Held)));
  transition = transition_of(job(one.id), JobState::Routed);
  transition.keep_lease = true;
  EXPECT_EQ(store_->commit(transition).error().code, "store.no_lease");
}

TEST_P(StoreContract, GoingBackToReceivedForgetsTheOutput) {
  const auto one = admission("instance");
  admit(one);
  auto held = transition_of(job(one.id), JobState::Held);
  held.output_sha256 = sha256("output");
  ASSERT_OK(store_->commit(held));
  ASSERT_OK(move(one.id, JobState::Received));
  EXPECT_FALSE(job(one.id).output_sha256);
}

// ---- deliveries

TEST_P(StoreContract, JobIsForwardedWhenEveryDestinationHasIt) {
  const auto id = approved("instance", {"pacs", "folder"});
  const auto pacs = leased_delivery("pacs");
  EXPECT_EQ(pacs.attempts, 1);
  EXPECT_FALSE(*store_->lease_delivery("pacs", "other", kMinute)) << "leased by one";
  EXPECT_FALSE(*store_->lease_delivery("unknown", "other", kMinute));
  ASSERT_OK(store_->finish_delivery(pacs, DeliveryState::Delivered, "dimse.status.0000",
                                    {{audit::EventType::DeliverySucceeded, id, "gateway", {{"destination", "pacs"}}}}));
  EXPECT_EQ(job(id).state, JobState::Approved);
  EXPECT_EQ(store_->finish_delivery(pacs, DeliveryState::Delivered, "", {}).error().code, "store.stale");
  ASSERT_OK(store_->finish_delivery(leased_delivery("folder"), DeliveryState::Delivered, "", {}));
  EXPECT_EQ(job(id).state, JobState::Forwarded);
  EXPECT_THAT(event_types(), ElementsAre("object.received", "delivery.succeeded", "object.forwarded"));
  EXPECT_EQ(store_->deliveries(id)->at(1).last_code, "dimse.status.0000");
  expect_intact();
}

TEST_P(StoreContract, FailedDeliveryHoldsTheJobAndSendingAgainRepeatsOnlyTheFailed) {
  const auto id = approved("instance", {"good", "bad"});
  ASSERT_OK(store_->finish_delivery(leased_delivery("bad"), DeliveryState::Failed, "dimse.status.A900", {}));
  EXPECT_EQ(job(id).state, JobState::Approved) << "one is still waiting";
  ASSERT_OK(store_->finish_delivery(leased_delivery("good"), DeliveryState::Delivered, "", {}));
  EXPECT_EQ(job(id).state, JobState::Held);
  EXPECT_EQ(job(id).reason_code, "forward.failed");
  EXPECT_EQ(event_types().back(), "object.held");
  ASSERT_OK(move(id, JobState::Approved, {"good", "bad"}));
  EXPECT_FALSE(*store_->lease_delivery("good", "forwarder", kMinute)) << "delivered stays delivered";
  const auto again = leased_delivery("bad");
  EXPECT_EQ(again.attempts, 1) << "counts anew";
  ASSERT_OK(store_->finish_delivery(again, DeliveryState::Delivered, "", {}));
  EXPECT_EQ(job(id).state, JobState::Forwarded);
}

TEST_P(StoreContract, ADestinationThatTheRouteDroppedDoesNotHoldTheObjectBack) {
  const auto id = approved("instance", {"good", "bad", "slow"});
  ASSERT_OK(store_->finish_delivery(leased_delivery("good"), DeliveryState::Delivered, "", {}));
  ASSERT_OK(store_->finish_delivery(leased_delivery("bad"), DeliveryState::Failed, "dimse.status.A900", {}));
  ASSERT_OK(store_->finish_delivery(leased_delivery("slow"), DeliveryState::Failed, "dimse.status.A900", {}));
  ASSERT_EQ(job(id).state, JobState::Held);
  ASSERT_OK(move(id, JobState::Approved, {"good", "slow"}));
  ASSERT_OK(store_->finish_delivery(leased_delivery("slow"), DeliveryState::Delivered, "", {}));
  EXPECT_EQ(job(id).state, JobState::Forwarded);
  EXPECT_EQ(store_->deliveries(id)->size(), 2u);
}

TEST_P(StoreContract, AnObjectThatEveryRemainingDestinationHasIsForwardedAtOnce) {
  const auto id = approved("instance", {"good", "bad"});
  ASSERT_OK(store_->finish_delivery(leased_delivery("good"), DeliveryState::Delivered, "", {}));
  ASSERT_OK(store_->finish_delivery(leased_delivery("bad"), DeliveryState::Failed, "dimse.status.A900", {}));
  const auto version = move(id, JobState::Approved, {"good"});
  ASSERT_OK(version);
  EXPECT_EQ(job(id).state, JobState::Forwarded);
  EXPECT_EQ(job(id).version, *version);
  EXPECT_EQ(event_types().back(), "object.forwarded");
  expect_intact();
}

TEST_P(StoreContract, AChangedOutputIsDeliveredAgainAlsoWhereTheFirstArrived) {
  const auto one = admission("instance");
  admit(one);
  const auto approve = [&](const char* output) {
    auto transition = transition_of(job(one.id), JobState::Approved);
    transition.output_sha256 = sha256(output);
    transition.deliveries = {"good", "bad"};
    return store_->commit(transition);
  };
  ASSERT_OK(approve("first"));
  auto good = leased_delivery("good");
  EXPECT_EQ(good.output_sha256, sha256("first"));
  EXPECT_FALSE(good.delivered_sha256);
  ASSERT_OK(store_->finish_delivery(good, DeliveryState::Delivered, "", {}));
  ASSERT_OK(store_->finish_delivery(leased_delivery("bad"), DeliveryState::Failed, "", {}));
  ASSERT_OK(move(one.id, JobState::Received));
  ASSERT_OK(approve("second"));
  good = leased_delivery("good");
  EXPECT_EQ(good.output_sha256, sha256("second"));
  EXPECT_EQ(good.delivered_sha256, sha256("first")) << "so that it can be replaced";
  ASSERT_OK(store_->finish_delivery(good, DeliveryState::Delivered, "", {}));
  ASSERT_OK(store_->finish_delivery(leased_delivery("bad"), DeliveryState::Delivered, "", {}));
  EXPECT_EQ(job(one.id).state, JobState::Forwarded);
}

TEST_P(StoreContract, AnOutputThatIsTheSameAfterAnotherRunIsNotDeliveredTwice) {
  const auto id = approved("instance", {"good", "bad"});
  ASSERT_OK(store_->finish_delivery(leased_delivery("good"), DeliveryState::Delivered, "", {}));
  ASSERT_OK(store_->finish_delivery(leased_delivery("bad"), DeliveryState::Failed, "", {}));
  ASSERT_OK(move(id, JobState::Received));
  ASSERT_OK(move(id, JobState::Approved, {"good", "bad"}));
  EXPECT_FALSE(*store_->lease_delivery("good", "forwarder", kMinute));
}

TEST_P(StoreContract, DeliveryWaitsWhileItsJobIsNotApproved) {
  const auto id = approved("instance", {"pacs"});
  ASSERT_OK(move(id, JobState::Held));
  EXPECT_FALSE(*store_->lease_delivery("pacs", "forwarder", kMinute));
  EXPECT_EQ(store_->deliveries(id)->front().state, DeliveryState::Pending) << "left alone";
}

TEST_P(StoreContract, LateDeliveryDoesNotOverruleAPerson) {
  const auto id = approved("instance", {"pacs"});
  const auto sending = leased_delivery("pacs");
  ASSERT_OK(move(id, JobState::Rejected));
  ASSERT_OK(store_->finish_delivery(sending, DeliveryState::Delivered, "", {}));
  EXPECT_EQ(job(id).state, JobState::Rejected);
}

TEST_P(StoreContract, DeliveryIsRetriedOldestFirst) {
  const auto young = approved("young", {"pacs"}, 200);
  const auto old = approved("old", {"pacs"}, 100);
  const auto first = leased_delivery("pacs");
  EXPECT_EQ(first.object, old);
  ASSERT_OK(store_->retry_delivery_later(first, kFarFuture, false, "dimse.unreachable", {}));
  EXPECT_EQ(leased_delivery("pacs").object, young);
  EXPECT_FALSE(*store_->lease_delivery("pacs", "forwarder", kMinute));
  const auto waiting = store_->deliveries(old)->front();
  EXPECT_EQ(waiting.last_code, "dimse.unreachable");
  EXPECT_EQ(waiting.not_before, kFarFuture);
  ASSERT_OK(store_->retry_delivery_later(waiting, 1, true, "", {}));
  EXPECT_EQ(leased_delivery("pacs").attempts, 1) << "the first was forgiven";
}

// ---- lists, counts, audit

TEST_P(StoreContract, ListsFilterByStateRouteAndLimit) {
  for (int i = 0; i < 6; ++i) {
    const auto one = admission(std::to_string(i), "x", i);
    admit(one);
    auto transition = transition_of(job(one.id), i % 2 == 0 ? JobState::Held : JobState::Routed);
    transition.route = i < 3 ? "a" : "b";
    ASSERT_OK(store_->commit(transition));
  }
  EXPECT_EQ(store_->list({})->size(), 6u);
  EXPECT_EQ(store_->list({.states = {JobState::Held}, .route = {}, .limit = 10})->size(), 3u);
  EXPECT_EQ(store_->list({.states = {JobState::Held, JobState::Routed}, .route = "a", .limit = 10})->size(), 3u);
  EXPECT_EQ(store_->list({.states = {}, .route = {}, .limit = 2})->at(1).admission.received_at, 1);
}

TEST_P(StoreContract, CountsAddUpPerRouteAndDay) {
  constexpr TimeMs kDay = 86'400'000;
  const auto a = admission("a", "x", 20'000 * kDay), b = admission("b", "x", 20'001 * kDay - 1),
             c = admission("c", "x", 20'001 * kDay), d = admission("d", "x", 20'001 * kDay);
  for (const auto& one : {a, b, c, d}) admit(one);
  admit(admission("a", "x"));
  admit(admission("a", "conflict", 20'000 * kDay));
  auto routed = transition_of(job(d.id), JobState::Routed);
  routed.route = "photos";
  ASSERT_OK(store_->commit(routed));
  const auto rows = *store_->counts();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].route, "-");
  EXPECT_EQ(rows[0].day, "2024-10-04");
  EXPECT_EQ(rows[0].by_state, (std::map<JobState, std::int64_t>{{JobState::Received, 2}, {JobState::Held, 1}}));
  EXPECT_EQ(rows[1].day, "2024-10-05");
  EXPECT_EQ(rows[2].route, "photos");
  const auto totals = *store_->totals();
  EXPECT_EQ(totals.received_events, 5);
  EXPECT_EQ(totals.duplicate_events, 1);
  EXPECT_EQ(totals.forwarded_events, 0);
}

TEST_P(StoreContract, AuditGrowsInOrderAndPages) {
  EXPECT_EQ((*store_->audit_head())->seq, 0) << "sealed from the start";
  expect_intact();
  for (int i = 0; i < 5; ++i) {
    const audit::Event event{audit::EventType::GatewayStarted, {}, "gateway", {{"z", i}, {"a", "\xff"}}};
    ASSERT_OK(store_->append({&event, 1}));
  }
  const auto page = *store_->audit_rows(2, 2);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].seq, 3);
  EXPECT_EQ(page[1].seq, 4);
  EXPECT_EQ(page[1].previous, page[0].hash);
  EXPECT_LT(page[0].details.find("\"a\""), page[0].details.find("\"z\""));
  EXPECT_EQ((*store_->audit_head())->seq, 5);
  expect_intact();
}

TEST_P(StoreContract, EverythingIsThereAfterReopening) {
  const auto one = admission("instance");
  admit(one);
  store_ = open();
  EXPECT_EQ(job(one.id).state, JobState::Received);
  EXPECT_EQ(admit(admission("instance")), AdmitVerdict::Duplicate);
  expect_intact();
}

// ---- many at once

TEST_P(StoreContract, NoJobIsLeasedTwiceByManyThreadsAndHandles) {
  constexpr int kJobs = 60;
  constexpr int kThreads = 6;
  std::vector<Admission> group;
  for (int i = 0; i < kJobs; ++i) group.push_back(admission(std::to_string(i)));
  ASSERT_OK(store_->admit(group));
  std::mutex mutex;
  std::multiset<std::string> leased;
  std::vector<std::thread> runners;
  const auto second = open();
  for (int t = 0; t < kThreads; ++t) {
    runners.emplace_back([&, t] {
      // Half of them share a handle, the others have the second one.
      Store& mine = t % 2 == 0 ? *store_ : *second;
      const JobState state = JobState::Received;
      for (;;) {
        const auto job = mine.lease({&state, 1}, "runner-" + std::to_string(t), kMinute);
        if (!job || !*job) return;
        if (!mine.commit(transition_of(**job, JobState::Routed))) return;
        const std::lock_guard lock(mutex);
        leased.insert((*job)->admission.id.str());
      }
    });
  }
  for (auto& runner : runners) runner.join();
  EXPECT_EQ(leased.size(), std::size_t{kJobs});
  EXPECT_EQ(std::set<std::string>(leased.begin(), leased.end()).size(), std::size_t{kJobs});
  expect_intact();
}

TEST_P(StoreContract, OfManyThatAdmitTheSameObjectExactlyOneIsAccepted) {
  std::atomic<int> accepted{0}, duplicate{0};
  std::vector<std::thread> receivers;
  for (int t = 0; t < 8; ++t) {
    receivers.emplace_back([&] {
      const auto own = open();
      for (int i = 0; i < 5; ++i) {
        const auto one = admission("instance " + std::to_string(i));
        const auto verdicts = own->admit({&one, 1});
        if (!verdicts) continue;
        ++(verdicts->front() == AdmitVerdict::Accepted ? accepted : duplicate);
      }
    });
  }
  for (auto& receiver : receivers) receiver.join();
  EXPECT_EQ(accepted, 5);
  EXPECT_EQ(duplicate, 35);
  EXPECT_EQ(store_->totals()->received_events, 5);
  expect_intact();
}

TEST_P(StoreContract, NoJobIsLeasedTwiceByManyProcesses) {
  constexpr int kJobs = 40;
  constexpr int kProcesses = 4;
  std::vector<Admission> group;
  for (int i = 0; i < kJobs; ++i) group.push_back(admission(std::to_string(i)));
  ASSERT_OK(store_->admit(group));
  store_.reset();  // a handle must not cross a fork
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  for (int p = 0; p < kProcesses; ++p) {
    if (::fork() != 0) continue;
    auto own = backend_->open();
    const JobState state = JobState::Received;
    for (;;) {
      const auto job =
          own ? (*own)->lease({&state, 1}, "p" + std::to_string(p), kMinute) : Result<std::optional<Job>>{};
      if (!job || !*job) ::_exit(job ? 0 : 1);
      const std::string line = (*job)->admission.id.str();
      if (::write(ends[1], line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(1);
    }
  }
  ::close(ends[1]);
  std::multiset<std::string> leased;
  std::string line(32, '\0');
  while (::read(ends[0], line.data(), line.size()) == 32) leased.insert(line);
  ::close(ends[0]);
  for (int p = 0; p < kProcesses; ++p) {
    int status = 0;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(leased.size(), std::size_t{kJobs});
  EXPECT_EQ(std::set<std::string>(leased.begin(), leased.end()).size(), std::size_t{kJobs});
}

TEST_P(StoreContract, WhatAKilledProcessHadAcknowledgedIsThere) {
  store_.reset();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto own = backend_->open();
    for (int i = 0; own; ++i) {
      const auto one = admission(std::to_string(i));
      if (!(*own)->admit({&one, 1})) ::_exit(1);
      const std::string line = one.id.str();
      if (::write(ends[1], line.data(), line.size()) < 0) ::_exit(1);
    }
    ::_exit(1);
  }
  ::close(ends[1]);
  std::vector<ObjectId> acknowledged;
  std::string line(32, '\0');
  while (::read(ends[0], line.data(), line.size()) == 32) {
    acknowledged.push_back(*ObjectId::parse(line));
    if (acknowledged.size() == 25) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  ASSERT_GE(acknowledged.size(), 25u);
  store_ = open();
  for (const auto& id : acknowledged) EXPECT_TRUE(*store_->find(id));
  expect_intact();
}

TEST_P(StoreContract, AuditIsVerifiedWhileOthersWrite) {
  std::atomic<bool> stop{false};
  const auto other = open();
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const auto one = admission(std::to_string(i));
      if (!other->admit({&one, 1})) return;
    }
  });
  for (int i = 0; i < 20; ++i) expect_intact();
  stop = true;
  writer.join();
}

INSTANTIATE_TEST_SUITE_P(Every, StoreContract, testing::ValuesIn(kBackends),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace veilgate::store
