// Deflated Explicit VR Little Endian: the dataset as one raw deflate stream. Made here with zlib itself, read back with
// dcmtk's own tools.
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include "base/scratch_file.h"
#include "dicom/dataset.h"
#include "dicom/plain_file.h"
#include "support/synthetic.h"

namespace veilgate::dicom {
namespace {

constexpr const char* kDeflated = "1.2.840.10008.1.2.1.99";

std::string deflated(const std::string& plain) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, plain.size()), '\0');
  std::string in = plain;
  z.next_in = static_cast<Bytef*>(static_cast<void*>(in.data()));
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = static_cast<Bytef*>(static_cast<void*>(out.data()));
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

synthetic::Photo photo() { return {.transfer_syntax = kDeflated}; }

std::string file_bytes(const std::string& dataset) { return synthetic::meta(photo()) + deflated(dataset); }

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer{};
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), count);
  return ::pclose(pipe) == 0 ? out : "failed: " + out;
}

class DeflatedFile : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& bytes, const char* name = "in.dcm") {
    return synthetic::write_bytes(folder_.path(), name, bytes);
  }
  Result<File> load(const std::string& bytes) { return File::load(write(bytes), {.scratch = folder_.path()}); }
  std::string code_of(const std::string& bytes) {
    const auto file = load(bytes);
    return file ? "" : std::string(to_string(file.error().kind)) + " " + file.error().code;
  }
  synthetic::TempFolder folder_;
};

TEST_F(DeflatedFile, IsReadLikeAnyOther) {
  auto file = load(file_bytes(synthetic::dataset(photo())));
  ASSERT_TRUE(file) << file.error().code;
  EXPECT_EQ(file->transfer_syntax()->str(), kDeflated);
  EXPECT_EQ(file->dataset().text({0x0010, 0x0010}).reveal(), "Mustermann^Erika");
}

TEST_F(DeflatedFile, KeepsLargeValuesReachableWhenNothingButTheObjectIsLeft) {
  synthetic::Photo large = photo();
  large.rows = 512;
  large.columns = 512;
  const auto path = write(file_bytes(synthetic::dataset(large)));
  auto file = File::load(path, {.scratch = folder_.path()});
  ASSERT_TRUE(file);
  std::filesystem::remove(path);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << "the inflated bytes have no name";
  File moved = std::move(*file);
  EXPECT_TRUE(moved.dataset().find({0x7FE0, 0x0010})->bytes().reveal() == synthetic::gradient(512, 512));
}

TEST_F(DeflatedFile, IsWrittenDeflatedAgainAndTheSameEachTime) {
  synthetic::Photo large = photo();
  large.rows = 700;
  large.columns = 701;
  const auto path = write(file_bytes(synthetic::dataset(large)));
  const auto save = [&](const char* name, bool in_memory) {
    auto file = File::load(path);
    EXPECT_NE(in_memory && file->dataset().find({0x7FE0, 0x0010})->bytes().reveal().empty(), true);
    return file->save(folder_.path() / name, *file->transfer_syntax());
  };
  const auto first = save("a.dcm", false);
  const auto second = save("b.dcm", true);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second) << "whether values lie in memory or on disk must not show";
  EXPECT_EQ(synthetic::read_bytes(folder_.path() / "a.dcm").size() % 2, 0u);
  EXPECT_LT(std::filesystem::file_size(folder_.path() / "a.dcm"), 700u * 701u * 3 / 10);
  auto again = File::load(folder_.path() / "a.dcm");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->dataset().text({0x0010, 0x0020}).reveal(), "PID-4711-0815");
  EXPECT_TRUE(again->dataset().find({0x7FE0, 0x0010})->bytes().reveal().starts_with(synthetic::gradient(700, 701)));
}

TEST_F(DeflatedFile, ComesFromAndGoesToOtherToolkits) {
  const auto plain = synthetic::write_photo(folder_.path(), {}, "plain.dcm");
  const auto theirs = folder_.path() / "theirs.dcm";
  ASSERT_EQ(output_of("dcmconv -q +td " + plain.string() + " " + theirs.string()), "");
  auto file = File::load(theirs);
  ASSERT_TRUE(file) << file.error().code;
  EXPECT_EQ(file->transfer_syntax()->str(), kDeflated);
  const auto ours = folder_.path() / "ours.dcm";
  ASSERT_TRUE(file->save(ours, *file->transfer_syntax()));
  const auto dump = output_of("dcmdump -M " + ours.string());
  EXPECT_NE(dump.find("DeflatedLittleEndianExplicit"), std::string::npos) << dump;
  EXPECT_NE(dump.find("[Mustermann^Erika]"), std::string::npos);
  const auto back = folder_.path() / "back.dcm";
  ASSERT_EQ(output_of("dcmconv -q +te " + ours.string() + " " + back.string()), "");
  auto plain_again = File::load(back);
  ASSERT_TRUE(plain_again);
  EXPECT_TRUE(plain_again->dataset().find({0x7FE0, 0x0010})->bytes().reveal() == synthetic::gradient(64, 96));
}

TEST_F(DeflatedFile, LosesWhatFollowsTheStream) {
  const auto plain = PlainFile::open(write(file_bytes(synthetic::dataset(photo())) + "Mustermann^Erika"), {});
  ASSERT_TRUE(plain);
  EXPECT_GE(plain->behind_stream(), 16u);
  const std::string seen(plain->bytes().begin(), plain->bytes().end());
  EXPECT_TRUE(seen.ends_with(synthetic::gradient(64, 96))) << "nothing but the dataset is inflated";
  auto file = load(file_bytes(synthetic::dataset(photo())) + "Mustermann^Erika");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->save(folder_.path() / "out.dcm", *file->transfer_syntax()));
  EXPECT_EQ(synthetic::read_bytes(folder_.path() / "out.dcm").find("Mustermann"), std::string::npos);
  EXPECT_EQ(PlainFile::open(folder_.path() / "out.dcm", {})->behind_stream(), 0u);
}

TEST_F(DeflatedFile, DigestIsOfTheBytesAsReceived) {
  const auto dataset = synthetic::dataset(photo());
  const auto as_is = dataset_digest(write(file_bytes(dataset)));
  const auto longer = dataset_digest(write(file_bytes(dataset) + "x"));
  ASSERT_TRUE(as_is && longer);
  EXPECT_NE(*as_is, *longer);
}

TEST_F(DeflatedFile, BrokenStreamsArePermanentErrors) {
  const auto whole = file_bytes(synthetic::dataset(photo()));
  EXPECT_EQ(code_of(whole.substr(0, whole.size() - 3)), "permanent deflate.corrupt");
  EXPECT_EQ(code_of(synthetic::meta(photo())), "permanent deflate.corrupt");
  EXPECT_EQ(code_of(synthetic::meta(photo()) + synthetic::dataset(photo())), "permanent deflate.corrupt");
  const auto dataset = synthetic::dataset(photo());
  EXPECT_EQ(code_of(file_bytes(dataset.substr(0, dataset.size() - 50))), "permanent dicom.truncated");
}

TEST_F(DeflatedFile, ABombEndsBeforeItFillsDiskOrMemory) {
  const std::string bomb = file_bytes(synthetic::dataset(photo()) + std::string(300u << 20, '\0'));
  ASSERT_LT(bomb.size(), 1u << 20);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(bomb), "permanent deflate.too_large");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
  LoadLimits small{.max_bytes = 64 * 1024};
  const auto file = File::load(write(file_bytes(std::string(100'000, '\0'))), small);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, "deflate.too_large");
}

TEST_F(DeflatedFile, NestingIsBoundedAsEverywhere) {
  std::string bytes;
  for (int i = 0; i < 10'000; ++i) {
    bytes +=
        std::string("\x08\x00\x15\x11SQ\0\0\xFF\xFF\xFF\xFF", 12) + std::string("\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 8);
  }
  EXPECT_EQ(code_of(file_bytes(bytes)), "permanent dicom.limit");
}

TEST(ScratchFile, ReadsWhatWasAppendedInFoldersAndInMemory) {
  synthetic::TempFolder folder;
  for (const auto& where : {folder.path(), std::filesystem::path()}) {
    auto file = ScratchFile::create(where);
    ASSERT_TRUE(file) << file.error().message;
    const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
    ASSERT_TRUE((*file)->append(bytes));
    ASSERT_TRUE((*file)->append(bytes));
    std::array<std::uint8_t, 4> out{};
    EXPECT_EQ((*file)->read(6, out).value_or(0), 2u);
    EXPECT_EQ(out[1], 4);
    EXPECT_EQ((*file)->size(), 8u);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  }
  EXPECT_EQ(ScratchFile::create(folder.path() / "absent").error().kind, ErrorKind::Transient);
}

}  // namespace
}  // namespace veilgate::dicom
