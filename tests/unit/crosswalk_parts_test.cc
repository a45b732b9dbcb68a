// The list of pseudonyms, its CSV, and what a reason may say.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/csv.h"
#include "base/files.h"
#include "crosswalk/lookup_list.h"
#include "crosswalk/reason.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"

namespace veilgate::crosswalk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> told(const LookupList::Parsed& parsed) {
  std::vector<std::string> out;
  for (const auto& problem : parsed.problems) out.push_back(std::to_string(problem.line) + ": " + problem.message);
  return out;
}

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
  const auto records = read_csv("\xEF\xBB\xBFpatient_id;pseudonym\r\n \"a;\"\"b\"\"\nc\" ; P1 \r\n\r\nx;\"\"\r\n");
  ASSERT_OK(records);
  ASSERT_EQ(records->size(), 3u);
  EXPECT_THAT((*records)[1].fields, ElementsAre("a;\"b\"\nc", "P1"));
  EXPECT_EQ((*records)[2].line, 5);
  EXPECT_THAT((*records)[2].fields, ElementsAre("x", ""));
  EXPECT_FALSE(read_csv("a,\"b"));
  EXPECT_FALSE(read_csv("a,\"b\"c\n"));
  for (const std::string value : {"plain", "with, comma", "with \"quotes\"", "two\nlines", " blank "}) {
    EXPECT_EQ((*read_csv("x," + csv_field(value)))[0].fields[1], value);
  }
}

TEST(LookupList, FindsByIdAndTellsIssuersApart) {
  const auto plain = LookupList::parse("patient_id,pseudonym\n4711,P-1\n0815,P-2\n", "l.csv");
  EXPECT_THAT(plain.problems, IsEmpty());
  EXPECT_EQ(plain.list.find("4711", ""), "P-1");
  EXPECT_EQ(plain.list.find("4711", "ANY"), "P-1");
  EXPECT_EQ(plain.list.find("471", ""), std::nullopt);
  const auto issued = LookupList::parse("pseudonym,patient_id,issuer\nP-1,4711,A\nP-2,4711,B\nP-3,4711,\n", "l.csv");
  EXPECT_THAT(issued.problems, IsEmpty());
  EXPECT_EQ(issued.list.find("4711", "B"), "P-2");
  EXPECT_EQ(issued.list.find("4711", ""), "P-3");
  EXPECT_EQ(issued.list.find("4711", "C"), std::nullopt);
}

TEST(LookupList, TellsMistakesByLineAndNeverByValue) {
  const auto parsed =
      LookupList::parse("patient_id,pseudonym\n4711,P-1\n4711,P-2\n0815,P-1\n,P-3\n99,P^4\n98\n97,97\n", "list.csv");
  EXPECT_THAT(told(parsed), ElementsAre("3: the same patient as on line 2", "4: the same pseudonym as on line 2",
                                        "5: there is no patient_id", "6: the pseudonym cannot be a Patient ID",
                                        "7: this line has another number of fields than the header",
                                        "8: the pseudonym is the patient_id itself"));
  for (const auto& problem : parsed.problems) EXPECT_EQ(problem.message.find("4711"), std::string::npos);
  for (const char* header :
       {"", "4711,P-1\n", "patient_id\n", "patient_id,pseudonym,name\n", "patient_id,patient_id,pseudonym\n"}) {
    EXPECT_THAT(told(LookupList::parse(header, "l.csv")), ElementsAre("1: the list of pseudonyms has no usable header"))
        << header;
  }
}

TEST(LookupList, IsPrivate) {
  const test::TempFolder folder;
  const auto file = folder.path() / "list.csv";
  EXPECT_FALSE(LookupList::load(file).problems.empty());
  const std::string text = "patient_id,pseudonym\n1,P\n";
  ASSERT_OK(write_durably(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  EXPECT_THAT(LookupList::load(file).problems, IsEmpty());
  ::chmod(file.c_str(), 0644);
  EXPECT_THAT(told(LookupList::load(file)), ElementsAre("0: the list of pseudonyms is open to others"));
}

TEST(Reason, MayNotSayWhoThePatientIs) {
  const std::vector<std::string> who{"Zwiebelsberg^Kunigunde^M\xC3\x9CLLER", "ZW-4711-KU", "19580317", "12"};
  for (const char* good :
       {"Art. 15 request, ticket 2026-0815", "incidental finding, call the ward", "study 1 visit 2"}) {
    EXPECT_TRUE(check_reason(good, who)) << good;
  }
  for (const char* bad : {"request of Mrs. zwiebelsberg", "for KUNIGUNDE", "about m\xC3\xBCller", "record ZW4711KU",
                          "zw 4711 ku", "born 17.03.1958", "born 1958-03-17", "born 03/17/1958", "patient 12"}) {
    const auto checked = check_reason(bad, who);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().code, "reason.identifies");
    EXPECT_EQ(checked.error().message.find("wiebel"), std::string::npos);
  }
  for (const std::string& bad : {std::string(), std::string("  "), std::string("two\nlines"), std::string(501, 'x')}) {
    EXPECT_EQ(check_reason(bad, who).error().code, "reason.unusable");
  }
}

}  // namespace
}  // namespace veilgate::crosswalk
