#include <array>

#include "detect/family.h"
#include "detect/inference.h"

namespace veilgate::detect {
namespace {

/// [1][3][48][w] in; [1][steps][classes] out, class 0 is blank.
Result<void> prove_reader(Session& session) {
  constexpr std::int64_t kHeight = 48, kWidth = 64;
  constexpr std::array<std::int64_t, 4> kShape{1, 3, kHeight, kWidth};
  std::vector<float> blank(3 * kHeight * kWidth);
  VG_ASSIGN(const auto outputs, session.run(blank, kShape));
  const bool fits = outputs.size() == 1 && outputs[0].shape.size() == 3 && outputs[0].shape[1] > 1 &&
                    outputs[0].shape[1] <= kWidth && outputs[0].shape[2] > 1;
  if (fits) return {};
  return fail(ErrorKind::Config, "detect.model_unusable", "it has other outputs than this family");
}

}  // namespace

constinit const Family kPpOcrRec{"ppocr_rec", ModelRole::TextReader, nullptr, prove_reader, {}, 1};

}  // namespace veilgate::detect
