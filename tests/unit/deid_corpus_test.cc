#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "support/deid_fixture.h"
#include "support/synthetic.h"

namespace veilgate::deidentify {
namespace {

namespace fs = std::filesystem;

bool have_dciodvfy() { return fs::exists("/usr/bin/dciodvfy"); }

/// Error lines of dciodvfy, values cut off (it quotes them, and ours differ rightly).
std::set<std::string> errors_of(const fs::path& file) {
  std::set<std::string> out;
  const std::string command = "/usr/bin/dciodvfy -new '" + file.string() + "' 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 4096> line{};
  while (pipe != nullptr && std::fgets(line.data(), line.size(), pipe) != nullptr) {
    std::string text(line.data());
    if (!text.starts_with("Error")) continue;
    text = text.substr(0, text.find(" = <"));
    for (char& c : text) {
      if (static_cast<unsigned char>(c) >= 0x7F || c == '\n') c = ' ';
    }
    out.insert(text);
  }
  if (pipe != nullptr) ::pclose(pipe);
  return out;
}

bool is_photograph_or_capture(const std::string& sop_class) {
  return sop_class.starts_with("1.2.840.10008.5.1.4.1.1.77.1.") || sop_class.starts_with("1.2.840.10008.5.1.4.1.1.7");
}

std::string bytes_of(const fs::path& file) {
  std::stringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

struct Tally {
  std::map<std::string, int> outcomes;
  int checked = 0;
};

void expect_no_new_errors(const fs::path& in, const fs::path& out, const std::string& what, Tally& tally) {
  const auto before = errors_of(in), after = errors_of(out);
  ++tally.checked;
  for (const std::string& error : after) EXPECT_TRUE(before.contains(error)) << what << ": " << error;
}

/// A value that must be gone and is long enough that chance does not write it.
bool is_searchable(const Identifiers::Value& value) { return value.text.reveal().size() >= 8; }

void clean_one(const fs::path& path, const std::string& name, const fs::path& folder, Tally& tally) {
  auto file = dicom::File::load(path, {}, true);
  if (!file) return;
  const auto syntax = file->transfer_syntax();
  const auto used = test::profile(name);
  const auto identity = test::make_identity();
  const auto cleaning = used->begin(*file, identity);
  const auto& found = cleaning->identifiers();
  const auto report = cleaning->apply(*file);
  if (!report) {
    ++tally.outcomes[report.error().code];
    return;
  }
  ASSERT_TRUE(used->stamp(*file, {true, true}));
  EXPECT_EQ(cleaning->residue(*file), std::vector<std::string>{}) << path.filename();
  const fs::path out = folder / "out.dcm";
  const auto saved = file->save(out, *syntax);
  ++tally.outcomes[saved ? "cleaned" : saved.error().code];
  if (!saved) return;
  const std::string bytes = bytes_of(out);
  for (const auto& value : found.values) {
    if (is_searchable(value)) {
      EXPECT_EQ(bytes.find(value.text.reveal()), std::string::npos) << path.filename() << " " << value.tag.str();
    }
  }
  const std::string sop_class = file->dataset().text({0x0008, 0x0016}).reveal();
  if (have_dciodvfy() && is_photograph_or_capture(sop_class)) {
    expect_no_new_errors(path, out, name + " " + path.filename().string(), tally);
  }
}

class DeidCorpus : public testing::TestWithParam<std::string> {};

/// Real files that nobody here wrote.
TEST_P(DeidCorpus, IsCleanedWithoutResidueOrNewErrors) {
  const fs::path corpus = fs::path(VEILGATE_SOURCE_DIR) / ".." / "shared" / "corpus";
  if (!fs::is_directory(corpus)) GTEST_SKIP() << "no corpus beside this checkout";
  ASSERT_TRUE(dicom::init_dicom());
  const synthetic::TempFolder folder;
  Tally tally;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (entry.is_regular_file() && entry.path().extension() != ".csv") {
      clean_one(entry.path(), GetParam(), folder.path(), tally);
    }
  }
  for (const auto& [outcome, count] : tally.outcomes) std::printf("%4d  %s\n", count, outcome.c_str());
  std::printf("%4d  compared by dciodvfy\n", tally.checked);
}

TEST_P(DeidCorpus, SyntheticPhotographStaysValid) {
  if (!have_dciodvfy()) GTEST_SKIP() << "dciodvfy is not installed";
  ASSERT_TRUE(dicom::init_dicom());
  const synthetic::TempFolder folder;
  dicom::File file = test::make_patient_photo();
  dicom::Item item = file.dataset();
  const std::vector<std::pair<std::string_view, int>> numbers = {
      {"SamplesPerPixel", 1}, {"BitsAllocated", 8}, {"BitsStored", 8}, {"HighBit", 7}, {"PixelRepresentation", 0}};
  for (const auto& [keyword, value] : numbers) ASSERT_TRUE(item.set_integer(test::tag(keyword), value));
  test::set(item, "PhotometricInterpretation", "MONOCHROME2");
  ASSERT_TRUE(item.set_bytes({0x7FE0, 0x0010}, "1234", "OB"));
  const fs::path in = folder.path() / "in.dcm";
  ASSERT_TRUE(file.save(in, *Uid::parse("1.2.840.10008.1.2.1")));
  Tally tally;
  clean_one(in, GetParam(), folder.path(), tally);
  EXPECT_EQ(tally.outcomes["cleaned"], 1);
  EXPECT_EQ(tally.checked, 1);
}

INSTANTIATE_TEST_SUITE_P(Profiles, DeidCorpus, testing::Values("basic", "research-photo"),
                         [](const auto& each) { return each.param == "basic" ? "basic" : "research_photo"; });

}  // namespace
}  // namespace veilgate::deidentify
