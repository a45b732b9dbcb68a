// Deterministic mutations of encapsulated pixel data through the fuzz target: no crash, frames written are frames read.
#include <gtest/gtest.h>

#include "support/fuzz_inputs.h"
#include "support/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace veilgate {
namespace {
using Bytes = std::vector<std::uint8_t>;
constexpr int kRounds = 6000;

void put_u32(Bytes& out, std::size_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_item(Bytes& out, const Bytes& value) {
  out.insert(out.end(), {0xFE, 0xFF, 0x00, 0xE0});
  put_u32(out, value.size());
  out.insert(out.end(), value.begin(), value.end());
}

/// Two control bytes of the target, an offset table, fragments, the delimiter.
Bytes seed(int syntax, int frames, int fragments_each, bool table) {
  Bytes offsets;
  for (int i = 0; table && i < frames; ++i) put_u32(offsets, static_cast<std::size_t>(i * fragments_each) * 26);
  Bytes out{static_cast<std::uint8_t>(syntax), static_cast<std::uint8_t>(frames)};
  put_item(out, offsets);
  for (int i = 0; i < frames * fragments_each; ++i) {
    Bytes value(18, static_cast<std::uint8_t>(i));
    if (i % fragments_each == 0) {
      value[0] = 0xFF;
      value[1] = 0x4F;
    }
    put_item(out, value);
  }
  out.insert(out.end(), {0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0});
  return out;
}

TEST(FragmentsMutation, KeptInputsAreHarmless) {
  const auto inputs = test::kept_inputs("fragments");
  ASSERT_FALSE(inputs.empty());
  for (const auto& input : inputs) LLVMFuzzerTestOneInput(input.data(), input.size());
}

TEST(FragmentsMutation, NeverCrashesOrMixesFramesUp) {
  std::vector<Bytes> seeds;
  for (int syntax = 0; syntax < 3; ++syntax) {
    for (const auto& [frames, each] : {std::pair{1, 1}, std::pair{1, 3}, std::pair{4, 1}, std::pair{3, 2}}) {
      seeds.push_back(seed(syntax, frames, each, false));
      seeds.push_back(seed(syntax, frames, each, true));
    }
  }
  test::offer_seeds(seeds);
  std::mt19937 random(11);
  for (int round = 0; round < kRounds; ++round) {
    const auto& from = seeds[static_cast<std::size_t>(round) % seeds.size()];
    const auto input = round < static_cast<int>(seeds.size()) ? from : test::mutated(from, random, 64);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
}
}  // namespace
}  // namespace veilgate
