#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "config/load.h"
#include "config/yaml_reader.h"
#include "dicom/dataset.h"
#include "route/route.h"

namespace veilgate::config {
namespace {

namespace fs = std::filesystem;
constexpr int kRounds = 600;

std::string contents(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

// Bytes and words that mean something to a YAML reader.
std::string mutated(std::string text, std::mt19937& random) {
  static const std::vector<std::string> kWords{
      "\n",           "\t",   ":",      "- ",   "[",    "]",    "{",     "}",
      "&a ",          "*a",   "!!int ", "<<: ", "? ",   "| \n", "> \n",  "---\n",
      "...\n",        "%X\n", "'",      "\"",   "\\",   "#",    "\x04",  std::string(1, '\0'),
      "\xEF\xBB\xBF", "\xFF", "~",      "null", "0104", "-1",   "1e999", "99999999999999999999",
      "10 GiB",       "\r\n", ",",      "@",    "`",    "  "};
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        text.insert(at, kWords[below(kWords.size())]);
        break;
      case 1:
        text.erase(at, 1 + below(40));
        break;
      case 2:
        text[at] = static_cast<char>(below(256));
        break;
      case 3:
        text.resize(at);
        break;
      default:
        text.insert(at, text.substr(below(text.size()), 1 + below(200)));
    }
  }
  return text;
}

class MutatedConfig : public ::testing::TestWithParam<const char*> {};

TEST_P(MutatedConfig, GivesProblemsOrAConfigurationAndNeverCrashes) {
  ASSERT_TRUE(dicom::init_dicom());
  const std::string original = contents(fs::path(VEILGATE_SOURCE_DIR) / "conf" / GetParam());
  ASSERT_FALSE(original.empty());
  std::string name = (fs::temp_directory_path() / "veilgate_mutation_XXXXXX").string();
  const fs::path folder = mkdtemp(name.data());
  const fs::path file = folder / "g.yaml";
  std::mt19937 random(20261124);
  int good = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutated(original, random);
    std::ofstream(file, std::ios::binary) << text;
    const Loaded loaded = load(file);
    const auto words = route::check(loaded.config);
    route::run_route_tests(loaded.config);
    if (loaded.problems.empty()) ++good;
    const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const Problem& problem : loaded.problems) {
      ASSERT_FALSE(problem.message.empty());
      ASSERT_GE(problem.line, 0);
      ASSERT_LE(problem.line, lines + 1) << to_string(problem);
    }
  }
  // Both kinds must occur, or the loop tests nothing.
  EXPECT_GT(good, kRounds / 50);
  EXPECT_LT(good, kRounds);
  fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Configurations, MutatedConfig, ::testing::Values("gateway.yaml", "quickstart.yaml"));

}  // namespace
}  // namespace veilgate::config
