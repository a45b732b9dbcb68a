// What recognised text may stay under a text policy, and what never may: verdicts on texts, without models.
#include "detect/text_policy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <map>
#include <opencv2/imgproc.hpp>

#include "detect/alphabet.h"
#include "detect/known_text.h"
#include "detect/ocr_fold.h"
#include "detect/plain_text.h"
#include "detect/ruler_ink.h"
#include "detect/ruler_parts.h"
#include "detect/ruler_rest.h"
#include "detect/ruler_seeds.h"
#include "detect/ruler_ticks.h"
#include "detect/ruler_unit.h"

namespace veilgate::detect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Phi<std::string> phi(std::string text) { return Phi(std::move(text)); }
KnownValue name(const char* text) { return {phi(text), KnownValue::Kind::Name}; }
KnownValue date(const char* text) { return {phi(text), KnownValue::Kind::Date}; }
KnownValue other(const char* text) { return {phi(text), KnownValue::Kind::Other}; }

KnownText somebody() {
  return KnownText(std::vector{name("Müller-Øvergård^Ruth^M"), date("19670312"), other("P-4711-88"), other("0088123"),
                               other("Hauptstrasse 12, 69115 Heidelberg")});
}

ReadLine line(std::string text, cv::Point2f centre, double certainty = 0.99, float length = 120) {
  return {{centre, {1, 0}, length, 30}, {{phi(std::move(text)), 4, certainty, certainty}}};
}

std::string verdict(const std::vector<ReadLine>& lines, const TextRules& rules, std::size_t index = 0) {
  const auto judged = judge_lines(lines, rules)[index];
  return judged.stays ? std::string(judged.reason) : "masked";
}
std::string verdict(const std::string& text, const TextRules& rules) {
  return verdict(std::vector{line(text, {200, 200})}, rules);
}

std::string why(const std::vector<ReadLine>& lines, const TextRules& rules, std::size_t index = 0) {
  return std::string(judge_lines(lines, rules)[index].reason);
}

TextRules identifying() { return {{.identifying = true}, somebody(), true}; }
TextRules known() { return {{.known = true}, somebody(), true}; }

TEST(IdentifyingPolicy, KeepsMeasuresUnitsMagnificationsAndSides) {
  const std::map<std::string, std::string> kept{{"12.5 mm", "kept: measurement"},
                                                {"12 mm", "kept: measurement"},
                                                {"3,5cm", "kept: measurement"},
                                                {"12 x 8 mm", "kept: measurement"},
                                                {"10mm x 8 mm", "kept: measurement"},
                                                {"250 µm", "kept: measurement"},
                                                {"cm", "kept: unit"},
                                                {"mm", "kept: unit"},
                                                {"x40", "kept: magnification"},
                                                {"40x", "kept: magnification"},
                                                {"×10", "kept: magnification"},
                                                {"L", "kept: laterality"},
                                                {"R", "kept: laterality"},
                                                {"OD", "kept: laterality"},
                                                {"OS", "kept: laterality"},
                                                {"LEFT", "kept: laterality"},
                                                {" rechts ", "kept: laterality"}};
  for (const auto& [text, reason] : kept) EXPECT_EQ(verdict(text, identifying()), reason) << text;
}

TEST(IdentifyingPolicy, MasksAllThatMayBeADateANumberAnAgeARoomOrAName) {
  for (const char* text : {"12/03",
                           "12.03",
                           "12.03 mm",
                           "1967",
                           "1967 mm",
                           "19 670 312",
                           "8M",
                           "8 M",
                           "34 m",
                           "R. Meier",
                           "OD 4711",
                           "L 4711",
                           "R12",
                           "Bett 12",
                           "Zi. 4",
                           "♀ 34",
                           "♂",
                           "Room 312",
                           "312",
                           "12",
                           "7",
                           "4711",
                           "+49 6221 56",
                           "110",
                           "M",
                           "F",
                           "l",
                           "r",
                           "CM",
                           "MM",
                           "cm Meier",
                           "12 mm Meier",
                           "Meier 12 mm",
                           "x4000",
                           "x0",
                           "04 mm",
                           "12.345 mm",
                           "2026-03-12",
                           "A1",
                           "Li",
                           "Green",
                           "1:10",
                           "10:45",
                           "b.12",
                           "12 kg",
                           "180 cm 80 kg",
                           "",
                           " ",
                           "-"}) {
    EXPECT_EQ(verdict(text, identifying()), "masked") << text;
  }
}

TEST(IdentifyingPolicy, MasksWhatOnlyLooksLikeALatinMark) {
  // Cyrillic and Greek O, D-like and cm; full-width letters.
  for (const char* text : {"ОD", "ΟS", "сm", "12 сm", "Ｌ", "х40", "１２ mm"}) {
    EXPECT_EQ(verdict(text, identifying()), "masked") << text;
  }
}

TEST(IdentifyingPolicy, MasksWhatWasReadWithDoubt) {
  EXPECT_EQ(verdict({line("12 mm", {200, 200}, 0.85)}, identifying()), "masked");
  ReadLine one = line("12 mm", {200, 200});
  one.readings[0].least = 0.4;  // of one character
  EXPECT_EQ(verdict({one}, identifying()), "masked");
  EXPECT_EQ(verdict({ReadLine{one.slab, {}}}, identifying()), "masked");
}

TEST(TextPolicies, SayWhichRuleMaskedALineAndNeitherWhatWasReadNorWhichIdentifierItIs) {
  EXPECT_EQ(why({line("12 mm", {200, 200}, 0.85)}, identifying()), "masked: not certainly read");
  EXPECT_EQ(why({line("Station 4", {200, 200})}, identifying()), "masked: no measurement, side or scale");
  for (const char* text : {"Ruth Müller-Øvergård", "12.03.1967", "P-4711-88"}) {
    EXPECT_EQ(why({line(text, {200, 200})}, known()), "masked: matches an identifier of the object") << text;
    EXPECT_EQ(why({line(text, {200, 200})}, identifying()), "masked: matches an identifier of the object") << text;
  }
  EXPECT_EQ(why({line("P-4711", {200, 200}), line("-88", {200, 240})}, known(), 1),
            "masked: matches an identifier of the object")
      << "together";
  EXPECT_EQ(why({line("Station 4", {200, 200})}, {{.known = true}, KnownText(std::vector<KnownValue>{}), false}),
            "masked: patient not known");
  EXPECT_EQ(why({line("12 mm", {200, 200}), line("Meier", {200, 240})}, identifying()), "masked: beside masked text");
  EXPECT_EQ(why({line("12 mm", {200, 200})}, identifying()), "kept: measurement");
  EXPECT_EQ(why({line("Station 4", {200, 200})}, {{.identifying = true, .known = true}, somebody(), true}),
            "masked: no measurement, side or scale");
}

TEST(IdentifyingPolicy, MasksMarksBesideMaskedTextAndKeepsThemApart) {
  const auto patient = line("Ruth Meier", {200, 200});
  EXPECT_EQ(verdict({line("R", {200, 240}), patient}, identifying()), "masked") << "below: an initial";
  EXPECT_EQ(verdict({line("12 mm", {350, 200}), patient}, identifying()), "masked") << "on the same line";
  EXPECT_EQ(verdict({line("R", {200, 500}), patient}, identifying()), "kept: laterality");
  // From one to the next.
  EXPECT_EQ(verdict({line("L", {200, 290}), line("12 mm", {200, 245}), patient}, identifying()), "masked");
}

TEST(IdentifyingPolicy, KeepsColourNamesOnACardOnly) {
  const std::vector card{line("Red", {100, 100}), line("Green", {300, 100}), line("Cyan", {500, 100}),
                         line("White", {700, 100})};
  for (std::size_t i = 0; i < card.size(); ++i) EXPECT_EQ(verdict(card, identifying(), i), "kept: colour card");
  // Names of people on a board.
  const std::vector board{line("Green", {100, 100}), line("White", {300, 100}), line("Brown", {500, 100})};
  for (std::size_t i = 0; i < board.size(); ++i) EXPECT_EQ(verdict(board, identifying(), i), "masked");
}

TEST(IdentifyingPolicy, MasksMeasuresThatAreTheObjectsIdentifiers) {
  const TextRules rules{{.identifying = true}, KnownText(std::vector{other("12"), name("Left^Jane")}), true};
  EXPECT_EQ(verdict("12 mm", rules), "masked");
  EXPECT_EQ(verdict("LEFT", rules), "masked");
  EXPECT_EQ(verdict("13 mm", rules), "kept: measurement");
}

TEST(IdentifyingPolicy, MasksAnIdentifierThatIsPartedOverLines) {
  const TextRules rules{{.identifying = true}, KnownText(std::vector{other("12MM40CM")}), true};
  EXPECT_EQ(verdict({line("12 mm", {200, 200}), line("40 cm", {200, 245})}, rules), "masked");
  EXPECT_EQ(verdict({line("40 cm", {200, 200}), line("12 mm", {200, 245})}, rules), "masked");
}

TEST(KnownPolicy, MasksTheObjectsIdentifiersHoweverTheyAreWritten) {
  for (const char* text :
       {"Müller",         "MULLER",    "Mueller",    "RUTH",    "Ruth M. Müller",
        "Overgaard",      "R u t h",   "Mü11er",     "RutH",    "Övergard",
        "12.03.1967",     "12/03/67",  "3-12-1967",  "1967",    "12 Mar 1967",
        "12. März 67",    "19670312",  "12O3l967",   "12.03",   "120367",
        "12.08.1967",     "4711-88",   "471188",     "P471188", "P 4711 88",
        "47ll-BB",        "P-4711-89", "4711",       "88123",   "0088123",
        "Oo88l23",        "Hauptstr",  "Heidelberg", "69115",   "Hauptstrasse 12",
        "DOB 12.03.1967", "MRN 88123", "MR",         "R.M.",    "Patient: RUTH MÜLLER-ØVERGÅRD *12.03.1967"}) {
    EXPECT_TRUE(somebody().matches(phi(text))) << text;
    EXPECT_EQ(verdict(text, known()), "masked") << text;
  }
}

TEST(KnownPolicy, KeepsWhatIsNotTheirs) {
  for (const char* text :
       {"Wound left forearm", "12 mm", "Schmidt Medical", "15.08.2011", "Ward 7B", "OD", "Kodak Q-13"}) {
    EXPECT_EQ(verdict(text, known()), "kept: not the patient's") << text;
  }
}

TEST(KnownPolicy, MasksAllWhereTheObjectDoesNotTellItsPatient) {
  EXPECT_EQ(verdict("Ward 7B", TextRules{{.known = true}, {}, false}), "masked");
}

TEST(KnownPolicy, MasksANameThatGoesOnAfterAHyphenHoweverItsPartsAreRead) {
  const TextRules rules{{.known = true}, KnownText(std::vector{name("Meier^Lena")}), true};
  for (const char* begin : {"MEI-", "MEI -", "MEI\xE2\x80\x90", "MEI\xE2\x80\x94"}) {
    std::vector lines{line(begin, {200, 200}, 0.99, 80), line("ER", {195, 250}, 0.99, 60)};
    EXPECT_EQ(verdict(lines, rules), "masked") << begin;
    // Upside down it may be read with more certainty.
    lines[1].readings.push_back({phi("H3"), 2, 1.0, 1.0});
    EXPECT_EQ(verdict(lines, rules, 1), "masked") << begin;
  }
}

TEST(KnownPolicy, MasksWhatIsAnIdentifierInAMirror) {
  ReadLine one = line("ES1222", {200, 200});
  EXPECT_EQ(verdict({one}, known()), "kept: not the patient's");
  one.mirrored.push_back({phi("0088123"), 7, 0.9, 0.8});
  EXPECT_EQ(verdict({one}, known()), "masked");
}

TEST(KnownPolicy, MasksANamePartedOverLines) {
  const TextRules rules{{.known = true}, KnownText(std::vector{name("Kowalski^Anna")}), true};
  EXPECT_EQ(verdict({line("Kow", {200, 200}), line("alski", {200, 240})}, rules), "masked");
  EXPECT_EQ(verdict({line("Kow", {200, 200}), line("alski", {200, 240})}, rules, 1), "masked");
}

TEST(KnownPolicy, FindsNamesOfOtherScripts) {
  const KnownText known(std::vector{name("Wang^XiaoDong=王^小东"), name("Люкceмбypг^Ah^Oh"), name("山田^太郎")});
  for (const char* text : {"王小东", "小东", "山田太郎", "山田 太郎", "люксембург"})
    EXPECT_TRUE(known.matches(phi(text))) << text;
  EXPECT_FALSE(known.matches(phi("皮膚科")));
}

TEST(Policies, TogetherKeepOnlyWhatEachKeeps) {
  TextRules both{{.identifying = true, .known = true}, somebody(), true};
  EXPECT_EQ(verdict("12 mm", both), "kept: measurement");
  EXPECT_EQ(verdict("Ward 7B", both), "masked") << "known alone would keep it";
  both.knows_patient = false;
  EXPECT_EQ(verdict("12 mm", both), "masked");
}

/// What recognition makes of single characters.
std::string confused(std::string text, std::size_t at) {
  static const std::map<char, char> kLooks{{'0', 'O'}, {'O', '0'}, {'1', 'l'}, {'l', '1'}, {'I', '1'}, {'5', 'S'},
                                           {'S', '5'}, {'8', 'B'}, {'B', '8'}, {'2', 'Z'}, {'Z', '2'}, {'i', 'l'},
                                           {'o', '0'}, {'s', '5'}, {'b', '8'}, {'g', '6'}, {'6', 'G'}};
  if (const auto look = kLooks.find(text[at]); look != kLooks.end()) text[at] = look->second;
  return text;
}

TEST(Policies, NeverKeepATextWithAnIdentifierAndOneConfusion) {
  EXPECT_TRUE(rc::check("an identifier inside any text is masked", [] {
    const auto letters = rc::gen::elementOf(std::string("ABCDEFGHIKLMNOPRSTUVWZabcdefghiklmnoprstuvwz"));
    const auto digits = rc::gen::elementOf(std::string("0123456789"));
    const bool named = *rc::gen::arbitrary<bool>();
    const auto length = *rc::gen::inRange<std::size_t>(4, 12);
    const auto id =
        named ? *rc::gen::container<std::string>(length, letters) : *rc::gen::container<std::string>(length, digits);
    const auto value = named ? name((id + "^Xenia").c_str()) : other(id.c_str());
    static const std::vector<std::string> kAround{"",   " ",   "12 mm",    " x40", "L",
                                                  "R ", " cm", "Patient ", ": ",   "3 mm "};
    const auto text = *rc::gen::elementOf(kAround) + confused(id, *rc::gen::inRange<std::size_t>(0, id.size())) +
                      *rc::gen::elementOf(kAround);
    for (const auto& policy : {config::TextPolicy{true, false}, {false, true}, {true, true}}) {
      const TextRules rules{policy, KnownText(std::vector{value}), true};
      RC_ASSERT(verdict(text, rules) == "masked");
    }
  }));
}

KnownText born() { return KnownText(std::vector{name("Kowalski^Brunhilde"), date("19480319")}); }

TEST(KnownPolicy, SeesABirthDateWhoseLettersAndDigitsTouchOrWhoseMonthIsNamed) {
  const KnownText known = born();
  for (const char* told :
       {"19March48",   "19MAR1948",        "19march'48",  "March19,48",        "48March19",   "19 Mar 48",
        "l9 March 48", "19th of March 48", "19. März 48", "19.Maerz48",        "19 mars 48",  "19 de marzo de 48",
        "19 marzo 48", "19 maart 48",      "19 mrt 48",   "19 de março de 48", "19 marca 48", "19 марта 48",
        "3月19日",     "DOB19MAR48F",      "19III48",     "19.III.48",         "geb.19.3.48"}) {
    EXPECT_TRUE(known.matches(phi(told))) << told;
  }
}

TEST(KnownPolicy, TakesTwoPartsOfABirthDateSideBySideForIt) {
  const KnownText known = born();
  for (const char* told :
       {"19 March", "March 19", "19March", "* 19.3.", "19/03", "03-19", "born 19 Mar", "Mar 48", "03-48", "3/48",
        "48-03", "0348", "1903", "0319", "ward 7, 03/48", "19.O3", "l9/03", "OP 19.03. um 9:30"}) {
    EXPECT_TRUE(known.matches(phi(told))) << told;
  }
}

TEST(KnownPolicy, TakesMeasuresAndOtherDatesForNoBirthDate) {
  const KnownText known = born();
  for (const char* other :
       {"19 mm", "19mm",  "19.3 mm", "19.3mm",  "3.48 cm",   "19 x 3 mm", "19.3 x 4 cm",   "48 mm",    "3 cm",
        "19",    "March", "48",      "3 48 kg", "20 March",  "19 April",  "March 47",      "April 48", "04-48",
        "19.4.", "0448",  "Fig. 19", "may 48",  "marker 48", "1904",      "room 3, bed 19"}) {
    EXPECT_FALSE(known.matches(phi(other))) << other;
  }
}

TEST(KnownPolicy, SeesADateOfJuneWhoseMonthReadsLikeAWord) {
  const KnownText known(std::vector{date("19480619")});
  EXPECT_TRUE(known.matches(phi("19.06.48")));
  EXPECT_TRUE(known.matches(phi("06-48")));
}

TEST(Policies, NeverKeepABirthDateInAUsualNotation) {
  EXPECT_TRUE(rc::check("a date of the object is masked", [] {
    const int year = *rc::gen::inRange(1920, 2026), month = *rc::gen::inRange(1, 13), day = *rc::gen::inRange(1, 29);
    const auto dicom = fmt::format("{:04}{:02}{:02}", year, month, day);
    static const std::vector<std::string> kForms{"{0:02}.{1:02}.{2}", "{0}/{1}/{2}",     "{1:02}/{0:02}/{2}",
                                                 "{2}-{1:02}-{0:02}", "{0:02}{1:02}{2}", "{0:02}.{1:02}.{3:02}"};
    const auto form = *rc::gen::elementOf(kForms);
    const auto text = fmt::format(fmt::runtime(form), day, month, year, year % 100);
    const std::string read = confused(text, *rc::gen::inRange<std::size_t>(0, text.size()));
    for (const auto& policy : {config::TextPolicy{true, false}, {false, true}}) {
      RC_ASSERT(verdict(read, {policy, KnownText(std::vector{date(dicom.c_str()), name("Abc^Def")}), true}) ==
                "masked");
    }
  }));
}

TEST(Scales, AreRowsOfAtLeastFourNumbersThatGoOnEvenly) {
  const auto scale = [](std::vector<std::pair<float, int>> read) {
    std::vector<ScaleMark> marks;
    for (const auto& [at, value] : read) marks.push_back({at, value < 0 ? std::nullopt : std::optional(value)});
    return longest_scale(marks, 4);
  };
  EXPECT_THAT(scale({{0, 1}, {50, 2}, {100, 3}, {150, 4}}), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(scale({{0, 4}, {50, 3}, {100, 2}, {150, 1}}), SizeIs(4)) << "from the other end";
  EXPECT_THAT(scale({{0, 10}, {50, 20}, {100, 30}, {150, 40}}), SizeIs(4));
  EXPECT_THAT(scale({{0, 0}, {50, 1}, {100, -1}, {150, 3}, {200, 4}}), ElementsAre(0, 1, 3, 4)) << "one not read";
  EXPECT_THAT(scale({{0, 0}, {50, 1}, {75, 7}, {100, 2}, {150, 3}}), ElementsAre(0, 1, 3, 4)) << "one that is none";
  EXPECT_THAT(scale({{0, 1}, {50, 2}, {100, 3}}), IsEmpty()) << "three may be chance";
  EXPECT_THAT(scale({{0, 4}, {50, 7}, {100, 1}, {150, 1}, {200, 8}, {250, 8}}), IsEmpty()) << "an identifier";
  EXPECT_THAT(scale({{0, 1}, {20, 2}, {150, 3}, {155, 4}}), IsEmpty()) << "uneven";
  EXPECT_THAT(scale({{0, 1}, {40, 9}, {80, 6}, {120, 7}}), IsEmpty()) << "a year";
}

TEST(Scales, AreMaskedWhereTheyAreTheObjectsIdentifier) {
  const TextRules rules{{.identifying = true}, KnownText(std::vector{other("4567")}), true};
  EXPECT_FALSE(judge_scale(phi("3 4 5 6 7 8"), rules));
  EXPECT_TRUE(judge_scale(phi("0 1 2 3 4"), rules));
}

/// A row of numbers as pieces, and a reader that knows them.
struct DrawnRow {
  std::vector<Slab> pieces;
  std::map<float, std::string> texts;  ///< by x
  void add(float x, const std::string& text, float length = 20, float y = 100) {
    pieces.push_back({{x, y}, {1, 0}, length, 20});
    texts[x] = text;
  }
  ReadSlab reader() const {
    return [this](const Slab& slab, int turns) -> Result<Reading> {
      const auto found = texts.find(slab.centre.x);
      if (turns != 0 || found == texts.end()) return Reading{};
      const auto& text = found->second;
      return Reading{phi(text), static_cast<int>(text.size()), 0.95, 0.95};
    };
  }
};

const GapIsBlank kBlank = [](const Slab&, const Slab&) { return true; };
const ZoneIsBlank kBlankZone = [](const Slab&) { return true; };

TEST(Rulers, KeepTheirNumbersAndNotTheBirthYearBetweenThem) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  row.add(670, "1967", 50);
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_THAT(rulers->front().marks, SizeIs(8));
  EXPECT_FALSE(*belongs_to(rulers->front(), row.pieces.back(), row.reader()));
}

TEST(Rulers, TakeSeveralNumbersInOneAndUnreadNumbersAtTheirPlaceAndNothingLonger) {
  DrawnRow row;
  for (const int i : {0, 1, 2, 4, 5, 6}) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  row.add(280.5F, "");           // the 3
  row.add(250.5F, "1234", 200);  // several in one
  row.add(281.5F, "Meier", 55);  // as wide as a pitch
  row.add(130.5F, "Kowalski", 80, 118);
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const auto belongs = [&](std::size_t i) { return *belongs_to(rulers->front(), row.pieces[i], row.reader()); };
  EXPECT_TRUE(belongs(6));
  EXPECT_TRUE(belongs(7));
  EXPECT_FALSE(belongs(8));
  EXPECT_FALSE(belongs(9));
}

TEST(Rulers, AreMaskedBesideTheirNumbersWhereABoxReachesOverAll) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const Slab over{{310, 110}, {1, 0}, 500, 70};
  const auto parts = beside(rulers->front(), over, kBlankZone);
  EXPECT_THAT(parts, SizeIs(4)) << "above, below, and both ends";
  for (const auto& part : parts) EXPECT_LT(share_inside(part, rulers->front().corridor), 0.01F);
  const Slab across{{310, 100}, {1, 0}, 50, 20};
  EXPECT_THAT(beside(rulers->front(), across, kBlankZone), SizeIs(1)) << "what is written on the row is masked whole";
}

TEST(Rulers, AreNoneWhereTheRowGoesOnInWords) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const auto pure = [&] {
    const auto rulers = find_rulers(row.pieces, {}, row.reader());
    return rulers && rulers->size() == 1U && *is_pure(rulers->front(), row.pieces, row.reader(), kBlank);
  };
  ASSERT_TRUE(pure());
  row.add(120.5F, "cm", 30);
  EXPECT_TRUE(pure());
  row.add(120.25F, "MRN", 40);
  EXPECT_FALSE(pure());
}

TEST(Rulers, StayWhatTheyAreWhereOneOfTheirNumbersReadsAsAWord) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  row.add(340.5F, "2 3 4 i\u00f9 5", 280);  // on the numbers that were read, one by one
  row.add(580.5F, "i\u00f9");               // in the next number's place
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_TRUE(*is_pure(rulers->front(), row.pieces, row.reader(), kBlank));
  EXPECT_FALSE(*belongs_to(rulers->front(), row.pieces.back(), row.reader())) << "it may be somebody's initials";
}

TEST(Rulers, AreNoneWhereAPieceOverThemGoesOnInWordsBeyond) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const Slab over{{300, 100}, {1, 0}, 400, 20};  // from 100 on; the row begins at 150
  row.pieces.push_back(over);
  const ReadSlab known = row.reader();
  const ReadSlab read = [&](const Slab& slab, int turns) -> Result<Reading> {
    if (turns == 0 && slab.centre.x < 140) return Reading{phi("MRN"), 3, 0.95, 0.95};
    return known(slab, turns);
  };
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_TRUE(*is_pure(rulers->front(), row.pieces, known, kBlank));
  EXPECT_FALSE(*is_pure(rulers->front(), row.pieces, read, kBlank));
}

TEST(Rulers, GoOnWhereNumbersAreReadInARowOnly) {
  DrawnRow row;
  for (int i = 3; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const ReadSlab known = row.reader();
  const ReadSlab read = [&](const Slab& slab, int turns) -> Result<Reading> {
    const bool from_0_to_5 = std::abs(slab.centre.x - 250) < 1 && slab.length > 300;
    if (turns == 0 && from_0_to_5) return Reading{phi("0 1 2 3 4 5"), 11, 0.9, 0.6};
    return known(slab, turns);
  };
  const auto rulers = find_rulers(row.pieces, {}, read);
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_THAT(rulers->front().numbers, SizeIs(8));
  EXPECT_NEAR(rulers->front().numbers.front().centre.x, 100, 1);
}

TEST(Rulers, AreFoundOnAThingThatPiecesTellLittleOf) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const std::vector<Slab> one(row.pieces.begin(), row.pieces.begin() + 1);
  const Slab thing{{310, 110}, {1, 0}, 500, 60};
  const ReadSlab known = row.reader();
  const ReadSlab read = [&](const Slab& slab, int turns) -> Result<Reading> {
    if (slab.length < 200) {
      const float i = std::round((slab.centre.x - 100) / 60);
      const bool on_row = turns == 0 && std::abs(slab.centre.y - 100) < 10 && i >= 0 && i < 8;
      return on_row ? Reading{phi(std::to_string(static_cast<int>(i))), 1, 0.9, 0.9} : Reading{};
    }
    if (turns != 0 || std::abs(slab.centre.y - 100) > 5) return Reading{};
    Reading out{phi(""), 0, 0.9, 0.9};
    std::string text;
    for (int i = 0; i < 8; ++i) {
      const float at = (100 + 60.0F * static_cast<float>(i) - slab.centre.x) / cut_length(slab) + 0.5F;
      if (at < 0 || at > 1) continue;
      text += std::to_string(i);
      out.places.push_back(at);
    }
    out.text = phi(text);
    out.characters = static_cast<int>(text.size());
    return out;
  };
  EXPECT_THAT(*find_rulers(one, {}, read), IsEmpty());
  const auto rulers = find_rulers(one, std::vector{thing}, read);
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_THAT(rulers->front().numbers, SizeIs(8));
}

TEST(Rulers, DoNotKeepAPieceThatIsHigherThanTheirRowWhateverIsReadOfIt) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  row.add(310.5F, "2 3 4 5", 300);  // as the next one, but as high as the row
  row.pieces.push_back({{311, 110}, {1, 0}, 300, 60});
  row.texts[311] = "2 3 4 5";  // and a name below, of which recognition says nothing
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_TRUE(*belongs_to(rulers->front(), row.pieces[8], row.reader()));
  EXPECT_FALSE(*belongs_to(rulers->front(), row.pieces[9], row.reader()));
}

TEST(Rulers, AreNoneWhereSomethingIsDrawnBetweenTheirNumbersThatNobodyReads) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  cv::Mat picture(200, 640, CV_8UC3, cv::Scalar::all(230));
  for (int i = 1; i < 8; ++i) picture(cv::Rect(96 + 60 * i, 93, 8, 14)).setTo(cv::Scalar::all(20));
  auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const GapIsBlank blank = [&](const Slab& gap, const Slab& number) { return is_blank(picture, gap, number); };
  EXPECT_TRUE(*is_pure(rulers->front(), row.pieces, row.reader(), blank));
  cv::putText(picture, "ii", {306, 104}, cv::FONT_HERSHEY_SIMPLEX, 0.3, cv::Scalar::all(30), 1, cv::LINE_AA);
  EXPECT_FALSE(*is_pure(rulers->front(), row.pieces, row.reader(), blank));
}

TEST(Rulers, AreAsHighAsTheirDigitsAreDrawn) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  cv::Mat picture(200, 640, CV_8UC3, cv::Scalar::all(230));
  for (int i = 1; i < 8; ++i) picture(cv::Rect(96 + 60 * i, 94, 8, 10)).setTo(cv::Scalar::all(20));
  auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  Ruler& ruler = rulers->front();
  const float before = ruler.corridor.thickness;
  ASSERT_TRUE(*fit_to_ink(picture, ruler, row.reader()));
  EXPECT_LT(ruler.corridor.thickness, 0.85F * before);
  EXPECT_GE(ruler.corridor.thickness, 10);
  EXPECT_NEAR(ruler.corridor.centre.y, 99, 1);
  picture.setTo(cv::Scalar::all(230));
  EXPECT_FALSE(*fit_to_ink(picture, ruler, row.reader())) << "nothing is drawn there";
}

TEST(Rulers, LeaveALineWholeThatReachesIntoARowWithoutGaps) {
  DrawnRow row;
  for (int i = 0; i < 9; ++i) row.add(100 + 26.0F * static_cast<float>(i), std::to_string(i));
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const Slab below{{200, 116}, {1, 0}, 200, 36};  // from 98 on; the row is 90 to 110
  const auto parts = beside(rulers->front(), below, kBlankZone);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_FLOAT_EQ(parts[0].thickness, 36);
}

TEST(Rulers, CutALooseBoxAtTheirRowWhereNothingIsWrittenInTheirGaps) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const auto parts = beside(rulers->front(), {{310, 116}, {1, 0}, 400, 36}, kBlankZone);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_GE(parts[0].centre.y - parts[0].thickness / 2, 110);
  EXPECT_FLOAT_EQ(parts[0].centre.y + parts[0].thickness / 2, 134);
  EXPECT_THAT(beside(rulers->front(), {{310, 100}, {1, 0}, 400, 24}, kBlankZone), IsEmpty()) << "nothing but the row";
}

TEST(Rulers, LeaveNoRimOfALineThatTouchesWhatStays) {
  const Slab hole{{300, 100}, {1, 0}, 400, 20}, below{{300, 112}, {1, 0}, 100, 24};
  const auto apart = around(hole, below, kBlankZone);
  ASSERT_THAT(apart, SizeIs(1));
  EXPECT_FLOAT_EQ(apart[0].centre.y - apart[0].thickness / 2, 115) << "masks follow slanted lines in steps";
  const auto close = around(hole, below, [](const Slab& zone) { return zone.centre.y < 110; });
  ASSERT_THAT(close, SizeIs(1));
  EXPECT_FLOAT_EQ(close[0].centre.y - close[0].thickness / 2, 110.5F) << "the tops of letters are drawn there";
  const auto short_box =
      around(hole, {{300, 126}, {1, 0}, 100, 24}, [](const Slab& zone) { return zone.centre.y < 110; });
  ASSERT_THAT(short_box, SizeIs(1));
  EXPECT_FLOAT_EQ(short_box[0].centre.y - short_box[0].thickness / 2, 110.5F) << "detectors cut letters short";
  const auto apart_from_it = around(hole, {{300, 114}, {1, 0}, 100, 6}, kBlankZone);
  ASSERT_THAT(apart_from_it, SizeIs(1)) << "too pale to be seen there";
  EXPECT_FLOAT_EQ(apart_from_it[0].thickness, 6) << "what does not reach over it stays whole";
  EXPECT_THAT(around(hole, {{300, 100}, {0, 1}, 100, 10}, kBlankZone), SizeIs(1)) << "another direction";
  EXPECT_THAT(around(hole, {{300, 150}, {1, 0}, 100, 10}, kBlankZone), SizeIs(1)) << "does not touch it";
}

TEST(Rulers, HaveTheirNumbersWhereTheyAreDrawnAlsoInPerspective) {
  DrawnRow row;
  for (int i = 1; i < 10; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const auto drawn_at = [](int i) { return 100 + 60 * i + (i - 5) * std::abs(i - 5); };  // up to 16 pixels off
  cv::Mat picture(200, 760, CV_8UC3, cv::Scalar::all(230));
  for (int i = 1; i < 10; ++i) picture(cv::Rect(drawn_at(i) - 4, 93, 8, 14)).setTo(cv::Scalar::all(20));
  auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U && *fit_to_ink(picture, rulers->front(), row.reader()));
  for (int i = 1; i < 10; ++i) {
    EXPECT_NEAR(rulers->front().numbers[static_cast<std::size_t>(i - 1)].centre.x, drawn_at(i), 1) << i;
  }
}

TEST(Rulers, HaveTheirNumbersWhereTheyAreDrawn) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  cv::Mat picture(200, 640, CV_8UC3, cv::Scalar::all(230));
  for (int i = 1; i < 8; ++i) picture(cv::Rect(100 + 60 * i, 93, 8, 14)).setTo(cv::Scalar::all(20));
  picture(cv::Rect(96 + 60 * 4, 93, 40, 14)).setTo(cv::Scalar::all(20));  // more than a digit
  auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U && *fit_to_ink(picture, rulers->front(), row.reader()));
  EXPECT_NEAR(rulers->front().numbers[1].centre.x, 224, 1);
  EXPECT_NEAR(rulers->front().numbers[3].centre.x, 340, 1) << "in doubt as it was found";
}

TEST(Rulers, TakeTheHeightOfTheirDigitsFromBoxesThatShowStrokesAsWell) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i), 30, 100);
  for (auto& piece : row.pieces) piece.thickness = 40;  // the middle lies between stroke and digit
  cv::Mat picture(200, 640, CV_8UC3, cv::Scalar::all(230));
  for (int i = 1; i < 8; ++i) {
    picture(cv::Rect(98 + 60 * i, 82, 4, 16)).setTo(cv::Scalar::all(20));
    picture(cv::Rect(96 + 60 * i, 104, 8, 14)).setTo(cv::Scalar::all(20));
  }
  auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const auto whole = row.reader();
  const ReadSlab digits = [&](const Slab& slab, int turns) {
    return slab.centre.y > 105 ? whole(slab, turns) : Result<Reading>(Reading{phi("l"), 1, 0.9, 0.9});
  };
  ASSERT_TRUE(*fit_to_ink(picture, rulers->front(), digits));
  EXPECT_NEAR(rulers->front().corridor.centre.y, 111, 1);
  EXPECT_LT(rulers->front().corridor.thickness, 20);
}

TEST(Rulers, KeepNoMoreOfALooseBoxThanTheirRow) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const Slab loose = on_row(rulers->front(), {{160, 104}, {1, 0}, 32, 30}), other{{160, 130}, {1, 0}, 32, 20};
  EXPECT_FLOAT_EQ(loose.centre.y, 100);
  EXPECT_FLOAT_EQ(loose.thickness, rulers->front().corridor.thickness);
  EXPECT_EQ(on_row(rulers->front(), other).centre, other.centre);
}

TEST(Rulers, KeepNoDateBesideThemThoughItsDigitsFollowEachOther) {
  DrawnRow row;
  for (int i = 1; i < 9; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  row.add(400.5F, "5.6.78", 90);
  row.add(401.5F, "567", 90, 118);
  row.add(640, "J", 20);  // in the next number's place
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  for (std::size_t i = 8; i < 11; ++i) EXPECT_FALSE(*belongs_to(rulers->front(), row.pieces[i], row.reader())) << i;
}

TEST(Rulers, AreNotMadeOfNumbersThatStandAcrossTheirRow) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const ReadSlab upright = row.reader();
  const ReadSlab turned = [&](const Slab& slab, int turns) { return upright(slab, (turns + 3) % 4); };
  EXPECT_THAT(*find_rulers(row.pieces, {}, turned), IsEmpty()) << "a list of rooms, with names between";
}

TEST(RulerText, IsNoShortNameOfStrokes) {
  for (const auto* name : {"Till", "Jill", "Lily", "Tim", "Uli"}) {
    EXPECT_FALSE(is_ruler_text(phi(name), true)) << name;
  }
  EXPECT_FALSE(is_ruler_text(phi("mpmpmumpmmp"), false)) << "strokes only where they are known to be";
}

TEST(Rulers, HaveTheirUnitBelowTheFirstNumber) {
  DrawnRow row;
  for (int i = 0; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  const auto below = [](const std::string& text) -> ReadSlab {
    return [text](const Slab& slab, int turns) -> Result<Reading> {
      const bool there = turns == 0 && std::abs(slab.centre.x - 100) < 5 && slab.centre.y > 115 && slab.centre.y < 130;
      return there ? Reading{phi(text), 2, 0.9, 0.9, {0.4F, 0.6F}} : Reading{};
    };
  };
  const auto unit = find_unit(rulers->front(), below("cm"));
  ASSERT_TRUE(unit && *unit);
  EXPECT_GT((*unit)->centre.y, 115);
  EXPECT_FALSE(*find_unit(rulers->front(), below("Li")));
}

TEST(Rulers, KeepAPieceAtTheirEndOnlyWhereNothingElseCanBeReadInIt) {
  const cv::Mat picture(200, 300, CV_8UC3, cv::Scalar::all(230));
  picture(cv::Rect(40, 90, 20, 20)).setTo(cv::Scalar::all(0));   // what is known
  picture(cv::Rect(70, 100, 10, 10)).setTo(cv::Scalar::all(0));  // what is not
  const Slab known{{50, 100}, {1, 0}, 20, 20};
  const auto reads_ink = [](const cv::Mat& line) -> Result<Reading> {
    double darkest = 0;
    cv::minMaxLoc(line.reshape(1), &darkest, nullptr);
    return darkest < 100 ? Reading{phi("K"), 1, 0.9, 0.9} : Reading{};
  };
  const Slab small{{50, 104}, {1, 0}, 28, 28}, wide{{60, 104}, {1, 0}, 44, 28}, apart{{150, 100}, {1, 0}, 28, 28};
  EXPECT_TRUE(*shows_nothing_else(picture, small, std::vector{known}, reads_ink));
  EXPECT_FALSE(*shows_nothing_else(picture, wide, std::vector{known}, reads_ink));
  EXPECT_FALSE(*shows_nothing_else(picture, apart, std::vector{known}, reads_ink)) << "nothing of it is known";
}

TEST(Rulers, AreNoneWhereANameStandsBetweenTheirNumbers) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  row.texts[310] = "Li";  // half-way from 3 to 4, and no piece of its own
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_FALSE(*is_pure(rulers->front(), row.pieces, row.reader(), kBlank));
}

TEST(Rulers, DoNotKeepANameAtTheNextNumbersPlace) {
  DrawnRow row;
  for (int i = 1; i < 8; ++i) row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
  row.add(580, "Li");
  row.add(490.5F, "6 7 Li", 220);
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_FALSE(*belongs_to(rulers->front(), row.pieces[7], row.reader()));
  EXPECT_FALSE(*belongs_to(rulers->front(), row.pieces[8], row.reader()));
}

TEST(Rulers, CountByOneWhereDetectorsFoundEverySecondNumber) {
  DrawnRow row;
  for (int i = 1; i < 9; ++i) {
    row.add(100 + 60.0F * static_cast<float>(i), std::to_string(i));
    if (i % 2 == 1) row.pieces.pop_back();
  }
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers && rulers->size() == 1U);
  EXPECT_THAT(rulers->front().numbers, SizeIs(8));
}

TEST(Rulers, AreNotMadeOfTheDigitsOfOneNumber) {
  for (const float pitch : {11.0F, 18.0F, 22.0F}) {  // as typed, with a space, with two
    DrawnRow row;
    for (int i = 1; i < 8; ++i) row.add(100 + pitch * static_cast<float>(i), std::to_string(i), 12);
    const auto rulers = find_rulers(row.pieces, {}, row.reader());
    ASSERT_TRUE(rulers);
    EXPECT_THAT(*rulers, IsEmpty()) << pitch;
  }
}

TEST(Rulers, AreNotMadeOfATypedRowOfNumbers) {
  DrawnRow row;  // a telephone number may go on evenly
  for (int i = 0; i < 5; ++i) row.add(100 + 27.0F * static_cast<float>(i), std::to_string(23 + i), 22);
  const auto rulers = find_rulers(row.pieces, {}, row.reader());
  ASSERT_TRUE(rulers);
  EXPECT_THAT(*rulers, IsEmpty());
}

TEST(Seeds, AreTheNumbersOfOneLongPieceAtTheirPlaces) {
  const Slab piece{{400, 100}, {1, 0}, 600, 60};
  const ReadSlab read = [](const Slab&, int turns) -> Result<Reading> {
    if (turns != 0) return Reading{};
    return Reading{phi("8 9101112"), 9, 0.9, 0.6, {0.1F, 0.2F, 0.3F, 0.48F, 0.52F, 0.68F, 0.72F, 0.88F, 0.92F}};
  };
  const auto seeds = number_seeds(std::vector{piece}, read);
  ASSERT_TRUE(seeds);
  ASSERT_THAT(*seeds, SizeIs(5));
  EXPECT_NEAR((*seeds)[0].centre.x, 400 + (0.1 - 0.5) * cut_length(piece), 1);
  EXPECT_NEAR((*seeds)[4].centre.x, 400 + (0.9 - 0.5) * cut_length(piece), 1);
}

TEST(Seeds, AreNotLookedForInWords) {
  const ReadSlab read = [](const Slab&, int) -> Result<Reading> {
    return Reading{phi("Room 312"), 8, 0.9, 0.6, std::vector<float>(8, 0.5F)};
  };
  EXPECT_THAT(*number_seeds(std::vector{Slab{{400, 100}, {1, 0}, 600, 60}}, read), IsEmpty());
}

/// A ruler's row from x = 100 on with a number every 60 pixels, and what is drawn in its strokes' place.
class Strokes : public ::testing::Test {
 protected:
  static constexpr int kNumbers = 10, kPitch = 60;
  cv::Mat picture{200, 800, CV_8UC3, cv::Scalar::all(230)};
  Ruler ruler;
  const Slab piece{{370, 62}, {1, 0}, 400, 26};

  void SetUp() override {
    ruler.pitch = kPitch;
    for (int i = -1; i <= kNumbers; ++i) {
      ruler.places.push_back({{static_cast<float>(100 + i * kPitch), 100}, i});
      if (i >= 0 && i < kNumbers) ruler.numbers.push_back({ruler.places.back().centre, {1, 0}, 20, 24});
    }
    ruler.corridor = {{100 + (kNumbers - 1) * kPitch / 2.0F, 100}, {1, 0}, (kNumbers - 1) * kPitch + 20.0F, 24};
    ruler.longest = 20;
    cv::RNG(5).fill(noise_, cv::RNG::NORMAL, cv::Scalar::all(0), cv::Scalar::all(4));
  }
  bool kept() {
    cv::Mat out;
    cv::add(picture, noise_, out, cv::noArray(), CV_8UC3);
    return are_ticks(out, ruler, piece);
  }
  void draw_ticks(int from = 0, int to = 90) {
    for (int i = from; i <= to; ++i) {
      const int length = i % 10 == 0 ? 24 : i % 5 == 0 ? 18 : 12;
      cv::line(picture, {100 + i * kPitch / 10, 50}, {100 + i * kPitch / 10, 50 + length}, cv::Scalar::all(40), 1);
    }
  }

 private:
  cv::Mat noise_{200, 800, CV_16SC3, cv::Scalar::all(0)};
};

TEST_F(Strokes, OfARulerStay) {
  draw_ticks();
  EXPECT_TRUE(kept());
}

TEST_F(Strokes, AreMaskedWhereSomethingIsWrittenAmongThem) {
  draw_ticks(0, 30);
  draw_ticks(52, 90);
  cv::putText(picture, "Timm Hill", {285, 72}, cv::FONT_HERSHEY_SIMPLEX, 0.7, cv::Scalar::all(40), 1, cv::LINE_AA);
  EXPECT_FALSE(kept());
}

TEST_F(Strokes, AreNoLettersOfAnySize) {
  for (const char* text : {"Kowalski, Anna", "Hillmann Timm", "4711 1111 11", "||||||||||"}) {
    for (int face = 0; face < 8; ++face) {
      for (double size = 0.3; size < 1.3; size += 0.05) {
        picture.setTo(cv::Scalar::all(230));
        std::string line;
        int baseline = 0;
        while (cv::getTextSize(line, face, size, 1, &baseline).width < 420) line += std::string(text) + ' ';
        cv::putText(picture, line, {160, 70}, face, size, cv::Scalar::all(40), 1, cv::LINE_AA);
        EXPECT_FALSE(kept()) << text << ' ' << face << ' ' << size;
      }
    }
  }
}

TEST(RulerText, IsNumbersInOrderUnitsAndStrokes) {
  for (const char* text : {"0 1 2 3", "567", "9 10 11 12", "7 6 5 4", "10 20 30", "cm", "3", "mpmpm"}) {
    EXPECT_TRUE(is_ruler_text(phi(text), true)) << text;
  }
  for (const char* text : {"Kowalski", "12.03.1967", "4711", "Anna", "312 Bett", "1967", "06221", "K. 4"}) {
    EXPECT_FALSE(is_ruler_text(phi(text), true)) << text;
  }
}

TEST_F(Strokes, ReadAsLettersOfStrokesOnly) {
  for (const char* text : {"mpmpmpm", "unlunlm", "fuulmtu", "qmpupmpm"})
    EXPECT_TRUE(reads_like_strokes(phi(text))) << text;
  for (const char* text : {"Kowalski", "12.03.1967", "Anna", "4711"})
    EXPECT_FALSE(reads_like_strokes(phi(text))) << text;
}

TEST(Lines, AreMadeOfPiecesOnOneBaselineWithoutAGap) {
  const auto piece = [](float x, float y, float length = 60, float thickness = 20) {
    return Slab{{x, y}, {1, 0}, length, thickness};
  };
  const auto count = [](const std::vector<Slab>& pieces) { return group_lines(pieces).size(); };
  EXPECT_EQ(count({piece(100, 100), piece(175, 102)}), 1U);
  EXPECT_EQ(count({piece(100, 100), piece(300, 100)}), 2U) << "far apart";
  EXPECT_EQ(count({piece(100, 100), piece(175, 118)}), 2U) << "another baseline";
  EXPECT_EQ(count({piece(100, 100), piece(175, 100, 60, 60)}), 2U) << "another size";
  EXPECT_EQ(count({piece(100, 100), piece(102, 101, 62, 22)}), 1U) << "seen twice";
  EXPECT_EQ(count({piece(100, 100), Slab{{170, 130}, {0.6F, 0.8F}, 60, 20}}), 2U) << "another direction";
  const auto lines = group_lines(std::vector{piece(100, 100), piece(175, 100)});
  EXPECT_NEAR(lines[0].slab.length, 135, 1);
}

TEST(OcrFold, MakesOneOfWhatRecognitionConfuses) {
  EXPECT_EQ(folded_words("O0o Ill1 5S 8B Zz2 G6g"), folded_words("000 1111 55 88 222 666"));
  EXPECT_EQ(folded_words("Bernhard"), folded_words("8emhard"));
  EXPECT_EQ(folded_words("Łukasz-Åse"), folded_words("lukasz ase"));
  EXPECT_EQ(folded_words("Иван"), folded_words("ИВАН"));
  EXPECT_THAT(folded_words(" -/. ♀ "), IsEmpty());
}

TEST(OcrFold, FindsNeedlesWithAFewEdits) {
  EXPECT_TRUE(stands_in(U"k0wa15k1", U"xxk0wa5k1yy", 1));
  EXPECT_FALSE(stands_in(U"k0wa15k1", U"xxk0w5k1yy", 1));
  EXPECT_FALSE(stands_in(U"", U"abc", 3));
}

TEST(Alphabet, ReadsTheDictionarysList) {
  const auto alphabet = Alphabet::parse("Global:\n  x: 1\nPostProcess:\n  character_dict:\n  - '!'\n  - ''''\n  - A\n");
  ASSERT_TRUE(alphabet);
  EXPECT_EQ(alphabet->classes(), 5U);
  EXPECT_EQ(alphabet->character(0), "");
  EXPECT_EQ(alphabet->character(1), "!");
  EXPECT_EQ(alphabet->character(2), "'");
  EXPECT_EQ(alphabet->character(3), "A");
  EXPECT_EQ(alphabet->character(4), " ");
  EXPECT_EQ(alphabet->character(5), "");
}

TEST(Alphabet, ReadsACharacterALine) {
  const auto alphabet = Alphabet::parse("0\r\n\xC3\xA9\n ");
  ASSERT_TRUE(alphabet);
  EXPECT_EQ(alphabet->classes(), 5U);
  EXPECT_EQ(alphabet->character(2), "\xC3\xA9");
  EXPECT_EQ(alphabet->character(3), " ");
}

TEST(Alphabet, RefusesWhatIsNoDictionary) {
  for (const char* text : {"", "a: b\n", "P:\n  character_dict:\n", "P:\n  character_dict:\n  - a\n  other: 1\n"}) {
    const auto alphabet = Alphabet::parse(text);
    ASSERT_FALSE(alphabet);
    EXPECT_EQ(alphabet.error().kind, ErrorKind::Config);
  }
}

}  // namespace
}  // namespace veilgate::detect
