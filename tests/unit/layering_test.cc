// The borders of design and CMake as the compiler cannot check them: includes and paths, read from the sources.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kRoot = VEILGATE_SOURCE_DIR;

struct Include {
  std::string file;    // "gateway/route/route.h"
  std::string folder;  // "route"; empty for gateway/*.cc
  int line;
  std::string target;  // as written, without brackets
  bool system;
};

std::vector<fs::path> files_under(const fs::path& folder, const Names& extensions) {
  std::vector<fs::path> out;
  if (!fs::exists(folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && (extensions.empty() || extensions.contains(entry.path().extension()))) {
      out.push_back(entry.path());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Include> gateway_includes() {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> out;
  for (const fs::path& file : files_under(kRoot / "gateway", {".h", ".cc"})) {
    const fs::path inside = file.lexically_relative(kRoot / "gateway");
    const std::string folder = inside.has_parent_path() ? inside.begin()->string() : "";
    std::ifstream in(file);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      std::smatch match;
      if (!std::regex_search(line, match, pattern)) continue;
      out.push_back({("gateway" / inside).string(), folder, number, match[2], match[1] == "<"});
    }
  }
  return out;
}

std::string place(const Include& include) {
  return include.file + ":" + std::to_string(include.line) + ": includes " + include.target;
}

std::string top_folder(const std::string& target) {
  const auto slash = target.find('/');
  return slash == std::string::npos ? "" : target.substr(0, slash);
}

TEST(Layering, ReadsTheSources) { EXPECT_GT(gateway_includes().size(), 100u); }

TEST(Layering, StagesDoNotIncludeEachOther) {
  const Names stages{"receive", "route", "deidentify", "detect", "mask", "verify", "review", "forward"};
  for (const Include& include : gateway_includes()) {
    const std::string target = top_folder(include.target);
    if (include.system || !stages.contains(include.folder) || !stages.contains(target)) continue;
    EXPECT_EQ(target, include.folder) << place(include);
  }
}

TEST(Layering, FoundationsDoNotIncludeWhatIsBuiltOnThem) {
  const std::map<std::string, Names> allowed{
      {"base", {"base"}},
      {"audit", {"base", "audit"}},
      {"config", {"base", "config"}},
      {"spool", {"base", "spool"}},
      {"dicom", {"base", "dicom"}},
      {"store", {"base", "audit", "store"}},
      {"crosswalk", {"base", "audit", "config", "spool", "store", "crosswalk"}},
      {"pixel", {"base", "dicom", "pixel"}},
  };
  Names folders;
  for (const auto& entry : fs::directory_iterator(kRoot / "gateway")) {
    if (entry.is_directory()) folders.insert(entry.path().filename());
  }
  for (const Include& include : gateway_includes()) {
    const auto rule = allowed.find(include.folder);
    const std::string target = top_folder(include.target);
    if (include.system || rule == allowed.end() || !folders.contains(target)) continue;
    EXPECT_TRUE(rule->second.contains(target)) << place(include);
  }
}

TEST(Layering, LibrariesStayBehindTheirFolders) {
  const std::map<std::string, Names> allowed{
      {"dcmtk", {"dicom", "pixel", "receive", "forward"}},
      {"libavcodec", {"pixel"}},
      {"libavformat", {"pixel"}},
      {"libavutil", {"pixel"}},
      {"opencv2", {"pixel", "detect", "mask", "verify", "evaluate"}},
      {"yaml-cpp", {"config"}},
      {"SQLiteCpp", {"store"}},
      {"unicode", {"base"}},
  };
  for (const Include& include : gateway_includes()) {
    const auto rule = allowed.find(top_folder(include.target));
    if (rule == allowed.end()) continue;
    EXPECT_TRUE(rule->second.contains(include.folder)) << place(include);
  }
}

TEST(Layering, NoFileNamesAPathOfTheMachineItWasWrittenOn) {
  // A checkout's own place, and the homes of people. This file must not hold such a path either.
  const std::regex home(R"((/home|/Users)/[A-Za-z0-9_]+/|/root/[A-Za-z0-9_.])");
  const std::string checkout = kRoot.string() + "/";
  const bool telling = std::count(checkout.begin(), checkout.end(), '/') > 2;
  std::vector<fs::path> files;
  for (const char* folder : {"gateway", "profiles", "conf", "tests", "docker"}) {
    const auto more = files_under(kRoot / folder, {".h", ".cc", ".cmake", ".txt", ".yaml", ".yml", ".sh", ".py", ".md",
                                                   ".json", ".tsv", ".csv", ".service", ""});
    files.insert(files.end(), more.begin(), more.end());
  }
  for (const char* name : {"CMakeLists.txt", "CMakePresets.json", "README.md", "CHANGELOG.md"}) {
    if (fs::exists(kRoot / name)) files.push_back(kRoot / name);
  }
  for (const fs::path& file : files) {
    std::ifstream in(file);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      constexpr std::size_t kLongestTold = 4096;  // std::regex recurses per character
      const bool named = telling && line.find(checkout) != std::string::npos;
      const bool at_home = line.size() < kLongestTold && std::regex_search(line, home);
      EXPECT_FALSE(named || at_home) << file.lexically_relative(kRoot).string() << ":" << number;
    }
  }
}

}  // namespace
