#pragma once
#include <opencv2/core.hpp>
#include <vector>

namespace veilgate::detect {

/// From the first pixel to the one behind the last.
struct Range {
  int from = 0, to = 0;
  int size() const { return to - from; }
};

/// A straight step in a picture, from one side to the other.
struct StepLine {
  double at = 0;    ///< row at the middle of the columns looked at
  double tilt = 0;  ///< rows per column
  double sure = 0;  ///< times the noise
};

/// How far lines may be tilted, in rows per column, and how finely that is tried.
struct Tilts {
  double most = 0, step = 1;
};

/// What changes from each row to the next, with the rows beside them against noise; CV_32FC3.
cv::Mat3f steps_down(const cv::Mat3f& picture);

/// Lines whose middle lies in `rows` and that stand out of the noise when all of `columns` are taken together, the
/// surest first. A step that a pixel does not show adds up along its length; what is only a part of that length (a
/// mole, a hair, a letter) is no line.
std::vector<StepLine> step_lines(const cv::Mat3f& steps, const Range& columns, const Range& rows, const Tilts& tilts);

}  // namespace veilgate::detect
