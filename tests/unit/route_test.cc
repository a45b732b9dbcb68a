#include "route/route.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/net_address.h"
#include "config/load.h"
#include "dicom/dataset.h"
#include "route/pattern.h"

namespace veilgate::route {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

TEST(Pattern, StarAndQuestionMark) {
  EXPECT_TRUE(matches_pattern("", ""));
  EXPECT_FALSE(matches_pattern("", "a"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("a*c", "abbc"));
  EXPECT_TRUE(matches_pattern("a*b*c", "a_b_bc"));
  EXPECT_FALSE(matches_pattern("a*b*c", "a_b_b"));
  EXPECT_TRUE(matches_pattern("?b?", "abc"));
  EXPECT_FALSE(matches_pattern("?", ""));
  EXPECT_FALSE(matches_pattern("ABC", "abc"));
  EXPECT_TRUE(matches_pattern_folded("ABC", "abc"));
}

TEST(Pattern, ManyStarsStayFast) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a";
  EXPECT_FALSE(matches_pattern(pattern + "*b", std::string(10'000, 'a')));
}

TEST(IpBlock, ContainsAddressesOfItsFamily) {
  const auto inside = [](const char* block, const char* address) {
    return IpBlock::parse(block)->contains(*IpAddress::parse(address));
  };
  EXPECT_TRUE(inside("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(inside("192.0.2.7", "192.0.2.8"));
  EXPECT_TRUE(inside("192.0.0.0/20", "192.0.15.255"));
  EXPECT_FALSE(inside("192.0.0.0/20", "192.0.16.0"));
  EXPECT_TRUE(inside("0.0.0.0/0", "203.0.113.1"));
  EXPECT_FALSE(inside("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(inside("192.0.2.0/24", "::ffff:192.0.2.9"));
  EXPECT_TRUE(inside("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(inside("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(IpBlock, RefusesWhatIsNoBlock) {
  for (const char* text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0", "::/129",
                           "fe80::1%eth0", "host", "010.0.0.1"}) {
    EXPECT_FALSE(IpBlock::parse(text)) << text;
  }
  EXPECT_FALSE(IpBlock::parse("10.1.2.3/8")->is_aligned());
  EXPECT_EQ(IpBlock::parse("10.1.2.3/8")->str(), "10.0.0.0/8");
}

class Routing : public ::testing::Test {
 protected:
  Routing() {
    std::string name = (fs::temp_directory_path() / "veilgate_route_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Routing() override { fs::remove_all(folder_); }

  config::Config config_of(const std::string& routes) const {
    std::ofstream(folder_ / "g.yaml") << "version: 1\ndata_dir: d\nreceive: {allow_any_peer: true}\n"
                                         "destinations: [{name: pacs, type: folder, path: out}]\n"
                                      << routes;
    const auto loaded = config::load(folder_ / "g.yaml");
    for (const auto& problem : loaded.problems) ADD_FAILURE() << config::to_string(problem);
    return loaded.config;
  }
  config::Config with_match(const std::string& match) const {
    return config_of("routes: [{name: r, destinations: pacs, match: {" + match + "}}]\n");
  }
  static std::vector<std::string> texts(const config::Config& config, const std::vector<config::Problem>& problems) {
    std::vector<std::string> out;
    for (const auto& problem : problems) out.push_back(config::to_string(problem).substr(config.shown_file.size() + 1));
    return out;
  }
  fs::path folder_;
};

RouteFacts photo() {
  return {"CAM1", "VEILGATE", "192.0.2.7", "1.2.840.10008.5.1.4.1.1.77.1.4", [](dicom::Tag tag) {
            if (tag == dicom::Tag{0x0008, 0x0060}) return Phi<std::string>("XC ");
            if (tag == dicom::Tag{0x0008, 0x0008}) return Phi<std::string>("ORIGINAL\\PRIMARY\\ WOUND ");
            if (tag == dicom::Tag{0x0008, 0x1010}) return Phi<std::string>("");
            if (tag == dicom::Tag{0x0008, 0x1030}) return Phi<std::string>(std::string(20'000, 'a'));
            return Phi<std::string>();
          }};
}

struct Case {
  const char* match;
  bool taken;
};
class MatchTable : public Routing, public ::testing::WithParamInterface<Case> {};

TEST_P(MatchTable, DecidesAboutAPhotograph) {
  const auto config = with_match(GetParam().match);
  EXPECT_EQ(choose(config, photo()) != nullptr, GetParam().taken) << GetParam().match;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, MatchTable,
    ::testing::Values(
        Case{"", true}, Case{"calling_ae: CAM1", true}, Case{"calling_ae: cam1", false},
        Case{"calling_ae: [X, 'CAM?']", true}, Case{"calling_ae: 'CAM'", false}, Case{"called_ae: 'VEIL*'", true},
        Case{"called_ae: OTHER", false}, Case{"peer: 192.0.2.0/24", true}, Case{"peer: 192.0.3.0/24", false},
        Case{"peer: ['::/0']", false}, Case{"sop_class: VLPhotographicImageStorage", true},
        Case{"sop_class: 1.2.840.10008.5.1.4.1.1.77.1.4", true}, Case{"sop_class: 'VL*'", true},
        Case{"sop_class: 1.2.840.10008.5.1.4.1.1.77.1", false}, Case{"sop_class: SecondaryCaptureImageStorage", false},
        Case{"modality: xc", true}, Case{"modality: [ES, 'X?']", true}, Case{"modality: ES", false},
        Case{"attributes: {ImageType: WOUND}", true}, Case{"attributes: {'0008,0008': 'WO*'}", true},
        Case{"attributes: {ImageType: wound}", false}, Case{"attributes: {ImageType: 'ORIGINAL*WOUND'}", false},
        Case{"attributes: {StationName: '*'}", false},        // empty
        Case{"attributes: {InstitutionName: '*'}", false},    // absent
        Case{"attributes: {StudyDescription: 'a*'}", false},  // longer than any rule looks at
        Case{"calling_ae: CAM1, modality: XC, attributes: {ImageType: [X, PRIMARY]}", true},
        Case{"calling_ae: CAM1, modality: ES", false}));

TEST_F(Routing, TheFirstMatchWinsAndNoMatchIsNoRoute) {
  const auto config = config_of(
      "routes:\n"
      "  - {name: a, destinations: pacs, match: {modality: ES}}\n"
      "  - {name: b, destinations: pacs, match: {calling_ae: 'CAM*'}}\n"
      "  - {name: c, destinations: pacs, match: {modality: XC}}\n");
  EXPECT_EQ(choose(config, photo())->name, "b");
  RouteFacts facts = photo();
  facts.calling_ae = "APP";
  EXPECT_EQ(choose(config, facts)->name, "c");
  facts.attribute = nullptr;
  EXPECT_EQ(choose(config, facts), nullptr);
}

TEST_F(Routing, APeerThatIsNoAddressMatchesNoBlock) {
  const auto config = with_match("peer: [0.0.0.0/0, '::/0']");
  RouteFacts facts = photo();
  facts.peer = "?";
  EXPECT_EQ(choose(config, facts), nullptr);
  facts.peer = "fe80::1%eth0";
  EXPECT_NE(choose(config, facts), nullptr);
}

TEST_F(Routing, ReadsAParsedObjectInItsCharacterSet) {
  ASSERT_TRUE(dicom::init_dicom());
  dicom::File file;
  auto dataset = file.dataset();
  ASSERT_TRUE(dataset.set_text({0x0008, 0x0005}, "ISO_IR 100"));
  ASSERT_TRUE(dataset.set_text({0x0008, 0x0016}, "1.2.840.10008.5.1.4.1.1.77.1.4"));
  ASSERT_TRUE(dataset.set_text({0x0008, 0x0060}, "XC"));
  ASSERT_TRUE(dataset.set_text({0x0008, 0x1040}, "Chirurgie Z\xFCrich"));
  const Sender sender{*AeTitle::parse("CAM1"), *AeTitle::parse("VEILGATE"), "192.0.2.7"};
  const auto config = with_match(
      "calling_ae: CAM1, sop_class: 'VL*', modality: XC, attributes: {InstitutionalDepartmentName: '*Z\xC3\xBCrich'}");
  EXPECT_NE(choose(config, sender, file.dataset()), nullptr);
  ASSERT_TRUE(dataset.set_text({0x0008, 0x0005}, "NO_SUCH_SET"));
  EXPECT_EQ(choose(config, sender, file.dataset()), nullptr);
}

TEST_F(Routing, CheckNamesWordsThatDicomDoesNotKnow) {
  ASSERT_TRUE(dicom::init_dicom());
  const auto config = config_of(
      "routes:\n"
      "  - name: a\n"
      "    destinations: pacs\n"
      "    match:\n"
      "      sop_class: [VLPhotographicImageStorage, VLPhotograficImageStorage, 1.2.3, 'CT*']\n"
      "      attributes: {StatonName: a, '0009,1001': b, Modality: XC, '0002,0010': c}\n"
      "tests:\n"
      "  - {given: {sop_class: MRImageStorage, attributes: {Nonsense: x}}, expect: {route: held}}\n");
  EXPECT_THAT(
      texts(config, check(config)),
      ElementsAre("9:47: no accepted SOP class matches 'VLPhotograficImageStorage' (did you mean "
                  "'VLPhotographicImageStorage'?)",
                  "9:74: no accepted SOP class matches '1.2.3' (a UID or keyword of a class that the gateway "
                  "accepts)",
                  "9:81: no accepted SOP class matches 'CT*' (a UID or keyword of a class that the gateway "
                  "accepts)",
                  "10:20: unknown attribute 'StatonName' (did you mean 'StationName'?)",
                  "10:35: attribute '0009,1001' is private; rules see standard attributes only",
                  "10:65: attribute '0002,0010' is not part of the dataset",
                  "12:25: no accepted SOP class matches 'MRImageStorage' (a UID or keyword of a class that the "
                  "gateway accepts)",
                  "12:54: unknown attribute 'Nonsense' (a keyword like StationName or a tag like '0008,1010')"));
}

TEST_F(Routing, RunsItsOwnTests) {
  ASSERT_TRUE(dicom::init_dicom());
  const auto config = config_of(
      "routes:\n"
      "  - {name: eyes, destinations: pacs, match: {modality: OP}}\n"
      "  - {name: wounds, destinations: pacs, match: {attributes: {ImageType: WOUND}}}\n"
      "tests:\n"
      "  - {name: good, given: {modality: op}, expect: {route: eyes}}\n"
      "  - {name: wrong, given: {modality: OP}, expect: {route: held}}\n"
      "  - {given: {modality: XC}, expect: {route: wounds}}\n"
      "  - {given: {modality: XC, attributes: {ImageType: [ORIGINAL, WOUND]}}, expect: {route: eyes}}\n");
  EXPECT_THAT(texts(config, run_route_tests(config)),
              ElementsAre("10:5: test 'wrong' expects no route (held) but takes route 'eyes'",
                          "11:5: test 3 expects route 'wounds' but takes no route (held)",
                          "12:5: test 4 expects route 'eyes' but takes route 'wounds'"));
}

class Shipped : public ::testing::TestWithParam<const char*> {};

TEST_P(Shipped, IsGoodAndPassesItsOwnTests) {
  ASSERT_TRUE(dicom::init_dicom());
  const auto loaded = config::load(fs::path(VEILGATE_SOURCE_DIR) / "conf" / GetParam());
  const auto none = [](const std::vector<config::Problem>& problems) {
    for (const auto& problem : problems) ADD_FAILURE() << config::to_string(problem);
  };
  none(loaded.problems);
  none(check(loaded.config));
  none(run_route_tests(loaded.config));
  EXPECT_FALSE(loaded.config.tests.empty());
}

INSTANTIATE_TEST_SUITE_P(Configurations, Shipped, ::testing::Values("gateway.yaml", "quickstart.yaml"));

}  // namespace
}  // namespace veilgate::route
