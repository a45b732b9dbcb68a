#include <algorithm>
#include <array>

#include "pixel/codecs/codecs.h"

namespace veilgate::pixel {

std::span<const Codec* const> codec_table() {
  // A new transfer syntax family is one file beside this one and one line here.
  static const std::array<const Codec*, 12> kTable{
      &native_codec(),
      &jpeg_dct_codec(),
      &jpeg_extended_codec(),
      &jpeg_lossless_codec(),
      &jpeg_ls_codec(),
      &rle_codec(),
      &jpeg2000_codec(),
      &htj2k_codec(),
      &deflated_frame_codec(),
      &jpeg_xl_codec(),
      &jpeg_xl_recompression_codec(),
      &video_codec(),
  };
  return kTable;
}

const Codec* find_codec(std::string_view transfer_syntax_uid) {
  for (const Codec* codec : codec_table()) {
    const auto syntaxes = codec->transfer_syntaxes();
    if (std::find(syntaxes.begin(), syntaxes.end(), transfer_syntax_uid) != syntaxes.end()) return codec;
  }
  return nullptr;
}

}  // namespace veilgate::pixel
