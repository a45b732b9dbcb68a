#pragma once
#include "pixel/codec.h"

/// The codecs that table.cc lists.
namespace veilgate::pixel {

const Codec& native_codec();
const Codec& jpeg_baseline_codec();

}  // namespace veilgate::pixel
