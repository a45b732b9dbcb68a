#pragma once
#include <string>
#include <vector>

#include "detect/face_family.h"
#include "detect/family.h"

namespace veilgate::detect {

/// What networks of a family answer for its usual input.
struct FaceOutputs {
  std::string family;
  std::vector<std::vector<std::int64_t>> shapes;
  std::vector<std::size_t> scores;  ///< outputs that hold them
  float none;                       ///< a score that means no face
};

inline const std::vector<FaceOutputs>& face_outputs() {
  static const std::vector<FaceOutputs> all{
      {"ultraface", {{1, 4420, 2}, {1, 4420, 4}}, {0}, 0},
      {"blazeface", {{1, 512, 1}, {1, 384, 1}, {1, 512, 16}, {1, 384, 16}}, {0, 1}, -100},
      {"yunet",
       {{1, 6400, 1},
        {1, 1600, 1},
        {1, 400, 1},
        {1, 6400, 1},
        {1, 1600, 1},
        {1, 400, 1},
        {1, 6400, 4},
        {1, 1600, 4},
        {1, 400, 4},
        {1, 6400, 10},
        {1, 1600, 10},
        {1, 400, 10}},
       {0, 1, 2, 3, 4, 5},
       0},
      {"scrfd", {{12800, 1}, {3200, 1}, {800, 1}, {12800, 4}, {3200, 4}, {800, 4}}, {0, 1, 2}, 0},
      {"scrfd",
       {{1, 12800, 1},
        {1, 3200, 1},
        {1, 800, 1},
        {1, 12800, 4},
        {1, 3200, 4},
        {1, 800, 4},
        {1, 12800, 10},
        {1, 3200, 10},
        {1, 800, 10}},
       {0, 1, 2},
       0},
      {"retinaface", {{1, 16800, 4}, {1, 16800, 2}, {1, 16800, 10}}, {1}, 0},
  };
  return all;
}

inline std::size_t elements_of(const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const auto side : shape) count *= static_cast<std::size_t>(side);
  return count;
}

/// Zeros, and scores that mean no face.
inline std::vector<Tensor> blank_outputs(const FaceOutputs& of) {
  std::vector<Tensor> out;
  for (const auto& shape : of.shapes) out.push_back({shape, std::vector<float>(elements_of(shape), 0.0F)});
  for (const auto i : of.scores) std::fill(out[i].values.begin(), out[i].values.end(), of.none);
  return out;
}

inline const FaceFamily& face_family(const std::string& name) { return *find_family(name)->face; }
inline cv::Size input_of(const FaceFamily& family) { return {family.width, family.height}; }

}  // namespace veilgate::detect
