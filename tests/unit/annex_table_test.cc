#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "deidentify/tag_pattern.h"
#include "support/deid_fixture.h"
#include "support/temp_folder.h"

/// Every row of PS3.15 Table E.1-1 x (Basic Profile and each option) x the IODs whose Types are known, read from the
/// reference tables beside the checkout, not from the project's own.
namespace veilgate::deidentify {
namespace {

namespace fs = std::filesystem;
using Row = std::map<std::string, std::string>;

const fs::path kStandard = fs::path(VEILGATE_SOURCE_DIR) / ".." / "shared" / "standard";

std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else if (c != '\r') {
      out.back().push_back(c);
    }
  }
  return out;
}

std::vector<Row> read_csv(const fs::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  const auto names = csv_fields(line);
  std::vector<Row> out;
  while (std::getline(in, line)) {
    const auto fields = csv_fields(line);
    Row row;
    for (std::size_t i = 0; i < names.size() && i < fields.size(); ++i) row[names[i]] = fields[i];
    out.push_back(std::move(row));
  }
  return out;
}

struct Choice {
  const char* column;   ///< of the reference table; empty: Basic Profile alone
  const char* profile;  ///< lines of a profile that extends basic
};
constexpr Choice kChoices[] = {
    {"", ""},
    {"rtn_uids", "options: [retain_uids]\n"},
    {"rtn_dev_id", "options: [retain_device_identity]\n"},
    {"rtn_inst_id", "options: [retain_institution_identity]\n"},
    {"rtn_pat_chars", "options: [retain_patient_characteristics]\n"},
    {"rtn_long_full_dates", "dates: {policy: keep}\n"},
    {"rtn_long_modif_dates", "dates: {policy: shift}\n"},
    {"clean_desc", "options: [clean_descriptors]\n"},
    {"clean_struct_cont", "options: [clean_structured_content]\n"},
    {"clean_graph", "options: [clean_graphics]\n"},
    {"rtn_safe_priv", "options: [retain_safe_private]\n"},
};

struct Attribute {
  dicom::Tag tag;
  std::string vr;
  const Row* row;
};

/// Content that is refused as a whole where no option cleans it.
bool is_payload(dicom::Tag tag) {
  constexpr std::array<dicom::Tag, 4> kTags = {
      {{0x0042, 0x0011}, {0x0040, 0xA730}, {0x0070, 0x0001}, {0x0400, 0x0500}}};
  return std::ranges::find(kTags, tag) != kTags.end();
}

std::vector<Attribute> attributes_of(const std::vector<Row>& rows) {
  std::vector<Attribute> out;
  for (const Row& row : rows) {
    const auto pattern = TagPattern::parse(row.at("tag"));
    if (!pattern || !pattern->exact() || pattern->value >> 16 < 8) continue;  // other tests have the wildcards
    const dicom::Tag tag{static_cast<std::uint16_t>(pattern->value >> 16),
                         static_cast<std::uint16_t>(pattern->value & 0xFFFF)};
    if (!is_payload(tag)) out.push_back({tag, row.at("vr").substr(0, 2), &row});
  }
  return out;
}

/// Of VR SH, but holds "+0100" and nothing else.
constexpr dicom::Tag kTimezone{0x0008, 0x0201};

const std::string& value_of(const std::string& vr) {
  static const std::map<std::string, std::string> kValues = {
      {"UI", "1.9.8.7"},     {"DA", "20200101"}, {"DT", "20200101101010"},
      {"TM", "101010"},      {"AS", "033Y"},     {"DS", "7.5"},
      {"IS", "7"},           {"US", "7"},        {"CS", "LEFT"},
      {"SH", "arm PLANTED"}, {"AE", "PLANTED"},  {"PN", "Planted^Name"}};
  static const std::string kText = "left arm PLANTED";
  const auto found = kValues.find(vr);
  return found == kValues.end() ? kText : found->second;
}

/// What is planted: attributes whose terms the standard enumerates need one of them.
const std::string& value_of(const Attribute& attribute) {
  static const std::map<dicom::Tag, std::string> kTerms = {
      {kTimezone, "+0100"}, {{0x0010, 0x0040}, "F"}, {{0x0010, 0x21A0}, "YES"}, {{0x0010, 0x2203}, "ALTERED"}};
  const auto found = kTerms.find(attribute.tag);
  return found == kTerms.end() ? value_of(attribute.vr) : found->second;
}

void plant(dicom::Item item, const Attribute& attribute) {
  if (attribute.vr == "SQ") {
    dicom::Item inner = item.append_item(attribute.tag).value();
    ASSERT_TRUE(inner.set_text({0x0010, 0x0010}, "Planted^Name"));
  } else if (attribute.vr == "OB" || attribute.vr == "UN" || attribute.vr == "OW") {
    ASSERT_TRUE(item.set_bytes(attribute.tag, "PLANTED!", attribute.vr));
  } else {
    ASSERT_TRUE(item.set_text(attribute.tag, value_of(attribute), attribute.vr));
  }
}

bool is_bytes(const std::string& vr) { return vr == "OB" || vr == "UN" || vr == "OW"; }

/// What is wrong with an attribute of the output; empty when nothing.
std::string wrong(const dicom::Item& output, const Attribute& attribute, const std::string& code, bool by_option) {
  const auto element = output.find(attribute.tag);
  if (code == "X") return element ? "is still there" : "";
  if (!element) return "is gone";
  const std::string text = element->raw_text().reveal();
  if (attribute.tag == kTimezone) return text == "+0100" ? "" : "was changed";
  const bool sequence = attribute.vr == "SQ";
  if (code == "Z") return element->length() == 0 || text != value_of(attribute) ? "" : "has its value";
  if (code == "K") return sequence || is_bytes(attribute.vr) || text == value_of(attribute) ? "" : "was changed";
  if (sequence) return "";
  if (code == "U") return text.starts_with("2.25.") ? "" : "is not mapped";
  if (element->length() == 0) return "is empty";
  if (text.find("PLANTED") != std::string::npos || text.find("Planted") != std::string::npos) return "tells the name";
  if (code == "C" && attribute.vr == "TM") return text == value_of("TM") ? "" : "moved";
  if (code == "C" && by_option && text.find("arm") != std::string::npos) return "";
  return text == value_of(attribute) ? "has its value" : "";
}

class AnnexTable : public testing::TestWithParam<Choice> {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(dicom::init_dicom()); }

  std::shared_ptr<const Profile> profile() {
    const auto path = folder_.path() / "option.yaml";
    std::ofstream(path) << "name: option\nversion: \"1\"\nextends: basic\n" << GetParam().profile;
    return test::profile(path.string());
  }

 private:
  test::TempFolder folder_;
};

TEST_P(AnnexTable, IsDoneAsWritten) {
  if (!fs::exists(kStandard)) GTEST_SKIP() << "the reference tables are not beside this checkout";
  const auto rows = read_csv(kStandard / "ps3.15-e1-1.csv");
  const auto attributes = attributes_of(rows);
  ASSERT_GT(attributes.size(), 630u);
  std::map<std::string, std::map<std::string, std::string>> resolved;  // SOP class -> tag -> action
  for (const Row& row : read_csv(kStandard / "iod-resolved-conditional-actions.csv")) {
    resolved[row.at("sop_class_uid")][row.at("tag")] = row.at("resolved_strictest");
  }
  ASSERT_EQ(resolved.size(), 17u);
  const auto used = profile();
  int checked = 0;
  std::map<std::string, int> wrongs;
  for (const auto& [sop_class, actions] : resolved) {
    dicom::File file;
    for (const Attribute& attribute : attributes) plant(file.dataset(), attribute);
    ASSERT_TRUE(file.dataset().set_text({0x0008, 0x0016}, sop_class));
    const auto cleaning = used->begin(file, test::make_identity());
    const auto done = cleaning->apply(file);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(cleaning->residue(file), testing::IsEmpty());
    for (const Attribute& attribute : attributes) {
      const Row& row = *attribute.row;
      const std::string option = *GetParam().column == '\0' ? "" : row.at(GetParam().column);
      const bool cleanable =
          !(option == "C" && is_bytes(attribute.vr));  // nothing can clean bytes: the Basic Profile's
      std::string code = option.empty() || !cleanable ? row.at("basic") : option;
      if (const auto found = actions.find(row.at("tag")); found != actions.end() && code == row.at("basic")) {
        code = found->second;
      }
      if (attribute.tag == test::tag("PatientName") || attribute.tag == test::tag("PatientID")) continue;  // pseudonym
      const std::string text = wrong(file.dataset(), attribute, code, !option.empty());
      if (!text.empty()) ++wrongs[row.at("tag") + " " + row.at("keyword") + " (" + code + ") " + text];
      ++checked;
    }
  }
  for (const auto& [what, count] : wrongs) ADD_FAILURE() << what << " in " << count << " IODs";
  std::printf("%d outcomes checked\n", checked);
}

INSTANTIATE_TEST_SUITE_P(Options, AnnexTable, testing::ValuesIn(kChoices), [](const auto& each) {
  return *each.param.column == '\0' ? std::string("basic") : std::string(each.param.column);
});

}  // namespace
}  // namespace veilgate::deidentify
