#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "deidentify/annex_e.h"
#include "deidentify/dates.h"
#include "deidentify/identity.h"
#include "support/deid_fixture.h"

namespace veilgate::deidentify {
namespace {

using test::make_identity;

TEST(AnnexTable, HoldsAllRowsOfTheStandard) {
  const auto& rows = AnnexE::instance().rows();
  EXPECT_EQ(rows.size(), 656u);
  std::map<Code, int> basic;
  for (const AnnexRow& row : rows) ++basic[row.at(Column::Basic)];
  EXPECT_EQ(basic[Code::X], 416);
  EXPECT_EQ(basic[Code::D], 93);
  EXPECT_EQ(basic[Code::U], 55);
  EXPECT_EQ(basic[Code::Z], 42);
  EXPECT_EQ(basic[Code::XD] + basic[Code::XZ] + basic[Code::XZD] + basic[Code::ZD] + basic[Code::XZU], 50);
  EXPECT_EQ(basic[Code::None], 0);
}

TEST(AnnexTable, FindsWildcardGroups) {
  const AnnexE& table = AnnexE::instance();
  ASSERT_NE(table.find(dicom::Tag{0x5004, 0x3000}), nullptr);
  ASSERT_NE(table.find(dicom::Tag{0x6002, 0x4000}), nullptr);
  ASSERT_NE(table.find(dicom::Tag{0x0029, 0x1001}), nullptr);
  EXPECT_EQ(table.find(dicom::Tag{0x0028, 0x0010}), nullptr);
}

TEST(ConditionalActions, FollowTheTypeInTheIod) {
  EXPECT_EQ(resolve(Code::XZ, AttributeType::Optional), Code::X);
  EXPECT_EQ(resolve(Code::XZ, AttributeType::Two), Code::Z);
  EXPECT_EQ(resolve(Code::XD, AttributeType::One), Code::D);
  EXPECT_EQ(resolve(Code::ZD, AttributeType::Two), Code::Z);
  EXPECT_EQ(resolve(Code::ZD, AttributeType::One), Code::D);
  EXPECT_EQ(resolve(Code::XZD, AttributeType::Optional), Code::X);
  EXPECT_EQ(resolve(Code::XZU, AttributeType::One), Code::U);
  EXPECT_EQ(resolve(Code::XZU, AttributeType::Unknown), Code::U);
  EXPECT_EQ(resolve(Code::XD, AttributeType::Unknown), Code::D);
}

TEST(IodTypes, KnowPhotographsAndAdmitIgnorance) {
  EXPECT_EQ(type_in_iod(test::kVlPhotographic, {0x0008, 0x0033}), AttributeType::One);  // Content Time is 1C
  EXPECT_EQ(type_in_iod(test::kVlPhotographic, {0x0008, 0x0012}), AttributeType::Optional);
  EXPECT_EQ(type_in_iod("1.2.840.10008.5.1.4.1.1.2", {0x0008, 0x0033}), AttributeType::Unknown);
}

TEST(Dates, KeepIntervalsExactlyAcrossLeapDays) {
  EXPECT_EQ(shift_da("20240301", -1), "20240229");
  EXPECT_EQ(shift_da("20230301", -1), "20230228");
  EXPECT_EQ(shift_da("2024.03.01", -366), "20230301");
  EXPECT_EQ(shift_dt("20240301101500.25+0100", -1), "20240229101500.25+0100");
  EXPECT_EQ(shift_dt("20240101-0500", -1), "20231231-0500");
}

TEST(Dates, AreRefusedWhenBroken) {
  for (const char* text : {"", "2024", "20241301", "20230229", "2024030", "202403011", "abcdefgh", "20240301 "}) {
    EXPECT_EQ(shift_da(text, -1), std::nullopt) << text;
  }
  for (const char* text : {"2024", "202403", "2024030125", "20240301101500.", "20240301Jane", "20240301+99"}) {
    EXPECT_EQ(shift_dt(text, -1), std::nullopt) << text;
  }
  EXPECT_TRUE(valid_tm("101500.123456"));
  EXPECT_TRUE(valid_tm("10:15:00"));
  EXPECT_FALSE(valid_tm("Jane"));
  EXPECT_FALSE(valid_tm("2515"));
}

TEST(Uids, AreKeyedValidAndStable) {
  const auto one = make_identity(1), two = make_identity(2);
  const std::string uid = map_uid(one.key, "1.2.3");
  EXPECT_EQ(uid, map_uid(one.key, "1.2.3"));
  EXPECT_NE(uid, map_uid(one.key, "1.2.4"));
  EXPECT_NE(uid, map_uid(two.key, "1.2.3"));
  EXPECT_TRUE(Uid::parse(uid).has_value());
  EXPECT_TRUE(uid.starts_with("2.25."));
  EXPECT_NE(uid[5], '0');
  EXPECT_LE(uid.size(), 44u);
}

dicom::File patient(std::string_view id, std::string_view issuer, std::string_view name = "A^B",
                    std::string_view birth = "19800101", std::string_view study = "1.2.3") {
  dicom::File file;
  test::set(file.dataset(), "PatientID", id);
  test::set(file.dataset(), "IssuerOfPatientID", issuer);
  test::set(file.dataset(), "PatientName", name);
  test::set(file.dataset(), "PatientBirthDate", birth);
  test::set(file.dataset(), "StudyInstanceUID", study);
  return file;
}

std::string pseudonym(const dicom::File& file, const Identity& identity = make_identity()) {
  return pseudonym_of(identity, patient_key(file.dataset()));
}

TEST(Pseudonyms, TellIssuersAndProjectsApart) {
  EXPECT_EQ(pseudonym(patient("1", "A")), pseudonym(patient("1", "A", "Other^Name", "19900101", "9.9")));
  EXPECT_NE(pseudonym(patient("1", "A")), pseudonym(patient("1", "B")));
  EXPECT_NE(pseudonym(patient("1", "A")), pseudonym(patient("1", "A"), make_identity(1, "burns")));
  EXPECT_TRUE(looks_like_pseudonym(pseudonym(patient("1", "A"))));
}

TEST(Pseudonyms, DoNotMergePatientsWithoutAnId) {
  EXPECT_NE(pseudonym(patient("", "")), pseudonym(patient("", "", "C^D")));
  EXPECT_NE(pseudonym(patient("UNKNOWN", "")), pseudonym(patient("unknown", "", "C^D")));
  EXPECT_NE(pseudonym(patient("", "", "", "", "1.1")), pseudonym(patient("", "", "", "", "1.2")));
  EXPECT_NE(pseudonym(patient("", "", "A^B", "", "1.1")), pseudonym(patient("", "", "A^B", "", "1.2")));
  EXPECT_EQ(pseudonym(patient("", "", "A^B", "19800101", "1.1")), pseudonym(patient("", "", "a^b", "19800101", "1.2")));
}

TEST(DateOffsets, LieInThePastAndAreNeverZero) {
  for (int i = 0; i < 500; ++i) {
    const int days = date_offset_of(make_identity(), Phi<std::string>(std::to_string(i)), 10);
    EXPECT_GE(days, -10);
    EXPECT_LE(days, -1);
  }
}

std::vector<config::Problem> problems_of(const std::string& yaml) {
  const auto path = std::filesystem::temp_directory_path() / ("deid_profile_" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << yaml;
  auto out = load_profile(path.string()).problems;
  std::filesystem::remove(path);
  return out;
}

std::string all_of(const std::vector<config::Problem>& problems) {
  std::string out;
  for (const auto& problem : problems) out += config::to_string(problem) + "\n";
  return out;
}

constexpr const char* kHead = "name: mine\nversion: \"1\"\nextends: basic\n";

TEST(ProfileFiles, RefuseUnknownWordsWithPlaceAndSuggestion) {
  const std::string text = all_of(problems_of(std::string(kHead) + "rules:\n"
                                                                   "  - match: PatientNane\n"
                                                                   "    action: keep\n"
                                                                   "  - match: StudyDescription\n"
                                                                   "    action: kep\n"
                                                                   "  - match: PatientAge\n"
                                                                   "    action: generalize\n"
                                                                   "    value: roughly\n"
                                                                   "  - match: StudyDate\n"
                                                                   "    action: uid\n"
                                                                   "colour: red\n"));
  EXPECT_THAT(text, testing::HasSubstr(":5:12: no attribute is called 'PatientNane' (did you mean 'PatientName'?)"));
  EXPECT_THAT(text, testing::HasSubstr("keep"));
  EXPECT_THAT(text, testing::HasSubstr("age_over_89"));
  EXPECT_THAT(text, testing::HasSubstr("holds no UID"));
  EXPECT_THAT(text, testing::HasSubstr("colour"));
}

TEST(ProfileFiles, NamePrivateAttributesByTheirCreator) {
  const std::string text = all_of(problems_of(std::string(kHead) + "rules:\n"
                                                                   "  - match: [\"0029,1001\", \"oddx,xxxx\"]\n"
                                                                   "    action: keep\n"
                                                                   "  - match: PatientID ACME\n"
                                                                   "    action: keep\n"
                                                                   "  - match: 0029,xx01 ACME 1.1\n"
                                                                   "    action: keep\n"));
  EXPECT_THAT(text, testing::HasSubstr(":5:12: a private attribute needs its Private Creator"));
  EXPECT_THAT(text, testing::HasSubstr("PatientID is not private"));
  EXPECT_THAT(text, Not(testing::HasSubstr(":9:")));
}

TEST(ProfileFiles, RefuseConditionsPathsAndParametersThatMeanNothing) {
  const std::string text = all_of(problems_of(std::string(kHead) + "rules:\n"
                                                                   "  - match: PatientID/StudyID\n"
                                                                   "    action: remove\n"
                                                                   "  - match: StudyID\n"
                                                                   "    action: replace\n"
                                                                   "    value: \"{param:site}-{pseudonym}\"\n"
                                                                   "    when: {Modalty: XC, StudyID: \"/(/\"}\n"));
  EXPECT_THAT(text, testing::HasSubstr("PatientID has VR LO and is no sequence"));
  EXPECT_THAT(text, testing::HasSubstr("there is no parameter 'site'"));
  EXPECT_THAT(text, testing::HasSubstr("did you mean 'Modality'?"));
  EXPECT_THAT(text, testing::HasSubstr("not a regular expression"));
}

TEST(ProfileFiles, RefuseCirclesMissingParentsAndDoubleRules) {
  EXPECT_THAT(all_of(problems_of("name: a\nversion: \"1\"\nextends: basik\n")), testing::HasSubstr("'basic'"));
  EXPECT_THAT(all_of(problems_of(std::string(kHead) + "rules:\n  - match: [StudyID, StudyID]\n    action: keep\n")),
              testing::HasSubstr("already a rule"));
}

TEST(ProfileFiles, BuiltInOnesLoadAndPassTheirOwnTests) {
  EXPECT_THAT(built_in_profiles(), testing::ElementsAre("basic", "device-qa", "gdpr-strict", "hipaa-safe-harbor",
                                                        "longitudinal", "research-photo", "teaching-file"));
  for (const std::string& name : built_in_profiles()) {
    EXPECT_EQ(all_of(load_profile(name).problems), "") << name;
    EXPECT_EQ(all_of(run_profile_tests(name)), "") << name;
  }
}

TEST(ProfileFiles, FailedExpectationsNameTheTest) {
  const auto path = std::filesystem::temp_directory_path() / ("deid_test_" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << kHead
                      << "tests:\n  - name: wrong hope\n    given: {StudyID: A1}\n    expect: {StudyID: kept}\n";
  const std::string text = all_of(run_profile_tests(path.string()));
  std::filesystem::remove(path);
  EXPECT_THAT(text, testing::HasSubstr(":5:5: test 'wrong hope': StudyID: expected kept"));
}

TEST(ProfileDigests, ChangeWithParents) {
  const auto basic = test::profile("basic"), research = test::profile("research-photo");
  EXPECT_NE(basic->digest(), research->digest());
  EXPECT_EQ(basic->digest(), test::profile("basic")->digest());
}

}  // namespace
}  // namespace veilgate::deidentify
