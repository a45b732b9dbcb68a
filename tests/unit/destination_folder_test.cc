#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "forward/destination.h"
#include "support/forward_fixture.h"

namespace veilgate::forward {
namespace {

class FolderDestinationTest : public testing::ForwardFixture {
 protected:
  FolderDestinationTest() { std::filesystem::create_directories(folder_ / "out" / "deep"); }
  std::unique_ptr<Destination> make() const {
    return *make_destination({"research", config::FolderDestination{folder_ / "out" / "deep"}});
  }
  std::filesystem::path target(const std::string& uid) const { return folder_ / "out" / "deep" / (uid + ".dcm"); }
};

TEST_F(FolderDestinationTest, WritesTheVeryBytesUnderThePseudonymousUid) {
  const auto output = make_output("2.25.100");
  const auto receipt = make()->send(output);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->code, "folder.written");
  EXPECT_EQ(slurp(target("2.25.100")), slurp(output.file));
  struct stat info {};
  ASSERT_EQ(::stat(target("2.25.100").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST_F(FolderDestinationTest, SameObjectTwiceIsASuccess) {
  const auto output = make_output("2.25.100");
  const auto destination = make();
  ASSERT_TRUE(destination->send(output));
  const auto again = destination->send(output);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->code, "folder.present");
}

TEST_F(FolderDestinationTest, OtherBytesUnderTheSameUidAreRefusedAndTheFirstStays) {
  const auto first = make_output("2.25.100");
  const auto second = make_output("2.25.100", EXS_LittleEndianExplicit, UID_VLPhotographicImageStorage, 7);
  const auto destination = make();
  ASSERT_TRUE(destination->send(first));
  const auto refused = destination->send(second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "forward.exists");
  EXPECT_EQ(refused.error().kind, ErrorKind::Permanent);
  EXPECT_EQ(slurp(target("2.25.100")), slurp(first.file));
}

TEST_F(FolderDestinationTest, OtherBytesThanApprovedAreNeverWritten) {
  auto output = make_output("2.25.100");
  std::fstream(output.file, std::ios::in | std::ios::out | std::ios::binary).seekp(-1, std::ios::end).put('\x55');
  const auto refused = make()->send(output);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "forward.digest");
  EXPECT_EQ(refused.error().kind, ErrorKind::Bug);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "out" / "deep"));
}

TEST_F(FolderDestinationTest, AMissingOutputIsABug) {
  auto output = make_output("2.25.100");
  std::filesystem::remove(output.file);
  EXPECT_EQ(make()->send(output).error().code, "forward.output_missing");
}

TEST_F(FolderDestinationTest, AUidThatIsAPathIsRefused) {
  DcmFileFormat file;
  file.getDataset()->putAndInsertString(DCM_SOPClassUID, UID_VLPhotographicImageStorage);
  file.getDataset()->putAndInsertString(DCM_SOPInstanceUID, "../../evil");
  const auto path = folder_ / "evil.out";
  ASSERT_TRUE(file.saveFile(path.c_str(), EXS_LittleEndianExplicit).good());
  const auto refused = make()->send({ObjectId::random(), path, *sha256_file(path), {}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().kind, ErrorKind::Transient);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "evil.dcm"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "out" / "deep"));
}

TEST_F(FolderDestinationTest, AFolderThatIsNotThereIsNeverMadeAndTriedLater) {
  std::filesystem::remove_all(folder_ / "out");
  const auto destination = make();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out")) << "a start makes nothing";
  const auto output = make_output("2.25.100");
  const auto failed = destination->send(output);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
  EXPECT_EQ(failed.error().code, "forward.folder_missing");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out")) << "an unmounted share must not be written below";
  std::filesystem::create_directories(folder_ / "out" / "deep");
  EXPECT_TRUE(destination->send(output)) << "the share is back";
}

TEST_F(FolderDestinationTest, AChangedOutputReplacesWhatItGaveTheFolderBeforeAndNothingElse) {
  const auto first = make_output("2.25.100");
  auto second = make_output("2.25.100", EXS_LittleEndianExplicit, UID_VLPhotographicImageStorage, 7);
  const auto destination = make();
  ASSERT_TRUE(destination->send(first));
  second.replaces = sha256("something else");
  EXPECT_EQ(destination->send(second).error().code, "forward.exists");
  second.replaces = first.expected_sha256;
  ASSERT_TRUE(destination->send(second));
  EXPECT_EQ(slurp(target("2.25.100")), slurp(second.file));
}

}  // namespace
}  // namespace veilgate::forward
