// Deterministic mutations of valid codestreams and box files through the fuzz target: bounded time, no crash.
#include <gtest/gtest.h>

#include "pixel/codecs/j2k_stream.h"
#include "support/fuzz_inputs.h"
#include "support/j2k_tools.h"
#include "support/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace veilgate::pixel {
namespace {
using test::Bytes;
constexpr int kRounds = 12000;

std::vector<Bytes> seeds() {
  test::Planes planes(3, std::vector<std::int32_t>(40 * 48));
  std::mt19937 random(3);
  for (auto& plane : planes) {
    for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = static_cast<int>((i % 48) * 4 + random() % 8);
  }
  const test::Planes gray{planes[0]};
  const test::J2kShape plain{.rows = 40, .columns = 48};
  std::vector<test::J2kShape> shapes(5, plain);
  shapes[1].transform = shapes[1].irreversible = true;
  shapes[2].tile = 16;
  shapes[2].lengths = true;
  shapes[3].layers = 3;
  shapes[3].order = OPJ_PCRL;
  shapes[4].tile_parts = true;
  shapes[4].lengths = true;
  shapes[4].order = OPJ_RPCL;
  std::vector<Bytes> out;
  for (const auto& shape : shapes) out.push_back(test::encode_j2k(planes, shape));
  out.push_back(test::encode_j2k(gray, plain));
  out.push_back(test::encode_j2k(planes, plain, true));
  out.push_back(test::encode_htj2k(planes, shapes[1]));
  out.push_back(test::encode_htj2k(gray, plain));
  for (auto& seed : out) {
    test::Bytes with_mode{static_cast<std::uint8_t>(&seed - out.data())};
    with_mode.insert(with_mode.end(), seed.begin(), seed.end());
    seed = with_mode;
  }
  return out;
}

TEST(J2kMutation, KeptInputsAreHarmless) {
  const auto inputs = test::kept_inputs("j2k_clean");
  ASSERT_FALSE(inputs.empty());
  for (const auto& input : inputs) LLVMFuzzerTestOneInput(input.data(), input.size());
}

TEST(J2kMutation, NeverCrashesHangsOrContradictsItself) {
  const auto all = seeds();
  test::offer_seeds(all);
  std::mt19937 random(20261125);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto& seed = all[static_cast<std::size_t>(round) % all.size()];
    const auto input = round < static_cast<int>(all.size()) ? seed : test::mutated(seed, random, 180);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    if (!input.empty() && read_j2k(std::span(input).subspan(1))) ++accepted;
  }
  EXPECT_GT(accepted, kRounds / 100);
  EXPECT_LT(accepted, kRounds);
}
}  // namespace
}  // namespace veilgate::pixel
