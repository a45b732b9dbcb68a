#include "detect/face_family.h"

namespace veilgate::detect {

const Tensor* output_of(std::span<const Tensor> outputs, std::size_t rows, std::size_t columns, int n) {
  for (const auto& output : outputs) {
    const bool fits = !output.shape.empty() && output.shape.back() == static_cast<std::int64_t>(columns) &&
                      output.values.size() == rows * columns;
    if (fits && n-- == 0) return &output;
  }
  return nullptr;
}

tl::unexpected<Error> other_outputs() {
  return fail(ErrorKind::Config, "detect.model_unusable", "it has other outputs than this family");
}

cv::Size grid(const cv::Size& input, int stride) {
  return {(input.width + stride - 1) / stride, (input.height + stride - 1) / stride};
}

}  // namespace veilgate::detect
