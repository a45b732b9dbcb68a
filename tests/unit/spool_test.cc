#include "spool/spool.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <thread>

#include "spool/sweep.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::spool {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// One folder for the suite: making the 512 fan-out folders anew for each test would cost seconds.
class SpoolTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { folder_ = std::make_unique<test::TempFolder>(); }
  static void TearDownTestSuite() { folder_.reset(); }
  void SetUp() override {
    auto opened = Spool::open(root());
    ASSERT_OK(opened);
    spool_ = std::move(*opened);
  }
  void TearDown() override {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / "originals")) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    for (const auto& file : files) std::filesystem::remove(file);
  }
  static std::filesystem::path root() { return folder_->path() / "spool"; }
  std::unique_ptr<Incoming> begin(std::uint64_t max_bytes = kNoLimit, std::string_view seed = "1.2") {
    auto incoming = spool_->begin(seed, max_bytes, 0);
    EXPECT_TRUE(incoming);
    return incoming ? std::move(*incoming) : nullptr;
  }
  static inline std::unique_ptr<test::TempFolder> folder_;
  std::unique_ptr<Spool> spool_;
};

TEST_F(SpoolTest, KeptObjectIsWholePrivateAndNamedById) {
  auto incoming = begin();
  const ObjectId id = incoming->id();
  incoming->write_header(bytes_of("HEAD"));
  incoming->write(bytes_of("data1"));
  incoming->write(bytes_of("data2"));
  const auto digest = incoming->finish();
  ASSERT_OK(digest);
  EXPECT_EQ(*digest, sha256("1.2data1data2")) << "the header must not count, the seed must";
  EXPECT_EQ(incoming->size_bytes(), 14u);
  incoming->keep();
  incoming.reset();
  const auto path = spool_->original(id);
  EXPECT_EQ(*read_file(path, 100), "HEADdata1data2");
  EXPECT_EQ(path, root() / "originals" / id.str().substr(0, 2) / (id.str() + ".dcm"));
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  ASSERT_EQ(::stat(path.parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
}

TEST_F(SpoolTest, SameBytesUnderAnotherTransferSyntaxHaveAnotherDigest) {
  auto one = begin(kNoLimit, "1.2.1");
  auto two = begin(kNoLimit, "1.2.2");
  one->write(bytes_of("x"));
  two->write(bytes_of("x"));
  EXPECT_NE(*one->finish(), *two->finish());
}

TEST_F(SpoolTest, UnkeptObjectVanishes) {
  auto incoming = begin();
  const auto path = spool_->original(incoming->id());
  incoming->write(bytes_of("x"));
  ASSERT_OK(incoming->finish());
  EXPECT_TRUE(std::filesystem::exists(path));
  incoming.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SpoolTest, KeepWithoutFinishKeepsNothing) {
  auto incoming = begin();
  const auto path = spool_->original(incoming->id());
  incoming->write(bytes_of("x"));
  incoming->keep();
  incoming.reset();
  EXPECT_FALSE(std::filesystem::exists(path)) << "what is not durable must not stay";
}

TEST_F(SpoolTest, TooLargeIsLatchedAndToldAtTheEnd) {
  auto incoming = begin(10);
  const auto path = spool_->original(incoming->id());
  for (int i = 0; i < 1000; ++i) incoming->write(bytes_of("0123"));
  const auto finished = incoming->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, "receive.too_large");
  EXPECT_EQ(finished.error().kind, ErrorKind::Permanent);
  EXPECT_LE(std::filesystem::file_size(path), 10u);
  EXPECT_EQ(incoming->finish().error().code, "receive.too_large");
  incoming->keep();
  incoming.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SpoolTest, ExactlyTheLimitIsAllowed) {
  auto incoming = begin(8);
  incoming->write(bytes_of("01234567"));
  EXPECT_TRUE(incoming->finish());
}

TEST_F(SpoolTest, FullDiskIsTransientBeforeAnyByte) {
  const auto refused = spool_->begin("1.2", kNoLimit, kNoLimit);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "spool.full");
  EXPECT_EQ(refused.error().kind, ErrorKind::Transient);
  EXPECT_TRUE(spool_->list_originals()->empty());
}

TEST_F(SpoolTest, WriteErrorIsLatchedNotThrown) {
  // RLIMIT_FSIZE would raise SIGXFSZ; a folder that vanishes makes the folder sync fail instead.
  auto incoming = begin();
  std::filesystem::remove_all(spool_->original(incoming->id()).parent_path());
  incoming->write(bytes_of("x"));
  const auto finished = incoming->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().kind, ErrorKind::Transient);
}

TEST_F(SpoolTest, ListsOnlyItsOwnOriginals) {
  std::vector<ObjectId> kept;
  for (int i = 0; i < 20; ++i) {
    auto incoming = begin();
    incoming->write(bytes_of("x"));
    ASSERT_OK(incoming->finish());
    incoming->keep();
    kept.push_back(incoming->id());
  }
  const auto originals = root() / "originals";
  ASSERT_OK(write_durably(originals / "00" / "stranger.dcm", bytes_of("x")));
  ASSERT_OK(write_durably(originals / "00" / ("ff" + std::string(30, '0') + ".dcm"), bytes_of("x")));
  auto listed = spool_->list_originals();
  ASSERT_OK(listed);
  std::sort(kept.begin(), kept.end());
  std::sort(listed->begin(), listed->end());
  EXPECT_EQ(*listed, kept);
}

TEST_F(SpoolTest, DiscardRemovesOrphansButNotWhatIsBeingReceived) {
  auto incoming = begin();
  const ObjectId id = incoming->id();
  incoming->write(bytes_of("x"));
  ASSERT_OK(incoming->finish());
  EXPECT_EQ(spool_->discard(id).error().code, "spool.in_use");
  incoming->keep();
  incoming.reset();
  EXPECT_TRUE(std::filesystem::exists(spool_->original(id)));
  ASSERT_OK(spool_->discard(id));
  EXPECT_FALSE(std::filesystem::exists(spool_->original(id)));
  EXPECT_TRUE(spool_->discard(id)) << "gone already is fine";
}

TEST_F(SpoolTest, LockExcludesAnotherGatewayAndNamesIt) {
  auto held = spool_->lock();
  ASSERT_OK(held);
  auto other = Spool::open(root());
  ASSERT_OK(other);
  const auto refused = (*other)->lock();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  EXPECT_NE(refused.error().message.find(std::to_string(::getpid())), std::string::npos) << refused.error().message;
  held->close();
  EXPECT_TRUE((*other)->lock());
}

TEST_F(SpoolTest, ReopeningKeepsObjects) {
  auto incoming = begin();
  incoming->write(bytes_of("x"));
  ASSERT_OK(incoming->finish());
  incoming->keep();
  auto again = Spool::open(root());
  ASSERT_OK(again);
  EXPECT_EQ((*again)->list_originals()->size(), 1u);
}

TEST(Spool, RefusesAPathThatCannotBeUsed) {
  const test::TempFolder folder;
  ASSERT_OK(write_durably(folder.path() / "file", bytes_of("x")));
  const auto refused = Spool::open(folder.path() / "file");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
}

TEST_F(SpoolTest, ManyReceiveAtOnceWithoutMixing) {
  constexpr int kThreads = 8;
  constexpr int kObjects = 10;
  std::vector<std::thread> receivers;
  std::atomic<int> wrong{0};
  for (int t = 0; t < kThreads; ++t) {
    receivers.emplace_back([&, t] {
      for (int i = 0; i < kObjects; ++i) {
        const std::string text(200'000, static_cast<char>('a' + t));
        auto incoming = spool_->begin("", kNoLimit, 0);
        for (std::size_t at = 0; at < text.size(); at += 50'000) (*incoming)->write(bytes_of(text).subspan(at, 50'000));
        if ((*incoming)->finish() != sha256(text)) ++wrong;
        (*incoming)->keep();
        if (*sha256_file(spool_->original((*incoming)->id())) != sha256(text)) ++wrong;
      }
    });
  }
  for (auto& receiver : receivers) receiver.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(spool_->list_originals()->size(), std::size_t{kThreads} * kObjects);
}

TEST_F(SpoolTest, SweepTakesOldTemporariesOfOutputsAndNothingElse) {
  constexpr std::int64_t kHour = 3'600'000;
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(2);
  const auto folder = root() / "outputs" / "ab";
  const auto put = [&](const std::filesystem::path& path, bool aged) {
    EXPECT_TRUE(write_durably(path, bytes_of("half")));
    if (aged) std::filesystem::last_write_time(path, old);
  };
  put(folder / ".tmp-0011", true);
  put(folder / ".tmp-0022", false);
  put(folder / "finished.dcm", true);
  put(root() / "originals" / "ab" / ".tmp-0033", true);
  EXPECT_EQ(sweep_temporaries(root(), kHour), 1);
  EXPECT_FALSE(std::filesystem::exists(folder / ".tmp-0011"));
  EXPECT_TRUE(std::filesystem::exists(folder / ".tmp-0022")) << "its writer may be alive";
  EXPECT_TRUE(std::filesystem::exists(folder / "finished.dcm"));
  EXPECT_EQ(sweep_temporaries(root() / "nowhere", kHour), 0);
}

}  // namespace
}  // namespace veilgate::spool
