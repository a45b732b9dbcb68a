#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <cstdio>

#include "base/base64.h"
#include "dicom/dataset.h"
#include "support/synthetic.h"
#include "verify/unicode.h"
#include "verify/verify.h"

namespace veilgate::verify {
namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

const char* const kName = "(0010,0010)";
const char* const kId = "(0010,0020)";
const char* const kBirth = "(0010,0030)";
const char* const kStudy = "(0020,000D)";
const char* const kPlace = "(0008,0080)";

class Search : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(dicom::init_dicom()); }
  static std::vector<Finding> search(const std::string& hay, const std::string& needle, const char* place) {
    const std::vector<Needle> needles{{needle, place}};
    return search_identifiers(bytes_of(hay), pixel_ranges(bytes_of(hay)), needles);
  }
  static bool finds(const std::string& hay, const std::string& needle, const char* place) {
    return !search(hay, needle, place).empty();
  }
};

struct Case {
  const char* place;
  std::string needle;
  std::string hay;
};

std::string hex_of(const std::string& text) {
  std::string out;
  for (const char c : text) {
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += digits;
  }
  return out;
}

std::string utf32_of(const std::string& ascii, bool big_endian) {
  std::string out;
  for (const char c : ascii) {
    const std::string zeros(3, '\0');
    out += big_endian ? zeros + c : c + zeros;
  }
  return out;
}

TEST_F(Search, FindsWhatIsWrittenAsNumbersOrLetters) {
  const std::vector<std::pair<const char*, std::string>> needles{
      {kName, "Zwiebelhorst^Kunigard"}, {kId, "MRN-771288"}, {kBirth, "19611103"}, {kStudy, "1.2.276.0.7230010.3.1"}};
  for (const auto& [place, needle] : needles) {
    const std::string plain = needle.substr(0, needle.find('^'));
    for (const bool big_endian : {false, true}) {
      EXPECT_TRUE(finds("ab" + utf32_of(plain, big_endian) + "cd", needle, place)) << needle;
    }
    for (const std::string before : {"", "1", "12", "123"}) {
      EXPECT_TRUE(finds("x=" + to_base64(before + plain + "99") + ";", needle, place))
          << needle << " behind " << before;
    }
    EXPECT_TRUE(finds("00" + hex_of(plain) + "FF", needle, place)) << needle;
  }
  EXPECT_TRUE(finds(to_base64("ZWIEBELHORST"), "Zwiebelhorst^Kunigard", kName));
  EXPECT_TRUE(finds(to_base64("zwiebelhorst"), "Zwiebelhorst^Kunigard", kName));
  EXPECT_FALSE(finds(to_base64("Zwiebelkuchen und anderes"), "Zwiebelhorst^Kunigard", kName));
}

TEST_F(Search, FindsNamesInEveryFormAndOrder) {
  const std::vector<Case> cases{
      {kName, "Mustermann^Erika", "..Mustermann^Erika.."},
      {kName, "Mustermann^Erika", "..MUSTERMANN.."},
      {kName, "Mustermann^Erika", "from erika mustermann,"},
      {kName, "Mustermann^Erika", "Erika's arm"},
      {kName, "Mustermann^Erika", "xErikaMustermannx_IMG.jpg"},
      {kName, "Lee^Ann", "photo of Ann Lee"},
      {kName, "Lee^Ann", "Lee_Ann.jpg"},
      {kName, "Müller^Jörg", "..M\xFCller.."},
      {kName, "Müller^Jörg", "..MÜLLER.."},
      {kName, "Müller^Jörg", "..M\xDCLLER.."},
      {kName, "Müller^Jörg", "..mueller.."},
      {kName, "Müller^Jörg", "..Muller.."},
      {kName, "Weiß^René", "weiss rene"},
      {kName, "Dvořák^Antonín", "..Dvo\xF8\xE1k.."},
      {kName, "von der Heide-Schmidt^Anna", "Schmidt"},
      {kName, "Петров^Иван", "\xBF\xD5\xE2\xE0\xDE\xD2"},
      {kName, "Yamada^Tarou=山田^太郎", "x\x1b$B;3ED\x1b(B"},
      {kName, "Yamada^Tarou=山田^太郎", "山田"},
      {kName, "홍^길동", "\xB1\xE6\xB5\xBF"},
      {kName, "Wang^XiaoDong=王^小東", "王小東"},
      {kName, "Mustermann^Erika", std::string("M\0u\0s\0t\0e\0r\0m\0a\0n\0n\0", 20)},
      {kName, "Mustermann^Erika", std::string("\0M\0u\0s\0t\0e\0r\0m\0a\0n\0n", 20)},
      {kName, "Lee^Ann", std::string("x\0 \0A\0n\0n\0 \0", 12)},
      {kName, "Müllerström^Jörg", "MÃ¼llerstrÃ¶m"},
      {kName, "Müllerström^Jörg", "MÃœLLERSTRÃ–M"},
      {kName, "Müllerström^Jörg", "M?llerstr?m"},
      {kName, "Müllerström^Jörg", "M&uuml;llerstr&ouml;m"},
      {kName, "Müllerström^Jörg", "m%C3%BCllerstr%C3%B6m.jpg"},
      {kId, "Ü-77123", "Ãœ-77123"},
  };
  for (const auto& c : cases) EXPECT_TRUE(finds(c.hay, c.needle, c.place)) << c.needle << " in " << c.hay;
}

TEST_F(Search, FindsDatesNumbersAndUids) {
  for (const char* hay : {"born 1980-01-31.", "31.01.1980", "31/01/1980", "01/31/1980", "1980/01/31", "1980:01:31",
                          "x19800131x", "31.1.1980"}) {
    EXPECT_TRUE(finds(hay, "19800131", kBirth)) << hay;
  }
  EXPECT_TRUE(finds("20260105101500", "20260105101500.123", "(0008,002A)"));
  EXPECT_TRUE(finds("2026-01-05T10", "20260105101500", "(0008,002A)"));
  EXPECT_TRUE(finds("PID-4711-0815", "PID-4711-0815", kId));
  EXPECT_TRUE(finds("pid47110815.jpg", "PID-4711-0815", kId));
  for (const char* hay : {"nr 4711-88.", "471188", "4711/88", "x_4711_88", "P4711-88"}) {
    EXPECT_TRUE(finds(hay, "P-4711-88", kId)) << hay;
  }
  EXPECT_FALSE(finds("no 8471188.", "P-4711-88", kId));
  EXPECT_FALSE(finds("4711", "P-4711-88", kId));
  EXPECT_FALSE(finds("20240229", "ST20240229", "(0020,0010)"));
  EXPECT_TRUE(finds("nr. 0012345678", "12345678", kId));
  EXPECT_TRUE(finds("nr. 12345678", "0012345678", kId));
  EXPECT_TRUE(finds("id 4711;", "4711", kId));
  EXPECT_TRUE(finds("x1.2.826.0.1.3680043.8.498.4711.2.17", "1.2.826.0.1.3680043.8.498.4711.2", kStudy));
  EXPECT_TRUE(finds("klinikum neustadt", "Klinikum Neustadt", kPlace));
}

TEST_F(Search, IgnoresWhatMeansNothing) {
  const std::vector<Case> cases{
      {kName, "Lee^Ann", "Annual leeway"},
      {kName, "Rose^May", "rosette maybe prosecco"},
      {kName, "Hand^Test", "Entire hand for a test"},
      {kName, "X", "X X X"},
      {kName, "Li^A", "li a"},
      {kName, "Anonymous", "ANONYMOUS"},
      {kBirth, "19800131", "2.25.5519800131777"},
      {kBirth, "19000101", "19000101"},
      {kId, "123", "123 123"},
      {kId, "0000000", "0000000"},
      {kId, "M", "M"},
      {kId, "471108", "1347110899"},
      {kStudy, "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7"},
      {kPlace, "LEFT", "LEFT"},
      {kPlace, "", "anything"},
      {kPlace, "RGB", "RGB"},
  };
  for (const auto& c : cases) EXPECT_FALSE(finds(c.hay, c.needle, c.place)) << c.needle << " in " << c.hay;
}

TEST_F(Search, ShortWordsOfNamesAreForAPersonToJudge) {
  EXPECT_TRUE(search("made by Ann", "Lee^Ann", kName).at(0).approvable);
  EXPECT_FALSE(search("made by Ann Lee", "Lee^Ann", kName).at(0).approvable);
  const auto file =
      synthetic::meta({}) + synthetic::Writer().element(0x0040, 0x0280, "ST", "Anna M. Rosenblatt").bytes();
  const auto both = search(file, "Rosenblatt^Anna", kName);
  ASSERT_EQ(both.size(), 1u);
  EXPECT_FALSE(both[0].approvable) << "the strongest match in an attribute decides";
  EXPECT_FALSE(search("Mustermann", "Mustermann^Erika", kName).at(0).approvable);
}

TEST_F(Search, NamesThePlaceButNeverTheValue) {
  const std::string file = synthetic::file_bytes();
  for (const auto& value : synthetic::planted({})) {
    const auto findings = search(file, value, kPlace);
    ASSERT_FALSE(findings.empty()) << value;
    for (const auto& finding : findings) {
      EXPECT_EQ(finding.code, "verify.identifier");
      EXPECT_EQ(finding.where.find(value), std::string::npos);
    }
  }
  const auto findings = search(file, "PID-4711-0815", kId);
  EXPECT_THAT(findings.back().where, testing::StartsWith("(0010,0020) at byte"));
  EXPECT_THAT(findings.back().where, testing::EndsWith("repeats (0010,0020)"));
}

TEST_F(Search, TreatsNumbersByTheAttributeTheyStandIn) {
  synthetic::Writer data;
  data.element(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.77.1.4")
      .element(0x0008, 0x0100, "SH", "113100")
      .element(0x0018, 0x1150, "IS", "4711");
  const std::string kept = synthetic::meta({}) + data.bytes();
  EXPECT_FALSE(finds(kept, "10008", kId));
  EXPECT_FALSE(finds(kept, "113100", kId));
  EXPECT_FALSE(finds(kept, "4711", kId) && search(kept, "4711", kId)[0].where.starts_with("(0018"));
  EXPECT_TRUE(finds(kept + synthetic::Writer().element(0x0020, 0x4000, "LT", "no 113100").bytes(), "113100", kId));
}

TEST_F(Search, FindsDatesThatAreWrittenAsNumbers) {
  const auto object_with = [](const std::string& vr, std::uint64_t number, std::size_t width) {
    std::string value;
    for (std::size_t i = 0; i < width; ++i) value.push_back(static_cast<char>(number >> (8 * i) & 0xFF));
    return synthetic::meta({}) + synthetic::Writer().element(0x0019, 0x1010, vr, value).bytes();
  };
  for (std::uint64_t number : {19800131u, 31011980u, 1311980u}) {
    EXPECT_TRUE(finds(object_with("UL", number, 4), "19800131", kBirth)) << number;
    EXPECT_TRUE(finds(object_with("SL", number, 4), "19800131", kBirth)) << number;
    EXPECT_TRUE(finds(object_with("UV", number, 8), "19800131", kBirth)) << number;
  }
  EXPECT_TRUE(finds(object_with("FD", std::bit_cast<std::uint64_t>(19800131.0), 8), "19800131", kBirth));
  EXPECT_FALSE(finds(object_with("UL", 19800130, 4), "19800131", kBirth));
  const auto moment = [](const char* value) {
    return synthetic::meta({}) + synthetic::Writer().element(0x0019, 0x1010, "DT", value).bytes();
  };
  EXPECT_TRUE(finds(moment("20200101101500\\19800131101500"), "19800131", kBirth));
  EXPECT_FALSE(finds(moment("20200119800131"), "19800131", kBirth));
}

TEST_F(Search, HeaderBytesDoNotHideShortNames) {
  // After "Rose" stands group 0054, whose first byte is a T.
  const std::string file =
      synthetic::meta({}) +
      synthetic::Writer().element(0x0040, 0x0280, "ST", "Rose").element(0x0054, 0x0400, "SH", "ab").bytes();
  EXPECT_TRUE(finds(file, "Rose^Xaver", kName));
}

std::string file_saying(const std::string& text) {
  return synthetic::meta({}) + synthetic::Writer().element(0x0020, 0x4000, "LT", text).bytes();
}

TEST_F(Search, FindsWhatAReaderWouldRead) {
  const std::vector<Case> cases{
      {kName, "Mustermann^Erika", "M u s t e r m a n n"},
      {kName, "Mustermann^Erika", "M.U.S.T.E.R.M.A.N.N links"},
      {kName, "Lee^Ann", "by A n n L e e "},
      {kName, "Mustermann^Erika", "Мustеrmаnn"},
      {kName, "Mustermann^Erika", "Ｍｕｓｔｅｒｍａｎｎ"},
      {kName, "Mustermann^Erika", "𝐌𝐮𝐬𝐭𝐞𝐫𝐦𝐚𝐧𝐧"},
      {kName, "Mustermann^Erika", "Must\u200Bermann"},
      {kName, "Mustermann^Erika", "Mus\u0301termann"},
      {kName, "Müller^Jörg", "Mu\u0308ller"},
      {kName, "Mu\u0308ller^Jo\u0308rg", "MÜLLER"},
      {kName, "Mu\u0308ller^Jo\u0308rg", "Mueller"},
      {kName, "Петров^Иван", "Пeтpoв"},
      {kName, "Петров^Иван", "ПЕТРОВ"},
      {kName, "홍^길동", "\u1100\u1175\u11AF\u1103\u1169\u11BC"},
      {kBirth, "19800131", "born ١٩٨٠-٠١-٣١"},
      {kId, "PID-4711-0815", "ＰＩＤ－４７１１－０８１５"},
      {kId, "ÄX-99471Ö", "a\u0308x-99471o\u0308"},
      {kId, "A\u0308X-99471", "äx-99471"},
  };
  for (const auto& c : cases) {
    const auto findings = search(file_saying(c.hay), c.needle, c.place);
    ASSERT_FALSE(findings.empty()) << c.needle << " in " << c.hay;
    EXPECT_THAT(findings[0].where, testing::StartsWith("(0020,4000) at byte")) << c.hay;
  }
}

TEST_F(Search, ReadsNoMoreThanAReader) {
  const std::vector<Case> cases{
      {kName, "Doe^Bob", "A B C D score 4, T 1 N 0 M 0 "},
      {kName, "Lee^Ann", "поражение левой руки, 5 мм"},
      {kName, "Иванов^Пётр", "lesion of the left arm β 5 µm"},
      {kId, "471108", "١٣٤٧١١٠٨٩٩"},
      {kName, "Сара^Ян", "capa del ojo"},
      {kName, "Rose^May", "p r o s e c c o m a y b e"},
  };
  for (const auto& c : cases) EXPECT_FALSE(finds(file_saying(c.hay), c.needle, c.place)) << c.needle << " in " << c.hay;
}

TEST_F(Search, CodesThatHoldThePatientsIdentifiersAreFindings) {
  const std::string file = synthetic::meta({}) + synthetic::Writer()
                                                     .element(0x0010, 0x0040, "CS", "F MUSTERMANN")
                                                     .element(0x0018, 0x0015, "CS", "PID_4711_0815")
                                                     .bytes();
  EXPECT_TRUE(finds(file, "Mustermann^Erika", kName));
  EXPECT_FALSE(search(file, "PID_4711_0815", kId).at(0).approvable);
}

TEST_F(Search, SkipsShortNeedlesAndGradientsInPixelsOnly) {
  synthetic::Photo photo;
  photo.pixels = synthetic::gradient(photo.rows, photo.columns);
  photo.pixels.replace(100, 60, " Anna Rosenblatt abcdefgh 12345678 PID-4711-0815 ............");
  photo.patient_name = "X";
  const std::string file = synthetic::file_bytes(photo);
  EXPECT_FALSE(finds(file, "Meier^Anna", kName));
  EXPECT_FALSE(finds(file, "12345678", kId));
  EXPECT_TRUE(finds(file, "Rosenblatt^Anna", kName));
  EXPECT_TRUE(finds(file + "Anna", "Meier^Anna", kName));
}

TEST_F(Search, IsFastOnLargeFiles) {
  std::string file(100u << 20, '\0');
  std::uint32_t random = 1;
  for (auto& c : file) {
    random = random * 1664525 + 1013904223;
    c = static_cast<char>(random >> 24);
  }
  std::vector<Needle> needles;
  for (int i = 0; i < 200; ++i)
    needles.push_back({"Name" + std::to_string(i) + "x^Given" + std::to_string(i) + "y", kName});
  const std::vector<std::pair<std::size_t, std::size_t>> pixels{{0, file.size()}};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(search_identifiers(bytes_of(file), pixels, needles).empty());
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  RecordProperty("seconds", std::to_string(seconds));
  std::printf("100 MiB, 200 names: %.2f s\n", seconds);
}

TEST(Unicode, FoldsMarksAndCases) {
  EXPECT_EQ(without_marks(U"àéîõüçñßœžłđ"), U"aeioucnssoezld");
  EXPECT_EQ(with_digraphs(U"äöüß"), U"aeoeuess");
  EXPECT_EQ(upper(U"müller петров"), U"MÜLLER ПЕТРОВ");
  EXPECT_EQ(to_utf8(code_points("aü山😀")), "aü山😀");
}

}  // namespace
}  // namespace veilgate::verify
