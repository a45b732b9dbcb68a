#pragma once
#include <functional>
#include <span>
#include <vector>

#include "detect/text_lines.h"
#include "detect/text_reader.h"

namespace veilgate::detect {

/// Reads the pixels of a slab; `turns` as for cut_out(), and kMirrored more for the mirrored picture.
inline constexpr int kMirrored = 4;
using ReadSlab = std::function<Result<Reading>(const Slab&, int turns)>;

struct ScaleNumber {
  cv::Point2f centre;
  int value = 0;
};

/// How the numbers of one row stand.
struct ScaleForm {
  cv::Point2f along;
  float height = 0;  ///< of the numbers, with a little around them
  int step = 1;      ///< from one to the next; negative where they fall
  int turns = 0;     ///< how they stand in the row: 0, or 2 where that is upside down
};

/// Below this a number counts as not read.
inline constexpr double kNumberCertainty = 0.5;

/// The row with what a detector has not found or not shown well: between and beyond the numbers that were read, each
/// place where the next one must stand is read, and counts when it reads as that number. `seen` are centres of found
/// pieces, which tell a place more exactly. Ends after a few places that read otherwise.
Result<std::vector<ScaleNumber>> read_whole_scale(const std::vector<ScaleNumber>& read_already, const ScaleForm& form,
                                                  std::span<const cv::Point2f> seen, const ReadSlab& read);
/// Where such a number stands, for reading and keeping it.
Slab slab_of_number(const ScaleNumber& number, const ScaleForm& form);

}  // namespace veilgate::detect
