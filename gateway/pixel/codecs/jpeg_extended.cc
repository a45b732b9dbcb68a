#include <array>

#include "pixel/codecs/codecs.h"
#include "pixel/codecs/fragments.h"
#include "pixel/codecs/jpeg_lossless.h"
#include "pixel/jpeg_markers.h"

namespace veilgate::pixel {
namespace {

/// JPEG Extended (.51) and the retired processes that the libraries read: arithmetic (.52, .54, .56), spectral
/// selection
/// (.53) and full progression (.55). They hold 8 bits, which are edited in the coefficient domain, or 12, which are
/// decoded to samples; only the stream tells.
class JpegExtendedCodec final : public Codec {
 public:
  std::string_view name() const override { return "jpeg_extended"; }

  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 6> kSyntaxes{"1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.52",
                                                               "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.54",
                                                               "1.2.840.10008.1.2.4.55", "1.2.840.10008.1.2.4.56"};
    return kSyntaxes;
  }

  Result<void> decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const override {
    VG_ASSIGN(const Codec* codec, codec_for(file));
    return codec->decode(file, use);
  }

  Result<MaskResult> mask(dicom::File& file, const MaskRequest& request) const override {
    VG_ASSIGN(const Codec* codec, codec_for(file));
    return codec->mask(file, request);
  }

 private:
  static Result<const Codec*> codec_for(dicom::File& file) {
    static const SampleCodec deep(jpeg_lossless_coder());
    VG_ASSIGN(const auto layout, read_layout(file));
    VG_ASSIGN(auto reader, FragmentReader::open(file, layout, {"\xFF\xD8", 2}));
    VG_ASSIGN(const auto stream, reader.frame(0));
    const Codec* chosen = peek_jpeg_precision(stream) == 12 ? &deep : &jpeg_dct_codec();
    return chosen;
  }
};
}  // namespace

const Codec& jpeg_extended_codec() {
  static const JpegExtendedCodec codec;
  return codec;
}

}  // namespace veilgate::pixel
