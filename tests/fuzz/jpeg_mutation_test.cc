// Deterministic mutations of valid streams: every outcome is a result, in bounded time; accepted ones are well-formed.
#include <gtest/gtest.h>

#include <random>

#include "pixel/jpeg_edit.h"
#include "support/fuzz_inputs.h"
#include "support/jpeg_tools.h"
#include "support/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace veilgate::pixel {
namespace {
constexpr int kRounds = 30000;
constexpr std::size_t kHeaderBytes = 700;

TEST(JpegMutation, KeptInputsAreHarmless) {
  const auto inputs = test::kept_inputs("jpeg_edit");
  ASSERT_FALSE(inputs.empty());
  for (const auto& input : inputs) LLVMFuzzerTestOneInput(input.data(), input.size());
}

TEST(JpegMutation, NeverCrashesHangsOrContradictsItself) {
  std::vector<test::Bytes> seeds;
  for (const test::JpegShape& shape :
       {test::JpegShape{}, test::JpegShape{.h = 1, .v = 1, .restart = 3}, test::JpegShape{.h = 1, .v = 1, .gray = true},
        test::JpegShape{.progressive = true}, test::JpegShape{.optimized = true},
        test::JpegShape{.separate_scans = true}}) {
    test::Bytes seed{20, 20, 40, 30};
    const auto stream = test::encode_jpeg(test::test_picture(96, 64), shape);
    seed.insert(seed.end(), stream.begin(), stream.end());
    seeds.push_back(seed);
  }
  test::offer_seeds(seeds);
  std::mt19937 random(20261124);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto input = test::mutated(seeds[static_cast<std::size_t>(round) % seeds.size()], random, kHeaderBytes);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    accepted += edit_jpeg(std::span(input).subspan(4), {}, Style::Solid).has_value() ? 1 : 0;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, kRounds);
}
}  // namespace
}  // namespace veilgate::pixel
