#include <gtest/gtest.h>

#include "dicom/dataset.h"
#include "support/synthetic.h"
#include "support/synthetic_jpeg.h"

namespace veilgate::dicom {
namespace {

/// A small generator with a fixed seed: every run tries the same inputs.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<std::size_t>(state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_;
};

std::string mutate(std::string bytes, Random& random) {
  constexpr std::size_t kStructuredBytes = 1400;  // headers and attributes; the pixels behind are less interesting
  const std::size_t span = std::min(bytes.size(), kStructuredBytes);
  switch (random.below(5)) {
    case 0:
      return bytes.substr(0, random.below(bytes.size()));
    case 1:
      bytes.erase(132 + random.below(span - 132), 1 + random.below(8));
      return bytes;
    case 2:
      bytes.insert(132 + random.below(span - 132), bytes.substr(132 + random.below(span - 132), 1 + random.below(64)));
      return bytes;
    case 3:
      for (std::size_t at = 132 + random.below(span - 132), i = 0; i < 4 && at + i < bytes.size(); ++i)
        bytes[at + i] = '\xFF';
      return bytes;
    default:
      for (std::size_t flips = 1 + random.below(4); flips > 0; --flips) {
        bytes[random.below(span)] ^= static_cast<char>(1u << random.below(8));
      }
      return bytes;
  }
}

void read_all(const Item& item) {
  for (const auto& element : item.elements()) {
    element.raw_text();
    element.bytes();
    element.length();
    for (const auto& nested : element.items()) read_all(nested);
  }
}

/// Returns whether it loaded; a crash, a hang or an undefined error kind fails the test.
bool try_it(const synthetic::TempFolder& folder, const std::string& bytes, bool allow_bare) {
  auto file = File::load(synthetic::write_bytes(folder.path(), "in.dcm", bytes), {}, allow_bare);
  if (!file) {
    EXPECT_TRUE(file.error().kind == ErrorKind::Permanent || file.error().kind == ErrorKind::Refused)
        << file.error().code;
    return false;
  }
  read_all(file->dataset());
  return true;
}

TEST(DicomMutations, BrokenFilesGetADefinedErrorAndNeverACrash) {
  synthetic::Photo small;
  small.rows = small.columns = 4;
  std::vector<std::string> seeds{synthetic::file_bytes(synthetic::as_jpeg(small))};
  for (const char* syntax : {synthetic::kImplicitLittle, synthetic::kExplicitLittle, synthetic::kExplicitBig}) {
    small.transfer_syntax = syntax;
    seeds.push_back(synthetic::file_bytes(small));
  }
  const synthetic::TempFolder folder;
  Random random(20261124);
  constexpr int kRounds = 1500;
  int loaded = 0;
  for (const auto& seed : seeds) {
    for (int round = 0; round < kRounds; ++round) {
      if (try_it(folder, mutate(seed, random), false)) ++loaded;
    }
  }
  EXPECT_GT(loaded, 100) << "mutations that still parse must be among them";
}

TEST(DicomMutations, BareDatasetsToo) {
  synthetic::Photo small;
  small.rows = small.columns = 4;
  const synthetic::TempFolder folder;
  Random random(7);
  for (int round = 0; round < 1000; ++round) try_it(folder, mutate(synthetic::dataset(small), random), true);
}

TEST(DicomMutations, EveryTruncationIsNoticed) {
  synthetic::Photo small;
  small.rows = small.columns = 4;
  const std::string whole = synthetic::file_bytes(small);
  const std::size_t pixels = whole.size() - 48;
  const synthetic::TempFolder folder;
  for (std::size_t size = 0; size < whole.size(); size += 7) try_it(folder, whole.substr(0, size), false);
  EXPECT_FALSE(try_it(folder, whole.substr(0, pixels + 1), false));
  EXPECT_FALSE(try_it(folder, whole.substr(0, whole.size() - 1), false));
}

}  // namespace
}  // namespace veilgate::dicom
