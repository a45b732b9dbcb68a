#pragma once
#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "pixel/codec.h"

namespace veilgate::pixel {

/// What a header says, after the checks of size, precision, process and component count. Nothing large was allocated.
struct JpegInfo {
  int width = 0, height = 0;
  int components = 0;  ///< 1 or 3
  int mcu_width = 8, mcu_height = 8;
  bool rgb = false;  ///< components are red, green, blue rather than luma and chroma
};

/// What DICOM knows and the stream may not say.
struct JpegHints {
  bool rgb_if_unmarked = false;  ///< Photometric Interpretation RGB, counts only without JFIF and Adobe markers
  bool inverted = false;         ///< MONOCHROME1: black is the largest value
};

/// Errors of all functions here: Permanent "pixel.jpeg_corrupt" (broken or truncated: one warning of the decoder about
/// image data is enough) and "pixel.too_large"; Refused "pixel.unsupported" (12 bit, lossless, hierarchical, 2 or 4
/// components).
Result<JpegInfo> inspect_jpeg(std::span<const std::uint8_t> jpeg, const JpegHints& hints = {});

/// 8-bit BGR of the stored frame; EXIF orientation is not applied.
Result<cv::Mat> decode_jpeg(std::span<const std::uint8_t> jpeg, const JpegHints& hints = {});

/// The box as edit_jpeg burns it: grown to whole MCUs, clipped to the picture; empty when it misses the picture.
Box mcu_box(const JpegInfo& info, const Box& box);

/// Masks in the coefficient domain and cleans the stream.
/// Blocks under mcu_box() lose DC and AC of all components; all other blocks keep their coefficients exactly, with
/// quantisation tables, sampling factors and restart interval. JFIF (without thumbnail), Adobe and the
/// colours of a well-formed ICC profile (icc.h) are written anew; every other APPn, COM and everything after EOI is
/// gone, also without boxes. The output is baseline sequential and deterministic. Progressive and arithmetic input
/// becomes sequential with Huffman codes and the same coefficients. Pixelate paints cells of at least 4x4 MCUs in their
/// mean colour; Blur falls back to Pixelate.
Result<std::vector<std::uint8_t>> edit_jpeg(std::span<const std::uint8_t> jpeg, std::span<const Box> boxes, Style style,
                                            const JpegHints& hints = {});

}  // namespace veilgate::pixel
