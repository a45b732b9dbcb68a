#pragma once
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>

#include "base/result.h"

namespace veilgate::pixel {

/// How frames lie in one object, from the Image Pixel Module (PS3.3 C.7.6.3).
struct Layout {
  int rows = 0, columns = 0, frames = 1;
  int samples = 1;         ///< 1 or 3
  int bits_allocated = 8;  ///< 1, 8 or 16
  int bits_stored = 8;
  int high_bit = 7;
  bool is_signed = false;
  bool planar = false;      ///< Planar Configuration 1
  std::string photometric;  ///< "RGB", "YBR_FULL_422", "PALETTE COLOR"...
};

/// One frame for detectors and previews: 8-bit BGR (CV_8UC3), rows x columns of the stored frame, no EXIF
/// orientation applied, monochrome and palette rendered as a viewer would. Pixel (x,y) is stored pixel (x,y).
struct Frame {
  cv::Mat bgr;
  int index = 0;
};

}  // namespace veilgate::pixel
