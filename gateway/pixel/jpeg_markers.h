#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

/// The segments of a JPEG stream that is decoded to samples, walked without a decoder: those trust what headers say,
/// and some of them never end on odd markers.
namespace veilgate::pixel {

enum class JpegFamily {
  Huffman,  ///< ITU-T T.81: baseline, extended, progressive and lossless with Huffman codes
  Ls,       ///< ITU-T T.87: JPEG-LS
};

struct JpegScan {
  int first = 0;   ///< Ss: predictor of lossless, NEAR of JPEG-LS
  int second = 0;  ///< Se: interleave mode of JPEG-LS
  int shift = 0;   ///< Al: point transform
};

struct JpegStream {
  int process = 0;  ///< n of SOFn: 0 to 3, or 55
  int precision = 0;
  int width = 0, height = 0, components = 0;
  bool subsampled = false;
  enum class Colors { Unmarked, Rgb, Ybr } colors = Colors::Unmarked;  ///< what JFIF and Adobe markers say
  std::vector<JpegScan> scans;
  /// The same picture and nothing else: JFIF (without thumbnail), Adobe and HP's colour transform written anew, only
  /// the tables that a scan uses; no other APPn, no COM, nothing after EOI.
  std::vector<std::uint8_t> clean;
};

/// Permanent "pixel.jpeg_corrupt": truncated, a marker that has no place there, tables or components missing or
/// repeated. Refused "pixel.unsupported": another process, or 2 or 4 components. Time and memory are linear in the
/// size of the stream.
Result<JpegStream> read_jpeg_stream(std::span<const std::uint8_t> stream, JpegFamily family);

/// Bits per sample of the first frame header, 0 when there is none: only to choose a decoder.
int peek_jpeg_precision(std::span<const std::uint8_t> stream);

}  // namespace veilgate::pixel
