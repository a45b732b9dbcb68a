#pragma once
#include <functional>
#include <opencv2/core.hpp>
#include <span>

#include "detect/text_lines.h"
#include "detect/text_reader.h"

namespace veilgate::detect {

/// Reads one upright line; BGR.
using ReadLinePixels = std::function<Result<Reading>(const cv::Mat& line)>;

/// Whether nothing can be read in a piece, whichever way it stands, once what is known of it is painted over: detectors
/// take a ruler's first number and the unit below it for one slanted word. `bgr`: CV_8UC3. Errors: those of `read`.
Result<bool> shows_nothing_else(const cv::Mat& bgr, const Slab& piece, std::span<const Slab> known,
                                const ReadLinePixels& read);

}  // namespace veilgate::detect
