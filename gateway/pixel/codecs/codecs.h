#pragma once
#include "pixel/codec.h"

/// The codecs that table.cc lists.
namespace veilgate::pixel {

const Codec& native_codec();
const Codec& jpeg_dct_codec();       ///< Baseline: 8 bits, edited in the coefficient domain
const Codec& jpeg_extended_codec();  ///< Extended and retired processes: 8 or 12 bits
const Codec& jpeg_lossless_codec();
const Codec& jpeg_ls_codec();
const Codec& rle_codec();
const Codec& jpeg2000_codec();
const Codec& htj2k_codec();
const Codec& deflated_frame_codec();
const Codec& jpeg_xl_codec();
const Codec& jpeg_xl_recompression_codec();  ///< a JPEG stream inside, edited like one
const Codec& video_codec();                  ///< MPEG-2, H.264, HEVC

}  // namespace veilgate::pixel
