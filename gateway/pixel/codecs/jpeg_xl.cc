#include <jxl/encode.h>
#include <jxl/encode_cxx.h>

#include <array>

#include "base/quiet.h"
#include "pixel/codecs/codecs.h"
#include "pixel/codecs/jxl_reader.h"
#include "pixel/codecs/sample_codec.h"
#include "pixel/codecs/stream_samples.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kLossless = "1.2.840.10008.1.2.4.110";
constexpr std::string_view kAny = "1.2.840.10008.1.2.4.112";
/// Of 1 to 9. From 3 on it takes twice the time for 1 % of size, and decides by sums of floats, which differ by
/// machine.
constexpr std::int64_t kEffort = 2;

tl::unexpected<Error> unsupported(const char* message) {
  return fail(ErrorKind::Refused, "pixel.unsupported", message);
}
tl::unexpected<Error> failed() {
  return fail(ErrorKind::Permanent, "pixel.encode", "The frame could not be stored as JPEG XL.");
}

/// Decoders give RGB whatever colours are inside; in YBR nobody could tell which samples were meant.
Result<void> check_layout(const Layout& layout, std::string_view syntax) {
  const auto& photometric = layout.photometric;
  const bool palette = photometric == "PALETTE COLOR" && syntax == kLossless;
  if (photometric != "MONOCHROME1" && photometric != "MONOCHROME2" && photometric != "RGB" && photometric != "XYB" &&
      !palette) {
    return unsupported("This Photometric Interpretation cannot be masked in JPEG XL.");
  }
  if (layout.is_signed) return unsupported("Signed samples cannot be masked in JPEG XL.");
  return {};
}

JxlBasicInfo basic_info(const Layout& layout) {
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<std::uint32_t>(layout.columns);
  info.ysize = static_cast<std::uint32_t>(layout.rows);
  // Whole words: libjxl 0.7 takes fewer bits only stretched over the word.
  info.bits_per_sample = static_cast<std::uint32_t>(layout.bits_allocated);
  info.num_color_channels = static_cast<std::uint32_t>(layout.samples);
  info.uses_original_profile = JXL_TRUE;
  return info;
}

Result<void> add_frame(JxlEncoder* encoder, const Layout& layout, Bytes samples) {
  const auto info = basic_info(layout);
  JxlColorEncoding colors;
  JxlColorEncodingSetToSRGB(&colors, layout.samples == 1 ? JXL_TRUE : JXL_FALSE);
  if (JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS ||
      JxlEncoderSetColorEncoding(encoder, &colors) != JXL_ENC_SUCCESS) {
    return failed();
  }
  auto* settings = JxlEncoderFrameSettingsCreate(encoder, nullptr);
  const JxlPixelFormat format{info.num_color_channels, layout.bits_allocated == 16 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
                              JXL_NATIVE_ENDIAN, 0};
  if (settings == nullptr || JxlEncoderSetFrameLossless(settings, JXL_TRUE) != JXL_ENC_SUCCESS ||
      JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, kEffort) != JXL_ENC_SUCCESS ||
      JxlEncoderAddImageFrame(settings, &format, samples.data(), samples.size()) != JXL_ENC_SUCCESS) {
    return failed();
  }
  JxlEncoderCloseInput(encoder);
  return {};
}

/// The output is bounded by the samples: without loss it does not grow by more than a few percent.
Result<std::vector<std::uint8_t>> written(JxlEncoder* encoder, std::size_t sample_bytes) {
  std::vector<std::uint8_t> out(sample_bytes / 2 + 4096);
  std::size_t used = 0;
  for (;;) {
    std::uint8_t* next = out.data() + used;
    std::size_t left = out.size() - used;
    const auto status = JxlEncoderProcessOutput(encoder, &next, &left);
    used = out.size() - left;
    if (status == JXL_ENC_SUCCESS) break;
    if (status != JXL_ENC_NEED_MORE_OUTPUT || out.size() > 4 * sample_bytes + 8192) return failed();
    out.resize(out.size() * 2);
  }
  out.resize(used);
  return out;
}

/// Nothing of ours can clean such a codestream (it holds patches, hidden frames, names), so it is always written anew.
class JpegXlCoder final : public SampleCoder {
 public:
  std::string_view name() const override { return "jpeg_xl"; }
  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 2> kSyntaxes{kLossless, kAny};
    return kSyntaxes;
  }
  /// Bare codestreams and box files begin differently.
  std::string_view start() const override { return {}; }
  std::string_view lossy_method() const override { return "ISO_18181_1"; }
  std::string_view lossless_syntax(std::string_view) const override { return kLossless; }
  bool can_clean() const override { return false; }

  Result<Decoded> decode(Bytes stream, const Layout& layout, std::string_view syntax) const override {
    VG_TRY(check_layout(layout, syntax));
    VG_ASSIGN(auto picture, decode_jxl(stream, layout));
    if (picture.bits > layout.bits_allocated || (picture.bits > 8) != (layout.bits_allocated > 8)) {
      return fail(ErrorKind::Permanent, "pixel.inconsistent",
                  "The JPEG XL picture's bits per sample do not fit Bits Allocated.");
    }
    if (layout.photometric == "PALETTE COLOR" && picture.lossy) {
      return unsupported("A palette over lossy JPEG XL shows nothing that was meant.");
    }
    Decoded out;
    out.layout = decoded_layout(layout);
    if (out.layout.photometric == "XYB") out.layout.photometric = "RGB";
    out.lossy = picture.lossy || syntax != kLossless;
    out.picture_bytes = stream.size();
    out.odd_bits = !bits_agree(layout, picture.bits);
    out.samples = std::move(picture.samples);
    return out;
  }

  Result<std::vector<std::uint8_t>> encode(const Layout& layout, Bytes samples, std::string_view,
                                           std::string_view) const override {
    const QuietStderr quiet;
    const auto encoder = JxlEncoderMake(nullptr);
    if (!encoder) return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory to encode.");
    VG_TRY(add_frame(encoder.get(), layout, samples));
    return written(encoder.get(), samples.size());
  }

  Result<std::vector<std::uint8_t>> clean(Bytes) const override {
    return fail(ErrorKind::Bug, "pixel.clean", "JPEG XL frames are written anew.");
  }
};
}  // namespace

const Codec& jpeg_xl_codec() {
  static const JpegXlCoder coder;
  static const SampleCodec codec(coder);
  return codec;
}

}  // namespace veilgate::pixel
