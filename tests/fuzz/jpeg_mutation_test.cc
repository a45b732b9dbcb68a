// Deterministic mutations of valid streams: every outcome is a result, in bounded time; accepted ones are well-formed.
#include <gtest/gtest.h>

#include <random>

#include "pixel/jpeg_edit.h"
#include "support/jpeg_tools.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace veilgate::pixel {
namespace {
constexpr int kRounds = 30000;

test::Bytes mutated(test::Bytes bytes, std::mt19937& random) {
  const auto at = [&] { return random() % bytes.size(); };
  const int changes = 1 + static_cast<int>(random() % 6);
  for (int i = 0; i < changes; ++i) {
    switch (random() % 6) {
      case 0:
        bytes[at()] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        bytes[at()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        break;
      case 2:  // a marker somewhere
        bytes[at()] = 0xFF;
        break;
      case 3:
        bytes.resize(std::max<std::size_t>(8, bytes.size() - random() % 200));
        break;
      case 4: {  // a piece twice
        const auto from = at();
        const test::Bytes piece(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                                bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), from + 64)));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at()), piece.begin(), piece.end());
        break;
      }
      default:  // in the headers, where it hurts most
        bytes[random() % std::min<std::size_t>(bytes.size(), 700)] = static_cast<std::uint8_t>(random());
    }
  }
  return bytes;
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
  std::mt19937 random(20261124);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto input = mutated(seeds[static_cast<std::size_t>(round) % seeds.size()], random);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    accepted += edit_jpeg(std::span(input).subspan(4), {}, Style::Solid).has_value() ? 1 : 0;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, kRounds);
}
}  // namespace
}  // namespace veilgate::pixel
