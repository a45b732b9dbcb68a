#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "cli/common.h"
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
  EXPECT_EQ(put_in_place(made, other).error().code, "deid.exists");
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
