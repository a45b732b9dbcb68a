#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "dicom/dataset.h"
#include "dicom/plain_file.h"
#include "dicom/scan.h"
#include "support/synthetic.h"

namespace veilgate::dicom {
namespace {

/// Touches everything an engine would touch.
std::size_t read_all(const Item& item) {
  std::size_t seen = 0;
  for (const auto& element : item.elements()) {
    seen += 1 + element.raw_text().reveal().size() + element.vr().size() + element.length() / 1000;
    if (!element.is_pixel_data()) seen += element.bytes().reveal().size();
    for (const auto& nested : element.items()) seen += read_all(nested);
  }
  return seen;
}

/// Real files that nobody here wrote: every one is read and written again, or gets a defined error.
TEST(DicomCorpus, EveryRealFileIsReadOrGetsADefinedError) {
  const std::filesystem::path corpus = std::filesystem::path(VEILGATE_SOURCE_DIR) / ".." / "shared" / "corpus";
  if (!std::filesystem::is_directory(corpus)) GTEST_SKIP() << "no corpus beside this checkout";
  const synthetic::TempFolder folder;
  std::map<std::string, int> outcomes;
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".csv") continue;
    ++files;
    auto file = File::load(entry.path(), {}, true);
    if (!file) {
      ++outcomes["load: " + std::string(to_string(file.error().kind)) + " " + file.error().code + " " +
                 file.error().message];
      if (std::getenv("VEILGATE_CORPUS_VERBOSE") != nullptr)
        std::printf("%s: %s\n", file.error().message.c_str(), entry.path().c_str());
      EXPECT_TRUE(file.error().kind == ErrorKind::Permanent || file.error().kind == ErrorKind::Refused);
      continue;
    }
    EXPECT_GT(read_all(file->dataset()), 0u);
    const auto syntax = file->transfer_syntax();
    ASSERT_TRUE(syntax);
    const auto out = folder.path() / "out.dcm";
    const auto digest = file->save(out, *syntax);
    ++outcomes[digest ? "saved" : "save: " + digest.error().code];
    if (!digest) continue;
    const auto again = File::load(out);
    EXPECT_TRUE(again) << entry.path().filename() << " " << (again ? "" : again.error().message);
    const auto plain = PlainFile::open(out, {});
    ASSERT_TRUE(plain);
    const auto structure = scan(plain->bytes());
    ASSERT_TRUE(structure);
    EXPECT_EQ(structure->end_offset, plain->bytes().size()) << entry.path().filename();
  }
  std::printf("%d files\n", files);
  for (const auto& [outcome, count] : outcomes) std::printf("%4d  %s\n", count, outcome.c_str());
}

}  // namespace
}  // namespace veilgate::dicom
