#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "support/deid_fixture.h"

namespace veilgate::deidentify {
namespace {

/// Compares with tests/golden/<name>.txt; VEILGATE_UPDATE_GOLDEN=1 writes it instead.
void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(VEILGATE_SOURCE_DIR) + "/tests/golden/" + name + ".txt";
  if (std::getenv("VEILGATE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str()) << path;
}

class DeidGolden : public testing::TestWithParam<std::string> {};

TEST_P(DeidGolden, PhotographLooksAsReviewed) {
  ASSERT_TRUE(dicom::init_dicom());
  const auto used = test::profile(GetParam());
  dicom::File file = test::make_patient_photo();
  ASSERT_TRUE(used->begin(file, test::make_identity())->apply(file));
  ASSERT_TRUE(used->stamp(file, {true, true}));
  expect_golden("deid_" + GetParam(), test::dump(file.dataset()));
}

INSTANTIATE_TEST_SUITE_P(Profiles, DeidGolden, testing::Values("basic", "research-photo"),
                         [](const auto& each) { return each.param == "basic" ? "basic" : "research_photo"; });

}  // namespace
}  // namespace veilgate::deidentify
