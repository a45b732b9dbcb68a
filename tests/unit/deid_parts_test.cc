#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "deidentify/annex_e.h"
#include "deidentify/dates.h"
#include "deidentify/identity.h"
#include "deidentify/profile_diff.h"
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

/// A profile file for as long as it lives.
class ProfileFile {
 public:
  explicit ProfileFile(const std::string& yaml)
      : path_(std::filesystem::temp_directory_path() /
              ("deid_profile_" + std::to_string(::getpid()) + "_" + std::to_string(++count_) + ".yaml")) {
    std::ofstream(path_) << yaml;
  }
  ProfileFile(const ProfileFile&) = delete;
  ~ProfileFile() { std::filesystem::remove(path_); }
  std::string str() const { return path_.string(); }

 private:
  static inline int count_ = 0;
  std::filesystem::path path_;
};

std::vector<config::Problem> problems_of(const std::string& yaml) {
  return load_profile(ProfileFile(yaml).str()).problems;
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

TEST(ProfileFiles, NamesWithBlanksGetASuggestion) {
  EXPECT_THAT(all_of(problems_of(std::string(kHead) + "rules:\n  - {match: Study Description, action: keep}\n")),
              testing::HasSubstr("no attribute is called 'Study Description' (did you mean 'StudyDescription'?)"));
}

TEST(ProfileFiles, MayEndInYml) {
  EXPECT_THAT(unknown_profile("derm.yml").message, testing::IsEmpty());
  EXPECT_THAT(unknown_profile("derm.yml2").message, Not(testing::IsEmpty()));
}

TEST(ProfileFiles, RefuseCirclesMissingParentsAndDoubleRules) {
  EXPECT_THAT(all_of(problems_of("name: a\nversion: \"1\"\nextends: basik\n")),
              testing::HasSubstr(":3:10: there is no built-in profile 'basik' (did you mean 'basic'?)"));
  EXPECT_THAT(all_of(problems_of(std::string(kHead) + "rules:\n  - match: [StudyID, StudyID]\n    action: keep\n")),
              testing::HasSubstr("already a rule"));
}

TEST(ProfileFiles, TellAllMistakesOfARuleAtOnce) {
  const std::string text = all_of(problems_of(std::string(kHead) + "rules:\n"
                                                                   "  - match: PatientNane\n"
                                                                   "    action: replace\n"
                                                                   "  - match: StudyIDD\n"
                                                                   "    action: kep\n"
                                                                   "  - {action: keep, match: }\n"
                                                                   "  - StudyID\n"
                                                                   "options: [retain_uids, retain_uid]\n"));
  EXPECT_THAT(text, testing::HasSubstr(":5:5: action 'replace' needs a value"));
  EXPECT_THAT(text, testing::HasSubstr("did you mean 'PatientName'?"));
  EXPECT_THAT(text, testing::HasSubstr("did you mean 'StudyID'?"));
  EXPECT_THAT(text, testing::HasSubstr("'rules[4]' must be a map"));
  EXPECT_THAT(text, testing::HasSubstr("'options[2]' must be one of"));
}

TEST(ProfileFiles, LeaveWhatTheObjectNeedsAlone) {
  const auto said = [](const std::string& match, const std::string& action) {
    return all_of(problems_of(std::string(kHead) + "rules:\n  - {match: " + match + ", " + action + "}\n"));
  };
  for (const char* match : {"SpecificCharacterSet", "\"0008,0005\"", "AnatomicRegionSequence/SpecificCharacterSet"}) {
    for (const char* action : {"action: remove", "action: keep", "action: empty"}) {
      EXPECT_THAT(said(match, action), testing::HasSubstr(":5:13: ")) << match;
      EXPECT_THAT(said(match, action), testing::HasSubstr("text is written in UTF-8")) << match;
    }
  }
  for (const char* match : {"Rows", "BitsAllocated", "PhotometricInterpretation", "SOPClassUID", "StudyInstanceUID"}) {
    EXPECT_THAT(said(match, "action: remove"), testing::HasSubstr(":5:13: ")) << match;
    EXPECT_THAT(said(match, "action: replace, value: \"5\""), testing::HasSubstr(":5:13: ")) << match;
    EXPECT_EQ(said(match, "action: keep"), "") << match;
  }
  EXPECT_EQ(said("StudyInstanceUID", "action: uid"), "");
  EXPECT_EQ(said("SourceImageSequence/StudyInstanceUID", "action: remove"), "");
}

TEST(ProfileFiles, RefuseReplacementsThatAreNoValues) {
  const auto said = [](const std::string& match, const std::string& value) {
    return all_of(problems_of(std::string(kHead) + "rules:\n  - match: " + match +
                              "\n    action: replace\n    value: \"" + value + "\"\n"));
  };
  for (const auto& [match, value] : {std::pair{"SeriesNumber", "abc"},
                                     {"SeriesNumber", "99999999999"},
                                     {"FrameOfReferenceUID", "hello"},
                                     {"FrameOfReferenceUID", "1.02.3"},
                                     {"StudyID", "seventeen letters"},
                                     {"BodyPartExamined", "HÄND"},
                                     {"BodyPartExamined", "hand"},
                                     {"AcquisitionDate", "01.01.2020"},
                                     {"AcquisitionDate", "20200230"},
                                     {"StudyTime", "10:15"},
                                     {"PatientAge", "50"},
                                     {"PatientWeight", "heavy"}}) {
    EXPECT_THAT(said(match, value), testing::HasSubstr(":7:12: '")) << match << " " << value;
    EXPECT_THAT(said(match, value), testing::HasSubstr("is no value that")) << match << " " << value;
  }
  for (const auto& [match, value] : {std::pair{"SeriesNumber", "-3"},
                                     {"FrameOfReferenceUID", "1.0.3"},
                                     {"StudyID", "sechzehn Zeichän"},
                                     {"ImageType", "DERIVED\\\\PRIMARY"},
                                     {"AcquisitionDate", "20200101"},
                                     {"AcquisitionDateTime", "202001011015"},
                                     {"StudyTime", "101500"},
                                     {"PatientAge", "050Y"},
                                     {"PatientWeight", "71.5"},
                                     {"StudyID", "{param:x}-{pseudonym} and more"}}) {
    EXPECT_THAT(said(match, value), Not(testing::HasSubstr("is no value that"))) << match << " " << value;
  }
}

TEST(ProfileFiles, WarnOfUnlistedTextThatStaysRaw) {
  const auto warnings = [](const std::string& text) {
    return all_of(profile_warnings(ProfileFile("name: mine\nversion: \"1\"\n" + text).str()));
  };
  EXPECT_THAT(warnings(""), testing::HasSubstr(":1:1: attributes that neither"));
  EXPECT_THAT(warnings(""), testing::HasSubstr("DA, DT, LO, LT, PN, SH, ST, UC, UI, UT"));
  EXPECT_THAT(warnings("unlisted: {default: clean_text, vr: {PN: keep}}\n"), testing::HasSubstr(": PN ("));
  EXPECT_EQ(warnings("unlisted: {default: remove}\n"), "");
  EXPECT_EQ(warnings("extends: basic\n"), "");
}

TEST(ProfileFiles, SayHowAParameterIsWritten) {
  EXPECT_THAT(all_of(problems_of(std::string(kHead) + "parameters:\n  SITE: ward7\n")),
              testing::HasSubstr(":5:9: 'SITE' must be a map with a default (write SITE: {default: ward7})"));
}

TEST(ProfileFiles, WarnOfRulesBehindASequenceThatGoes) {
  const auto warnings = [](const std::string& rules) {
    return all_of(profile_warnings(ProfileFile(std::string(kHead) + "rules:\n" + rules).str()));
  };
  const std::string dead = "  - match: RequestAttributesSequence/RequestedProcedureID\n    action: keep\n";
  EXPECT_THAT(warnings(dead),
              testing::HasSubstr(":5:12: the rule for RequestAttributesSequence/RequestedProcedureID never acts: the "
                                 "items of RequestAttributesSequence go (table E.1-1, RequestAttributesSequence: X) "
                                 "(keep RequestAttributesSequence with a rule, or drop this one)"));
  EXPECT_THAT(warnings("  - match: \"**/RequestAttributesSequence/StudyID\"\n    action: keep\n"),
              testing::HasSubstr("never acts"));
  EXPECT_EQ(warnings(dead + "  - match: RequestAttributesSequence\n    action: keep\n"), "");
  EXPECT_EQ(warnings(dead + "  - match: RequestAttributesSequence\n    action: keep\n    when: {Modality: XC}\n"), "")
      << "it acts when the condition holds";
  EXPECT_EQ(warnings("  - match: AnatomicRegionSequence/CodeMeaning\n    action: remove\n"), "");
  for (const std::string& name : built_in_profiles()) EXPECT_EQ(all_of(profile_warnings(name)), "") << name;
}

/// "rule StudyID when Modality: XC: - | keep"
std::vector<std::string> differences(const std::string& a, const std::string& b) {
  const ProfileFile first(std::string(kHead) + a), second("# moved by a line\n" + std::string(kHead) + b);
  const ProfileDiff found = diff_profiles(first.str(), second.str());
  EXPECT_EQ(all_of(found.problems), "");
  std::vector<std::string> out;
  for (const auto& line : found.lines) {
    out.push_back(std::string(line.kind) + " " + line.what + ": " + line.a + " | " + line.b);
  }
  return out;
}

std::string rule(const std::string& match, const std::string& rest) {
  return "  - {match: \"" + match + "\", " + rest + "}\n";
}

TEST(ProfileDiffs, SayNothingOfPlacesNamesAndWaysToWriteTheSame) {
  const std::string a = rule("AnatomicRegionSequence/CodeMeaning", "action: remove") +
                        rule("6000,0022", "action: keep") + rule("60xx,0022", "action: remove") +
                        rule("StudyID", "action: keep, when: {Modality: [XC, DMS], StudyTime: present}");
  const std::string b = rule("60xx,0022", "action: remove") + rule("6000,0022", "action: keep") +
                        rule("0008,2218/0008,0104", "action: remove") +
                        rule("0020,0010", "action: keep, when: {\"0008,0030\": present, Modality: [DMS, XC]}");
  EXPECT_THAT(differences("rules:\n" + a, "description: other\nrules:\n\n" + b), testing::IsEmpty());
  EXPECT_THAT(differences("unlisted: {vr: {CS: keep}}\n", ""), testing::IsEmpty()) << "the default said aloud";
}

TEST(ProfileDiffs, SayWhatChangesAndNothingElse) {
  using testing::ElementsAre;
  EXPECT_THAT(differences("rules:\n" + rule("StudyID", "action: keep, when: {Modality: XC}"),
                          "rules:\n" + rule("StudyID", "action: keep, when: {Modality: CR}")),
              ElementsAre("rule StudyID when Modality: CR: - | keep", "rule StudyID when Modality: XC: keep | -"));
  EXPECT_THAT(differences("rules:\n" + rule("60xx,0022", "action: remove") + rule("0019,xx10 ACME 1.1", "action: keep"),
                          "rules:\n" + rule("60xx,0022", "action: keep") + rule("0021,xx10 ACME 1.1", "action: keep")),
              ElementsAre("rule 0019,xx10 ACME 1.1: keep | -", "rule 0021,xx10 ACME 1.1: - | keep",
                          "rule 60xx,0022: remove | keep"));
  EXPECT_THAT(differences("parameters: {site: {default: A}}\nrules:\n" + rule("StudyID", "action: replace, value: x"),
                          "parameters: {site: {default: B}}\nrules:\n" + rule("StudyID", "action: replace, value: y")),
              ElementsAre("parameter site: A | B", "attribute (0020,0010) StudyID: replace x | replace y"));
  EXPECT_THAT(differences("rules:\n" + rule("**/AnatomicRegionSequence/CodeMeaning", "action: remove"),
                          "rules:\n" + rule("AnatomicRegionSequence/CodeMeaning", "action: remove")),
              ElementsAre("rule **/AnatomicRegionSequence/CodeMeaning: remove | -",
                          "rule AnatomicRegionSequence/CodeMeaning: - | remove"));
}

TEST(ProfileDiffs, SeeWhichOfTwoRulesWins) {
  const std::string one = rule("60xx,xxxx", "action: remove"), other = rule("60xx,0022", "action: keep");
  EXPECT_THAT(differences("rules:\n" + one + other, "rules:\n" + other + one),
              testing::ElementsAre("order 60xx,0022 and 60xx,xxxx: 60xx,0022 wins | 60xx,xxxx wins"));
  const std::string apart = rule("50xx,xxxx", "action: keep");
  EXPECT_THAT(differences("rules:\n" + one + apart, "rules:\n" + apart + one), testing::IsEmpty());
}

TEST(ProfileDiffs, SeeOptionsAndWhatTheyDo) {
  const auto found = differences("options: [retain_patient_characteristics]\n", "");
  EXPECT_THAT(found, testing::Contains("option retain_patient_characteristics: on | off"));
  EXPECT_THAT(found, testing::Contains("attribute (0010,0040) PatientSex: keep | empty"));
  EXPECT_THAT(found, Not(testing::Contains(testing::HasSubstr("StudyDate"))));
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
  EXPECT_THAT(text, testing::HasSubstr(":5:5: test 'wrong hope': StudyID: expected kept, got an empty value"));
}

TEST(ProfileDigests, ChangeWithParents) {
  const auto basic = test::profile("basic"), research = test::profile("research-photo");
  EXPECT_NE(basic->digest(), research->digest());
  EXPECT_EQ(basic->digest(), test::profile("basic")->digest());
}

}  // namespace
}  // namespace veilgate::deidentify
