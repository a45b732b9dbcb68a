#include "pipeline.h"

#include <gmock/gmock.h>

#include <set>

#include "base/limits.h"
#include "support/jobs.h"

namespace veilgate {
namespace {

using store::JobState;
using test::some_job;
using ::testing::IsEmpty;

const RetryPolicy kPolicy{3, 20};

store::Transition settled(const store::Job& job, const Result<StageOutput>& result) {
  auto outcome = settle(job, *step_from(job.state), result, kPolicy);
  return std::get<store::Transition>(outcome);
}

TEST(Pipeline, LeadsFromReceivedToForwardedThroughEveryStep) {
  JobState state = JobState::Received;
  std::size_t steps = 0;
  while (const Step* step = step_from(state)) {
    state = step->next;
    ASSERT_LE(++steps, pipeline().size());
  }
  EXPECT_EQ(state, JobState::Forwarded);
  EXPECT_EQ(steps, pipeline().size());
}

TEST(Pipeline, GoesOnByItselfOnlyWhereNoPersonDecides) {
  for (const auto state :
       {JobState::InReview, JobState::Held, JobState::Rejected, JobState::Quarantined, JobState::Forwarded}) {
    EXPECT_EQ(step_from(state), nullptr);
  }
}

TEST(Pipeline, TouchesReceivedBytesOnlyInWorkers) {
  const std::set<Stage> hostile{Stage::Route, Stage::Deidentify, Stage::Detect, Stage::Mask, Stage::Verify};
  for (const auto& step : pipeline()) EXPECT_EQ(step.place == Place::Worker, hostile.contains(step.stage));
}

TEST(Pipeline, SendsNothingThatWasNotVerifiedAndReviewed) {
  std::set<JobState> before_approved;
  for (const auto& step : pipeline()) {
    if (step.next == JobState::Approved) before_approved.insert(step.from);
  }
  EXPECT_EQ(before_approved, std::set<JobState>{JobState::Verified});
}

TEST(Settle, AdvancesWithFactsAndKeepsTheLeaseForTheNextStage) {
  StageOutput output;
  output.facts = {{"detect", {{"regions", nlohmann::json::array()}}}};
  const auto job = some_job(JobState::Deidentified);
  const auto transition = settled(job, output);
  EXPECT_EQ(transition.to, JobState::Detected);
  EXPECT_EQ(transition.expected_version, job.version);
  EXPECT_TRUE(transition.keep_lease);
  EXPECT_EQ(transition.facts_patch, output.facts);
  ASSERT_EQ(transition.events.size(), 1u);
  EXPECT_EQ(transition.events[0].type, audit::EventType::ObjectDetected);
}

TEST(Settle, WritesOnlyTheFirstRegionsIntoTheAudit) {
  StageOutput output;
  const std::size_t many = limits::kMaxAuditedRegions + 5;
  for (std::size_t i = 0; i < many; ++i) output.facts["detect"]["regions"].push_back({{"x", i}});
  const auto transition = settled(some_job(JobState::Deidentified), output);
  EXPECT_EQ(transition.facts_patch["detect"]["regions"].size(), many) << "the job keeps all";
  const auto& audited = transition.events.at(0).details.at("detect");
  EXPECT_EQ(audited.at("regions").size(), limits::kMaxAuditedRegions);
  EXPECT_EQ(audited.at("regions").back().at("x"), limits::kMaxAuditedRegions - 1);
  EXPECT_EQ(audited.at("regions_total"), many);
}

TEST(Settle, NamesTheOutputThatItReleases) {
  StageOutput released;
  released.next = JobState::Approved;
  auto job = some_job(JobState::Verified);
  job.output_sha256 = sha256("output");
  EXPECT_EQ(settled(job, released).events.at(0).details.at("output_sha256"), sha256("output").hex());
}

TEST(Settle, GivesUpTheLeaseWhereThePipelineLeavesTheRunner) {
  StageOutput released;
  released.next = JobState::Approved;
  released.deliveries = {"orthanc"};
  const auto approved = settled(some_job(JobState::Verified), released);
  EXPECT_FALSE(approved.keep_lease);
  EXPECT_EQ(approved.events[0].type, audit::EventType::ObjectReleased);

  StageOutput waits;
  waits.next = JobState::InReview;
  const auto in_review = settled(some_job(JobState::Verified), waits);
  EXPECT_FALSE(in_review.keep_lease);
  EXPECT_THAT(in_review.deliveries, IsEmpty());
  EXPECT_EQ(in_review.events[0].type, audit::EventType::ObjectHeld);
}

TEST(Settle, QuarantinesWhenAWorkerAnswersMoreThanItMayDecide) {
  StageOutput skips_verification;
  skips_verification.next = JobState::Verified;
  EXPECT_EQ(settled(some_job(JobState::Deidentified), skips_verification).to, JobState::Quarantined);
  StageOutput changes_the_output;
  changes_the_output.output_sha256 = sha256("other");
  EXPECT_EQ(settled(some_job(JobState::Masked), changes_the_output).to, JobState::Quarantined);
  StageOutput forges_facts;
  forges_facts.facts = {{"verify", {{"findings", nlohmann::json::array()}}}};
  EXPECT_EQ(settled(some_job(JobState::Deidentified), forges_facts).to, JobState::Quarantined);
  StageOutput no_route;
  EXPECT_EQ(settled(some_job(JobState::Received), no_route).to, JobState::Quarantined);
}

TEST(Settle, PassesThePatientToTheStoreAndNowhereElse) {
  StageOutput output;
  output.facts = {{"deidentify", {{"rows", 1}}}};
  output.patient = PatientSeen{sha256("token"), "VG-1", "sealed entry", "sealed object", sha256("uid"), "p", "as read"};
  const auto transition = settled(some_job(JobState::Routed), output);
  ASSERT_TRUE(transition.crosswalk);
  EXPECT_EQ(transition.crosswalk->project, "p");
  EXPECT_EQ(transition.crosswalk->token, sha256("token"));
  EXPECT_EQ(transition.crosswalk->read, "as read");
  EXPECT_EQ(transition.crosswalk->sealed, "sealed entry");
  const std::string told = transition.facts_patch.dump() + transition.events[0].details.dump();
  for (const auto& kept : {std::string("sealed"), std::string("VG-1"), sha256("token").hex()}) {
    EXPECT_EQ(told.find(kept), std::string::npos);
  }
  EXPECT_EQ(settled(some_job(JobState::Deidentified), output).to, JobState::Quarantined) << "only Deidentify knows it";
  StageOutput asks_again;
  asks_again.asks_for = sha256("token");
  EXPECT_EQ(settled(some_job(JobState::Routed), asks_again).to, JobState::Quarantined);
}

TEST(Settle, LetsVerifyMaskAgainOnlySoOften) {
  StageOutput again;
  again.next = JobState::Detected;
  again.facts = {{"detect", {{"regions", nlohmann::json::array()}, {"rounds", 1}}}};
  auto job = some_job(JobState::Masked);
  EXPECT_EQ(settled(job, again).to, JobState::Detected);
  job.facts["detect"]["rounds"] = kMaxMaskAgainRounds;
  EXPECT_EQ(settled(job, again).to, JobState::Quarantined);
}

TEST(Settle, HoldsWhatIsRefusedAndQuarantinesWhatIsBroken) {
  const std::pair<ErrorKind, JobState> expected[] = {{ErrorKind::Refused, JobState::Held},
                                                     {ErrorKind::Config, JobState::Held},
                                                     {ErrorKind::Permanent, JobState::Quarantined},
                                                     {ErrorKind::Bug, JobState::Quarantined}};
  for (const auto& [kind, state] : expected) {
    const auto transition = settled(some_job(JobState::Received), fail(kind, "some.code", "some words"));
    EXPECT_EQ(transition.to, state) << to_string(kind);
    EXPECT_EQ(transition.reason_code, "some.code");
    EXPECT_FALSE(transition.keep_lease);
    EXPECT_EQ(transition.events.size(), 1u);
  }
}

TEST(Settle, QuarantinesAnObjectThatKeepsKillingWorkers) {
  auto job = some_job(JobState::Detected);
  const Result<StageOutput> crash = fail(ErrorKind::Transient, "worker.crashed", "signal 11");
  for (job.attempts = 1; job.attempts < kPolicy.max_crashes; ++job.attempts) {
    EXPECT_TRUE(std::holds_alternative<Retry>(settle(job, *step_from(job.state), crash, kPolicy)));
  }
  EXPECT_EQ(settled(job, crash).to, JobState::Quarantined);
}

TEST(Settle, TriesOtherTroubleLongerAndThenHoldsWithoutLosing) {
  auto job = some_job(JobState::Detected);
  const Result<StageOutput> full = fail(ErrorKind::Transient, "file.write", "no space");
  job.attempts = kPolicy.max_crashes + 1;
  EXPECT_TRUE(std::holds_alternative<Retry>(settle(job, *step_from(job.state), full, kPolicy)));
  job.attempts = kPolicy.max_attempts;
  EXPECT_EQ(settled(job, full).to, JobState::Held);
}

}  // namespace
}  // namespace veilgate
