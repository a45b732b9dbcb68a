#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "forward/destination.h"
#include "support/forward_fixture.h"

namespace veilgate::forward {
namespace {

class FolderDestinationTest : public testing::ForwardFixture {
 protected:
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
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
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
  const auto refused = make()->send({ObjectId::random(), path, *sha256_file(path)});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().kind, ErrorKind::Transient);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(FolderDestinationTest, AFolderThatCannotBeMadeIsTriedLater) {
  std::ofstream(folder_ / "out") << "a file in the way";
  const auto failed = make()->send(make_output("2.25.100"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Transient);
}

}  // namespace
}  // namespace veilgate::forward
