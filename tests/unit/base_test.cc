#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/region.h"
#include "base/result.h"
#include "base/types.h"
#include "base/unicode.h"
#include "support/temp_folder.h"

namespace veilgate {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Unicode, FoldsWhatReadsAlike) {
  for (const char* same : {"Meyer", "MEYER", "Ｍｅｙｅｒ", "𝐌𝐞𝐲𝐞𝐫", "Меуеr", "M\u200Beyer", "ᴍᴇʏᴇʀ"}) {
    EXPECT_EQ(unicode::skeleton(same), "meyer") << same;
  }
  EXPECT_EQ(unicode::skeleton("٤٧११"), "4711");
  EXPECT_EQ(unicode::skeleton("Mu\u0308ller"), unicode::skeleton("MÜLLER"));
  EXPECT_NE(unicode::skeleton("Müller"), unicode::skeleton("Muller"));
}

TEST(Unicode, ComposesAndDecomposesButLeavesWhatIsNoUtf8) {
  EXPECT_EQ(unicode::composed("Mu\u0308ller"), "Müller");
  EXPECT_EQ(unicode::decomposed("Müller"), "Mu\u0308ller");
  EXPECT_EQ(unicode::composed("M\xFCller"), "M\xFCller");
  EXPECT_EQ(unicode::decomposed("\xE3\x81"), "\xE3\x81");
}

TEST(Unicode, KnowsDigitsStylesAndLookalikes) {
  EXPECT_EQ(unicode::digit_of(U'٣'), 3);
  EXPECT_EQ(unicode::digit_of(U'x'), -1);
  EXPECT_EQ(unicode::plain_form(U'Ⓙ'), U"J");
  EXPECT_EQ(unicode::plain_form(U'ﬁ'), U"fi");
  EXPECT_EQ(unicode::plain_form(char32_t{0x1F1E6}), U"A");
  EXPECT_TRUE(unicode::plain_form(U'J').empty());
  EXPECT_EQ(unicode::lookalike(U'Р'), 'P');
  EXPECT_EQ(unicode::lookalike(U'ж'), 0);
}

TEST(AeTitle, KeepsWhatTheStandardAllows) {
  EXPECT_EQ(AeTitle::parse("  CAMERA 1 ")->str(), "CAMERA 1");
  EXPECT_EQ(AeTitle::parse("ABCDEFGHIJKLMNOP")->str().size(), 16u);
  for (const char* bad : {"", "    ", "ABCDEFGHIJKLMNOPQ", "A\\B", "A\nB", "K\xc3\xa4mera"}) {
    EXPECT_FALSE(AeTitle::parse(bad)) << bad;
  }
}

TEST(AeTitle, SanitizedIsAlwaysAValidTitle) {
  for (const char* raw :
       {"", "  ", "\n\r", "A\\B", "CAM \x01", "ABCDEFGHIJKLMNOPQRSTUV", "ABCDEFGHIJKLMNO PQ", "\xff\xfe"}) {
    const auto clean = AeTitle::sanitized(raw);
    ASSERT_TRUE(AeTitle::parse(clean.str())) << raw;
    EXPECT_EQ(AeTitle::parse(clean.str())->str(), clean.str());
  }
  EXPECT_EQ(AeTitle::sanitized("\x01").str(), "?");
}

TEST(Uid, AcceptsDigitsAndDotsOnly) {
  EXPECT_EQ(Uid::parse(std::string_view("1.2.840\0", 8))->str(), "1.2.840");
  EXPECT_TRUE(Uid::parse(std::string(64, '1')));
  for (const char* bad : {"", ".1", "1.", "1..2", "1.a", "../x"}) EXPECT_FALSE(Uid::parse(bad)) << bad;
  EXPECT_FALSE(Uid::parse(std::string(65, '1')));
}

TEST(Uid, ErrorDoesNotRepeatTheInput) {
  const auto refused = Uid::parse("DOE^JANE");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("DOE"), std::string::npos);
}

TEST(ObjectId, IsRandomAndNeverAPath) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(ObjectId::random().str());
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_TRUE(ObjectId::parse(*seen.begin()));
  for (const std::string& bad :
       {std::string("../../etc/passwd"), std::string(32, '/'), std::string(32, 'A'), std::string(31, 'a')}) {
    EXPECT_FALSE(ObjectId::parse(bad));
  }
}

TEST(Sha256, MatchesTheStandardVector) {
  EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256::parse(sha256("abc").hex()), sha256("abc"));
  EXPECT_FALSE(Sha256::parse(std::string(64, 'G')));
  EXPECT_FALSE(Sha256::parse(std::string(63, 'a')));
}

TEST(Sha256, StreamAndFileAgreeWithTheWhole) {
  const test::TempFolder folder;
  const std::string text(3'000'000, 'x');
  Sha256Stream stream;
  for (std::size_t at = 0; at < text.size(); at += 7777) stream.update(std::string_view(text).substr(at, 7777));
  EXPECT_EQ(stream.finish(), sha256(text));
  ASSERT_TRUE(write_durably(folder.path() / "f", bytes_of(text)));
  EXPECT_EQ(*sha256_file(folder.path() / "f"), sha256(text));
}

TEST(SecretKey, SeparatesPurposes) {
  const std::array<std::uint8_t, 32> raw{1, 2, 3};
  const SecretKey key(raw);
  EXPECT_EQ(key.hmac("a", "bc"), key.hmac("a", "bc"));
  EXPECT_NE(key.hmac("a", "bc"), key.hmac("ab", "c"));
  EXPECT_NE(key.hmac("a", "bc"), SecretKey(std::array<std::uint8_t, 32>{}).hmac("a", "bc"));
}

TEST(SecretKey, FileIsMadeOnceWithPrivateMode) {
  const test::TempFolder folder;
  const auto path = folder.path() / "new" / "key";
  const auto made = create_key(path);
  ASSERT_TRUE(made);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  EXPECT_EQ(load_key(path)->hmac("p", "t"), made->hmac("p", "t"));
  EXPECT_EQ(create_key(path).error().code, "key.exists");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1) << "left a temporary file";
}

TEST(SecretKey, OfManyCreatorsExactlyOneWins) {
  const test::TempFolder folder;
  std::atomic<int> winners{0};
  std::vector<std::thread> creators;
  for (int i = 0; i < 8; ++i) {
    creators.emplace_back([&] { winners += create_key(folder.path() / "key").has_value() ? 1 : 0; });
  }
  for (auto& creator : creators) creator.join();
  EXPECT_EQ(winners, 1);
  EXPECT_TRUE(load_key(folder.path() / "key"));
}

TEST(SecretKey, RefusesOpenMalformedAndMissingFiles) {
  const test::TempFolder folder;
  const auto path = folder.path() / "key";
  EXPECT_EQ(load_key(path).error().code, "key.missing");
  ASSERT_TRUE(write_durably(path, bytes_of("short\n")));
  EXPECT_EQ(load_key(path).error().code, "key.malformed");
  ::chmod(path.c_str(), 0640);
  EXPECT_EQ(load_key(path).error().code, "key.permissions");
}

TEST(Files, DurableWriteReplacesAtOnceAndLeavesNothingElse) {
  const test::TempFolder folder;
  const auto path = folder.path() / "f";
  ASSERT_TRUE(write_durably(path, bytes_of("old")));
  ASSERT_TRUE(write_durably(path, bytes_of("new")));
  EXPECT_EQ(*read_file(path, 100), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, DurableWriteWorksWithABareName) {
  const test::TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  EXPECT_TRUE(write_durably("bare", bytes_of("x")));
  EXPECT_TRUE(make_folder("bare_folder"));
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "bare"));
}

TEST(Files, ReadFileRefusesWhatIsTooLargeOrNoFile) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_durably(folder.path() / "f", bytes_of("12345")));
  EXPECT_EQ(read_file(folder.path() / "f", 4).error().code, "file.too_large");
  EXPECT_EQ(read_file(folder.path(), 4).error().code, "file.kind");
  EXPECT_EQ(read_file(folder.path() / "absent", 4).error().kind, ErrorKind::Transient);
}

TEST(Files, MakeFolderMakesParentsPrivatelyAndRefusesAFileInTheWay) {
  const test::TempFolder folder;
  ASSERT_TRUE(make_folder(folder.path() / "a" / "b" / "c"));
  ASSERT_TRUE(make_folder(folder.path() / "a" / "b" / "c"));
  struct stat info {};
  ASSERT_EQ(::stat((folder.path() / "a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
  ASSERT_TRUE(write_durably(folder.path() / "file", bytes_of("x")));
  EXPECT_FALSE(make_folder(folder.path() / "file"));
  EXPECT_FALSE(make_folder(folder.path() / "file" / "below"));
}

TEST(Files, DescriptorClosesOnceAndMoves) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  FileDescriptor read_end(ends[0]);
  {
    FileDescriptor first(ends[1]);
    FileDescriptor second(std::move(first));
    EXPECT_TRUE(second.valid());
  }
  char byte = 0;
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 0) << "the write end is still open";
}

TEST(Region, BoxesIntersectJoinAndGrowWithinTheFrame) {
  EXPECT_EQ(intersection({0, 0, 10, 10}, {5, 6, 10, 10}), (Box{5, 6, 5, 4}));
  EXPECT_TRUE(intersection({0, 0, 5, 5}, {5, 0, 5, 5}).empty());
  EXPECT_EQ(hull({0, 0, 2, 2}, {8, 9, 1, 1}), (Box{0, 0, 9, 10}));
  EXPECT_EQ(hull({}, {8, 9, 1, 1}), (Box{8, 9, 1, 1}));
  EXPECT_EQ(grown({1, 1, 5, 5}, 3, 8, 7), (Box{0, 0, 8, 7}));
}

TEST(Region, SurvivesJson) {
  const Region region{{1, 2, 3, 4}, 5, RegionKind::Barcode, 0.25, "zxing"};
  EXPECT_EQ(nlohmann::json::parse(nlohmann::json(region).dump()).get<Region>(), region);
  const Region face{{1, 2, 30, 40}, 0, RegionKind::Face, 0.5, "model", "sure", false, EyePair{8, 9, 20, 9}};
  EXPECT_EQ(nlohmann::json::parse(nlohmann::json(face).dump()).get<Region>(), face);
}

TEST(Region, RefusesCoordinatesThatWouldOverflow) {
  for (const nlohmann::json& bad :
       {nlohmann::json(INT_MAX), nlohmann::json(INT64_MIN), nlohmann::json(1e300), nlohmann::json("1")}) {
    nlohmann::json json = Region{};
    json["w"] = bad;
    EXPECT_THROW(json.get<Region>(), nlohmann::json::exception) << bad;
    json = Region{};
    json["eyes"] = {1, 2, bad, 3};
    EXPECT_THROW(json.get<Region>(), nlohmann::json::exception) << bad;
  }
}

TEST(ErrorKinds, ReadBackAndUnknownIsTheStrictest) {
  for (const auto kind :
       {ErrorKind::Transient, ErrorKind::Permanent, ErrorKind::Refused, ErrorKind::Config, ErrorKind::Bug}) {
    EXPECT_EQ(error_kind_from(to_string(kind)), kind);
  }
  EXPECT_EQ(error_kind_from("anything"), ErrorKind::Bug);
}

TEST(Clock, WritesUtcWithMillisecondsAndBearsAnyNumber) {
  EXPECT_EQ(iso8601(1'790'000'000'007), "2026-09-21T14:13:20.007Z");
  EXPECT_EQ(iso8601(INT64_MIN), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso8601(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace veilgate
