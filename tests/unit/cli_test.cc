#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "cli/common.h"
#include "cli/offline.h"
#include "cli/progress.h"
#include "cli/region_lines.h"
#include "cli/scratch.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;

class Placing : public testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
    return folder_.path() / name;
  }
  static std::string text_of(const fs::path& file) { return read_file(file, 1000).value_or("?"); }
  static Link failing_with(int error) {
    return [error](const char*, const char*) {
      errno = error;
      return -1;
    };
  }
  test::TempFolder folder_;
};

TEST_F(Placing, NeverOverwrites) {
  const auto made = put("made", "new"), same = put("same", "new"), other = put("other", "old");
  ASSERT_OK(put_in_place(made, folder_.path() / "free"));
  EXPECT_EQ(text_of(folder_.path() / "free"), "new");
  ASSERT_OK(put_in_place(made, same));
  const auto refused = put_in_place(made, other);
  EXPECT_EQ(refused.error().code, kExists);
  EXPECT_NE(refused.error().message.find(other.string()), std::string::npos) << "which one to take away";
  EXPECT_NE(refused.error().message.find("--out"), std::string::npos);
  EXPECT_EQ(text_of(other), "old");
}

TEST_F(Placing, WorksWithoutHardLinksAndStillNeverOverwrites) {
  for (const int error : {EPERM, EOPNOTSUPP, ENOSYS}) {
    const auto made = put("made", "new"), other = put("other", "old");
    const auto target = folder_.path() / ("free" + std::to_string(error));
    EXPECT_EQ(put_in_place(made, other, failing_with(error)).error().code, "deid.exists");
    EXPECT_EQ(text_of(other), "old");
    ASSERT_OK(put_in_place(made, target, failing_with(error)));
    EXPECT_EQ(text_of(target), "new");
  }
}

TEST_F(Placing, AFullDiskIsNotCalledAnotherObject) {
  const auto made = put("made", "new");
  const auto failed = put_in_place(made, folder_.path() / "free", failing_with(ENOSPC));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "deid.place");
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
  EXPECT_NE(failed.error().message.find(errno_text(ENOSPC)), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_.path() / "free"));
}

TEST_F(Placing, AScratchFolderGoesWithItsOwner) {
  fs::path path;
  {
    const auto scratch = Scratch::create(folder_.path());
    ASSERT_OK(scratch);
    path = scratch->path();
    std::ofstream(path / "half") << "x";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Placing, TheNextStartSweepsWhatAKilledOneLeftAndNothingElse) {
  const auto stale = folder_.path() / (".veilgate-" + ObjectId::random().str());
  fs::create_directories(stale / "deep");
  std::ofstream(stale / "half") << "x";
  fs::create_directory(folder_.path() / ".veilgate-mine");
  const auto outside = put("outside", "kept");
  fs::create_symlink(outside, stale / "link");
  fs::create_directory_symlink(folder_.path() / ".veilgate-mine",
                               folder_.path() / (".veilgate-" + ObjectId::random().str()));
  const auto living = Scratch::create(folder_.path());
  ASSERT_OK(living);
  EXPECT_FALSE(fs::exists(stale));
  EXPECT_TRUE(fs::exists(folder_.path() / ".veilgate-mine"));
  EXPECT_EQ(text_of(outside), "kept");
  const auto next = Scratch::create(folder_.path());
  ASSERT_OK(next);
  EXPECT_TRUE(fs::exists(living->path())) << "its owner lives";
}

class Words : public testing::Test {
 protected:
  Words() : app_("test", "veilgate") {
    app_.add_subcommand("check", "");
    app_.add_subcommand("worker", "")->group("");
    auto* review = app_.add_subcommand("review", "");
    review->add_subcommand("approve", "");
    review->add_subcommand("reject", "");
  }
  std::string told(const std::vector<std::string>& words) const { return unknown_verb(app_, words).value_or(""); }
  CLI::App app_;
};

TEST_F(Words, AVerbThatIsNotThereNamesTheNearest) {
  EXPECT_EQ(told({"chek"}), "'veilgate' has no verb 'chek'; did you mean 'check'? ('veilgate --help' lists them)");
  EXPECT_EQ(told({"review", "aprove", "x"}),
            "'veilgate review' has no verb 'aprove'; did you mean 'approve'? ('veilgate review --help' lists them)");
  EXPECT_EQ(told({"zzz"}), "'veilgate' has no verb 'zzz' ('veilgate --help' lists them)");
  EXPECT_EQ(told({"workr"}), "'veilgate' has no verb 'workr' ('veilgate --help' lists them)") << "roles are hidden";
}

TEST_F(Words, VerbsAndOptionsThatAreThereAreLeftToTheParser) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {}, {"check"}, {"check", "anything"}, {"--version"}, {"worker"}, {"review", "approve", "ID"}, {"review"}}) {
    EXPECT_EQ(told(words), "");
  }
}

TEST_F(Words, AnOptionThatIsNotThereNamesTheNearest) {
  auto* deid = app_.add_subcommand("deid", "");
  std::string out;
  deid->add_option("-o,--out", out);
  deid->add_option("--profile", out);
  deid->add_flag("--quiet");
  const auto said = [&](const std::vector<std::string>& words) { return unknown_option(app_, words).value_or(""); };
  EXPECT_EQ(said({"deid", "a.dcm", "--profil", "x"}),
            "'veilgate deid' has no option '--profil'; did you mean '--profile'? ('veilgate deid --help' lists them)");
  EXPECT_EQ(said({"deid", "--quiet", "--profil=x"}),
            "'veilgate deid' has no option '--profil'; did you mean '--profile'? ('veilgate deid --help' lists them)");
  EXPECT_EQ(said({"deid", "--zzzzz"}), "'veilgate deid' has no option '--zzzzz' ('veilgate deid --help' lists them)");
  for (const auto& words : std::vector<std::vector<std::string>>{{"deid", "--profile=x", "--out", "--profil"},
                                                                 {"deid", "-o", "--profil"},
                                                                 {"deid", "--", "--profil"},
                                                                 {"deid", "-x"},
                                                                 {"--help"},
                                                                 {"deid", "--help"}}) {
    EXPECT_EQ(said(words), "") << words.back();
  }
}

class Project : public Placing {
 protected:
  Result<config::Project> read(const std::vector<std::string>& parameters, const std::string& name = "burns") {
    ProjectOptions options;
    options.name = name;
    options.parameters = parameters;
    return options.read();
  }
};

TEST_F(Project, OptionsBecomeOneWithItsParameters) {
  const auto project = read({"site=Ward 7", "note=a=b", "none="});
  ASSERT_OK(project);
  EXPECT_EQ(project->name, "burns");
  EXPECT_EQ(project->parameters,
            (std::map<std::string, std::string>{{"site", "Ward 7"}, {"note", "a=b"}, {"none", ""}}));
}

TEST_F(Project, AParameterTakesOneWordAndLeavesTheFilesBehindIt) {
  CLI::App app("test", "veilgate");
  ProjectOptions options;
  options.add_to(app, "");
  std::vector<std::string> files;
  app.add_option("files", files);
  app.parse(
      std::vector<std::string>{"b.dcm", "c=3", "--param", "a.dcm", "b=2", "--param"});  // from the last to the first
  EXPECT_EQ(options.parameters, (std::vector<std::string>{"b=2", "c=3"}));
  EXPECT_EQ(files, (std::vector<std::string>{"a.dcm", "b.dcm"}));
}

TEST_F(Project, WrongOptionsAreRefusedByName) {
  EXPECT_NE(read({}, "my project").error().message.find("--project 'my project'"), std::string::npos);
  for (const char* text : {"site", "=x", "si te=x", "site=a\\b", "site=a\nb"}) {
    const auto project = read({text});
    ASSERT_FALSE(project) << text;
    EXPECT_EQ(project.error().kind, ErrorKind::Config);
    EXPECT_TRUE(project.error().message.starts_with("--param")) << project.error().message;
  }
  EXPECT_EQ(read({"site=1", "site=2"}).error().message, "--param site is given twice");
}

TEST_F(Project, AParameterThatTheProfileDoesNotHaveNamesTheNearest) {
  const auto path = put("my.yaml", "name: my\nversion: \"1\"\nextends: basic\nparameters: {site: {default: A}}\n");
  const auto profile = deidentify::load_profile(path.string()).profile;
  ASSERT_NE(profile, nullptr);
  ProjectOptions options;
  options.parameters = {"site=1"};
  EXPECT_TRUE(options.check_against(*profile));
  options.parameters = {"sitte=1"};
  EXPECT_EQ(options.check_against(*profile).error().message,
            "profile my has no parameter 'sitte'; did you mean 'site'?");
}

TEST_F(Project, AConfigurationGoesWithNoOtherWayToNameOne) {
  const auto config = put("gateway.yaml", "version: 1\n").string();
  for (const char* other : {"--key-file", "--project", "--param", "--pseudonyms"}) {
    CLI::App app("test", "veilgate");
    OfflineOptions options;
    options.add_to(app);
    options.add_config_to(app);
    const std::string value = other == std::string("--pseudonyms") ? "hmac" : "a=b";
    EXPECT_THROW(app.parse(std::vector<std::string>{value, other, config, "--config"}), CLI::ExcludesError) << other;
  }
}

TEST_F(Project, WorkersOfAnOfflineRunAreToldTheWholeProject) {
  config::Project project;
  project.name = "burns";
  project.key_file = "/keys/project.key";
  project.pseudonym_prefix = "B-";
  project.parameters = {{"site", "-7"}, {"note", "a=b c"}};
  OfflineOptions told, heard;
  told.take(project);
  CLI::App worker("worker", "worker");
  heard.add_to(worker);
  worker.add_option("--prefix", heard.project.prefix);
  worker.add_flag("--offline");
  auto arguments = told.to_arguments();
  std::vector<std::string> reversed(arguments.rbegin(), std::prev(arguments.rend()));
  worker.parse(reversed);
  const auto made = heard.to_config().project;
  EXPECT_EQ(made.name, project.name);
  EXPECT_EQ(made.key_file, project.key_file);
  EXPECT_EQ(made.pseudonym_prefix, project.pseudonym_prefix);
  EXPECT_EQ(made.parameters, project.parameters);
}

TEST_F(Project, AnEnsembleKeepsItsPlacesAndWorkersAreToldNone) {
  config::Detect detect;
  config::Model own{"mine", {7, 9}, config::ModelSource{}, 0.9, {}, {}, {}};
  own.own->family = "yunet", own.own->family_place = {8, 9}, own.own->file = "mine.onnx", own.own->licence = "MIT";
  detect.ensemble = {config::Model{"ultraface_rfb320", {6, 7}, {}, {}, {}, {}, {}}, own};
  detect.ensemble_place = {5, 3};
  OfflineOptions told, heard;
  told.take(detect);
  const auto kept = told.to_config().detect;
  EXPECT_EQ(kept.ensemble_place.line, 5);
  ASSERT_EQ(kept.ensemble.size(), 2U);
  EXPECT_EQ(kept.ensemble[1].place.line, 7);
  EXPECT_EQ(kept.ensemble[1].own->family_place.line, 8);

  CLI::App worker("worker", "worker");
  heard.add_to(worker);
  worker.add_option("--prefix", heard.project.prefix);
  worker.add_flag("--offline");
  const auto arguments = told.to_arguments();
  worker.parse(std::vector<std::string>(arguments.rbegin(), std::prev(arguments.rend())));
  const auto made = heard.to_config().detect.ensemble;
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].id, "ultraface_rfb320");
  EXPECT_EQ(made[1].own->file, "mine.onnx");
  EXPECT_EQ(made[1].sure, 0.9);
  EXPECT_EQ(made[1].place.line, 0) << "its line is one of the command line's, not of the configuration's";
  EXPECT_EQ(made[1].own->family_place.line, 0);
}

nlohmann::json strip(int x, int y, int w, int h, double score = 0.9, const char* reason = "ellipse+sure") {
  return {{"x", x},         {"y", y},         {"w", w},        {"h", h},          {"frame", 0},
          {"kind", "face"}, {"score", score}, {"source", "m"}, {"reason", reason}};
}

TEST(RegionLines, StripsOfOneShapeAreOneLineWithTheirCount) {
  const auto lines = united_boxes({strip(10, 0, 20, 5), strip(5, 5, 30, 5), strip(10, 10, 20, 5)});
  ASSERT_EQ(lines.size(), 1U);
  auto whole = strip(5, 0, 30, 15);
  whole["boxes"] = 3;
  EXPECT_EQ(lines[0], whole);
}

TEST(RegionLines, WhatDoesNotTouchOrSaysAnotherThingStaysApart) {
  const nlohmann::json regions{strip(0, 0, 10, 5),
                               strip(100, 0, 10, 5),
                               strip(0, 5, 10, 5),
                               strip(0, 10, 10, 5, 0.8),
                               strip(0, 15, 10, 5, 0.8, "sure"),
                               strip(100, 5, 10, 5)};
  const auto lines = united_boxes(regions);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0]["boxes"], 2);
  EXPECT_EQ(lines[1]["x"], 100);
  EXPECT_EQ(lines[1]["boxes"], 2);
  EXPECT_FALSE(lines[2].contains("boxes"));
  EXPECT_EQ(united_boxes(nlohmann::json::array({strip(0, 0, 9, 9)}))[0], strip(0, 0, 9, 9));
  EXPECT_EQ(united_boxes(nlohmann::json::array()), nlohmann::json::array());
}

TEST(RegionLines, AStripBetweenTwoUnitesThem) {
  const auto lines = united_boxes({strip(0, 0, 10, 5), strip(0, 10, 10, 5), strip(0, 5, 10, 5)});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["h"], 15);
  EXPECT_EQ(lines[0]["boxes"], 3);
}

TEST(ProgressLine, TellsTheFramesOfFilmsThatAreUnderWay) {
  Progress progress(4, "held", false);
  EXPECT_EQ(progress.line(), "[........................................] 0/4  held 0");
  int lanes[2];
  progress.frames(&lanes[0], "detect", 120, 900);
  progress.frames(&lanes[1], "verify", 3, 40);
  progress.frames(&lanes[0], "detect", 150, 900);
  progress.step(true);
  EXPECT_EQ(progress.line(),
            "[##########..............................] 1/4  held 1  detect 150/900 frames  verify 3/40 frames");
  progress.finish(&lanes[0]);
  progress.finish(&lanes[1]);
  EXPECT_EQ(progress.line(), "[##########..............................] 1/4  held 1");
}

TEST_F(Words, AConfigurationsModelsAndAttributesAreCountedWithItsOtherProblems) {
  const test::TempFolder folder;
  const auto path = folder.path() / "g.yaml";
  std::ofstream(path) << "version: 1\ndata_dir: data\nreceive: {allow_any_peer: true, bind: 127.0.0.1}\n"
                         "detect:\n  ensemble: [ultraface_rfb32, ppocr_v6_tiny_det, ppocr_v6_tiny_rec]\n  textt: true\n"
                         "destinations:\n  - {name: out, type: folder, path: out}\n"
                         "routes:\n  - {name: all, destinations: [out], match: {attributes: {StationNam: [x]}}}\n";
  testing::internal::CaptureStderr();
  EXPECT_FALSE(load_config(path.string()));
  const std::string told = testing::internal::GetCapturedStderr();
  for (const char* part : {"unknown key 'textt'", "no built-in model is called 'ultraface_rfb32'",
                           "unknown attribute 'StationNam'", "3 problems in the configuration\n"}) {
    EXPECT_NE(told.find(part), std::string::npos) << part << "\n" << told;
  }
}

TEST_F(Words, MalformedIdsAndDigestsAreWrongArguments) {
  EXPECT_EQ(check_object_id(ObjectId::random().str()), "");
  EXPECT_NE(check_object_id("BADID"), "");
  EXPECT_EQ(check_digest(sha256("x").hex()), "");
  EXPECT_NE(check_digest("abc"), "");
}

TEST_F(Words, AMissingConfigurationSaysHowToNameOne) {
  testing::internal::CaptureStderr();
  EXPECT_FALSE(load_config("/nonexistent/gateway.yaml"));
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_NE(told.find("-c FILE"), std::string::npos) << told;
  EXPECT_NE(told.find("VEILGATE_CONFIG"), std::string::npos);
}

}  // namespace
}  // namespace veilgate::cli
