// The free-text cleaner: what must go, what must stay, in many languages; and that it is steady and quick.
#include "deidentify/text/text_cleaner.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace veilgate::deidentify {
namespace {

std::vector<Phi<std::string>> phi(std::initializer_list<const char*> values) { return {values.begin(), values.end()}; }

KnownPeople people() {
  KnownPeople out;
  for (const char* name :
       {"Doe^John^Quentin", "Müller-Lüdenscheidt^Jürgen^^Dr.", "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "Hong^Gildong=洪^吉洞=홍^길동", "van der Berg^Pieter", "O'Brien^Siobhán", "Brown^May", "Wang^XiaoDong=王^小東",
        "Иванов^Иван", "Παπαδόπουλος^Νίκος", "Muñoz García^José", "Sørensen^Åse", "Weißenberger^Gunther"}) {
    out.patient_names.emplace_back(name);
  }
  out.other_names = phi({"Schneider^Katharina^^Prof. Dr.", "Lefèvre^Amélie", "Long^Peter"});
  out.identifiers = phi({"PAT-0012345", "00987654", "A12-77-XY", "4711", "12", "JOHNDOE7"});
  out.birth_dates = phi({"19800312"});
  out.places = phi({"St. Elsewhere General Hospital", "Universitätsklinikum Heidelberg",
                    "Hauptstraße 12, 69120 Heidelberg", "06221 56-1234", "UKE Hamburg"});
  return out;
}

const TextCleaner& cleaner(TextDates dates = TextDates::Replace) {
  static const TextCleaner replace(people(), TextDates::Replace, 0);
  static const TextCleaner shift(people(), TextDates::Shift, -10);
  static const TextCleaner keep(people(), TextDates::Keep, 0);
  return dates == TextDates::Replace ? replace : dates == TextDates::Shift ? shift : keep;
}

struct Case {
  const char* input;
  const char* expected;
};

void expect_all(const std::vector<Case>& cases, TextDates dates = TextDates::Replace) {
  for (const Case& one : cases) {
    EXPECT_EQ(cleaner(dates).clean(one.input).text, one.expected) << "  from: " << one.input;
  }
}

TEST(TextCleaner, FindsKnownNames) {
  expect_all({
      {"John Doe", "[name]"},
      {"Doe, John", "[name]"},
      {"DOE^JOHN", "[name]"},
      {"doe may", "[name]"},
      {"doe john left arm", "[name] left arm"},
      {"left arm of John", "left arm of [name]"},
      {"J. Doe, left arm", "[name], left arm"},
      {"J Doe left arm", "[name] left arm"},
      {"Doe J. left arm", "[name] left arm"},
      {"John Q. Doe", "[name]"},
      {"Doe's lesion", "[name] lesion"},
      {"DOE_JOHN_left.jpg", "[name]_left.jpg"},
      {"JohnDoe left", "[name] left"},
      {"johndoe left", "[name] left"},
      {"jdoe left", "[name] left"},
      {"JD", "[name]"},
      {"J.D.", "[name]."},
      {"Mr JD left arm", "Mr [name] left arm"},
      {"JD left arm 3 cm", "JD left arm 3 cm"},
      {"Herr Müller-Lüdenscheidt", "Herr [name]"},
      {"Mueller-Luedenscheidt Juergen", "[name]"},
      {"muller ludenscheidt", "[name]"},
      {"MÜLLER", "[name]"},
      {"Jürgens Unterarm", "[name] Unterarm"},
      {"Läsion bei Jürgen M.", "Läsion bei [name]"},
      {"Weißenbergerová", "[name]"},
      {"Lüdenscheit Knie", "[name] Knie"},
      {"Ludenscheidt knee", "[name] knee"},
      {"Schnieder hat operiert", "[name] hat operiert"},
      {"Katharina Schneider", "[name]"},
      {"Amelie Lefevre", "[name]"},
      {"Pieter van der Berg", "[name]"},
      {"van der Berg, P.", "[name]"},
      {"Siobhan O'Brien", "[name]"},
      {"Siobhán O’Brien's foot", "[name] foot"},
      {"OBrien foot", "[name] foot"},
      {"Garcia Munoz, Jose", "[name]"},
      {"José Muñoz", "[name]"},
      {"Soerensen Ase", "[name]"},
      {"Sørensen", "[name]"},
      {"Weissenberger", "[name]"},
      {"May Brown", "[name]"},
      {"Mrs Brown", "Mrs [name]"},
      {"Brown spot, may grow", "Brown spot, may grow"},
      {"Long axis 3 cm", "Long axis 3 cm"},
      {"Peter Long", "[name]"},
      {"山田太郎 左前腕", "[name] 左前腕"},
      {"山田 太郎", "[name]"},
      {"ヤマダタロウ", "[name]"},
      {"ﾔﾏﾀﾞ ﾀﾛｳ", "[name]"},
      {"王小東 left", "[name] left"},
      {"洪吉洞", "[name]"},
      {"홍길동 환자", "[name] 환자"},
      {"王先生", "[name]先生"},
      {"пациент Иванов", "пациент [name]"},
      {"у Иванова на руке", "у [name] на руке"},
      {"Παπαδοπούλου", "[name]"},
      {"J\u200Bohn D\u00ADoe", "[name]"},
      {"Ｊｏｈｎ　Ｄｏｅ", "[name]"},
  });
}

TEST(TextCleaner, FindsNamesBesideTitlesAndCues) {
  expect_all({
      {"Dr. Smith", "Dr. [name]"},
      {"seen by Dr Smith today", "seen by Dr [name] today"},
      {"Prof. Dr. med. Hansjörg Kessler, Oberarzt", "Prof. Dr. med. [name], Oberarzt"},
      {"Mr. Brown", "Mr. [name]"},
      {"Mrs. Penelope Gruber left leg", "Mrs. [name] left leg"},
      {"Herr Schmidt Läsion links", "Herr [name] Läsion links"},
      {"Frau von Arnim, Unterarm", "Frau [name], Unterarm"},
      {"Frau K. klagt über Juckreiz", "Frau [name] klagt über Juckreiz"},
      {"Schwester Anna", "Schwester [name]"},
      {"Nurse Betty took this", "Nurse [name] took this"},
      {"M. Bernard, cicatrice", "M. [name], cicatrice"},
      {"Mme Dupont jambe gauche", "Mme [name] jambe gauche"},
      {"Sra. López brazo derecho", "Sra. [name] brazo derecho"},
      {"Dott. Bianchi", "Dott. [name]"},
      {"Sig.ra Rossini gamba", "Sig.ra [name] gamba"},
      {"dhr. Jansen rechter arm", "dhr. [name] rechter arm"},
      {"mevr. de Vries", "mevr. [name]"},
      {"dr smith", "dr [name]"},
      {"DR. SMITH LEFT ARM", "DR. [name] LEFT ARM"},
      {"Name: Kowalski, Piotr", "Name: [name]"},
      {"name: ralf smith", "name: [name]"},
      {"Patient: Kowalski", "Patient: [name]"},
      {"Pat. Kowalski, Unterarm", "Pat. [name], Unterarm"},
      {"Nachname Kowalski", "Nachname [name]"},
      {"Nom: Kowalski", "Nom: [name]"},
      {"Apellido: Ibáñez", "Apellido: [name]"},
      {"Cognome Esposito", "Cognome [name]"},
      {"Naam: Bakker", "Naam: [name]"},
      {"ref. by Higgins", "ref. by [name]"},
      {"signed A. Poe", "signed [name]"},
      {"Photographer: Lina Ek", "Photographer: [name]"},
      {"überwiesen von Dr. Hase", "überwiesen von Dr. [name]"},
      {"DR MILLER LEFT HAND", "DR [name] LEFT HAND"},
      {"Dr. Bowen", "Dr. [name]"},
      {"daughter Emma", "daughter [name]"},
      {"gez. Kessler", "gez. [name]"},
      {"vu par Martin", "vu par [name]"},
      {"A. Poe, MD", "[name], MD"},
      {"KOWALSKI^PIOTR^^", "[name]^^"},
      {"Dr. O'Neill-Smith", "Dr. [name]"},
  });
}

TEST(TextCleaner, FindsIdentifiers) {
  expect_all({
      {"PAT-0012345", "[id]"},
      {"pat0012345 arm", "[id] arm"},
      {"PAT 0012345", "[id]"},
      {"PAT_0012345_001.jpg", "[id]_001.jpg"},
      {"987654", "[id]"},
      {"00987654", "[id]"},
      {"98 76 54", "[id]"},
      {"98-7654", "[id]"},
      {"x987654y", "x[id]y"},
      {"A1277XY", "[id]"},
      {"a12/77/xy", "[id]"},
      {"4711", "[id]"},
      {"14711 cells", "14711 cells"},
      {"12 x 34 mm", "12 x 34 mm"},
      {"MRN 12", "MRN [id]"},
      {"ID: 12", "ID: [id]"},
      {"MRN: 123456", "MRN: [id]"},
      {"MRN123456", "MRN[id]"},
      {"Patient ID AB-99812", "Patient ID [id]"},
      {"PID=778812", "PID=[id]"},
      {"Fallnummer 2021/00815", "Fallnummer [id]"},
      {"Fall-Nr. 887712", "Fall-Nr. [id]"},
      {"Acc. 20210099123", "Acc. [id]"},
      {"Accession# A8812", "Accession# [id]"},
      {"NHS 943 476 5919", "NHS [id]"},
      {"943 476 5919", "[id]"},
      {"9434765919", "[id]"},
      {"SSN 078-05-1120", "SSN [id]"},
      {"078-05-1120", "[id]"},
      {"1 85 05 78 006 084 91", "[id]"},
      {"12345678Z", "[id]"},
      {"NIE X1234567L", "NIE [id]"},
      {"RSSMRA85T10A562S", "[id]"},
      {"BSN 111222333", "BSN [id]"},
      {"Sample S21-12345", "Sample [id]"},
      {"A123456780", "[id]"},
      {"Personalausweis L01X00T47", "Personalausweis [id]"},
      {"Versichertennr. 1234567890", "Versichertennr. [id]"},
      {"policy no 55-8812-A", "policy no [id]"},
      {"1.2.276.0.7230010.3.1.4.8323329.1", "[id]"},
      {"UID 2.25.329800735698586629295641978511506172918", "UID [id]"},
      {"550e8400-e29b-41d4-a716-446655440000", "[id]"},
      {"DE89 3704 0044 0532 0130 00", "[id]"},
  });
}

TEST(TextCleaner, FindsDates) {
  expect_all({
      {"2021-03-04", "[date]"},
      {"taken 2021-03-04T10:15:00", "taken [date]T10:15:00"},
      {"04.03.2021 10:30 Uhr", "[date] 10:30 Uhr"},
      {"4.3.21", "[date]"},
      {"4. 3. 2021", "[date]"},
      {"03/04/2021", "[date]"},
      {"3/4/21 arm", "[date] arm"},
      {"20210304", "[date]"},
      {"IMG_20210304_101500.jpg", "IMG_[date]_101500.jpg"},
      {"20210304101500", "[date]101500"},
      {"2021:03:04 10:15:00", "[date] 10:15:00"},
      {"le 3 mars", "le [date]"},
      {"4-6 March 2021", "[date]"},
      {"March 4-6, 2021", "[date]"},
      {"12.-18.03.2021", "[date]"},
      {"92y F", "[age over 89] F"},
      {"mei 2021", "[date]"},
      {"4 March 2021", "[date]"},
      {"March 4th, 2021", "[date]"},
      {"4th of March 2021", "[date]"},
      {"04-Mar-2021", "[date]"},
      {"04MAR2021", "[date]"},
      {"4. März 2021", "[date]"},
      {"4. Maerz 2021", "[date]"},
      {"1er mars 2021", "[date]"},
      {"4 de marzo de 2021", "[date]"},
      {"4 marzo 2021", "[date]"},
      {"4 maart 2021", "[date]"},
      {"5 mag 2021", "[date]"},
      {"Thursday, 4 March 2021", "[date]"},
      {"Donnerstag, 4.3.2021", "[date]"},
      {"jeudi 4 mars 2021", "[date]"},
      {"March 2021", "[date]"},
      {"März 2021 Kontrolle", "[date] Kontrolle"},
      {"March 4", "[date]"},
      {"03/2021", "[date]"},
      {"2021-03", "[date]"},
      {"am 12.03. operiert", "am [date] operiert"},
      {"2021 03 04", "[date]"},
      {"born 12.03.1980", "born [date]"},
      {"geb. 12.3.80", "geb. [date]"},
      {"120380", "[date]"},
      {"12031980", "[date]"},
      {"92 year old woman", "[age over 89] woman"},
      {"92-jähriger Patient", "[age over 89] Patient"},
      {"patiente de 92 ans", "patiente de [age over 89]"},
      {"93 años", "[age over 89]"},
      {"95 anni", "[age over 89]"},
      {"91 jaar", "[age over 89]"},
      {"aged 94", "aged [age over 89]"},
      {"093Y", "[age over 89]"},
      {"45 year old man", "45 year old man"},
  });
}

TEST(TextCleaner, ShiftsDatesInTheirOwnNotation) {
  expect_all(
      {
          {"2021-03-04", "2021-02-22"},
          {"2021/3/4", "2021/2/22"},
          {"04.03.2021", "22.02.2021"},
          {"4.3.2021", "22.2.2021"},
          {"14.03.21", "04.03.21"},
          {"14.3.21", "4.3.21"},
          {"25/12/2021", "15/12/2021"},
          {"12/25/2021", "12/15/2021"},
          {"03/04/2021", "[date]"},
          {"03/04/2021 and 25/12/2021", "24/03/2021 and 15/12/2021"},
          {"20210304", "20210222"},
          {"20210304101500", "20210222101500"},
          {"4 March 2021", "22 February 2021"},
          {"March 14th, 2021", "March 4th, 2021"},
          {"March 11th, 2021", "March 1st, 2021"},
          {"4. März 2021", "22. Februar 2021"},
          {"4 mars 2021", "22 février 2021"},
          {"24 de marzo de 2021", "14 de marzo de 2021"},
          {"14 maart 2021", "4 maart 2021"},
          {"14 aprile 2021", "4 aprile 2021"},
          {"14-MAR-2021", "04-MAR-2021"},
          {"Thursday, 4 March 2021", "Monday, 22 February 2021"},
          {"March 2021", "[date]"},
          {"March 4", "[date]"},
          {"2021_03_04", "2021_02_22"},
          {"12.03.1980", "[date]"},
          {"born 1.2.1990", "born [date]"},
          {"04.03.2021 10:30", "22.02.2021 10:30"},
          {"31.02.2021", "31.02.2021"},
      },
      TextDates::Shift);
}

TEST(TextCleaner, KeepsDatesButNotBirthDates) {
  expect_all(
      {
          {"2021-03-04 left arm", "2021-03-04 left arm"},
          {"12.03.1980", "[date]"},
          {"03/12/1980", "[date]"},
          {"12 March 1980", "[date]"},
          {"19800312", "[date]"},
          {"DOB 1/2/1990", "DOB [date]"},
          {"*01.02.1990", "*[date]"},
          {"4 March 2021 John", "4 March 2021 [name]"},
          {"March 2021", "March 2021"},
      },
      TextDates::Keep);
}

TEST(TextCleaner, FindsWaysToReachPeople) {
  expect_all({
      {"+49 6221 56 8501", "[phone]"},
      {"+44 (0)20 7946 0958", "[phone]"},
      {"0049 171 1234567", "[phone]"},
      {"06221 56-1234", "[place]"},
      {"0171/1234567", "[phone]"},
      {"020 7946 0958", "[phone]"},
      {"01 42 34 56 78", "[phone]"},
      {"06.12.34.56.78", "[phone]"},
      {"(555) 234-5678", "[phone]"},
      {"555-234-5678", "[phone]"},
      {"612 345 678", "[phone]"},
      {"91 123 45 67", "[phone]"},
      {"347 123 4567", "[phone]"},
      {"020-1234567", "[phone]"},
      {"06-12345678", "[phone]"},
      {"tel. 4567 89", "tel. [phone]"},
      {"Tel: 555-1234", "Tel: [phone]"},
      {"john.doe@example.org", "[email]"},
      {"mail to j_doe@klinik.uni-x.de please", "mail to [email] please"},
      {"http://pacs.local/x?id=3 arm", "[url] arm"},
      {"see www.example.com", "see [url]"},
      {"pacs01.klinik.uni-x.de", "[url]"},
      {"host 192.168.1.20", "host [url]"},
      {"C:\\Users\\jdoe\\arm.jpg", "[url]"},
      {"12 Main Street", "[address]"},
      {"221B Baker Street, London", "[address], London"},
      {"Flat 3, 5 Church Rd", "[address]"},
      {"Lindenstraße 5a", "[address]"},
      {"Lange Str. 17", "[address]"},
      {"Goetheweg 12", "[address]"},
      {"12 rue de la Paix", "[address]"},
      {"5, avenue Victor Hugo", "[address]"},
      {"Calle Mayor 5", "[address]"},
      {"Avda. de la Constitución 23", "[address]"},
      {"Via Garibaldi 12", "[address]"},
      {"Keizersgracht 123", "[address]"},
      {"1017 AB Amsterdam", "[address]"},
      {"D-80331 München", "[address]"},
      {"80331 München", "[address]"},
      {"75013 Paris", "[address]"},
      {"SW1A 1AA", "[address]"},
      {"Springfield, IL 62704", "[address]"},
      {"PO Box 123", "[address]"},
      {"Postfach 10 20", "[address]"},
      {"St. Elsewhere General Hospital", "[place]"},
      {"photo from Elsewhere", "photo from [place]"},
      {"Universitätsklinikum Heidelberg", "[place]"},
      {"HEIDELBERG", "[place]"},
      {"UKE", "[place]"},
      {"Hauptstr. 12", "[address]"},
  });
}

/// People whose names are written in other scripts, and dates of an object.
const TextCleaner& worldly(TextDates dates = TextDates::Replace) {
  static const auto make = [](TextDates policy, int days) {
    KnownPeople out;
    out.patient_names = phi({"Meyer^Anna", "Doe^John", "Mu\u0308nster^Ole", "الحسن^محمد", "כהן^דוד", "สมชาย^ใจดีมาก",
                             "Иванов^Пётр", "山田太郎", "홍^길동", "Νικολάου^Μαρία"});
    out.identifiers = phi({"ÄX-99Ö", "PAT-0012345"});
    out.birth_dates = phi({"19800312"});
    out.dates = phi({"20240305", "20190510101500.000"});
    return TextCleaner(out, policy, days);
  };
  static const TextCleaner replace = make(TextDates::Replace, 0), shift = make(TextDates::Shift, -10),
                           keep = make(TextDates::Keep, 0);
  return dates == TextDates::Replace ? replace : dates == TextDates::Shift ? shift : keep;
}

void expect_worldly(const std::vector<Case>& cases, TextDates dates = TextDates::Replace) {
  for (const Case& one : cases) {
    EXPECT_EQ(worldly(dates).clean(one.input).text, one.expected) << "  from: " << one.input;
  }
}

TEST(TextCleaner, FindsNamesHiddenInTheirLetters) {
  expect_worldly({
      {"M e y e r left", "[name] left"},
      {"M.E.Y.E.R", "[name]"},
      {"patient M-e-y-e-r arm", "patient [name] arm"},
      {"M_e_y_e_r.jpg", "[name].jpg"},
      {"A n n a  M e y e r", "[name]"},
      {"J o h n D o e left", "[name] left"},
      {"D o e", "[name]"},
      {"М е у е r", "М е у е r"},
      {"Меyеr links", "[name] links"},
      {"МЕУЕR", "[name]"},
      {"ΜΕΥΕR", "[name]"},
      {"Annа Meyer", "[name]"},
      {"Ｍｅｙｅｒ", "[name]"},
      {"𝐌𝐞𝐲𝐞𝐫 𝓐𝓷𝓷𝓪", "[name]"},
      {"Ⓜⓔⓨⓔⓡ", "[name]"},
      {"🅼🅴🆈🅴🆁", "[name]"},
      {"🇲🇪🇾🇪🇷", "[name]"},
      {"ᴍᴇʏᴇʀ", "[name]"},
      {"M\u200Be\u2060yer", "[name]"},
      {"Me\u0301yer", "[name]"},
      {"Muenster", "[name]"},
      {"M\u00FCnster", "[name]"},
      {"Mu\u0308nster", "[name]"},
      {"Ивaнoв", "[name]"},
      {"ИBAHOB", "[name]"},
      {"Пе\u0308тр", "[name]"},
      {"ΝΙΚΟΛΑΟΥ", "[name]"},
  });
}

TEST(TextCleaner, FindsNamesJoinedToOtherWords) {
  expect_worldly({
      {"والحسن", "[name]"},
      {"للحسن محمد", "[name]"},
      {"وبمحمد", "[name]"},
      {"المريض حسن", "المريض [name]"},
      {"مُحَمَّد", "[name]"},
      {"محـــمد", "[name]"},
      {"ﻣﺤﻤﺪ", "[name]"},
      {"לדוד", "[name]"},
      {"וכהן", "[name]"},
      {"ולדוד כהן", "[name]"},
      {"דָּוִד", "[name]"},
      {"ผู้ป่วยสมชายใจดีมากแขนซ้าย", "ผู้ป่วย[name]แขนซ้าย"},
      {"患者山田太郎左前腕", "患者[name]左前腕"},
      {"山田様", "[name]様"},
      {"환자 홍길동님", "환자 [name]님"},
      {"\u1112\u1169\u11BC\u1100\u1175\u11AF\u1103\u1169\u11BC", "[name]"},
  });
}

TEST(TextCleaner, FoldsIdentifiersInEveryWriting) {
  expect_worldly({
      {"äx-99ö", "[id]"},
      {"A\u0308X 99 O\u0308", "[id]"},
      {"pat‑٠٠١٢٣٤٥", "[id]"},
      {"ＰＡＴ００１２３４５", "[id]"},
      {"РАТ-0012345", "[id]"},
  });
}

TEST(TextCleaner, FindsDatesOfOtherLanguages) {
  expect_worldly({
      {"2024年3月15日 左前腕", "[date] 左前腕"},
      {"2024年3月15日(金)", "[date]"},
      {"患者令和6年3月15日撮影", "患者[date]撮影"},
      {"令和元年5月10日", "[date]"},
      {"民國113年3月15日", "[date]"},
      {"二〇二四年三月十五日", "[date]"},
      {"2024년 3월 15일 수술", "[date] 수술"},
      {"2024年3月", "[date]"},
      {"3月15日 手術", "[date] 手術"},
      {"3月5号", "[date]"},
      {"٢٠٢٤-٠٣-١٥", "[date]"},
      {"۱۴۰۲/۱۲/۱۵", "[date]"},
      {"15 марта 2024 г.", "[date] г."},
      {"Март 2024", "[date]"},
      {"15 березня 2024", "[date]"},
      {"15 de março de 2024", "[date]"},
      {"5º de março de 2024", "[date]"},
      {"12 set 2023", "[date]"},
      {"15 października 2024", "[date]"},
      {"5 maj 2024", "[date]"},
      {"5:e mars 2024", "[date]"},
      {"15. marts 2024", "[date]"},
      {"15. desember 2024", "[date]"},
      {"15. července 2024", "[date]"},
      {"15 Şubat 2024", "[date]"},
      {"15 ağustos 2024", "[date]"},
      {"the 5th of March, 2024", "the [date]"},
      {"March the 5th 2024", "[date]"},
      {"le 1er mars 2024", "le [date]"},
      {"March 2024", "[date]"},
      {"torsdag 15 mars 2024", "[date]"},
      {"четверг, 15 марта 2024", "[date]"},
      {"Tuesday", "Tuesday"},
      {"вторник", "вторник"},
      {"jeudi", "jeudi"},
      {"old man, 4 March 2024", "old man, [date]"},
  });
}

TEST(TextCleaner, TakesSixDigitsForADateOnlyWithAReason) {
  expect_worldly({
      {"240305", "[date]"},
      {"050324 arm", "[date] arm"},
      {"IMG_190510_1.jpg", "IMG_[date]_1.jpg"},
      {"240306", "240306"},
      {"DOB 120590", "DOB [date]"},
      {"geb. 120590", "geb. [date]"},
      {"né 120590", "né [date]"},
      {"lot 120590", "lot 120590"},
      {"800312", "[date]"},
  });
  expect_worldly({{"240305", "240224"}, {"050324", "240224"}, {"DOB 120590", "DOB [date]"}}, TextDates::Shift);
  expect_worldly({{"240305", "240305"}, {"120380", "[date]"}, {"DOB 120590", "DOB [date]"}}, TextDates::Keep);
}

TEST(TextCleaner, ShiftsDatesOfOtherLanguagesInTheirNotation) {
  expect_worldly(
      {
          {"2024年3月5日", "2024年2月24日"},
          {"令和6年3月15日 左前腕", "令和6年3月5日 左前腕"},
          {"令和元年5月10日", "[date]"},
          {"平成31年4月30日", "[date]"},
          {"2024년 3월 5일", "2024년 2월 24일"},
          {"2024年3月15日(金)", "[date]"},
          {"٢٠٢٤-٠٣-٠٥", "٢٠٢٤-٠٢-٢٤"},
          {"۲۰۲۴/۰۳/۱۵", "۲۰۲۴/۰۳/۰۵"},
          {"１５．３．２０２４", "５．３．２０２４"},
          {"۱۴۰۲/۱۲/۱۵", "[date]"},
          {"15 марта 2024 г.", "5 марта 2024 г."},
          {"5 марта 2024", "24 февраля 2024"},
          {"5 MAPTA 2024", "5 MAPTA 2024"},
          {"5 maja 2024", "25 kwietnia 2024"},
          {"15. března 2024", "5. března 2024"},
          {"5 de março de 2024", "24 de fevereiro de 2024"},
          {"15 Mart 2024", "5 Mart 2024"},
          {"15 Şubat 2024", "[date]"},
          {"четверг, 15 марта 2024", "вторник, 5 марта 2024"},
          {"torsdag 15 mars 2024", "[date]"},
          {"昭和55年3月12日生", "[date]生"},
          {"5th of March 2024", "24th of February 2024"},
      },
      TextDates::Shift);
}

TEST(TextCleaner, LeavesMedicineOfOtherLanguagesAlone) {
  for (const char* text : {
           "lesão no antebraço direito, 5 mm, controle em 3 meses, margem 2 mm",
           "zmiana na lewym przedramieniu 4 mm, kontrola za 6 tygodni, bez cech złośliwości",
           "sår på vänster underarm 3 x 2 cm, kontroll om 6 veckor",
           "sår på venstre underarm, kontrol om 3 måneder, 14. dag",
           "léze na levém předloktí 4 mm, kontrola za 3 měsíce, pro 2 léze",
           "sol ön kolda 4 mm lezyon, 3 ay sonra kontrol, 2 kas biyopsisi",
           "поражение на левой руке, 5 мм, контроль через 3 месяца, рот 2 см",
           "左前腕 病変 3×2 cm、術後14日目、3ヶ月後に再診、第3病日",
           "左前臂皮损 3 cm, 术后 2 周, 3个月复查, 第5日",
           "왼팔 병변 3 cm, 3개월 후 재진, 수술 후 5일",
           "آفة في الذراع الأيسر ٥ مم، متابعة بعد ٣ أشهر",
           "נגע בזרוע שמאל 5 מ״מ, ביקורת בעוד 3 חודשים",
           "แผลที่แขนซ้าย 3 ซม. นัด 2 สัปดาห์",
           "A B C D score 4, T 1 N 0 M 0, i.v. and i.m.",
           "β-blocker 5 mg, 3 µm, αβ, Rα",
           "3 lip lesions, 2 dub, 12 mar; 3 LED lights, 2 out of 5, set 3",
           "kas 3, lip 2, pro 4, out 5",
           "temperature 37 ℃, 5 cm², ½ tablet",
       }) {
    EXPECT_EQ(worldly().clean(text).text, text);
    EXPECT_EQ(worldly(TextDates::Shift).clean(text).text, text);
  }
}

TEST(TextCleaner, LeavesMedicineAlone) {
  for (const char* text : {
           "left forearm 3x4 cm lesion, 5 mm margin, Breslow 1.2 mm, ABCD score 4.2, day 14 post op, follow-up 3/12, "
           "Fitzpatrick II, 2nd toe, macro 1:1, f/8 1/125 ISO 200",
           "12 x 34 mm",
           "1.5 cm",
           "5/10",
           "T1 2.5",
           "ICD C43.6, D22.9",
           "SNOMED 254637007",
           "SCT 39607008 lung structure",
           "BP 120/80 mmHg, HR 72",
           "Clark level III, Breslow 0.8 mm",
           "M. Bowen am Unterarm",
           "M. deltoideus rechts",
           "Morbus Paget der Mamille",
           "MR Left Knee",
           "MR T2 FLAIR axial",
           "DR Thorax pa",
           "MS lesion",
           "DSC_0012.JPG",
           "IMG_4512.jpg",
           "series 3, image 12 of 40",
           "400-1000 nm, 630 nm laser",
           "Läsion linker Unterarm, 3 x 2 cm, Rand unregelmäßig",
           "Zustand nach Exzision, 14. Tag postoperativ",
           "Naevus am Rücken, Kontrolle in 3 Monaten",
           "Am Unterarm 3 Läsionen",
           "Verlaufskontrolle 6 Wochen post OP",
           "lésion du bras gauche, 2 x 3 cm, suivi à 6 mois",
           "plaie de la jambe droite, cicatrice hypertrophique",
           "lesión en el brazo derecho de 5 mm",
           "control a los 3 meses, mancha marrón",
           "lesione della gamba sinistra, 4 mm",
           "controllo a 6 mesi, macchia scura",
           "laesie rechter onderarm, 4 mm, controle over 6 weken",
           "moedervlek op de rug",
           "Patient lying on left side",
           "Patient Position: supine",
           "Patient consent obtained",
           "pt. reports itching for 2 weeks",
           "may be malignant",
           "Brown patch on black skin, long hair",
           "hand and arm, left",
           "Skin type II, ABCDE 3/5",
           "pH 7.4, CRP 12 mg/l, Hb 13.2 g/dl",
           "magnification 20x, 1:2, 60 mm lens",
           "ISO 100 f/11 1/60 s, 105 mm",
           "5 FU cream 2x daily",
           "HPV 16/18 positive",
           "PASI 12.4, DLQI 8, EASI 21.3",
           "grade 2-3, stage IIIB, pT2a N0 M0",
           "L4/L5, S1 root",
           "dig. III li. Hand",
           "toe 1-5",
           "3rd finger, 2nd phalanx",
           "10000 cells/ul",
           "80000 Einheiten Penicillin",
           "1.2.3 overview",
           "v1.2.3.4",
           "section 4.2.1",
           "1/125",
           "24 h post biopsy, 4 weeks follow-up",
           "85 year old, 3 lesions",
           "2021",
           "Seborrheic keratosis vs. melanoma",
           "Becker's nevus",
           "Spitz nevus",
           "Kaposi sarcoma",
           "Wood lamp examination",
           "burn 2nd degree, 9% TBSA",
           "Ulcus cruris links, 4x5x1 cm",
           "Sono: 12 x 8 x 5 mm",
           "RGB 120 200 210",
           "D65 illuminant, 5500 K, 10 deg",
           "Exzidat, Faden bei 12 Uhr",
           "Patient stehend",
           "Wundheilung gut, Fäden ex",
           "Übersicht und Detail",
           "frontal, 45 degrees, profile",
           "vue de face et de profil",
           "vista general y de detalle",
           "Dr. told to return in 2 weeks",
           "set 3 of 5",
           "magnification x5 mag 10",
           "File name: IMG_2031.jpg",
           "grid 10 x 10 / 1 mm",
           "左前腕 色素性病変 5mm",
           "родинка на спине 5 мм",
       }) {
    const auto cleaned = cleaner().clean(text);
    EXPECT_EQ(cleaned.text, text);
    EXPECT_TRUE(cleaned.replaced.empty());
  }
}

TEST(TextCleaner, SaysWhatItReplacedAndWhere) {
  const std::string input = "Läsion bei John Doe am 2021-03-04";
  const auto cleaned = cleaner().clean(input);
  ASSERT_EQ(cleaned.replaced.size(), 2u);
  EXPECT_EQ(input.substr(cleaned.replaced[0].offset, cleaned.replaced[0].length), "John Doe");
  EXPECT_EQ(cleaned.replaced[0].kind, TextKind::PatientName);
  EXPECT_EQ(input.substr(cleaned.replaced[1].offset, cleaned.replaced[1].length), "2021-03-04");
  EXPECT_EQ(name_of(cleaned.replaced[1].kind), "date");
}

/// Müllerström, P-4711-88, born 1962-03-17.
const TextCleaner& steward_cleaner(TextDates dates = TextDates::Replace) {
  static const auto make = [](TextDates policy) {
    KnownPeople out;
    out.patient_names = phi({"Müllerström^Anneliese Grete", "王^小明", "Émeraude^Andrée"});
    out.other_names = phi({"Kowalczyk^Bartosz"});
    out.identifiers = phi({"P-4711-88", "ACC99821", "Ü-77123"});
    out.birth_dates = phi({"19620317"});
    return TextCleaner(out, policy, -10);
  };
  static const TextCleaner replace = make(TextDates::Replace), shift = make(TextDates::Shift),
                           keep = make(TextDates::Keep);
  return dates == TextDates::Replace ? replace : dates == TextDates::Shift ? shift : keep;
}

void expect_steward(const std::vector<Case>& cases, TextDates dates = TextDates::Replace) {
  for (const Case& one : cases) {
    const std::string once = steward_cleaner(dates).clean(one.input).text;
    EXPECT_EQ(once, one.expected) << "  from: " << one.input;
    if (dates != TextDates::Shift) {
      EXPECT_EQ(steward_cleaner(dates).clean(once).text, once) << "  from: " << one.input;
    }
  }
}

TEST(TextCleaner, FindsNamesThatSoftwareHasSpoilt) {
  expect_steward({
      {"Naevus MÃ¼llerstrÃ¶m links", "Naevus [name] links"},
      {"MÃœLLERSTRÃ–M, arm", "[name], arm"},
      {"Frau MÃ¼llerstrÃ¶ms Arm", "Frau [name] Arm"},
      {"çŽ‹å°\u008Fæ˜Ž arm", "[name] arm"},
      {"M?llerstr?m links", "[name] links"},
      {"M??llerstr??m links", "[name] links"},
      {"Andr?e?", "[name]?"},
      {"M&uuml;llerstr&ouml;m, links", "[name], links"},
      {"M&#252;llerstr&#xF6;m, M&#252;llerstr&#246;m", "M&#252;llerstr&#xF6;m, [name]"},
      {"pic_M%C3%BCllerstr%C3%B6m.jpg", "pic_[name].jpg"},
      {"M%FCllerstr%F6m", "[name]"},
      {"M=C3=BCllerstr=C3=B6m", "[name]"},
      {"M\\u00fcllerstr\\u00f6m", "[name]"},
      {"Nr Ãœ-77123 arm", "Nr [id] arm"},
      {"M\uFFFDllerstr\uFFFDm arm", "[text] arm"},
      {"links \uFFFD arm", "links   arm"},
      {"M\u0081llerstr\u0094m arm", "[text] arm"},
      {"L\u0084sion", "[text]"},
      {"Läsion größer als 3 mm? ja", "Läsion größer als 3 mm? ja"},
      {"è à É» CAFÉ» «Æ»", "è à É» CAFÉ» «Æ»"},
  });
}

TEST(TextCleaner, FindsNamesAcrossControlCharacters) {
  expect_steward({
      {"Muel\x1b(Blerstroem Naevus", "[name] Naevus"},
      {"Muel\x7flerstroem", "[name]"},
      {"Muel\blerstroem", "[name]"},
      {"Muel\r\nlerstroem arm", "[name] arm"},
      {"Müller-\nström arm", "[name] arm"},
      {"Müller ström arm", "[name] arm"},
      {"arm\x1cM\xC3\xBCllerstr\xC3\xB6m", "arm[name]"},
      {"D\x02r Smith", "Dr [name]"},
      {"arm\x07 links", "arm links"},
      {"arm\r\nlinks\tund\frechts", "arm\r\nlinks\tund\frechts"},
      {"arm\x1b links \x1b[31m", "arm links [31m"},
  });
  EXPECT_EQ(steward_cleaner().clean(std::string_view("Muel\0lerstroem; arm\0anneliese", 29)).text, "[name]; arm[name]");
  EXPECT_EQ(steward_cleaner().clean(std::string_view("\xC3\x07\xBC", 3)).text, "ü");
}

TEST(TextCleaner, FindsIdentifiersWithoutTheirLetters) {
  expect_steward({
      {"Fall 4711-88", "Fall [id]"},
      {"471188 arm", "[id] arm"},
      {"4711/88", "[id]"},
      {"#4711_88", "#[id]"},
      {"4711 88 links", "[id] links"},
      {"٤٧١١٨٨", "[id]"},
      {"x471188.jpg", "x[id].jpg"},
      {"Nr. 0471188", "Nr. [id]"},
      {"47\x01"
       "11-88",
       "[id]"},
      {"8471188 cells", "8471188 cells"},
      {"4711 cells, 88 %", "4711 cells, 88 %"},
      {"P-4711", "P-4711"},
      {"99821 arm", "[id] arm"},
  });
  KnownPeople dated;
  dated.identifiers = phi({"ST20240229", "H1-4711-88"});
  const TextCleaner cleaner(dated, TextDates::Shift, -10);
  EXPECT_EQ(cleaner.clean("visit 2024-02-29").text, "visit 2024-02-19");
  EXPECT_EQ(cleaner.clean("visit 4711-88").text, "visit [id]");
}

TEST(TextCleaner, FindsNumbersMadeOfTheBirthDate) {
  expect_steward({
      {"PESEL 62031712345, arm", "PESEL [id], arm"},
      {"personnummer 620317-1234", "personnummer [id]"},
      {"19620317-1234", "[id]"},
      {"620317+1234", "[id]"},
      {"주민번호 620317-2234567", "주민번호 [id]"},
      {"CPR 170362-1234", "CPR [id]"},
      {"170362 12345", "[id]"},
      {"17.03.62-1234", "[id]"},
      {"HETU 170362-123X", "HETU [id]"},
      {"170362A123X", "[id]"},
      {"625317/1234", "[id]"},
      {"110105196203171234", "[id]"},
      {"17.03.1962 10:15", "[date] 10:15"},
      {"17031962 10:15", "[date] 10:15"},
      {"17.03.1962 3 mm", "[date] 3 mm"},
      {"65 170362 Z 123", "[id]"},
      {"TC 10000000146", "TC [id]"},
      {"AHV 756.1234.5678.97", "AHV [id]"},
      {"NS 12345678901 cells", "NS 12345678901 cells"},
  });
}

TEST(TextCleaner, FindsMoreWaysToReachPeople) {
  expect_steward({
      {"电话13812345678", "电话[phone]"},
      {"138 1234 5678", "[phone]"},
      {"(0171)1234567", "[phone]"},
      {"48.1371,11.5754", "[address]"},
      {"at 48.1371, -11.5754 arm", "at [address] arm"},
      {"N48 08.226 E011 34.524", "[address]"},
      {"spacing 0.3125, 0.3125", "spacing 0.3125, 0.3125"},
      {"2001:db8::1", "[url]"},
      {"fe80:0:0:0:202:b3ff:fe1e:8329", "[url]"},
      {"10:15:00, 1:2", "10:15:00, 1:2"},
      {"@imogen_b arm", "[url] arm"},
      {"t.me/imo", "[url]"},
      {"40x @ 2 cm, 3@4", "40x @ 2 cm, 3@4"},
  });
}

TEST(TextCleaner, FindsDatesInMoreNotations) {
  expect_steward({
      {"am 29. Febr. 24", "am [date]"},
      {"29,02,2024", "[date]"},
      {"29|02|2024 arm", "[date] arm"},
      {"29 . 02 . 2024", "[date]"},
      {"29.II.2024", "[date]"},
      {"29. II. 2024", "[date]"},
      {"17.III.1962", "[date]"},
      {"29. helmikuuta 2024", "[date]"},
      {"helmikuussa 2024", "[date]"},
      {"29 Φεβρουαρίου 2024", "[date]"},
      {"17 Μαρτίου 1962", "[date]"},
      {"2024. február 29.", "[date]."},
      {"29 februarie 2024", "[date]"},
      {"2567-02-29", "[date]"},
      {"29/02/2567", "[date]"},
      {"2024-060", "[date]"},
      {"2024-400", "2024-400"},
      {"2024-060-12", "2024-060-12"},
      {"Werte 10,12,24 und 3,5 cm", "Werte 10,12,24 und 3,5 cm"},
      {"Grad II 2 cm, Stadium 3 II", "Grad II 2 cm, Stadium 3 II"},
      {"2567-12-345", "2567-12-345"},
  });
  expect_steward(
      {{"2505-03-17", "[date]"}, {"17.III.1962", "[date]"}, {"1962-076", "[date]"}, {"2024-060", "2024-060"}},
      TextDates::Keep);
}

TEST(TextCleaner, MovesTheDayOfTheWeekWithTheDate) {
  expect_steward(
      {
          {"Donnerstag, den 29. Februar 2024", "Montag, den 19. Februar 2024"},
          {"Donnerstag, den 29.02.2024", "Montag, den 19.02.2024"},
          {"Do 29.2.2024", "Mo 19.2.2024"},
          {"Do, 29.02.2024", "Mo, 19.02.2024"},
          {"Thu 29 Feb 2024", "Mon 19 Feb 2024"},
          {"Thu, 29 Feb", "[date]"},
          {"Thu 29 Feb", "[date]"},
          {"29.02.2024 (Do) arm", "19.02.2024 (Mo) arm"},
          {"29 February 2024, Thursday", "19 February 2024, Monday"},
          {"jeudi 29 février 2024", "lundi 19 février 2024"},
          {"jueves 29 de febrero de 2024", "lunes 19 de febrero de 2024"},
          {"So 3.4.2024", "So 24.3.2024"},
          {"29.02.2024 so gut wie weg", "19.02.2024 so gut wie weg"},
          {"2567-02-29", "2567-02-19"},
          {"29. helmikuuta 2024", "19. helmikuuta 2024"},
          {"29 Φεβρουαρίου 2024", "[date]"},
      },
      TextDates::Shift);
}

TEST(TextCleaner, FindsNamesWithOtherEndings) {
  KnownPeople known;
  known.patient_names = phi({"Wiśniewska^Katarzyna", "Nováková^Jana", "Nagy^Katalin", "Virtanen^Aino", "Schmidt^Anna",
                             "Petrova^Marta", "王^晓明", "Kratzer^Schuppler", "Weber^Lange", "Peter^Keller"});
  const TextCleaner cleaner(known, TextDates::Replace, 0);
  for (const char* text :
       {"Wiśniewskiej", "wisniewskich", "Katarzyną",  "Katarzynie", "Novákovou",  "Novákové", "Novák",
        "Nagynak",      "Nagyné",       "Katalinnak", "Virtasen",   "Virtaselle", "Schmidts", "Schmidtsche",
        "Petrovou",     "Petrov",       "王 晓明",    "王晓 明",    "王 晓 明",   "王曉明",   "曉明"}) {
    EXPECT_EQ(cleaner.clean(text).text, "[name]") << text;
  }
  for (const char* text :
       {"Kratzspuren", "Schuppen", "Schuppung",  "Schuppenflechte", "Petechien", "petechial", "Kellergeschoss",
        "web",         "Gewebe",   "Langerhans", "Schmerz",         "Nagel",     "Nagelbett", "Novum",
        "Jahre",       "Virus",    "Petri",      "Katheter",        "Marge",     "Ainhum"}) {
    EXPECT_EQ(cleaner.clean(text).text, text);
  }
}

TEST(TextCleaner, FindsStaffAndRelativesBehindTheirRoles) {
  expect_steward({
      {"Seen by nurse Featherstonehaugh today", "Seen by nurse [name] today"},
      {"Sr. Ursula; signed: h.petersen", "Sr. [name]; signed: [name]"},
      {"OA Wiedemann; Pfl. Jonas", "OA [name]; Pfl. [name]"},
      {"CA Hohenstein, AA Lindner, MFA Sabine", "CA [name], AA [name], MFA [name]"},
      {"PA Rodriguez, RN Kowalski", "PA [name], RN [name]"},
      {"Pfleger Jonas, gez. Petersen", "Pfleger [name], gez. [name]"},
      {"unterschrieben: h. petersen", "unterschrieben: [name]"},
      {"infirmière Dupont, signé: m.dubois", "infirmière [name], signé: [name]"},
      {"enfermera Lucía, firmado: p.gomez", "enfermera [name], firmado: [name]"},
      {"infermiera Rossella, firmato: g.verdi", "infermiera [name], firmato: [name]"},
      {"verpleegkundige Anneke, getekend: j.jansen", "verpleegkundige [name], getekend: [name]"},
      {"sister Imogen, Onkel Thorsten, soeur Camille", "sister [name], Onkel [name], soeur [name]"},
      {"Ca Mamma li., CA Prostata, CA in situ", "Ca Mamma li., CA Prostata, CA in situ"},
      {"OA Knie, AA Kopfhaut, AA totalis, PA Thorax", "OA Knie, AA Kopfhaut, AA totalis, PA Thorax"},
      {"nurse led clinic, nurse notes, OA Visite", "nurse led clinic, nurse notes, OA Visite"},
      {"CA 19-9, pa thorax, rn", "CA 19-9, pa thorax, rn"},
  });
}

TEST(TextCleaner, ReadsWhatIsNotUtf8) {
  EXPECT_EQ(cleaner().clean("M\xFCller links").text, "[name] links");
  EXPECT_EQ(cleaner().clean("\xFF\xFE John Doe\x80").text, "\xFF\xFE [name]\x80");
  EXPECT_EQ(cleaner().clean("Müller \xE4").text, "[name] \xE4");
}

TEST(TextCleaner, ReplacesWholeWhatIsTooLong) {
  const std::string text(TextCleaner::kMaxTextBytes + 1, 'x');
  const auto cleaned = cleaner().clean(text);
  EXPECT_EQ(cleaned.text, "[text]");
  EXPECT_EQ(cleaned.replaced.size(), 1u);
}

/// Texts of pieces that rules care for, in any order.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kPieces{"John",
                                                "Doe",
                                                "doe",
                                                "J",
                                                "Brown",
                                                "May",
                                                "Müller",
                                                "van der",
                                                "Berg",
                                                "Dr",
                                                "Dr.",
                                                "Herr",
                                                "Mme",
                                                "Patient",
                                                "Name:",
                                                "seen by",
                                                "Smith",
                                                "left",
                                                "arm",
                                                "12",
                                                "3",
                                                "2021",
                                                "03",
                                                "04",
                                                "1980",
                                                "March",
                                                "März",
                                                "mai",
                                                "Jan",
                                                "4711",
                                                "987654",
                                                "PAT",
                                                "0012345",
                                                "MRN",
                                                "MD",
                                                "@",
                                                "example.org",
                                                "www.",
                                                "http://",
                                                "+49",
                                                "0171",
                                                "1234567",
                                                "Hauptstraße",
                                                "Heidelberg",
                                                "69120",
                                                "Street",
                                                "rue",
                                                "Paris",
                                                "92",
                                                "year old",
                                                "山田",
                                                "太郎",
                                                "Иванов",
                                                "[name]",
                                                "[date]",
                                                "[id]",
                                                "[",
                                                "]",
                                                "\xFC",
                                                "\xE3\x81",
                                                "\u0301",
                                                "\u200B",
                                                "ß",
                                                "M e y e r",
                                                "D.o.e",
                                                "Dое",
                                                "令和6年",
                                                "3月5日",
                                                "五月",
                                                "2024年",
                                                "3월",
                                                "٢٠٢٤",
                                                "марта",
                                                "120380",
                                                "240305",
                                                "𝐃𝐨𝐞",
                                                "20210304",
                                                "1.2.840.1.2.3.4",
                                                "mm",
                                                "cm",
                                                "geb.",
                                                "Tel",
                                                "555",
                                                "234",
                                                "5678",
                                                "Main",
                                                "JD",
                                                "'s",
                                                "^",
                                                "=",
                                                "_"};
  static const std::vector<std::string> kGaps{" ", "", " ", ", ", ".", "-", "/", "^", "_", ": ", "\n", ". ", " - "};
  std::string out;
  const auto pick = [&random](const auto& list) { return list[random() % list.size()]; };
  for (std::size_t count = 1 + random() % 14; count > 0; --count) out += pick(kPieces) + pick(kGaps);
  return out;
}

TEST(TextCleaner, CleaningTwiceChangesNothing) {
  std::mt19937 random(20211104);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_text(random);
    for (const TextDates dates : {TextDates::Replace, TextDates::Keep}) {
      const std::string once = cleaner(dates).clean(text).text;
      ASSERT_EQ(cleaner(dates).clean(once).text, once) << "  from: " << text;
    }
  }
}

TEST(TextCleaner, ReplacementsAreInOrderAndInside) {
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = random_text(random);
    const auto cleaned = cleaner(TextDates::Shift).clean(text);
    std::size_t at = 0;
    for (const auto& one : cleaned.replaced) {
      ASSERT_GE(one.offset, at);
      at = one.offset + one.length;
    }
    ASSERT_LE(at, text.size());
  }
}

RC_GTEST_PROP(TextCleaner, TakesAnyBytes, (const std::string& bytes)) {
  const std::string once = cleaner().clean(bytes).text;
  RC_ASSERT(cleaner().clean(once).text == once);
  RC_ASSERT(cleaner(TextDates::Shift).clean(bytes).text == cleaner(TextDates::Shift).clean(bytes).text);
}

/// The name itself never comes out, whatever stands around it.
TEST(TextCleaner, NoKnownNamePassesBetweenOtherWords) {
  std::mt19937 random(11);
  for (int i = 0; i < 3000; ++i) {
    const std::string text = random_text(random) + " Weißenberger " + random_text(random);
    ASSERT_EQ(cleaner().clean(text).text.find("Weißenberger"), std::string::npos) << text;
  }
}

/// Of the processor: on a busy machine the clock on the wall says nothing of the text.
double seconds(const std::string& text, int times) {
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const std::clock_t start = std::clock();
    (void)cleaner().clean(text);
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

TEST(TextCleaner, HostileTextCostsNoMoreThanItsLength) {
  (void)cleaner().clean("John Doe 12.03.2021");
  for (const char* piece : {"a",      "1",       "1.",      "1 ",      "0",      "A ",       "Dr ",   "Dr. A. ",
                            "a^",     "van ",    "John ",   "Brown ",  "1/2/3/", "2021-",    "(0",    "+1 ",
                            "a@",     "a.",      "http://", "98 76 5", "Via A ", "12 Main ", "[name", "\xE3\x81",
                            "\u0301", "山",      "Name: ",  "12345 ",  "1 May ", "J. ",      "C:\\",  "rue de ",
                            "D ",     "D o e ",  "D.o.",    "3月",     "2024年", "令和6年",  "三月",  "Dо",
                            "дo ",    "240305 ", "ผ",       "\u1112",  "و"}) {
    std::string text;
    while (text.size() < (1u << 20)) text += piece;
    const double small = seconds(text.substr(0, 100 << 10), 3);
    const double large = seconds(text.substr(0, 1 << 20), 1);
    EXPECT_LT(large, 40 * small + 0.05) << piece << ": " << small << " s, " << large << " s";
  }
}

TEST(TextCleaner, TakesAMomentForATypicalPatient) {
  KnownPeople typical;
  typical.patient_names = phi({"Doe^John^Quentin"});
  typical.other_names = phi({"Schneider^Katharina^^Prof. Dr.", "Miller^Ann"});
  typical.identifiers = phi({"PAT-0012345", "A20210099"});
  typical.birth_dates = phi({"19800312"});
  typical.places = phi({"St. Elsewhere General Hospital", "12 Main Street, Springfield"});
  const std::vector<std::string> texts{"left forearm 3x4 cm lesion", "Doe, John 12.03.2021 left arm",
                                       "MRN PAT-0012345 follow-up 2", "seen by Dr. Schneider, arm",
                                       "Wound, 5 mm margin"};
  double best = 1;
  for (int i = 0; i < 200; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const TextCleaner typical_cleaner(typical, TextDates::Shift, -10);
    for (const std::string& text : texts) (void)typical_cleaner.clean(text);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  RecordProperty("microseconds", static_cast<int>(best * 1e6));
  std::printf("construction and five texts: %.1f us\n", best * 1e6);
  EXPECT_LT(best, 0.002);  // sanitizers and busy machines included
}

}  // namespace
}  // namespace veilgate::deidentify
