#include <gmock/gmock.h>

#include "review/rules.h"
#include "support/jobs.h"

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

}  // namespace
}  // namespace veilgate::review
