#pragma once
#include "pixel/codecs/sample_codec.h"

namespace veilgate::pixel {

/// JPEG Lossless, and of the DCT processes what has 12 bits.
const SampleCoder& jpeg_lossless_coder();

}  // namespace veilgate::pixel
