#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "pixel/frame.h"

/// JPEG XL (ISO/IEC 18181) through libjxl, one frame at a time.
namespace veilgate::pixel {

struct JxlPicture {
  int bits = 8;        ///< per sample, as the codestream says: 8 to 16
  bool lossy = false;  ///< certainly; a stream in its original colours may have lost something all the same
  /// rows x columns x samples, whole pixels: grey or RGB, one byte each for 8 bits, else two in machine order.
  std::vector<std::uint8_t> samples;
};

/// One picture in the orientation that viewers show it. Its size and components must be those of `layout`, which is
/// looked at before anything large is allocated. Errors: Permanent "pixel.jxl_corrupt" (damaged, incomplete) and
/// "pixel.inconsistent"; Refused "pixel.unsupported" for what no single picture needs: animations, layers, previews,
/// alpha and other channels, floating point, fewer than 8 bits; "pixel.too_large" over 50 megapixels.
Result<JxlPicture> decode_jxl(std::span<const std::uint8_t> stream, const Layout& layout);

/// The JPEG stream that was packed into this one, byte by byte. Errors as above; Refused "pixel.unsupported" when there
/// is none.
Result<std::vector<std::uint8_t>> unpack_jpeg(std::span<const std::uint8_t> stream, const Layout& layout);

}  // namespace veilgate::pixel
