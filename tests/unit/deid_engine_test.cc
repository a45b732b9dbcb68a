#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>

#include "base/limits.h"
#include "deidentify/annex_e.h"
#include "deidentify/dates.h"
#include "deidentify/text/text_cleaner.h"
#include "support/deid_fixture.h"
#include "support/temp_folder.h"

namespace veilgate::deidentify {
namespace {

using test::add_item;
using test::first;
using test::get;
using test::make_identity;
using test::make_patient_photo;
using test::profile;
using test::set;
using test::tag;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Engine : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(dicom::init_dicom()); }
};

dicom::File cleaned(const std::string& name, dicom::File file, const Identity& identity = make_identity()) {
  const auto report = profile(name)->begin(file, identity)->apply(file);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return file;
}

dicom::Tag tag_of(const AnnexRow& row) {
  return {static_cast<std::uint16_t>(row.pattern.value >> 16), static_cast<std::uint16_t>(row.pattern.value & 0xFFFF)};
}

/// Some value of the VR that no action leaves as it is.
void plant(dicom::Item item, dicom::Tag where, const std::string& vr) {
  if (vr == "SQ") {
    dicom::Item inner = item.append_item(where).value();
    ASSERT_TRUE(inner.set_text({0x0010, 0x0010}, "Planted^Name"));
  } else if (vr == "OB" || vr == "UN" || vr == "OW") {
    ASSERT_TRUE(item.set_bytes(where, "PLANTED!", vr));
  } else {
    const std::map<std::string, std::string> kValues = {{"UI", "1.9.8.7"}, {"DA", "20200101"}, {"DT", "20200101101010"},
                                                        {"TM", "101010"},  {"AS", "033Y"},     {"DS", "7.5"},
                                                        {"IS", "7"},       {"US", "7"}};
    const auto found = kValues.find(vr);
    ASSERT_TRUE(item.set_text(where, found == kValues.end() ? "PLANTED" : found->second, vr));
  }
}

void expect_outcome(const dicom::Item& item, const AnnexRow& row, Code code, const std::string& planted) {
  const auto element = item.find(tag_of(row));
  const std::string what = row.keyword + " " + row.vr;
  if (code == Code::X) {
    EXPECT_FALSE(element) << what;
    return;
  }
  ASSERT_TRUE(element) << what;
  const std::string text = element->raw_text().reveal();
  if (code == Code::Z) {
    EXPECT_EQ(element->length(), 0u) << what;
  } else if (code == Code::D && row.vr != "SQ") {
    EXPECT_NE(element->length(), 0u) << what;
    if (row.vr != "OB" && row.vr != "UN") {
      EXPECT_NE(text, planted) << what;
    }
    EXPECT_THAT(element->bytes().reveal(), Not(HasSubstr("PLANTED"))) << what;
  } else if (code == Code::U && row.vr != "SQ") {
    EXPECT_TRUE(text.starts_with("2.25.")) << what;
  }
}

bool is_payload(dicom::Tag where) {
  return where == dicom::Tag{0x0042, 0x0011} || where == dicom::Tag{0x0040, 0xA730} ||
         where == dicom::Tag{0x0070, 0x0001} || where == dicom::Tag{0x0400, 0x0500};
}

bool is_pseudonym(dicom::Tag where) { return where == tag("PatientName") || where == tag("PatientID"); }

TEST_F(Engine, DoesWhatEveryRowOfTheTableSaysInAPhotograph) {
  const auto basic = profile("basic");
  int checked = 0;
  for (const AnnexRow& row : AnnexE::instance().rows()) {
    const dicom::Tag where = tag_of(row);
    if (!row.pattern.exact() || where.group < 8 || is_payload(where)) continue;
    dicom::File file;
    set(file.dataset(), "SOPClassUID", test::kVlPhotographic);
    plant(file.dataset(), where, row.vr);
    const std::string planted = file.dataset().text(where).reveal();
    ASSERT_TRUE(basic->begin(file, make_identity())->apply(file)) << row.keyword;
    const Code code = resolve(row.at(Column::Basic), type_in_iod(test::kVlPhotographic, where));
    if (!is_pseudonym(where)) expect_outcome(file.dataset(), row, code, planted);
    EXPECT_THAT(test::dump(file.dataset()), Not(HasSubstr("Planted"))) << row.keyword;
    EXPECT_THAT(basic->begin(file, test::make_identity())->residue(file), IsEmpty()) << row.keyword;
    ++checked;
  }
  EXPECT_GT(checked, 640);
}

TEST_F(Engine, DoesTheSameInsideSequencesAndStaysValidThere) {
  const auto basic = profile("basic");
  for (const AnnexRow& row : AnnexE::instance().rows()) {
    const dicom::Tag where = tag_of(row);
    if (!row.pattern.exact() || where.group < 8) continue;
    dicom::File file;
    set(file.dataset(), "SOPClassUID", test::kVlPhotographic);
    const dicom::Item outer = add_item(file.dataset(), "SharedFunctionalGroupsSequence");
    const dicom::Item inner = add_item(outer, "AnatomicRegionSequence");
    plant(inner, where, row.vr);
    const std::string planted = inner.text(where).reveal();
    ASSERT_TRUE(basic->begin(file, make_identity())->apply(file)) << row.keyword;
    const Code code = resolve(row.at(Column::Basic), AttributeType::Unknown);
    if (!is_pseudonym(where)) expect_outcome(inner, row, code, planted);
    EXPECT_THAT(basic->begin(file, test::make_identity())->residue(file), IsEmpty()) << row.keyword;
  }
}

TEST_F(Engine, RemovesPrivateGroupsOverlaysCurvesAndIconsAtEveryDepth) {
  dicom::File file = make_patient_photo();
  dicom::Item deep = file.dataset();
  for (int level = 0; level < 5; ++level) {
    deep = add_item(deep, "ContributingEquipmentSequence");
    ASSERT_TRUE(deep.set_text({0x0029, 0x0010}, "CREATOR", "LO"));
    ASSERT_TRUE(deep.set_text({0x0029, 0x1001}, "Quillfeather", "LO"));
    ASSERT_TRUE(deep.set_text({0x5002, 0x0022}, "Quillfeather", "LO"));
    ASSERT_TRUE(deep.set_text({0x6002, 0x0022}, "Quillfeather", "LO"));
    ASSERT_TRUE(deep.set_bytes({0x7FE0, 0x0010}, "PIXELS", "OB"));
  }
  ASSERT_TRUE(file.dataset().append_item({0x0088, 0x0200}));
  ASSERT_TRUE(file.dataset().set_bytes({0xFFFC, 0xFFFC}, "Quillfeather", "OB"));
  const std::string text = test::dump(cleaned("research-photo", std::move(file)).dataset());
  for (const char* gone : {"(0029,", "(5002,", "(6002,", "(6000,", "(7FE0,", "(0088,0200)", "(FFFC,FFFC)", "Quill"}) {
    EXPECT_THAT(text, Not(HasSubstr(gone)));
  }
}

TEST_F(Engine, HoldsObjectsWithPayloadsItCannotClean) {
  for (const dicom::Tag where : {dicom::Tag{0x0042, 0x0011}, dicom::Tag{0x7FE0, 0x0008}}) {
    dicom::File file = make_patient_photo();
    ASSERT_TRUE(file.dataset().set_bytes(where, "%PDF", "OB"));
    const auto report = profile("research-photo")->begin(file, make_identity())->apply(file);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::Refused);
    EXPECT_EQ(report.error().code, "deid.payload");
    EXPECT_EQ(get(file.dataset(), "PatientID"), "MRN-4471123") << "nothing is half done";
  }
}

TEST_F(Engine, RefusesEndlessNesting) {
  dicom::File file = make_patient_photo();
  dicom::Item deep = file.dataset();
  for (int level = 0; level < limits::kMaxSequenceDepth + 2; ++level)
    deep = add_item(deep, "ContributingEquipmentSequence");
  const auto report = profile("basic")->begin(file, make_identity())->apply(file);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "deid.too_deep");
}

TEST_F(Engine, MapsOneUidToOneUidEverywhere) {
  const dicom::File file = cleaned("research-photo", [] {
    dicom::File made = make_patient_photo();
    const dicom::Item other = add_item(made.dataset(), "ContributingEquipmentSequence");
    set(other, "DeviceUID", "1.3.6.1.4.1.99999.1.3");
    return made;
  }());
  const std::string mapped = get(file.dataset(), "SOPInstanceUID");
  EXPECT_TRUE(mapped.starts_with("2.25."));
  const auto equipment = file.dataset().find(tag("ContributingEquipmentSequence"))->items();
  EXPECT_EQ(get(equipment.at(1), "DeviceUID"), mapped);
  EXPECT_EQ(get(file.dataset(), "SOPClassUID"), test::kVlPhotographic);
}

TEST_F(Engine, ShiftsAllDatesOfAPatientByTheSameDays) {
  const dicom::File out = cleaned("research-photo", make_patient_photo());
  const dicom::Item item = out.dataset();
  const int before = day_number("20240229").value(), after = day_number(get(item, "StudyDate")).value();
  const int offset = after - before;
  EXPECT_LT(offset, 0);
  EXPECT_GE(offset, -730);
  EXPECT_EQ(get(item, "SeriesDate"), shift_da("20240301", offset));
  EXPECT_EQ(get(item, "AcquisitionDateTime"), shift_dt("20240301101500.25+0100", offset));
  EXPECT_EQ(get(first(item, "ContributingEquipmentSequence"), "ContributionDateTime"),
            shift_dt("20240229101500", offset));
  EXPECT_EQ(get(item, "ContentTime"), "101501.5");
  EXPECT_EQ(get(item, "PatientBirthDate"), "");
}

TEST_F(Engine, NeverPassesABrokenDateOn) {
  dicom::File file = make_patient_photo();
  set(file.dataset(), "StudyDate", "Jane");
  set(file.dataset(), "ContentTime", "Jane");
  set(file.dataset(), "AcquisitionDateTime", "2024");
  const dicom::File out = cleaned("research-photo", std::move(file));
  EXPECT_EQ(get(out.dataset(), "StudyDate"), "");
  EXPECT_EQ(get(out.dataset(), "ContentTime"), "000000");
  EXPECT_FALSE(out.dataset().contains(tag("AcquisitionDateTime")));
}

TEST_F(Engine, RemovesWhatIsEncodedAsMoreThanItMayBe) {
  dicom::File file = make_patient_photo();
  ASSERT_TRUE(file.dataset().set_text(tag("SeriesNumber"), "Quillfeather", "LT"));
  ASSERT_TRUE(file.dataset().set_bytes(tag("Manufacturer"), "Lumi", "UN"));
  ASSERT_TRUE(file.dataset().set_bytes(tag("AnatomicRegionSequence"), "Quillfeather", "UN"));
  ASSERT_TRUE(file.dataset().set_bytes({0x0009, 0x1001}, "Quillfeather", "UN"));
  ASSERT_TRUE(file.dataset().set_text({0x0008, 0x9999}, "Quillfeather", "LO"));  // in no dictionary
  const dicom::File out = cleaned("research-photo", std::move(file));
  EXPECT_THAT(test::dump(out.dataset()), Not(HasSubstr("Quillfeather")));
  EXPECT_EQ(out.dataset().find(tag("Manufacturer"))->vr(), "LO") << "text written as UN becomes text";
}

TEST_F(Engine, FindsNothingLeftInItsOwnOutputAndALotInTheInput) {
  for (const std::string name : {"basic", "research-photo"}) {
    const auto used = profile(name);
    dicom::File file = make_patient_photo();
    EXPECT_GT(used->begin(file, test::make_identity())->residue(file).size(), 20u);
    ASSERT_TRUE(used->begin(file, make_identity())->apply(file));
    ASSERT_TRUE(used->stamp(file, {true, true}));
    EXPECT_THAT(used->begin(file, test::make_identity())->residue(file), IsEmpty());
    set(first(file.dataset(), "ContributingEquipmentSequence"), "OperatorsName", "Zimmer^Ulla");
    EXPECT_THAT(used->begin(file, test::make_identity())->residue(file),
                testing::ElementsAre("(0018,A001)[1].(0008,1070)"));
  }
}

TEST_F(Engine, GivesTheSameOutputTwice) {
  EXPECT_EQ(test::dump(cleaned("research-photo", make_patient_photo()).dataset()),
            test::dump(cleaned("research-photo", make_patient_photo()).dataset()));
  EXPECT_NE(test::dump(cleaned("research-photo", make_patient_photo()).dataset()),
            test::dump(cleaned("research-photo", make_patient_photo(), make_identity(9)).dataset()));
}

TEST_F(Engine, AddsAPseudonymWhereNameAndIdAreMissing) {
  dicom::File file = make_patient_photo();
  file.dataset().remove(tag("PatientID"));
  file.dataset().remove(tag("PatientName"));
  const dicom::File out = cleaned("research-photo", std::move(file));
  EXPECT_TRUE(get(out.dataset(), "PatientID").starts_with("VG-"));
  EXPECT_EQ(get(out.dataset(), "PatientID"), get(out.dataset(), "PatientName"));
}

std::vector<std::string> codes_of(const dicom::File& file) {
  std::vector<std::string> out;
  for (const auto& item : file.dataset().find(tag("DeidentificationMethodCodeSequence"))->items()) {
    out.push_back(get(item, "CodeValue"));
  }
  return out;
}

TEST_F(Engine, ClaimsCleanPixelsOnlyWhereTheyWereCleaned) {
  const auto used = profile("research-photo");
  dicom::File file = make_patient_photo();
  ASSERT_TRUE(used->stamp(file, {}));
  EXPECT_EQ(get(file.dataset(), "PatientIdentityRemoved"), "YES");
  EXPECT_EQ(get(file.dataset(), "DeidentificationMethod"), "Veilgate research-photo 1");
  EXPECT_EQ(get(file.dataset(), "LongitudinalTemporalInformationModified"), "MODIFIED");
  EXPECT_THAT(codes_of(file), testing::ElementsAre("113100", "113107"));
  EXPECT_EQ(get(file.dataset(), "BurnedInAnnotation"), "YES") << "the sender's NO is not our word";

  ASSERT_TRUE(used->stamp(file, {true, true}));
  EXPECT_THAT(codes_of(file), testing::ElementsAre("113100", "113101", "113102", "113107"));
  EXPECT_EQ(get(file.dataset(), "BurnedInAnnotation"), "NO");
  EXPECT_EQ(get(file.dataset(), "RecognizableVisualFeatures"), "NO");

  dicom::File said = make_patient_photo();
  set(said.dataset(), "BurnedInAnnotation", "YES");
  ASSERT_TRUE(profile("basic")->stamp(said, {}));
  EXPECT_EQ(get(said.dataset(), "BurnedInAnnotation"), "YES");
  EXPECT_THAT(codes_of(said), testing::ElementsAre("113100"));
  EXPECT_EQ(get(said.dataset(), "LongitudinalTemporalInformationModified"), "REMOVED");
}

TEST_F(Engine, AnswersYesWhereTheIodDemandsAnAnswer) {
  dicom::File file = make_patient_photo();
  set(file.dataset(), "SOPClassUID", "1.2.840.10008.5.1.4.1.1.77.1.5.1");
  ASSERT_TRUE(profile("basic")->stamp(file, {}));
  EXPECT_EQ(get(file.dataset(), "BurnedInAnnotation"), "YES");
}

std::vector<std::string> texts(const Identifiers& found) {
  std::vector<std::string> out;
  for (const auto& value : found.values) out.push_back(value.text.reveal());
  return out;
}

TEST_F(Engine, DeliversIdentifiersAndNothingThatRightlyStays) {
  dicom::File file = make_patient_photo();
  set(file.dataset(), "SeriesDescription", "Hand");
  set(file.dataset(), "ProtocolName", "SKIN");
  const auto found = texts(profile("research-photo")->begin(file, make_identity())->identifiers());
  for (const char* value :
       {"Quillfeather^Jane^Ann", "MRN-4471123", "19310415", "20240229", "ACC778899", "St Elsewhere Hospital",
        "Okonkwo^Adaeze", "Zimmer^Ulla", "CAMROOM7", "SN-551-XQ", "1.3.6.1.4.1.99999.1.1", "Quillfeather Jane",
        "+44 20 7946 0018", "3 Mill Lane, Newtown", "Wound check Mrs Quillfeather", "STELSEWHERE"}) {
    EXPECT_THAT(found, testing::Contains(value));
  }
  for (const char* value : {"F", "XC", "HAND", "Hand", "SKIN", "101500", "4.2", "DermaCam 4", "092Y"}) {
    EXPECT_THAT(found, Not(testing::Contains(value)));
  }
  EXPECT_THAT(found, Not(testing::Contains(std::string(test::kVlPhotographic))));
}

TEST_F(Engine, DeliversTextInUtf8) {
  dicom::File file = make_patient_photo();
  set(file.dataset(), "PatientName", "M\xFCller^Ren\xE9");
  EXPECT_THAT(texts(profile("basic")->begin(file, make_identity())->identifiers()), testing::Contains("Müller^René"));
}

TEST_F(Engine, LeavesOutADateThatAnotherOneIsMovedOnto) {
  dicom::File file = make_patient_photo();
  const int offset = [&] {
    const dicom::File out = cleaned("research-photo", make_patient_photo());
    return *day_number(get(out.dataset(), "StudyDate")) - *day_number("20240229");
  }();
  set(file.dataset(), "PatientBirthDate", *shift_da("20240229", offset));
  const auto used = profile("research-photo");
  EXPECT_THAT(texts(used->begin(file, make_identity())->identifiers()),
              Not(testing::Contains(*shift_da("20240229", offset))));
  EXPECT_THAT(texts(used->begin(file, make_identity())->identifiers()), testing::Contains("20240229"));
}

TEST_F(Engine, LeavesNoPlantedIdentifierAtAnyDepth) {
  const auto used = profile("research-photo");
  const auto& rows = AnnexE::instance().rows();
  EXPECT_TRUE(rc::check("a planted name is gone, wherever it was", [&] {
    dicom::File file = make_patient_photo();
    const std::vector<std::string_view> kSequences = {
        "ContributingEquipmentSequence",    "AnatomicRegionSequence", "SharedFunctionalGroupsSequence",
        "PrimaryAnatomicStructureSequence", "SourceImageSequence",    "RequestAttributesSequence"};
    dicom::Item where = file.dataset();
    const auto depth = *rc::gen::inRange(0, 8);
    for (int level = 0; level < depth; ++level) where = add_item(where, *rc::gen::elementOf(kSequences));
    const std::string secret = "Xq" + *rc::gen::container<std::string>(10, rc::gen::inRange('a', 'z'));
    const AnnexRow& row = rows.at(*rc::gen::inRange<std::size_t>(0, rows.size()));
    const std::vector<std::string> kTextVrs = {"LO", "SH", "PN", "LT", "ST", "UT", "UC"};
    const std::string vr = *rc::gen::elementOf(kTextVrs);
    const bool use_private = *rc::gen::inRange(0, 4) == 0;
    const dicom::Tag target = use_private ? dicom::Tag{0x0051, 0x1003} : tag_of(row);
    RC_PRE(target.group >= 8 && (use_private || row.pattern.exact()));
    RC_PRE(!is_payload(target) && row.vr != "UI");
    RC_ASSERT(where.set_text(target, secret, vr).has_value());
    RC_ASSERT(used->begin(file, make_identity())->apply(file).has_value());
    RC_ASSERT(test::dump(file.dataset()).find(secret) == std::string::npos);
    RC_ASSERT(used->begin(file, test::make_identity())->residue(file).empty());
  }));
}

/// A profile of lines over `basic`.
std::shared_ptr<const Profile> profile_with(const std::string& lines) {
  const test::TempFolder folder;
  const auto path = folder.path() / "own.yaml";
  std::ofstream(path) << "name: own\nversion: \"1\"\nextends: basic\n" << lines;
  return profile(path.string());
}

dicom::File cleaned_by(const Profile& used, dicom::File file, const Identity& identity = make_identity()) {
  const auto cleaning = used.begin(file, identity);
  const auto report = cleaning->apply(file);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  EXPECT_THAT(cleaning->residue(file), IsEmpty());
  return file;
}

TEST_F(Engine, CleansTextOfThePeopleTheObjectNames) {
  dicom::File file = make_patient_photo();
  set(file.dataset(), "StudyDescription", "Wound check Mrs Quillfeather, MRN-4471123, left arm");
  const auto out = cleaned_by(*profile("longitudinal"), std::move(file));
  EXPECT_THAT(get(out.dataset(), "StudyDescription"), testing::StartsWith("Wound check Mrs [name]"));
  EXPECT_THAT(get(out.dataset(), "StudyDescription"), testing::EndsWith("left arm"));
  EXPECT_THAT(get(out.dataset(), "StudyDescription"), Not(HasSubstr("4471123")));
}

TEST_F(Engine, GivesAnItemOfTheSamePatientTheSamePseudonym) {
  dicom::File file = make_patient_photo();
  const dicom::Item group = add_item(file.dataset(), "GroupOfPatientsIdentificationSequence");
  set(group, "PatientID", "MRN-4471123");
  const dicom::Item other = add_item(file.dataset(), "GroupOfPatientsIdentificationSequence");
  set(other, "PatientID", "MRN-0000815");
  const auto used = profile_with(
      "rules:\n  - match: GroupOfPatientsIdentificationSequence\n    action: keep\n"
      "  - match: \"**/GroupOfPatientsIdentificationSequence/PatientID\"\n    action: replace\n    value: "
      "\"P-{pseudonym}\"\n");
  const auto out = cleaned_by(*used, std::move(file));
  const auto items = out.dataset().find(tag("GroupOfPatientsIdentificationSequence"))->items();
  EXPECT_EQ(get(items.at(0), "PatientID"), "P-" + get(out.dataset(), "PatientID"));
  EXPECT_NE(get(items.at(1), "PatientID"), get(items.at(0), "PatientID"));
}

TEST_F(Engine, HoldsASecondPatientWhosePseudonymAListWouldHaveToGive) {
  dicom::File file = make_patient_photo();
  set(add_item(file.dataset(), "SharedFunctionalGroupsSequence"), "PatientID", "MRN-0000815");
  Identity identity = make_identity();
  identity.assigned_pseudonym = "STUDY-01";
  const auto report = profile("basic")->begin(file, identity)->apply(file);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "deid.second_patient");
}

TEST_F(Engine, FillsTemplatesWithParametersAndKeptCodesOnly) {
  const auto used = profile_with(
      "parameters: {site: {default: S1}}\nrules:\n  - match: StudyID\n    action: replace\n"
      "    value: \"{param:site}-{Modality}-{PatientSex}-\"\n    when: {Modality: [XC, DMS], PatientSex: present}\n");
  EXPECT_EQ(get(cleaned_by(*used, make_patient_photo()).dataset(), "StudyID"), "S1-XC--") << "the sex is not kept";
  Identity identity = make_identity();
  identity.parameters["site"] = "W7";
  EXPECT_EQ(get(cleaned_by(*used, make_patient_photo(), identity).dataset(), "StudyID"), "W7-XC--");
  dicom::File other = make_patient_photo();
  set(other.dataset(), "Modality", "ES");
  EXPECT_EQ(get(cleaned_by(*used, std::move(other)).dataset(), "StudyID"), "") << "the condition does not hold";
}

TEST_F(Engine, HoldsATemplateThatBecomesNoValue) {
  const auto used = profile_with("rules:\n  - {match: StudyID, action: replace, value: \"SITE1-{pseudonym}\"}\n");
  dicom::File file = make_patient_photo();
  const auto done = used->begin(file, make_identity())->apply(file);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Refused);
  EXPECT_EQ(done.error().code, "deid.replacement");
  EXPECT_THAT(done.error().message, HasSubstr("(0020,0010) StudyID"));
}

TEST_F(Engine, NamesTheCharacterSetOfWhatItWrites) {
  const auto used = profile_with("rules:\n  - {match: Manufacturer, action: replace, value: Käfer}\n");
  dicom::File file = make_patient_photo();
  set(file.dataset(), "Manufacturer", "plain");
  const auto out = cleaned_by(*used, std::move(file));
  EXPECT_EQ(get(out.dataset(), "Manufacturer"), "Käfer");
  EXPECT_EQ(get(out.dataset(), "SpecificCharacterSet"), "ISO_IR 192");
}

TEST_F(Engine, KeepsPrivateAttributesOnlyUnderTheirCreator) {
  const auto used = profile_with("rules:\n  - match: 0029,xx01 LUMIERE 2\n    action: keep\n");
  dicom::File file = make_patient_photo();
  ASSERT_TRUE(file.dataset().set_text({0x0029, 0x0011}, "LUMIERE 2", "LO"));
  ASSERT_TRUE(file.dataset().set_text({0x0029, 0x1101}, "f/8", "LO"));
  ASSERT_TRUE(file.dataset().set_text({0x0029, 0x1102}, "Quillfeather", "LO"));
  const auto out = cleaned_by(*used, std::move(file));
  EXPECT_EQ(out.dataset().text({0x0029, 0x1101}).reveal(), "f/8");
  EXPECT_TRUE(out.dataset().contains({0x0029, 0x0011}));
  EXPECT_FALSE(out.dataset().contains({0x0029, 0x1102}));
  EXPECT_FALSE(out.dataset().contains({0x0029, 0x0010})) << "a creator without attributes";
}

TEST_F(Engine, RemovesPrivateValuesThatLostTheirVrAndSaysSo) {
  for (const char* action : {"keep", "clean_text", "hash", "replace, value: x"}) {
    const auto used =
        profile_with(std::string("rules:\n  - {match: \"0029,xx01 LUMIERE 2\", action: ") + action + "}\n");
    dicom::File file = make_patient_photo();
    ASSERT_TRUE(file.dataset().set_text({0x0029, 0x0011}, "LUMIERE 2", "LO"));
    ASSERT_TRUE(file.dataset().set_bytes({0x0029, 0x1101}, "Mrs Quillfeather", "UN"));
    const auto cleaning = used->begin(file, make_identity());
    const auto lines = cleaning->explain(file);
    ASSERT_TRUE(lines);
    const auto line = std::ranges::find(*lines, "(0029,1101)", &Explained::path);
    ASSERT_NE(line, lines->end());
    EXPECT_EQ(line->action, "remove") << action;
    EXPECT_THAT(line->source, HasSubstr("UN: not readable as text, removed")) << action;
    EXPECT_FALSE(file.dataset().contains({0x0029, 0x1101})) << action;
    EXPECT_THAT(cleaning->residue(file), IsEmpty()) << action;
  }
}

TEST_F(Engine, CleansContentItemsByTheirConceptAndHoldsReportsOtherwise) {
  const auto report = [] {
    dicom::File file = make_patient_photo();
    for (const auto& [code, text] :
         {std::pair{"121022", "ACC778899"}, std::pair{"121071", "Mrs Quillfeather: naevus"}}) {
      const dicom::Item item = add_item(file.dataset(), "ContentSequence");
      set(item, "ValueType", "TEXT");
      set(item, "TextValue", text);
      const dicom::Item name = add_item(item, "ConceptNameCodeSequence");
      set(name, "CodeValue", code);
      set(name, "CodingSchemeDesignator", "DCM");
    }
    return file;
  };
  dicom::File refused = report();
  EXPECT_EQ(profile("basic")->begin(refused, make_identity())->apply(refused).error().code, "deid.payload");
  const auto out = cleaned_by(*profile("teaching-file"), report());
  const auto items = out.dataset().find(tag("ContentSequence"))->items();
  ASSERT_EQ(items.size(), 1u) << "121022 is an accession number: X";
  EXPECT_EQ(get(items.front(), "TextValue"), "Mrs [name]: naevus");
}

TEST_F(Engine, KeepsWhatReadersNeedUnderEveryProfile) {
  for (const char* lines : {"unlisted: {default: remove, vr: {UI: remove}}\n",
                            "rules:\n  - match: [\"0008,xxxx\", \"0020,xxxx\", \"0028,xxxx\"]\n    action: remove\n"}) {
    dicom::File file = make_patient_photo();
    set(file.dataset(), "BodyPartExamined", "HAND");
    ASSERT_TRUE(file.dataset().set_text(tag("Rows"), "8", "US"));
    const std::string keep = std::string(lines).starts_with("rules") ? "" : "rules:\n";
    const auto used = profile_with(lines + keep + "  - match: Manufacturer\n    action: keep\n");
    const auto out = cleaned_by(*used, std::move(file));
    EXPECT_EQ(get(out.dataset(), "Manufacturer"), "Lumière Optics");
    EXPECT_EQ(get(out.dataset(), "SpecificCharacterSet"), "ISO_IR 192") << lines;
    EXPECT_EQ(get(out.dataset(), "Rows"), "8") << lines;
    EXPECT_EQ(get(out.dataset(), "SOPClassUID"), test::kVlPhotographic) << lines;
    EXPECT_THAT(get(out.dataset(), "StudyInstanceUID"), testing::StartsWith("2.25.")) << lines;
  }
}

TEST_F(Engine, AStricterDefaultForUnlistedDropsTheParentsExceptions) {
  const auto outcome = [](const std::string& lines, const char* keyword) {
    return get(cleaned_by(*profile_with(lines), make_patient_photo()).dataset(), keyword);
  };
  EXPECT_NE(outcome("", "Manufacturer"), "") << "basic cleans unlisted LO";
  EXPECT_EQ(outcome("unlisted: {default: remove}\n", "Manufacturer"), "");
  EXPECT_NE(outcome("unlisted: {default: remove, vr: {LO: clean_text}}\n", "Manufacturer"), "") << "its own exception";
  dicom::File file = make_patient_photo();
  set(first(file.dataset(), "AnatomicRegionSequence"), "TextString", "Quillfeather");
  const auto out = cleaned_by(*profile_with("unlisted: {default: keep}\n"), std::move(file));
  EXPECT_EQ(get(first(out.dataset(), "AnatomicRegionSequence"), "TextString"), "") << "milder: ST is removed still";
}

TEST_F(Engine, WritesUtf8AndNeverBytesThatNoDeclaredSetReads) {
  dicom::File file = make_patient_photo();
  set(file.dataset(), "SpecificCharacterSet", "");
  set(file.dataset(), "ManufacturerModelName", "Derm\xE4");
  const auto out = cleaned_by(*profile("basic"), std::move(file));
  EXPECT_EQ(get(out.dataset(), "ManufacturerModelName"), "");
  EXPECT_EQ(get(cleaned_by(*profile("basic"), make_patient_photo()).dataset(), "Manufacturer"), "Lumière Optics");
}

TEST_F(Engine, SearchesForANumberThatAKeptAttributeSaysToo) {
  dicom::File file = make_patient_photo();
  set(file.dataset(), "StationName", "CAM MRN-4471123");
  set(file.dataset(), "AcquisitionNumber", "19310415");
  ASSERT_TRUE(file.dataset().set_text({0x0009, 0x0010}, "MRN-4471123", "LO"));  // a weaker find of the same comes first
  const auto found = texts(profile("device-qa")->begin(file, make_identity())->identifiers());
  EXPECT_THAT(found, testing::Contains("MRN-4471123"));
  EXPECT_THAT(found, testing::Contains("19310415"));
}

TEST_F(Engine, SearchesForTheBirthDateThatAKeptDateSaysToo) {
  const auto searched = [](const Profile& used, const dicom::File& file) {
    const auto found = texts(used.begin(file, make_identity())->identifiers());
    return std::ranges::find(found, "19310415") != found.end();
  };
  const auto private_value = [](std::string_view vr, std::string_view value) {
    dicom::File file = make_patient_photo();
    EXPECT_TRUE(file.dataset().set_text({0x0029, 0x0011}, "LUMIERE 2", "LO"));
    EXPECT_TRUE(file.dataset().set_text({0x0029, 0x1101}, value, vr));
    return file;
  };
  const std::string rule = "rules:\n  - match: 0029,xx01 LUMIERE 2\n    action: keep\n";
  const auto keeps = profile_with(rule), keeps_dates = profile_with("dates: {policy: keep}\n" + rule);
  for (const auto& [vr, value] : {std::pair{"DA", "19310415"}, {"DT", "19310415101500"}, {"UL", "19310415"}}) {
    EXPECT_TRUE(searched(*keeps, private_value(vr, value))) << vr;
    EXPECT_TRUE(searched(*keeps_dates, private_value(vr, value))) << vr;
  }

  const auto born_at = [&](std::string_view day, const std::vector<std::string>& keywords) {
    dicom::File file = private_value("DA", "20200202");
    for (const char* each : {"InstanceCreationDate", "StudyDate", "SeriesDate", "ContentDate", "AcquisitionDateTime"}) {
      set(file.dataset(), each, day);
    }
    for (const std::string& each : keywords) set(file.dataset(), each, "19310415");
    return file;
  };
  EXPECT_FALSE(searched(*keeps_dates, born_at("19310416", {"StudyDate", "AcquisitionDateTime"}))) << "a newborn";
  EXPECT_TRUE(searched(*keeps_dates, born_at("20240229", {"SeriesDate"}))) << "nobody is born and grown up at once";
  EXPECT_TRUE(searched(*keeps_dates, born_at("19310416", {"StudyDate", "DateOfSecondaryCapture"})));
  EXPECT_TRUE(searched(*keeps_dates, born_at("19310416", {"DateOfSecondaryCapture"})));
  dicom::File both = born_at("19310415", {});
  ASSERT_TRUE(both.dataset().set_text({0x0029, 0x1101}, "19310415", "DA"));
  EXPECT_TRUE(searched(*keeps_dates, both)) << "a newborn's private attributes";
}

TEST_F(Engine, SearchesForWhatEarlierObjectsTold) {
  Identity identity = make_identity();
  auto known = std::make_shared<KnownPeople>();
  known->patient_names.emplace_back("Geburtsname^Erika");
  known->identifiers.emplace_back("OLD-778812");
  known->birth_dates.emplace_back("19550203");
  identity.known = known;
  for (const char* name : {"basic", "research-photo"}) {
    const auto cleaning = profile(name)->begin(make_patient_photo(), identity);
    std::vector<std::string> values;
    for (const auto& value : cleaning->identifiers().values) values.push_back(value.text.reveal());
    EXPECT_THAT(values, testing::IsSupersetOf({"Geburtsname^Erika", "OLD-778812", "19550203"})) << name;
  }
}

TEST_F(Engine, KeepsOnlyTermsOfTheStandardAboutThePatient) {
  const auto outcome = [](const std::string& name, const char* keyword, const char* value) {
    auto file = make_patient_photo();
    set(file.dataset(), keyword, value);
    const auto out = cleaned(name, std::move(file));
    return get(out.dataset(), keyword);
  };
  for (const char* name : {"research-photo", "longitudinal", "hipaa-safe-harbor", "teaching-file"}) {
    for (const char* said : {"M", "F", "O"}) EXPECT_EQ(outcome(name, "PatientSex", said), said) << name;
    for (const char* typed : {"DOE JOHN", "m", "MALE", "F DOE", "X", "M\\DOE"}) {
      EXPECT_EQ(outcome(name, "PatientSex", typed), "") << name << " " << typed;
    }
  }
  EXPECT_EQ(outcome("longitudinal", "SmokingStatus", "NO"), "NO");
  EXPECT_EQ(outcome("longitudinal", "SmokingStatus", "MRS DOE"), "");
}

TEST_F(Engine, KeepsOnlyTermsWhereTheStandardHasAListOfThem) {
  const auto outcome = [](const char* keyword, const char* value) {
    auto file = make_patient_photo();
    set(file.dataset(), keyword, value);
    const auto out = cleaned_by(*profile("research-photo"), std::move(file));
    return get(out.dataset(), keyword);
  };
  for (const char* term : {"XC", "DMS", "ES", "RTSTRUCT", "SC"}) EXPECT_EQ(outcome("Modality", term), term);
  for (const char* typed : {"IMOGEN BLACKWOOD", "X", "XC|DMS", "|"}) EXPECT_EQ(outcome("Modality", typed), "") << typed;
  EXPECT_EQ(outcome("PresentationIntentType", "FOR PRESENTATION"), "FOR PRESENTATION");
  EXPECT_EQ(outcome("PresentationIntentType", "ZIMMERSCHIED TH"), "");
  EXPECT_EQ(outcome("Laterality", "B"), "B");
  EXPECT_EQ(outcome("Laterality", "BLACKWOOD"), "");
}

TEST_F(Engine, CleansCodesThatCanBeAsLongAsProse) {
  auto file = make_patient_photo();
  const auto item = add_item(file.dataset(), "AnatomicRegionSequence");
  set(item, "LongCodeValue", "skin of Mrs Quillfeather");
  set(item, "URNCodeValue", "urn:oid:2.16.840.1.113883.6.96");
  const auto prose = add_item(file.dataset(), "AnatomicRegionSequence");
  set(prose, "URNCodeValue", "https://clinic.example/patient/Quillfeather");
  const auto out = cleaned_by(*profile("basic"), std::move(file));
  const auto items = out.dataset().find(tag("AnatomicRegionSequence"))->items();
  EXPECT_EQ(get(items.at(1), "LongCodeValue"), "skin of Mrs [name]");
  EXPECT_EQ(get(items.at(1), "URNCodeValue"), "urn:oid:2.16.840.1.113883.6.96");
  EXPECT_FALSE(items.at(2).contains(tag("URNCodeValue")));
}

TEST_F(Engine, SaysWhenThereIsTooMuchToSearchFor) {
  dicom::File file = make_patient_photo();
  for (int i = 0; i < 20'001; ++i) {
    set(add_item(file.dataset(), "ReferencedImageSequence"), "ReferencedSOPInstanceUID", "1.2.3." + std::to_string(i));
  }
  EXPECT_FALSE(profile("basic")->begin(file, make_identity())->identifiers().complete);
}

TEST_F(Engine, ExplainsEachAttributeWithItsSource) {
  dicom::File file = make_patient_photo();
  const auto lines = profile("research-photo")->begin(file, make_identity())->explain(file);
  ASSERT_TRUE(lines);
  const auto line = [&](const std::string& keyword) {
    return *std::ranges::find(*lines, keyword, &Explained::keyword);
  };
  EXPECT_THAT(line("PatientSex").source, testing::StartsWith("rule research-photo.yaml:"));
  EXPECT_EQ(line("PatientBirthDate").source, "table E.1-1, PatientBirthDate: Z");
  EXPECT_EQ(line("PatientName").before.reveal(), "Quillfeather^Jane^Ann");
  EXPECT_TRUE(line("StudyDate").changed);
  EXPECT_FALSE(line("PatientSex").changed);
}

TEST_F(Engine, ExplainsThatASequenceChangesWithWhatIsInIt) {
  dicom::File file = make_patient_photo();
  dicom::Item region = add_item(file.dataset(), "AnatomicRegionSequence");
  set(region, "CodeValue", "1");
  dicom::Item modifier = add_item(region, "AnatomicRegionModifierSequence");
  set(modifier, "CodeValue", "2");
  dicom::Item outer = add_item(file.dataset(), "DerivationCodeSequence");
  set(add_item(outer, "ReferencedImageSequence"), "ReferencedSOPInstanceUID", "1.2.3.4.5");
  add_item(file.dataset(), "ReferencedStudySequence");
  const auto lines = profile_with("rules:\n  - match: ReferencedStudySequence\n    action: empty\n")
                         ->begin(file, make_identity())
                         ->explain(file);
  ASSERT_TRUE(lines);
  const auto changed = [&](const std::string& path) {
    const auto found = std::ranges::find(*lines, path, &Explained::path);
    if (found == lines->end()) throw std::logic_error("nothing is said of " + path);
    return found->changed;
  };
  EXPECT_FALSE(changed("(0008,2218)"));
  EXPECT_FALSE(changed("(0008,2218)[2].(0008,2220)"));
  EXPECT_TRUE(changed("(0008,9215)[1].(0008,1140)[1].(0008,1155)"));
  EXPECT_TRUE(changed("(0008,9215)[1].(0008,1140)"));
  EXPECT_TRUE(changed("(0008,9215)"));
  EXPECT_TRUE(changed("(0008,1110)")) << "it lost its items";
}

TEST_F(Engine, RefusesProfilesThatKeepWhoThePatientIs) {
  for (const char* match : {"PatientName", "PatientID", "0010,xxxx", "AccessionNumber", "DeidentificationMethod"}) {
    EXPECT_THROW(profile_with(std::string("rules:\n  - match: ") + match + "\n    action: keep\n"), std::logic_error)
        << match;
  }
}

}  // namespace
}  // namespace veilgate::deidentify
