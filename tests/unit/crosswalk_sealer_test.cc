#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "crosswalk/entry.h"
#include "crosswalk/sealer.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::crosswalk {
namespace {

const Sha256 kToken = sha256("patient");
const Phi<std::string> kPlain{std::string("Zwiebelsberg^Kunigunde")};

Entry some_entry() {
  return {"VG-1", {{"4711", "KLINIK"}}, {"Zwiebelsberg^Kunigunde"}, {"19580317"}, {{"0815", ""}}, {"Quell^Kunigunde"}};
}

TEST(Sealer, OpensWhatItSealed) {
  const Sealer sealer(test::test_key());
  const auto sealed = sealer.seal(kPlain, entry_binding("p", kToken));
  const auto opened = sealer.open(sealed, entry_binding("p", kToken));
  ASSERT_OK(opened);
  EXPECT_EQ(opened->reveal(), kPlain.reveal());
  EXPECT_EQ(sealer.open(sealer.seal(Phi(std::string()), {"entry", "p", "x"}), {"entry", "p", "x"})->reveal(), "");
}

TEST(Sealer, ShowsNothingAndNeverTheSameTwice) {
  const Sealer sealer(test::test_key());
  const auto one = sealer.seal(kPlain, entry_binding("p", kToken));
  EXPECT_EQ(one.find("Zwiebel"), std::string::npos);
  EXPECT_EQ(one.find("Kunigunde"), std::string::npos);
  EXPECT_NE(one, sealer.seal(kPlain, entry_binding("p", kToken)));
}

TEST(Sealer, FindsEveryBitThatWasChangedAndEveryCut) {
  const Sealer sealer(test::test_key());
  const auto sealed = sealer.seal(kPlain, entry_binding("p", kToken));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto altered = sealed;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << bit % 8));
    const auto opened = sealer.open(altered, entry_binding("p", kToken));
    ASSERT_FALSE(opened) << bit;
    const std::string expected = bit < 8 ? "crosswalk.newer" : bit < 72 ? "crosswalk.wrong_key" : "crosswalk.tampered";
    EXPECT_EQ(opened.error().code, expected) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(sealer.open(sealed.substr(0, size), entry_binding("p", kToken)).error().code, "crosswalk.tampered");
  }
}

TEST(Sealer, OpensARowOnlyWhereItBelongs) {
  const Sealer sealer(test::test_key());
  const auto object = ObjectId::random();
  const auto sealed = sealer.seal(kPlain, entry_binding("p", kToken));
  for (const auto& other : {entry_binding("q", kToken), entry_binding("p", sha256("other")),
                            object_binding("p", object), Binding{"object", "p", kToken.hex()}}) {
    EXPECT_EQ(sealer.open(sealed, other).error().code, "crosswalk.tampered");
  }
}

TEST(Sealer, TellsAnotherKeyFromAnAlteredRow) {
  const auto sealed = Sealer(test::test_key(1)).seal(kPlain, entry_binding("p", kToken));
  const auto opened = Sealer(test::test_key(2)).open(sealed, entry_binding("p", kToken));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::Config);
  EXPECT_EQ(opened.error().code, "crosswalk.wrong_key");
  EXPECT_NE(Sealer(test::test_key(1)).uid_key("1.2.3"), Sealer(test::test_key(2)).uid_key("1.2.3"));
}

TEST(Sealer, NeedsAKeyFileOfItsOwnThatOthersCannotRead) {
  const test::TempFolder folder;
  const auto file = folder.path() / "crosswalk.key";
  EXPECT_EQ(load_sealer(file).error().code, "key.missing");
  EXPECT_THAT(load_sealer(file).error().message, testing::HasSubstr("nothing of the crosswalk can be read"));
  ASSERT_OK(create_key(file));
  ASSERT_OK(load_sealer(file));
  ::chmod(file.c_str(), 0640);
  EXPECT_EQ(load_sealer(file).error().code, "key.permissions");
}

TEST(CrosswalkEntry, GoesThroughItsSeal) {
  const Sealer sealer(test::test_key());
  const auto sealed = seal_entry(sealer, "p", kToken, Phi(some_entry()));
  const auto opened = open_entry(sealer, "p", kToken, sealed);
  ASSERT_OK(opened);
  EXPECT_EQ(opened->reveal(), some_entry());
  const auto id = ObjectId::random();
  const auto record =
      open_object(sealer, "p", id, seal_object(sealer, "p", id, Phi(ObjectRecord{some_entry(), "2.25.1"})));
  ASSERT_OK(record);
  EXPECT_EQ(record->reveal().known, some_entry());
  EXPECT_EQ(record->reveal().output_uid, "2.25.1");
  EXPECT_EQ(
      open_entry(sealer, "p", kToken, sealer.seal(Phi(std::string("[]")), entry_binding("p", kToken))).error().code,
      "crosswalk.corrupt");
}

TEST(CrosswalkEntry, KeepsBrokenTextWithoutThrowing) {
  const Sealer sealer(test::test_key());
  Entry entry = some_entry();
  entry.names = {"Zwiebel\xFFsberg"};
  const auto opened = open_entry(sealer, "p", kToken, seal_entry(sealer, "p", kToken, Phi(entry)));
  ASSERT_OK(opened);
  EXPECT_THAT(opened->reveal().names.front(), testing::StartsWith("Zwiebel"));
}

TEST(CrosswalkEntry, LearnsWhatIsNewUpToABound) {
  Entry entry = some_entry();
  EXPECT_FALSE(entry.merge(some_entry()));
  Entry married{"VG-2", {{"4711", "KLINIK"}}, {"Obermoser^Kunigunde", ""}, {}, {}, {}};
  EXPECT_TRUE(entry.merge(married));
  EXPECT_EQ(entry.pseudonym, "VG-1") << "a patient keeps the pseudonym";
  EXPECT_THAT(entry.names, testing::ElementsAre("Zwiebelsberg^Kunigunde", "Obermoser^Kunigunde"));
  EXPECT_EQ(entry.patient_ids.size(), 1u);
  for (int i = 0; i < 1000; ++i) entry.merge({"", {}, {"Name" + std::to_string(i)}, {}, {}, {}});
  EXPECT_LE(entry.names.size(), 32u);
  EXPECT_FALSE(entry.merge({"", {{std::string(5000, 'x'), ""}}, {}, {}, {}, {}}));
}

TEST(Base64, GoesBothWaysAndRefusesTheRest) {
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("f"), "Zg==");
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
  for (const char* bad : {"Z", "Zg=", "Zg", "Zh==", "Zm9=", "Zm 9", "=AAA", "Z===", "Zm9v\n"})
    EXPECT_FALSE(from_base64(bad)) << bad;
}

}  // namespace
}  // namespace veilgate::crosswalk
