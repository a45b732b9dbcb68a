#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "config/yaml_reader.h"
#include "deidentify/import/import.h"
#include "deidentify/profile_spec.h"
#include "support/temp_folder.h"

namespace veilgate::deidentify {
namespace {

using config::YamlDocument;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

namespace fs = std::filesystem;

const fs::path kFixtures = fs::path(VEILGATE_SOURCE_DIR) / "tests/support/import";

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Imported imported(const std::string& text, ImportFormat format) {
  auto out = import_profile(text, format, "test");
  EXPECT_TRUE(out) << (out ? "" : out.error().message);
  return out ? std::move(*out) : Imported{};
}

Imported ctp(const std::string& statements) {
  return imported("<script>\n<p t=\"DATEINC\">-10</p>\n<p t=\"SITEID\">7</p>\n<p t=\"UIDROOT\">1.2</p>\n" + statements +
                      "\n</script>",
                  ImportFormat::CtpScript);
}

std::string element(const std::string& tag, const std::string& replacement) {
  return "<e en=\"T\" t=\"" + tag + "\" n=\"x\">" + replacement + "</e>";
}

Imported ctp_element(const std::string& tag, const std::string& replacement) { return ctp(element(tag, replacement)); }

Imported deid(const std::string& lines) {
  return imported("FORMAT dicom\n\n%header\n\n" + lines + "\n", ImportFormat::PydicomDeid);
}

/// One rule on one line: "StudyDescription,0008,1030 when Modality=CT -> keep".
std::vector<std::string> rules(const Imported& profile) {
  const auto document = YamlDocument::parse(profile.yaml, "imported");
  const auto root = document.root();
  std::vector<std::string> out;
  for (const auto& rule : root["rules"].items()) {
    std::string line;
    for (const std::string& match : rule["match"].texts()) line += (line.empty() ? "" : " ") + match;
    const auto when = rule["when"];
    if (when.exists()) {
      for (const std::string& key : when.keys()) line += " when " + key + "=" + when[key].text().value_or("?");
    }
    line += " -> " + rule["action"].text().value_or("?");
    if (const auto value = rule["value"].text()) line += " " + *value;
    out.push_back(line);
  }
  EXPECT_THAT(document.problems(), IsEmpty()) << profile.yaml;
  return out;
}

std::string whys(const Imported& profile) {
  std::string out;
  for (const ImportNote& note : profile.notes) out += note.why + "\n";
  return out;
}

TEST(DetectImportFormat, KnowsBothAndAdmitsIgnorance) {
  EXPECT_EQ(detect_import_format(read(kFixtures / "trial.script")), ImportFormat::CtpScript);
  EXPECT_EQ(detect_import_format(read(kFixtures / "old.properties")), ImportFormat::CtpScript);
  EXPECT_EQ(detect_import_format(read(kFixtures / "clinic.deid")), ImportFormat::PydicomDeid);
  EXPECT_EQ(detect_import_format("\xEF\xBB\xBF <script/>"), ImportFormat::CtpScript);
  EXPECT_EQ(detect_import_format("# mine\n%HEADER\nKEEP Rows"), ImportFormat::PydicomDeid);
  EXPECT_EQ(detect_import_format("name: basic\n"), std::nullopt);
  EXPECT_EQ(detect_import_format("<html></html>"), std::nullopt);
  EXPECT_EQ(detect_import_format(""), std::nullopt);
}

struct Case {
  std::string tag, replacement, rule;
  std::string why = {};  ///< part of the only note; empty: expressed exactly
};

class CtpFunctions : public testing::TestWithParam<Case> {};

TEST_P(CtpFunctions, BecomeRules) {
  const Case& each = GetParam();
  const Imported out = ctp_element(each.tag, each.replacement);
  const auto found = rules(out);
  if (each.rule.empty()) {
    EXPECT_THAT(found, IsEmpty());
  } else {
    EXPECT_THAT(found, ElementsAre(each.rule)) << out.yaml;
  }
  if (each.why.empty()) {
    EXPECT_THAT(whys(out), IsEmpty());
  } else {
    EXPECT_THAT(whys(out), HasSubstr(each.why));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, CtpFunctions,
    testing::Values(
        Case{"00100040", "@keep()", "PatientSex -> keep"}, Case{"(0010,0040)", " @keep() ", "PatientSex -> keep"},
        Case{"00100040", "@remove()", "PatientSex -> remove"}, Case{"00100040", "x@remove()y", "PatientSex -> remove"},
        Case{"00100040", "@empty()", "PatientSex -> empty"}, Case{"00100040", "", "PatientSex -> empty"},
        Case{"00100040", "@blank(0)", "PatientSex -> empty"},
        Case{"00100040", "@blank(5)", "PatientSex -> empty", "difference: empty, without blanks"},
        Case{"00082218", "@process()", "AnatomicRegionSequence -> keep"},
        Case{"00082218", "@keep()", "AnatomicRegionSequence -> keep", "difference: the sequence is kept and its items"},
        Case{"00080060", "@require()", "Modality -> keep", "difference: kept, and not added"},
        Case{"00080018", "@hashuid(@UIDROOT,this)", "SOPInstanceUID -> uid", "difference: UIDs become 2.25"},
        Case{"00080018", "@hashuid(@UIDROOT,this,PatientID)", "SOPInstanceUID -> uid", "from the UID alone"},
        Case{"00080018", "@hashuid(@UIDROOT,StudyInstanceUID)", "", "not expressed: a UID is made from"},
        Case{"00080050", "@hash(this)", "AccessionNumber -> hash", "difference: 16 characters of a keyed hash"},
        Case{"00080050", "@hash(this,10)", "AccessionNumber -> hash", "not 10 digits of MD5"},
        Case{"00081050", "@hashname(this,6,2)", "PerformingPhysicianName -> hash", "difference: 16 characters"},
        Case{"00100010", "@hashname(this,6,2)", "PatientName -> pseudonym", "difference: the project's pseudonym"},
        Case{"00100020", "@hash(this,10)", "PatientID -> pseudonym", "difference: the project's pseudonym"},
        Case{"00100020", "@hashptid(@SITEID,PatientID,12)", "PatientID -> pseudonym", "difference: the project's"},
        Case{"00120040", "@hashptid(@SITEID,PatientID)", "ClinicalTrialSubjectID -> pseudonym",
             "difference: the project"},
        Case{"00100020", "@lookup(this,ptid)", "PatientID -> pseudonym", "imported list"},
        Case{"00100010", "@lookup(PatientID,name,remove)", "PatientName -> pseudonym", "imported list"},
        Case{"00120031", "@lookup(PatientID,site)", "", "not expressed: lists replace patients only; Table E.1-1"},
        Case{"00100020", "@integer(this,ptid,4)", "PatientID -> pseudonym", "difference"},
        Case{"00100020", "@encrypt(this,@KEY)", "PatientID -> pseudonym", "difference"},
        Case{"00080050", "@encrypt(this,\"secret\")", "AccessionNumber -> hash", "nothing decrypts it"},
        Case{"00100010", "@initials(this)", "PatientName -> pseudonym", "difference"},
        Case{"00081050", "@initials(this)", "", "not expressed: initials tell who it is"},
        Case{"00080020", "@incrementdate(this,@DATEINC)", "StudyDate -> shift_date", "difference: dates move back"},
        Case{"00080020", "@incrementdate(StudyDate,30)", "StudyDate -> shift_date", "not by one number for all"},
        Case{"00080020", "@incrementdate(SeriesDate,@DATEINC)", "", "not expressed: values are not copied"},
        Case{"00080020", "@hashdate(this,PatientID)", "StudyDate -> shift_date", "per patient, by the project's key"},
        Case{"00100030", "@modifydate(this,*,1,1)", "PatientBirthDate -> truncate_date year"},
        Case{"00100030", "@modifydate(this,*,*,1)", "PatientBirthDate -> truncate_date month"},
        Case{"00100030", "@modifydate(this,*,7,1)", "PatientBirthDate -> truncate_date year",
             "difference: the first day"},
        Case{"00100030", "@modifydate(this,1970,1,1)", "PatientBirthDate -> replace 19700101"},
        Case{"00100030", "@modifydate(this,1970,*,*)", "", "not expressed: only the year"},
        Case{"00100030", "@truncate(this,4)", "PatientBirthDate -> truncate_date year", "becomes 01"},
        Case{"00101010", "@round(this,5)", "PatientAge -> generalize age_bands_5", "difference: rounded down"},
        Case{"00101010", "@round(this,10)", "PatientAge -> generalize age_bands_10", "over 89 is 90"},
        Case{"00101010", "@round(this,7)", "", "not expressed: only ages are rounded, to 5 or 10"},
        Case{"00080080", "@param(@SITEID)", "InstitutionName -> replace {param:SITEID}"},
        Case{"00080080", "@param(@NOWHERE)", "", "not expressed: the script does not say what @NOWHERE is"},
        Case{"00100020", "S@param(@SITEID)-@hashptid(@SITEID,this,10)",
             "PatientID -> replace S{param:SITEID}-{pseudonym}", "difference: the project's pseudonym"},
        Case{"00080080", "Research Core", "InstitutionName -> replace Research Core"},
        Case{"00080080", "a\\@b", "InstitutionName -> replace a@b"},
        Case{"00080080", "{curly}", "", "not expressed: a text cannot hold { or }"},
        Case{"00080020", "yesterday", "", "no value of VR DA"},
        Case{"00080020", "20000101", "StudyDate -> replace 20000101"},
        Case{"00280010", "512", "", "not done to what no reader can do without: Rows"},
        Case{"00080050", "@hashptid(@SITEID,this)", "AccessionNumber -> hash", "difference"},
        Case{"00080080", "@contents(this)", "InstitutionName -> keep"},
        Case{"00080080", "@contents(this,\"a\",\"b\")", "", "not expressed: received values are not edited"},
        Case{"00080080", "@contents(StationName)", "", "not expressed: values are not copied"},
        Case{"00080080", "@value(this,\"none\")", "InstitutionName -> keep", "difference: no default"},
        Case{"00080080", "@uppercase(this)", "", "not expressed: received values are not edited"},
        Case{"00200010", "@date()", "", "do not depend on when"},
        Case{"00200010", "@time(:)", "", "do not depend on when"},
        Case{"00200010", "@dateinterval(StudyDate,base,PatientID)", "", "not expressed: intervals"},
        Case{"00200010", "@append(){x}", "", "not expressed: values are not appended"},
        Case{"00200010", "@decrypt(this,@K)", "", "not expressed: nothing is decrypted"},
        Case{"00200010", "@call(plugin,this)", "", "not expressed: there are no plug-ins"},
        Case{"00200010", "@pathelement(this,-1)", "", "not expressed: received values are not edited"},
        Case{"00200010", "@quarantine()", "", "not expressed: a profile does not hold"},
        Case{"00200010", "@skip()", "", "not expressed: a profile does not hold"},
        Case{"00200010", "@frobnicate(this)", "", "not expressed: CTP has no function of this name"},
        Case{"00200013", "@frobnicate(this)", "InstanceNumber -> remove", "of this name; removed instead"},
        Case{"00200010", "@keep(", "", "not expressed: a call in it does not end"},
        Case{"00080080", "@always()x", "InstitutionName -> replace x", "only where the object has"},
        Case{"00120062", "@always()YES", "", "difference: Veilgate writes this attribute itself"},
        Case{"00120064", "113100/113105", "", "difference: Veilgate writes this attribute itself"},
        Case{"00020016", "@remove()", "", "difference: file meta"}, Case{"00080000", "@remove()", "", "group lengths"},
        Case{"00080005", "@keep()", "", "difference: Veilgate decides the character set"},
        Case{"7fe00010", "@keep()", ""}, Case{"7fe00010", "@empty()", "", "pixel data"},
        Case{"00130010", "CTP", "", "not expressed: this is no standard attribute"},
        Case{"zzzz", "@keep()", "", "not expressed: this is no standard attribute"},
        Case{"0019[ACME 1.0]1a", "@keep()", "0019,xx1a ACME 1.0 -> keep"},
        Case{"19,[ACME 1.0]1A", "@remove()", "0019,xx1a ACME 1.0 -> remove"},
        Case{"0019[ACME 1.0]1a", "@hash(this)", "0019,xx1a ACME 1.0 -> remove", "not expressed"},
        Case{"0020000d", "@select(){@keep()}{@hashuid(@UIDROOT,this)}", "StudyInstanceUID -> uid", "at any depth"},
        Case{"0020000d", "@select(){@keep()}{@keep()}", "StudyInstanceUID -> keep"}));

TEST(CtpConditions, LaterRulesWinWhereTheyHold) {
  EXPECT_THAT(rules(ctp_element("00080070", "@if(Modality,equals,\"xc\"){@keep()}{@empty()}")),
              ElementsAre("Manufacturer -> empty", "Manufacturer when Modality=XC -> keep"));
  EXPECT_THAT(
      rules(ctp_element("00080070", "@if(this,equals,\"Leica 2\"){@keep()}{@empty()}")),
      ElementsAre("Manufacturer -> empty", "Manufacturer when Manufacturer=/^[Ll][Ee][Ii][Cc][Aa] 2$/ -> keep"));
  EXPECT_THAT(rules(ctp_element("00080070", "@if(ImageType,equals,A){@keep()}{@empty()}")),
              ElementsAre("Manufacturer -> empty", "Manufacturer when ImageType=/^[Aa]$/ -> keep"));
  EXPECT_THAT(rules(ctp_element("00080070", "@if(StudyID,exists){@keep()}{@remove()}")),
              ElementsAre("Manufacturer -> remove", "Manufacturer when StudyID=present -> keep"));
  EXPECT_THAT(rules(ctp_element("00080070", "@if(root:(0020,0010),isblank){@empty()}{@keep()}")),
              ElementsAre("Manufacturer -> empty", "Manufacturer when StudyID=/.*[^ ].*/ -> keep"));
  EXPECT_THAT(rules(ctp_element("00080070", "@if(ImageType,contains,\"a.b\"){@remove()}{@keep()}")),
              ElementsAre("Manufacturer -> keep", "Manufacturer when ImageType=/.*[Aa][.][Bb].*/ -> remove"));
  EXPECT_THAT(rules(ctp_element("00080070", "@if(Modality,matches,\"CT|M\\w\"){@remove()}{@keep()}")),
              ElementsAre("Manufacturer -> keep", "Manufacturer when Modality=/^(CT|M\\w)$/ -> remove"));
}

TEST(CtpConditions, Nest) {
  const Imported out =
      ctp_element("00080070", "@if(Modality,equals,CT){@if(PatientSex,equals,F){@keep()}{@empty()}}{@remove()}");
  EXPECT_THAT(rules(out), ElementsAre("Manufacturer -> remove", "Manufacturer when Modality=CT -> empty",
                                      "Manufacturer when Modality=CT when PatientSex=F -> keep"));
  EXPECT_THAT(out.notes, IsEmpty());
}

TEST(CtpConditions, ThatCannotBeAskedTakeTheStricterSide) {
  for (const char* condition : {"PatientAge,greaterthan,89", "Modality,matches,\"(?i)ct\"", "NoSuch,equals,1",
                                "Modality,resembles,CT", "Modality", "StudyID,equals,\"a\\b\"", "(0019,1001),exists",
                                "Modality,matches,\"(\"", "AnatomicRegionSequence,exists"}) {
    const Imported out = ctp_element("00080070", std::string("@if(") + condition + "){@keep()}{@remove()}");
    EXPECT_THAT(rules(out), ElementsAre("Manufacturer -> remove")) << condition;
    EXPECT_THAT(whys(out), HasSubstr("the stricter side is done always")) << condition;
  }
  const Imported twice =
      ctp_element("00080070", "@if(Modality,equals,CT){@if(Modality,contains,C){@keep()}{@empty()}}{@empty()}");
  EXPECT_THAT(rules(twice), ElementsAre("Manufacturer -> empty"));
}

TEST(CtpConditions, HoldingBackIsNotedAndRemovesInstead) {
  const Imported out = ctp_element("00204000", "@if(BurnedInAnnotation,equals,YES){@quarantine()}{@keep()}");
  EXPECT_THAT(rules(out), ElementsAre("ImageComments -> keep", "ImageComments when BurnedInAnnotation=YES -> remove"));
  EXPECT_THAT(whys(out), HasSubstr("not expressed: a profile does not hold"));
  EXPECT_THAT(rules(ctp_element("00204000", "@if(BurnedInAnnotation,equals,YES){@quarantine()}{@remove()}")),
              ElementsAre("ImageComments -> remove"));
  EXPECT_THAT(whys(ctp_element("00181000", "@select(){@hash(this,8)}{@remove()}")), Not(HasSubstr("MD5")));
}

TEST(CtpScripts, TheLastStatementForAnAttributeWins) {
  const Imported out = ctp(element("00100040", "@keep()") + "\n" + element("(0010,0040)", "@remove()"));
  EXPECT_THAT(rules(out), ElementsAre("PatientSex -> remove"));
  EXPECT_THAT(out.yaml, HasSubstr("overridden: line 6 decides"));
  EXPECT_THAT(out.notes, IsEmpty());
}

TEST(CtpScripts, CarryLinesAndTextIntoNotesAndComments) {
  const Imported out = ctp("\n\n<e en=\"T\" t=\"00200010\" n=\"StudyID\">\n  @frobnicate(this,\n 3)</e>");
  ASSERT_THAT(out.notes, SizeIs(1));
  EXPECT_EQ(out.notes[0].line, 7);
  EXPECT_EQ(out.notes[0].statement, "<e en=\"T\" t=\"00200010\" n=\"StudyID\"> @frobnicate(this, 3)</e>");
  EXPECT_THAT(out.yaml, HasSubstr("# line 7: <e en=\"T\""));
  EXPECT_EQ(out.statements, 4);
}

TEST(CtpScripts, ShiftDatesByPatient) {
  const Imported out = ctp_element("00080020", "@incrementdate(this,@DATEINC)");
  EXPECT_THAT(out.yaml, HasSubstr("dates:\n  policy: shift\n  max_days: 10\n"));
  ASSERT_THAT(out.notes, SizeIs(1));
  EXPECT_EQ(out.notes[0].line, 2);
  EXPECT_THAT(ctp_element("00080020", "@keep()").yaml, Not(HasSubstr("policy: shift")));
}

TEST(CtpScripts, WriteParametersThatAreUsed) {
  const Imported out = ctp_element("00080080", "@param(@SITEID)");
  EXPECT_THAT(out.yaml, HasSubstr("parameters:\n  SITEID:\n    default: \"7\"\n"));
  EXPECT_THAT(out.yaml, Not(HasSubstr("UIDROOT")));
}

TEST(CtpScripts, RemoveGroups) {
  const Imported out = ctp("<r en=\"T\" t=\"overlays\"/><r en=\"T\" t=\"curves\"/><r en=\"T\" t=\"privategroups\"/>");
  EXPECT_THAT(rules(out), ElementsAre("60xx,xxxx 50xx,xxxx -> remove"));
  EXPECT_THAT(out.notes, IsEmpty());
  const Imported off = ctp("<r en=\"F\" t=\"overlays\"/><r en=\"F\" t=\"curves\"/><r en=\"F\" t=\"privategroups\"/>");
  EXPECT_THAT(off.notes, SizeIs(3));
}

TEST(CtpScripts, RemoveWhatIsNotNamedButKeepTheImageAndGroups) {
  const Imported out =
      ctp("<r en=\"T\" t=\"unspecifiedelements\"/><k en=\"T\" t=\"0018\"/>" + element("00180015", "@empty()"));
  EXPECT_THAT(out.yaml, HasSubstr("unlisted:\n  default: remove\n"));
  std::set<std::string> kept;
  const auto document = YamlDocument::parse(out.yaml, "imported");
  for (const auto& rule : document.root()["rules"].items()) {
    if (rule["action"].text() != "keep") continue;
    for (const std::string& match : rule["match"].texts()) kept.insert(match);
  }
  for (const char* wanted : {"Rows", "Columns", "BitsAllocated", "PhotometricInterpretation", "KVP", "ExposureTime"}) {
    EXPECT_TRUE(kept.contains(wanted)) << wanted;
  }
  for (const char* unwanted : {"DeviceSerialNumber", "ProtocolName", "ImagePresentationComments", "BodyPartExamined",
                               "AcquisitionComments", "PixelDataProviderURL"}) {
    EXPECT_FALSE(kept.contains(unwanted)) << unwanted;
  }
  EXPECT_THAT(rules(ctp("<k en=\"T\" t=\"0018\"/>")), IsEmpty());
}

TEST(CtpScripts, CleanTheTextsOfAGroupThatIsKept) {
  const Imported out = ctp("<r en=\"T\" t=\"unspecifiedelements\"/><k en=\"T\" t=\"0018\"/>");
  const auto found = rules(out);
  const auto text = [&](const std::string& keyword, const std::string& action) {
    return std::ranges::any_of(found, [&](const std::string& each) {
      return (" " + each).find(" " + keyword + " ") != std::string::npos && each.ends_with("-> " + action);
    });
  };
  EXPECT_TRUE(text("KVP", "keep"));
  EXPECT_TRUE(text("GridID", "clean_text"));
  EXPECT_FALSE(text("GridID", "keep"));
  EXPECT_TRUE(text("RescaleType", "clean_text"));
  EXPECT_THAT(whys(out), HasSubstr("short texts of the group are kept without names"));
}

TEST(CtpScripts, LeaveWhatTheObjectNeedsAlone) {
  for (const char* what : {"@keep()", "@remove()"}) {
    const Imported out = ctp(element("00080005", what));
    EXPECT_THAT(rules(out), IsEmpty());
    EXPECT_THAT(whys(out), HasSubstr("character set")) << what;
  }
  const Imported out = ctp("<r en=\"T\" t=\"unspecifiedelements\"/><k en=\"T\" t=\"0008\"/>" +
                           element("0020000D", "@remove()") + element("00280010", "@empty()"));
  EXPECT_THAT(out.yaml, Not(HasSubstr("      - SpecificCharacterSet")));
  EXPECT_THAT(rules(out), Not(testing::Contains(HasSubstr("StudyInstanceUID -> remove"))));
  EXPECT_THAT(whys(out), HasSubstr("not done to what no reader can do without: StudyInstanceUID"));
  EXPECT_THAT(whys(out), HasSubstr("not done to what no reader can do without: Rows"));
}

TEST(CtpScripts, KeepSafePrivateAttributes) {
  EXPECT_THAT(ctp("<k en=\"T\" t=\"safeprivateelements\"/>").yaml, HasSubstr("options: [retain_safe_private]"));
  EXPECT_THAT(whys(ctp("<k en=\"T\" t=\"0019\"/>")), HasSubstr("private groups are not kept whole"));
  EXPECT_THAT(whys(ctp("<k en=\"T\" t=\"what\"/><x/>")), HasSubstr("this is no group"));
}

TEST(CtpScripts, ReadPropertiesToo) {
  const Imported out = imported(read(kFixtures / "old.properties"), ImportFormat::CtpScript);
  const auto found = rules(out);
  EXPECT_THAT(found,
              testing::IsSupersetOf({"StudyDate -> shift_date", "PatientName -> pseudonym", "PatientID -> pseudonym",
                                     "0029,xx10 SIEMENS CSA HEADER ManufacturerModelName -> keep"}));
  EXPECT_THAT(out.yaml, HasSubstr("options: [retain_safe_private]"));
  EXPECT_THAT(whys(out), HasSubstr("the script's 0 would keep them"));
  EXPECT_EQ(out.notes[0].line, 4);
}

TEST(DeidRecipes, ActionsBecomeRules) {
  EXPECT_THAT(rules(deid("KEEP Modality\nBLANK StudyID\nREMOVE PatientComments")),
              ElementsAre("Modality -> keep", "StudyID -> empty", "PatientComments -> remove"));
  EXPECT_THAT(rules(deid("REPLACE StationName CAMERA # one\nADD InstitutionName Research Core")),
              ElementsAre("StationName -> replace CAMERA", "InstitutionName -> replace Research Core"));
  EXPECT_THAT(rules(deid("REPLACE PatientID var:id\nREPLACE SOPInstanceUID func:uid\nREPLACE StudyID deid_func:x")),
              ElementsAre("PatientID -> pseudonym", "SOPInstanceUID -> uid", "StudyID -> hash"));
  EXPECT_THAT(rules(deid("JITTER StudyDate -31\nREPLACE SeriesDate deid_func:jitter days=40")),
              ElementsAre("StudyDate -> shift_date", "SeriesDate -> shift_date"));
  EXPECT_THAT(deid("JITTER StudyDate -31\nREPLACE SeriesDate deid_func:jitter days=40").yaml,
              HasSubstr("max_days: 40"));
}

TEST(DeidRecipes, NameFieldsInAllTheirWays) {
  EXPECT_THAT(
      rules(deid("REMOVE (0010,21b0)\nREMOVE 00104000\nREMOVE RequestAttributesSequence__StudyInstanceUID")),
      ElementsAre("AdditionalPatientHistory PatientComments RequestAttributesSequence/StudyInstanceUID -> remove"));
  EXPECT_THAT(rules(deid("KEEP (0033,\"MITRA OBJECT UTF8 ATTRIBUTES 1.0\",1E)")),
              ElementsAre("0033,xx1e MITRA OBJECT UTF8 ATTRIBUTES 1.0 -> keep"));
  EXPECT_THAT(rules(deid("REMOVE startswith:AcquisitionDate")),
              ElementsAre("AcquisitionDate AcquisitionDateTime -> remove"));
  EXPECT_THAT(rules(deid("BLANK endswith:PhysicianName|TrialSiteName")),
              ElementsAre(AllOf(HasSubstr("ReferringPhysicianName"), HasSubstr("ClinicalTrialSiteName"))));
  EXPECT_THAT(rules(deid("JITTER contains:AcquisitionDate 3")),
              ElementsAre(AllOf(HasSubstr("AcquisitionDateTime"), HasSubstr("-> shift_date"))));
  EXPECT_THAT(rules(deid("BLANK select:GROUP:4010")), ElementsAre(HasSubstr("ThreatSequence")));
  EXPECT_THAT(rules(deid("BLANK fields:who\n%fields who\nFIELD PatientName\nFIELD startswith:PatientAddr")),
              ElementsAre("PatientName PatientAddress -> empty"));
}

TEST(DeidRecipes, TheStricterStatementWinsAndASingleNameBeforeAnExpression) {
  EXPECT_THAT(rules(deid("REMOVE StudyID\nKEEP StudyID\nBLANK StudyID")), ElementsAre("StudyID -> remove"));
  EXPECT_THAT(rules(deid("KEEP AcquisitionDate\nREMOVE startswith:AcquisitionDate")),
              ElementsAre("AcquisitionDate -> keep", "AcquisitionDateTime -> remove"));
  EXPECT_THAT(rules(deid("REMOVE startswith:AcquisitionDate\nBLANK startswith:AcquisitionDateT")),
              ElementsAre("AcquisitionDate AcquisitionDateTime -> remove"));
}

TEST(DeidRecipes, WhatCannotBeSaidIsNoted) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"REMOVE OrdValue", "no standard attribute of this name"},
      {"REMOVE contains:^Patient.*", "no other regular expressions"},
      {"REMOVE values:names", "clean_descriptors"},
      {"REMOVE fields:nobody", "no such group"},
      {"REMOVE near:Patient", "no expander"},
      {"REMOVE select:NAME:x", "only VR and GROUP"},
      {"REPLACE ALL func:clean", "not judged one by one"},
      {"REMOVE ALL func:is_name", "not judged one by one"},
      {"KEEP ALL", "Table E.1-1 decides"},
      {"KEEP contains:Date", "keeps single fields only"},
      {"REMOVE contains:0019|(x", "no other regular expressions"},
      {"JITTER Modality 3", "no attribute that this could be done to"},
      {"REPLACE StudyDate soon", "no value of VR DA"},
      {"FROB PatientName", "no action of this name"},
      {"REMOVE", "names no field"},
      {"REMOVE SeriesDescription func:is_name", "difference: removed always"},
      {"ADD PatientIdentityRemoved YES", "difference: Veilgate writes this"},
      {"%labels\nADD a b", "labels"},
      {"%nowhere\nADD a b", "stands in no section"},
  };
  for (const auto& [line, why] : cases) EXPECT_THAT(whys(deid(line)), HasSubstr(why)) << line;
  EXPECT_THAT(deid("REMOVE contains:0019\nKEEP PixelData").notes, IsEmpty());
}

TEST(DeidRecipes, FiltersBecomeHintsForRoutes) {
  const Imported out = deid(
      "%filter gray\nLABEL Dose # x\n contains Modality CT\n + equals Rows 5\n coordinates 10,0,512,121\nLABEL b\n "
      "present A");
  EXPECT_THAT(out.notes, SizeIs(2));
  EXPECT_THAT(out.notes[0].why, HasSubstr("{x: 10, y: 0, w: 502, h: 121}"));
}

TEST(DeidRecipes, RemoveEverythingElse) {
  const Imported out = deid("REMOVE ALL\nKEEP Modality");
  EXPECT_THAT(out.yaml, HasSubstr("unlisted:\n  default: remove\n"));
  EXPECT_THAT(rules(out), testing::Contains(HasSubstr("Rows")));
  const Imported but = deid("BLANK except:BodyPartExamined|Laterality");
  EXPECT_THAT(but.yaml, HasSubstr("unlisted:\n  default: empty\n"));
  EXPECT_THAT(rules(but), testing::Contains(AllOf(HasSubstr("BodyPartExamined"), HasSubstr("-> keep"))));
}

TEST(Import, RefusesWhatIsNoScript) {
  const auto code = [](const std::string& text, ImportFormat format) {
    const auto out = import_profile(text, format, "x");
    return out ? "" : out.error().code;
  };
  EXPECT_EQ(code("<script><e", ImportFormat::CtpScript), "import.not_xml");
  EXPECT_EQ(code("", ImportFormat::CtpScript), "import.empty");
  EXPECT_EQ(code("<script/>", ImportFormat::CtpScript), "import.empty");
  EXPECT_EQ(code("FORMAT dicom\n", ImportFormat::PydicomDeid), "import.empty");
  EXPECT_EQ(code(std::string(2 << 20, 'x'), ImportFormat::PydicomDeid), "import.too_large");
  std::string many = "FORMAT dicom\n%header\n";
  for (int i = 0; i < 11'000; ++i) many += "KEEP Rows\n";
  EXPECT_EQ(code(many, ImportFormat::PydicomDeid), "import.too_many_statements");
  std::string wide = "FORMAT dicom\n%header\n";
  for (int i = 0; i < 100; ++i) wide += "BLANK contains:e\n";
  EXPECT_EQ(code(wide, ImportFormat::PydicomDeid), "import.too_many_attributes");
}

TEST(Import, FollowsNoEntitiesAndNoDepth) {
  const Imported out = imported(
      "<?xml version=\"1.0\"?><!DOCTYPE script [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
      "<script><e en=\"T\" t=\"00080080\">&x;&amp;</e></script>",
      ImportFormat::CtpScript);
  EXPECT_THAT(rules(out), ElementsAre("InstitutionName -> replace &x;&"));
  std::string deep = "@remove()";
  for (int i = 0; i < 5'000; ++i) deep = "@if(Modality,equals,CT){" + deep + "}{@keep()}";
  EXPECT_THAT(whys(ctp_element("00080080", deep)), HasSubstr("nested too deep"));
  std::string nested = "<script>";
  for (int i = 0; i < 100'000; ++i) nested += "<e>";
  EXPECT_FALSE(import_profile(nested, ImportFormat::CtpScript, "x"));
}

TEST(Import, NamesAreMadeFit) {
  const auto named = [](std::string_view name) {
    const auto out = import_profile("FORMAT dicom\n%header\nKEEP Rows\n", ImportFormat::PydicomDeid, name);
    return YamlDocument::parse(out->yaml, "imported").root()["name"].text().value_or("?");
  };
  EXPECT_EQ(named("trial-7"), "trial-7");
  EXPECT_EQ(named(""), "imported");
  EXPECT_EQ(named("a\"\n: b\\"), "a--- b-");
  EXPECT_THAT(named(std::string(100, 'x')), SizeIs(40));
}

/// VEILGATE_WRITE_GOLDEN names a folder that the texts are written to, to look at and take over.
void expect_golden(const Imported& out, const std::string& file) {
  std::string text = out.yaml;
  for (const ImportNote& note : out.notes) {
    text += "## " + std::to_string(note.line) + " | " + note.statement + " | " + note.why + "\n";
  }
  if (std::getenv("VEILGATE_WRITE_GOLDEN") != nullptr)
    std::ofstream(fs::path(std::getenv("VEILGATE_WRITE_GOLDEN")) / file) << text;
  EXPECT_EQ(text, read(kFixtures / file));
}

TEST(Golden, ATrialsScript) {
  const auto out = import_profile(read(kFixtures / "trial.script"), ImportFormat::CtpScript, "trial");
  ASSERT_TRUE(out);
  EXPECT_GE(out->statements, 40);
  rules(*out);
  expect_golden(*out, "trial.golden.yaml");
}

TEST(Golden, AClinicsRecipe) {
  const auto out = import_profile(read(kFixtures / "clinic.deid"), ImportFormat::PydicomDeid, "clinic");
  ASSERT_TRUE(out);
  EXPECT_GE(out->statements, 40);
  rules(*out);
  expect_golden(*out, "clinic.golden.yaml");
}

TEST(Import, LoadsAsAProfile) {
  const test::TempFolder folder;
  const auto problems = [&](const Imported& out) {
    const fs::path file = folder.path() / "imported.yaml";
    std::ofstream(file) << out.yaml;
    std::string text;
    for (const auto& problem : load_spec(file.string()).problems) text += to_string(problem) + "\n";
    return text;
  };
  std::string script;
  for (const char* each : {"@keep()", "@remove()", "@empty()", "@hash(this,8)", "Nobody", "@param(@SITENAME)x",
                           "@lookup(PatientID,ptid)"}) {
    script = element("00100010", each) + element("00081070", "@remove()") +
             element("00080018", "@hashuid(@UIDROOT,this)") + element("00080020", "@incrementdate(this,@DATEINC)") +
             element("00100030", "@modifydate(this,*,1,1)") + element("00101010", "@round(this,5)") +
             element("00080050", "@hash(this)") + "<r en=\"T\" t=\"curves\"/>" +
             "<r en=\"T\" t=\"unspecifiedelements\"/><k en=\"T\" t=\"0018\"/>";
    EXPECT_EQ(problems(ctp(script)), "");
  }
  EXPECT_EQ(
      problems(deid("REMOVE ALL\nKEEP Modality\nBLANK endswith:Name\nJITTER contains:Date 31\nREMOVE contains:Comment\n"
                    "REPLACE PatientID var:x\nREPLACE StationName CAM\nREMOVE contains:a\nBLANK contains:b")),
      "");
}

std::string mutated(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return random() % std::max<std::size_t>(bound, 1); };
  static const std::vector<std::string> kPieces = {
      "@if(",      "{",        "}",    ")",          "(",         "[",        "]",       "\"",
      "\\",        "\n",       "&#0;", "&#x110000;", "<e ",       "</e>",     "%header", "REMOVE ALL\n",
      "contains:", "\xff\xfe", "\xc2", "\0x",        "t=\"0019[", "@param(@", "0018",    "<![CDATA["};
  for (std::size_t i = 1 + below(8); i > 0; --i) {
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0:
        text.insert(at, kPieces[below(kPieces.size())]);
        break;
      case 1:
        text.erase(at, below(40));
        break;
      case 2:
        if (!text.empty()) text[at] = static_cast<char>(below(256));
        break;
      case 3:
        text.insert(below(text.size()), text.substr(at, below(200)));
        break;
      default:
        if (below(10) == 0) text.resize(at);
    }
  }
  return text;
}

TEST(Import, SurvivesAnythingAndWritesYamlThatReads) {
  std::mt19937 random(20'240'229);
  const std::vector<std::pair<std::string, ImportFormat>> seeds = {
      {read(kFixtures / "trial.script"), ImportFormat::CtpScript},
      {read(kFixtures / "old.properties"), ImportFormat::CtpScript},
      {read(kFixtures / "clinic.deid"), ImportFormat::PydicomDeid}};
  int read_back = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto& [text, format] = seeds[static_cast<std::size_t>(i) % seeds.size()];
    const std::string input = mutated(text, random);
    detect_import_format(input);
    const auto out = import_profile(input, format, input.substr(0, 60));
    if (!out) continue;
    const auto document = YamlDocument::parse(out->yaml, "imported");
    ASSERT_THAT(document.problems(), IsEmpty()) << "mutation " << i << "\n" << to_string(document.problems()[0]);
    for (const ImportNote& note : out->notes) {
      ASSERT_TRUE(note.why.starts_with("difference: ") || note.why.starts_with("not expressed: ")) << note.why;
    }
    ++read_back;
  }
  EXPECT_GT(read_back, 500);
}

}  // namespace
}  // namespace veilgate::deidentify
