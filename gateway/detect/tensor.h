#pragma once
#include <cstdint>
#include <vector>

namespace veilgate::detect {

/// One float output of a model.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

}  // namespace veilgate::detect
