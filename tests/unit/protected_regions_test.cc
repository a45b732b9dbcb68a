// A mask on what a route protects is never sent without a person.
#include <gmock/gmock.h>

#include "review/rules.h"
#include "worker/findings.h"

namespace veilgate::worker {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Region mask(Box box, int frame = 0) { return {box, frame, RegionKind::Label, 1, "things", "widened: paper"}; }
Region rule(Box box, int frame = 0) { return {box, frame, RegionKind::Fixed, 1, "rule:lesion", "rule"}; }

TEST(ProtectedRegions, AMaskOnOneIsAFindingThatAPersonMayApprove) {
  const auto findings = masks_on_protected({mask({0, 0, 20, 20}), mask({90, 90, 20, 20})}, {rule({100, 100, 50, 50})});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].code, "verify.protected");
  EXPECT_TRUE(findings[0].approvable);
  EXPECT_FALSE(findings[0].region) << "or verification would mask it once more";
  EXPECT_THAT(findings[0].where, HasSubstr("frame 0 at 100,100 10x10: a label mask"));
  EXPECT_THAT(findings[0].where, HasSubstr("rule:lesion"));
}

TEST(ProtectedRegions, MasksBesideItOrOnAnotherFrameAreNone) {
  EXPECT_THAT(masks_on_protected({mask({0, 0, 100, 100}), mask({100, 100, 50, 50}, 1)}, {rule({100, 100, 50, 50})}),
              IsEmpty());
}

TEST(ProtectedRegions, OneFindingForEachFrameHoweverManyMasks) {
  const std::vector masks{mask({0, 0, 10, 10}), mask({5, 5, 10, 10}), mask({0, 0, 10, 10}, 1)};
  EXPECT_THAT(masks_on_protected(masks, {rule({0, 0, 50, 50}), rule({0, 0, 50, 50}, 1)}), SizeIs(2));
}

TEST(ProtectedRegions, NoPolicyReleasesItAutomatically) {
  const auto findings = masks_on_protected({mask({0, 0, 20, 20})}, {rule({0, 0, 50, 50})});
  const nlohmann::json told{{{"code", findings[0].code}, {"where", findings[0].where}, {"approvable", true}}};
  using config::ReviewPolicy;
  EXPECT_EQ(review::need(ReviewPolicy::Automatic, told).approvals, 1);
  EXPECT_EQ(review::need(ReviewPolicy::Two, told).approvals, 2);
  EXPECT_FALSE(review::need(ReviewPolicy::HoldFindings, told).approvable);
}

}  // namespace
}  // namespace veilgate::worker
