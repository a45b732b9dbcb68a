#include "base/backoff.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace veilgate {
namespace {

TEST(Backoff, CeilingDoublesUpToTheMaximum) {
  const Backoff backoff(100, 1000, 1);
  EXPECT_EQ(backoff.ceiling_ms(0), 100);
  EXPECT_EQ(backoff.ceiling_ms(1), 100);
  EXPECT_EQ(backoff.ceiling_ms(2), 200);
  EXPECT_EQ(backoff.ceiling_ms(4), 800);
  EXPECT_EQ(backoff.ceiling_ms(5), 1000);
  EXPECT_EQ(backoff.ceiling_ms(std::numeric_limits<int>::max()), 1000);
}

TEST(Backoff, NeverOverflows) {
  const auto max = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(Backoff(1000, max, 1).ceiling_ms(1'000'000), max);
}

TEST(Backoff, DelaysStayInRangeAndSpread) {
  Backoff backoff(1000, 60'000, 7);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto delay = backoff.delay_ms(3);
    ASSERT_GE(delay, 1);
    ASSERT_LE(delay, 4000);
    seen.insert(delay);
  }
  EXPECT_GT(seen.size(), 500u);
  EXPECT_LT(*seen.begin(), 400);
  EXPECT_GT(*seen.rbegin(), 3600);
}

TEST(Backoff, SameSeedSameDelays) {
  Backoff one(100, 5000, 42), two(100, 5000, 42), other(100, 5000, 43);
  bool differs = false;
  for (int i = 1; i < 20; ++i) {
    const auto delay = one.delay_ms(i);
    EXPECT_EQ(delay, two.delay_ms(i));
    differs = differs || delay != other.delay_ms(i);
  }
  EXPECT_TRUE(differs);
}

TEST(Backoff, NonsenseBoundsAreRaised) {
  Backoff backoff(0, -5, 1);
  EXPECT_EQ(backoff.delay_ms(10), 1);
}

}  // namespace
}  // namespace veilgate
