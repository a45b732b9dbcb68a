#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "deidentify/engine.h"
#include "dicom/dataset.h"
#include "support/synthetic.h"
#include "verify/verify.h"

namespace veilgate::verify {
namespace {

using synthetic::read_bytes;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Real files, de-identified: a finding is a leak of the profile or a false alarm that would hold a clean image. Both
/// are for a person, so the share stays small; and every original must be recognised as dirty.
TEST(VerifyCorpus, CleanedRealFilesRaiseFewFindingsAndOriginalsMany) {
  const std::filesystem::path corpus = std::filesystem::path(VEILGATE_SOURCE_DIR) / ".." / "shared" / "corpus";
  if (!std::filesystem::is_directory(corpus)) GTEST_SKIP() << "no corpus beside this checkout";
  const auto loaded = deidentify::load_profile("research-photo");
  ASSERT_TRUE(loaded.profile);
  const std::array<std::uint8_t, 32> key{1, 2, 3};
  const deidentify::Identity identity{SecretKey(key), "test", "P"};
  const synthetic::TempFolder folder;
  int cleaned = 0, held = 0, originals_found = 0, with_needles = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    auto file =
        entry.is_regular_file() ? dicom::File::load(entry.path(), {}, true) : Result<dicom::File>(dicom::File());
    if (!entry.is_regular_file() || !file) continue;
    std::vector<Needle> needles;
    const auto cleaning = loaded.profile->begin(*file, identity);
    for (const auto& value : cleaning->identifiers().values) needles.push_back({value.text.reveal(), value.tag.str()});
    const std::string before = read_bytes(entry.path());
    if (!needles.empty()) {
      ++with_needles;
      originals_found += search_identifiers(bytes_of(before), pixel_ranges(bytes_of(before)), needles).empty() ? 0 : 1;
    }
    const auto syntax = file->transfer_syntax();
    const auto path = folder.path() / "out.dcm";
    if (!cleaning->apply(*file) || !syntax || !file->save(path, *syntax)) continue;
    ++cleaned;
    const std::string after = read_bytes(path);
    const auto findings = search_identifiers(bytes_of(after), pixel_ranges(bytes_of(after)), needles);
    held += findings.empty() ? 0 : 1;
    if (std::getenv("VEILGATE_CORPUS_VERBOSE") == nullptr) continue;
    for (const auto& finding : findings)
      std::printf("%s: %s\n", entry.path().filename().c_str(), finding.where.c_str());
  }
  std::printf("%d cleaned, %d with findings; %d of %d originals recognised\n", cleaned, held, originals_found,
              with_needles);
  // Test files name their patients "Head" or "Phantom"; about one in ten of them repeats such a word in a kept code.
  EXPECT_LE(held * 8, cleaned) << "more files would be held than before";
  EXPECT_GE(originals_found * 20, with_needles * 19);
}

}  // namespace
}  // namespace veilgate::verify
