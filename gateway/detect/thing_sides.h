#pragma once
#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <vector>

#include "detect/text_lines.h"
#include "detect/thing_outline.h"

namespace veilgate::detect {

/// Lines of text that run beside each other, near enough to stand on one thing.
struct Writing {
  Slab hull;       ///< around all of them
  float line = 0;  ///< thickness of the thickest
};
std::vector<Writing> writings(std::span<const Slab> lines);

/// Looks for the straight sides of what lines stand on, along them and across them: where a thing has the colour of
/// what it lies on, no pixel of its edge tells it, but the whole length of the edge does.
class SideSearch {
 public:
  /// One small picture, CIE Lab as OpenCV has it in 8 bits.
  explicit SideSearch(const cv::Mat3b& lab) : lab_(lab) {}
  /// nullopt where fewer than three sides stand out of the noise.
  std::optional<Outline> around(const Writing& writing) const;

 private:
  const cv::Mat3b& lab_;
};

}  // namespace veilgate::detect
