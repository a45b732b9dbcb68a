#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "pipeline.h"
#include "review/desk.h"
#include "review/rules.h"
#include "review/witness.h"
#include "support/jobs.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::review {
namespace {

using config::ReviewPolicy;
using nlohmann::json;
using store::Decision;
using store::JobState;

const json kClean = json::array();
const json kFace = json::array({{{"code", "verify.face"}, {"approvable", true}}});
const json kLeak = json::array(
    {{{"code", "verify.face"}, {"approvable", true}}, {{"code", "verify.identifier"}, {"approvable", false}}});

TEST(Need, FollowsThePolicyWhenTheOutputIsClean) {
  EXPECT_EQ(need(ReviewPolicy::Automatic, kClean).approvals, 0);
  EXPECT_EQ(need(ReviewPolicy::HoldFindings, kClean).approvals, 0);
  EXPECT_EQ(need(ReviewPolicy::One, kClean).approvals, 1);
  EXPECT_EQ(need(ReviewPolicy::Two, kClean).approvals, 2);
  for (const auto policy :
       {ReviewPolicy::Automatic, ReviewPolicy::HoldFindings, ReviewPolicy::One, ReviewPolicy::Two}) {
    EXPECT_TRUE(need(policy, kClean).approvable);
  }
}

TEST(Need, NeverReleasesAFindingAutomatically) {
  EXPECT_EQ(need(ReviewPolicy::Automatic, kFace).approvals, 1);
  EXPECT_FALSE(need(ReviewPolicy::HoldFindings, kFace).approvable);
  EXPECT_EQ(need(ReviewPolicy::Two, kFace).approvals, 2);
}

TEST(Need, LetsNobodyApproveALeakedIdentifier) {
  for (const auto policy :
       {ReviewPolicy::Automatic, ReviewPolicy::HoldFindings, ReviewPolicy::One, ReviewPolicy::Two}) {
    EXPECT_FALSE(need(policy, kLeak).approvable);
  }
}

class Decide : public ::testing::Test {
 protected:
  Decide() : job(test::some_job(JobState::InReview)) {
    job.output_sha256 = sha256("output");
    job.facts["review"] = {{"required", 2}, {"since", 1000}};
  }
  store::Review by(const std::string& who, Decision decision = Decision::Approve) const {
    return {job.admission.id, who, decision, "", job.output_sha256, 2000};
  }
  store::Job job;
};

TEST_F(Decide, WaitsForTheSecondPerson) {
  EXPECT_EQ(decide(job, {}, by("A"))->to, JobState::InReview);
  const std::vector earlier{by("A")};
  EXPECT_EQ(decide(job, earlier, by("B"))->to, JobState::Approved);
}

TEST_F(Decide, CountsOnePersonOnceHoweverTheNameIsWritten) {
  const std::vector earlier{by("Dr. Anna Berg")};
  for (const auto* same : {"Dr. Anna Berg", "dr. anna berg", "  Dr.  Anna Berg "}) {
    EXPECT_EQ(decide(job, earlier, by(same)).error().code, "review.same_person") << same;
  }
}

TEST_F(Decide, CountsOnePersonOnceWhateverSurroundsTheName) {
  const std::vector earlier{by("alice")};
  for (const auto* same : {"alice.", "Alice ", "\talice\n", "ALICE,", "\"Alice\"", "(alice)", "ａｌｉｃｅ",
                           "al\u200Bice", "аlice", "alice\u00A0", "𝐚lice", "..alice;"}) {
    EXPECT_EQ(decide(job, earlier, by(same)).error().code, "review.same_person") << same;
  }
  for (const auto* other : {"alicia", "alice b", "a.lice", "bob"}) {
    EXPECT_EQ(decide(job, earlier, by(other))->to, JobState::Approved) << other;
  }
  EXPECT_EQ(person("Jo\u0308rg  Müller."), person("JÖRG MU\u0308LLER"));
}

TEST_F(Decide, RefusesNamesThatSayNothing) {
  for (const auto* empty : {"", " ", ".", " - ", "\u200B", "\u00A0", "...,;", "\u00AD."}) {
    EXPECT_EQ(decide(job, {}, by(empty)).error().code, "review.no_name") << empty;
  }
}

TEST_F(Decide, IgnoresApprovalsOfOtherBytesAndOfAnEarlierRun) {
  auto other_bytes = by("A");
  other_bytes.output_sha256 = sha256("other");
  auto earlier_run = by("C");
  earlier_run.at = 999;
  const std::vector earlier{other_bytes, earlier_run};
  EXPECT_EQ(decide(job, earlier, by("B"))->to, JobState::InReview);
}

TEST_F(Decide, RefusesOtherBytesThanTheOutput) {
  auto review = by("A");
  review.output_sha256 = sha256("other");
  EXPECT_EQ(decide(job, {}, review).error().code, "review.other_bytes");
  review.output_sha256.reset();
  EXPECT_EQ(decide(job, {}, review).error().code, "review.other_bytes");
}

TEST_F(Decide, RejectsForGoodWithOneWord) {
  EXPECT_EQ(decide(job, {}, by("A", Decision::Reject))->to, JobState::Rejected);
}

TEST_F(Decide, TakesBackAnApprovalThatWasNotDeliveredYet) {
  job.state = JobState::Approved;
  EXPECT_EQ(decide(job, {}, by("A", Decision::Reject))->to, JobState::Rejected);
  job.state = JobState::Forwarded;
  EXPECT_FALSE(decide(job, {}, by("A", Decision::Reject)));
}

TEST_F(Decide, AsksForTwoAfterAnEscalation) {
  job.facts["review"]["required"] = 1;
  const auto verdict = decide(job, {}, by("A", Decision::Escalate));
  EXPECT_EQ(verdict->to, JobState::InReview);
  EXPECT_EQ(verdict->required, 2);
}

TEST_F(Decide, ApprovesNothingThatIsNotInReview) {
  for (const auto state : store::kAllJobStates) {
    if (state == JobState::InReview) continue;
    job.state = state;
    EXPECT_EQ(decide(job, {}, by("A")).error().code, "review.not_in_review") << store::to_string(state);
  }
}

TEST_F(Decide, FailsClosedWhenTheNeedIsUnknown) {
  job.facts.erase("review");
  EXPECT_EQ(decide(job, {}, by("A"))->to, JobState::InReview);
}

TEST_F(Decide, NeedsAName) { EXPECT_EQ(decide(job, {}, by("  ")).error().code, "review.no_name"); }

/// Outputs only: what the desk looks at.
class OutputFolder final : public spool::Spool {
 public:
  explicit OutputFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<std::unique_ptr<spool::Incoming>> begin(std::string_view, std::uint64_t, std::uint64_t) override {
    return fail(ErrorKind::Bug, "test", "no");
  }
  std::filesystem::path original(const ObjectId&) const override { return {}; }
  std::filesystem::path output(const ObjectId& id) const override { return folder_ / id.str(); }
  Result<FileDescriptor> lock() override { return fail(ErrorKind::Bug, "test", "no"); }
  Result<std::vector<ObjectId>> list_originals() override { return fail(ErrorKind::Bug, "test", "no"); }
  Result<void> set_aside(const ObjectId&) override { return {}; }
  Result<void> discard(const ObjectId&) override { return {}; }

 private:
  std::filesystem::path folder_;
};

/// Objects go their real way: rows as the pipeline and the desk write them. Then the store's file is edited.
class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    for (const auto policy : {ReviewPolicy::Automatic, ReviewPolicy::Two}) {
      config::Route route;
      route.name = policy == ReviewPolicy::Two ? "two" : "automatic";
      route.review = policy;
      route.destinations = {"pacs"};
      config_.routes.push_back(route);
    }
    store_ = std::move(*store::open_sqlite(file(), key_));
    desk_ = std::make_unique<Desk>(config_, *store_, spool_);
    witness_ = std::make_unique<Witness>(config_, *store_, key_);
  }
  std::filesystem::path file() const { return folder_.path() / "store.db"; }
  void sql(const std::string& text) const { SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec(text); }
  store::Job job(const ObjectId& id) const { return **store_->find(id); }
  std::string confirmed(const ObjectId& id) const {
    const auto said = witness_->confirm(job(id));
    return said ? "yes" : said.error().code;
  }
  /// The stage of the object's state ends with `output`.
  void step(const ObjectId& id, StageOutput output = {}) {
    const auto now = job(id);
    auto transition = std::get<store::Transition>(settle(now, *step_from(now.state), output, {}));
    transition.keep_lease = false;
    ASSERT_OK(store_->commit(transition));
  }
  ObjectId received() {
    const auto one = test::admission("instance " + std::to_string(++made_));
    EXPECT_TRUE(store_->admit({&one, 1}));
    return one.id;
  }
  void verify(const ObjectId& id, const std::string& route, const json& findings = kClean) {
    StageOutput routed, masked, verified;
    routed.route = route;
    const std::string bytes = "output of " + id.str();
    ASSERT_OK(write_durably(spool_.output(id), {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}));
    masked.output_sha256 = sha256(bytes);
    verified.facts = {{"verify", {{"findings", findings}}}};
    step(id, routed);
    step(id);
    step(id);
    step(id, masked);
    step(id, verified);
  }
  void release(const ObjectId& id) {
    StageOutput released;
    released.next = JobState::Approved;
    released.deliveries = {"pacs"};
    step(id, released);
  }
  ObjectId released() {
    const auto id = received();
    verify(id, "automatic");
    release(id);
    return id;
  }
  ObjectId waiting() {
    const auto id = received();
    verify(id, "two");
    StageOutput waits;
    waits.next = JobState::InReview;
    waits.reason_code = "review.policy";
    waits.facts["review"] = {{"required", 2}, {"since", 0}};
    step(id, waits);
    return id;
  }
  void approve(const ObjectId& id, const std::string& who) {
    ASSERT_OK(desk_->approve({id, who, "", job(id).output_sha256}));
  }
  void edit_state(const ObjectId& id) { sql("UPDATE jobs SET state = 'approved' WHERE id = '" + id.str() + "'"); }
  void edit_audit(const std::string& statement) {
    sql("DROP TRIGGER IF EXISTS audit_no_update");
    sql("DROP TRIGGER IF EXISTS audit_no_delete");
    sql(statement);
  }

  test::TempFolder folder_;
  const SecretKey key_ = test::test_key();
  config::Config config_;
  OutputFolder spool_{folder_.path()};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Witness> witness_;
  int made_ = 0;
};

TEST_F(WitnessTest, ConfirmsWhatWasReleasedByPolicyOrByPeople) {
  EXPECT_EQ(confirmed(released()), "yes");
  const auto id = waiting();
  approve(id, "A");
  approve(id, "B");
  ASSERT_EQ(job(id).state, JobState::Approved);
  EXPECT_EQ(confirmed(id), "yes");
}

TEST_F(WitnessTest, DoesNotBelieveAJobRowThatWasEditedToApproved) {
  const auto nobody = waiting(), one_person = waiting(), unverified = received();
  approve(one_person, "A");
  for (const auto& id : {nobody, one_person, unverified}) {
    edit_state(id);
    EXPECT_EQ(confirmed(id), "forward.unapproved");
  }
}

TEST_F(WitnessTest, DoesNotBelieveARouteOrFindingsThatWereEditedBeforeTheRunnerLooked) {
  const auto id = received(), found = received();
  verify(id, "two");
  sql("UPDATE jobs SET route = 'automatic'");
  verify(found, "automatic", kFace);
  sql("UPDATE jobs SET facts = '{\"verify\":{\"findings\":[]}}'");
  for (const auto& one : {id, found}) {
    release(one);  // as the runner does, by what the row says
    EXPECT_EQ(confirmed(one), "forward.unapproved");
  }
}

TEST_F(WitnessTest, DoesNotBelieveAnotherOutputThanTheApprovedOne) {
  const auto id = released();
  sql("UPDATE jobs SET output_sha256 = '" + sha256("other").hex() + "'");
  EXPECT_EQ(confirmed(id), "forward.unapproved");
}

TEST_F(WitnessTest, DoesNotBelieveAReviewRowThatTheAuditDoesNotHave) {
  const auto id = waiting();
  approve(id, "A");
  sql("INSERT INTO reviews (object, reviewer, decision, note, output_sha256, at) SELECT object, 'B', decision, '', "
      "output_sha256, at FROM reviews");
  edit_state(id);
  EXPECT_EQ(confirmed(id), "forward.unapproved");
}

TEST_F(WitnessTest, ARejectionOrANewRunTakesTheReleaseBack) {
  const auto rejected = released(), again = released();
  ASSERT_OK(desk_->reject({rejected, "A", "", {}}));
  edit_state(rejected);
  EXPECT_EQ(confirmed(rejected), "forward.unapproved");
  auto held = store::transition_of(job(again), JobState::Held);
  held.events.push_back({audit::EventType::ObjectHeld, again, "gateway", {{"code", "forward.unapproved"}}});
  ASSERT_OK(store_->commit(held));
  edit_state(again);
  EXPECT_EQ(confirmed(again), "forward.unapproved");
}

TEST_F(WitnessTest, ASendThatFailedKeepsItsReleaseOnlyWhenAPersonSendsItAgain) {
  const auto id = released();
  const auto delivery = store_->lease_delivery("pacs", "forward", 60'000);
  ASSERT_OK(store_->finish_delivery(**delivery, store::DeliveryState::Failed, "dimse.status.A900", {}));
  ASSERT_EQ(job(id).reason_code, "forward.failed");
  EXPECT_EQ(confirmed(id), "forward.unapproved");
  ASSERT_OK(desk_->requeue({id, "A", "", {}}));
  ASSERT_EQ(job(id).state, JobState::Approved);
  EXPECT_EQ(confirmed(id), "yes");
}

TEST_F(WitnessTest, AnEscalationThatWasEditedAwayStillAsksForTwo) {
  const auto id = received();
  verify(id, "automatic", kFace);
  StageOutput waits;
  waits.next = JobState::InReview;
  waits.facts["review"] = {{"required", 1}, {"since", 0}};
  step(id, waits);
  ASSERT_OK(desk_->escalate({id, "A", "", job(id).output_sha256}));
  sql("UPDATE jobs SET facts = json_set(facts, '$.review.required', 1, '$.review.escalated', json('false'))");
  approve(id, "B");
  ASSERT_EQ(job(id).state, JobState::Approved);
  EXPECT_EQ(confirmed(id), "forward.unapproved");
}

TEST_F(WitnessTest, APolicyThatIsStricterByNowCounts) {
  const auto id = released();
  config_.routes[0].review = ReviewPolicy::One;
  EXPECT_EQ(confirmed(id), "forward.unapproved");
}

TEST_F(WitnessTest, AJobWhoseSenderOrContentWasEditedIsNotReleased) {
  for (const char* column : {"calling_ae", "called_ae", "peer"}) {
    const auto id = released();
    sql("UPDATE jobs SET " + std::string(column) + " = 'OTHER' WHERE id = '" + id.str() + "'");
    EXPECT_EQ(confirmed(id), "forward.unapproved") << column;
  }
  const auto id = released();
  sql("UPDATE jobs SET dataset_sha256 = '" + sha256("other bytes").hex() + "' WHERE id = '" + id.str() + "'");
  EXPECT_EQ(confirmed(id), "forward.unapproved");
}

TEST_F(WitnessTest, RowsBeforeABreakProveNothingAndANewRunBehindItDoes) {
  received();
  const auto id = released();
  edit_audit("UPDATE audit SET actor = 'someone' WHERE seq = 1");
  EXPECT_EQ(confirmed(id), "yes") << "what stands behind the edited row is sealed";
  witness_ = std::make_unique<Witness>(config_, *store_, key_);
  edit_audit("DELETE FROM audit WHERE type = 'object.verified'");
  EXPECT_EQ(confirmed(id), "forward.unapproved");
  auto held = store::transition_of(job(id), JobState::Held);
  ASSERT_OK(store_->commit(held));
  ASSERT_OK(desk_->requeue({id, "A", "", {}}));
  verify(id, "automatic");
  release(id);
  EXPECT_EQ(confirmed(id), "yes");
}

TEST_F(WitnessTest, RowsBeyondTheSealedEndProveNothing) {
  const auto id = waiting();
  const auto head = *store_->audit_head();
  audit::Head end = *head;
  const auto forge = [&](audit::EventType type, const char* actor, json details) {
    const auto row = audit::link({type, id, actor, std::move(details)}, 1, end);
    end.seq = row.seq;
    end.hash = row.hash;
    SQLite::Database db(file().string(), SQLite::OPEN_READWRITE);
    SQLite::Statement insert(db,
                             "INSERT INTO audit (seq, at, type, object, actor, details, previous, hash) VALUES "
                             "(?, 1, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, row.seq);
    int place = 1;
    for (const auto& text : {row.type, row.object, row.actor, row.details, row.previous.hex(), row.hash.hex()}) {
      insert.bind(++place, text);
    }
    insert.exec();
  };
  const std::string output = job(id).output_sha256->hex();
  forge(audit::EventType::ReviewApproved, "A", {{"output_sha256", output}});
  forge(audit::EventType::ReviewApproved, "B", {{"output_sha256", output}});
  forge(audit::EventType::ObjectReleased, "gateway", json::object());
  edit_state(id);
  EXPECT_EQ(confirmed(id), "forward.audit_broken");
  released();  // the chain goes on from the sealed end
  EXPECT_EQ(confirmed(id), "forward.unapproved");
}

TEST_F(WitnessTest, ACutTailProvesNothing) {
  const auto id = released();
  edit_audit("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)");
  EXPECT_EQ(confirmed(id), "forward.audit_broken");
}

}  // namespace
}  // namespace veilgate::review
