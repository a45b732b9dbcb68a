#include <array>

#include "detect/family.h"
#include "detect/inference.h"

namespace veilgate::detect {
namespace {

/// [1][3][h][w] in, sides multiples of 32; a probability for each pixel out.
Result<void> prove_finder(Session& session) {
  constexpr std::int64_t kSide = 64;
  constexpr std::array<std::int64_t, 4> kShape{1, 3, kSide, kSide};
  std::vector<float> blank(3 * kSide * kSide);
  VG_ASSIGN(const auto outputs, session.run(blank, kShape));
  if (outputs.size() == 1 && outputs[0].values.size() == kSide * kSide) return {};
  return fail(ErrorKind::Config, "detect.model_unusable", "it has other outputs than this family");
}

}  // namespace

constinit const Family kPpOcrDet{"ppocr_det", ModelRole::TextFinder, nullptr, prove_finder, {}, 1};

}  // namespace veilgate::detect
