#include "dicom/charset.h"

#include <gtest/gtest.h>

namespace veilgate::dicom {
namespace {

struct Case {
  const char* name;
  std::string raw;
  std::vector<std::string> sets;
  const char* vr;
  std::string text;
  bool exact;
};

// The names are the examples of PS3.5 annexes H, I, J and K.
const Case kCases[] = {
    {"ascii", "Smith^John", {}, "PN", "Smith^John", true},
    {"latin1", "M\xFCller^J\xF6rg", {"ISO_IR 100"}, "PN", "Müller^Jörg", true},
    {"cyrillic", "\xBB\xEE\xDA\x63\x65\xDC", {"ISO_IR 144"}, "PN", "Люкceм", true},
    {"greek", "\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2", {"ISO_IR 126"}, "PN", "Διονυσιος", true},
    {"utf8", "Wang^XiaoDong=王^小東=", {"ISO_IR 192"}, "PN", "Wang^XiaoDong=王^小東=", true},
    {"gb18030", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB", {"GB18030"}, "PN", "Wang^XiaoDong=王^小东", true},
    {"japanese",
     "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
     {"", "ISO 2022 IR 87"},
     "PN",
     "Yamada^Tarou=山田^太郎=やまだ^たろう",
     true},
    {"katakana",
     "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
     {"ISO 2022 IR 13", "ISO 2022 IR 87"},
     "PN",
     "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
     true},
    {"korean",
     "Hong^Gildong=\x1b$)C\xFB\xF3^\x1b$)C\xD1\xCE\xD4\xD7=\x1b$)C\xC8\xAB^\x1b$)C\xB1\xE6\xB5\xBF",
     {"", "ISO 2022 IR 149"},
     "PN",
     "Hong^Gildong=洪^吉洞=홍^길동",
     true},
    {"chinese",
     "Zhang^XiaoDong=\x1b$)A\xD5\xC5^\x1b$)A\xD0\xA1\xB6\xAB",
     {"", "ISO 2022 IR 58"},
     "PN",
     "Zhang^XiaoDong=张^小东",
     true},
    {"undeclared latin1", "M\xFCller", {}, "PN", "Müller", false},
    {"undeclared utf8", "Müller", {}, "PN", "Müller", false},
    {"broken utf8", "M\xFCller", {"ISO_IR 192"}, "PN", "Müller", false},
    {"unknown set", "M\xFCller", {"KLINGON"}, "PN", "Müller", false},
    {"half a kanji", "\x1b$B;", {"", "ISO 2022 IR 87"}, "PN", ";", false},
    {"state ends at a delimiter", "\x1b$)C\xC8\xAB^\xC8\xAB", {"", "ISO 2022 IR 149"}, "PN", "홍^È«", false},
};

TEST(Charset, DecodesEveryKindOfSet) {
  for (const auto& c : kCases) {
    const auto decoded = to_utf8(c.raw, c.sets, c.vr);
    ASSERT_TRUE(decoded) << c.name;
    EXPECT_EQ(decoded->text, c.text) << c.name;
    EXPECT_EQ(decoded->exact, c.exact) << c.name;
  }
}

TEST(Charset, NeverLosesOrBreaksOnArbitraryBytes) {
  std::uint32_t random = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string raw;
    for (int i = 0; i < 24; ++i) {
      random = random * 1664525 + 1013904223;
      raw.push_back(random >> 29 == 0 ? '\x1b' : static_cast<char>(random >> 24));
      if (raw.back() == '\x1b') raw += (random & 256) ? "$B" : "$)C";
    }
    for (const char* set : {"ISO_IR 100", "ISO 2022 IR 87", "ISO 2022 IR 149", "ISO_IR 192", "GB18030", "ISO_IR 13"}) {
      const auto decoded = to_utf8(raw, {set, "ISO 2022 IR 87"}, "PN");
      ASSERT_TRUE(decoded);
      EXPECT_TRUE(is_utf8(decoded->text));
    }
  }
}

TEST(Charset, SplitsTheAttribute) {
  EXPECT_EQ(split_character_sets("\\ISO 2022 IR 87 "), (std::vector<std::string>{"", "ISO 2022 IR 87"}));
  EXPECT_TRUE(split_character_sets("").empty());
}

}  // namespace
}  // namespace veilgate::dicom
