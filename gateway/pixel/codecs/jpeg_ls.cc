#include <charls/charls.h>

#include <algorithm>
#include <array>
#include <new>

#include "pixel/codecs/codecs.h"
#include "pixel/codecs/sample_codec.h"
#include "pixel/codecs/stream_samples.h"
#include "pixel/jpeg_markers.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kLossless = "1.2.840.10008.1.2.4.80";
constexpr std::string_view kNearLossless = "1.2.840.10008.1.2.4.81";
/// Longest code per sample over Bits Allocated (T.87 A.5.3: 32 for 8 bits, 64 for 16), for noise that the estimate of
/// the library does not cover.
constexpr std::size_t kMaxExpansion = 4;

tl::unexpected<Error> from_charls(const charls::jpegls_error& error) {
  const auto code = static_cast<charls::jpegls_errc>(error.code().value());
  if (code == charls::jpegls_errc::not_enough_memory) {
    return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory for a JPEG-LS picture.");
  }
  if (code == charls::jpegls_errc::parameter_value_not_supported ||
      code == charls::jpegls_errc::color_transform_not_supported ||
      code == charls::jpegls_errc::bit_depth_for_transform_not_supported) {
    return fail(ErrorKind::Refused, "pixel.unsupported", "The JPEG-LS stream cannot be masked yet.");
  }
  return fail(ErrorKind::Permanent, "pixel.jpeg_corrupt", "The JPEG-LS stream is damaged or incomplete.");
}

charls::frame_info frame_info(const Layout& layout, int precision) {
  return {static_cast<std::uint32_t>(layout.columns), static_cast<std::uint32_t>(layout.rows), precision,
          layout.samples};
}

/// Decodes; tells whether the components came one after another.
Result<std::vector<std::uint8_t>> undo(const std::vector<std::uint8_t>& stream, std::size_t size, bool& planar) {
  try {
    const charls::jpegls_decoder decoder(stream, true);
    if (decoder.destination_size() != size) {
      return fail(ErrorKind::Bug, "pixel.decoder", "The JPEG-LS library reads another size than its header says.");
    }
    planar = decoder.frame_info().component_count > 1 && decoder.interleave_mode() == charls::interleave_mode::none;
    std::vector<std::uint8_t> out(size);
    decoder.decode(out);
    return out;
  } catch (const charls::jpegls_error& error) {
    return from_charls(error);
  }
}

/// Empty when `capacity` bytes do not suffice.
Result<std::vector<std::uint8_t>> compress(const charls::frame_info& info, charls::interleave_mode mode, Bytes samples,
                                           double capacity) {
  try {
    charls::jpegls_encoder encoder;
    encoder.frame_info(info).interleave_mode(mode);
    const auto estimate = static_cast<double>(encoder.estimated_destination_size());
    std::vector<std::uint8_t> out(static_cast<std::size_t>(estimate * capacity));
    encoder.destination(out);
    out.resize(encoder.encode(samples.data(), samples.size()));
    return out;
  } catch (const charls::jpegls_error& error) {
    if (error.code() == charls::jpegls_errc::destination_buffer_too_small) return std::vector<std::uint8_t>{};
    return from_charls(error);
  }
}

class JpegLsCoder final : public SampleCoder {
 public:
  std::string_view name() const override { return "jpeg_ls"; }
  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 2> kSyntaxes{kLossless, kNearLossless};
    return kSyntaxes;
  }
  std::string_view start() const override { return {"\xFF\xD8", 2}; }
  std::string_view lossy_method() const override { return "ISO_14495_1"; }
  std::string_view lossless_syntax(std::string_view) const override { return kLossless; }

  Result<Decoded> decode(Bytes bytes, const Layout& layout, std::string_view) const override {
    VG_ASSIGN(const auto stream, read_jpeg_stream(bytes, JpegFamily::Ls));
    VG_TRY(check_shape(layout, stream.width, stream.height, stream.components, stream.precision));
    if (stream.subsampled) return fail(ErrorKind::Refused, "pixel.unsupported", "The JPEG-LS stream is subsampled.");
    // Even an empty line takes a bit: a huge header over a small stream ends here, before memory is taken.
    if (static_cast<std::size_t>(stream.height) / 8 > stream.clean.size()) {
      return fail(ErrorKind::Permanent, "pixel.jpeg_corrupt", "The JPEG-LS stream is damaged or incomplete.");
    }
    Decoded out;
    out.layout = decoded_layout(layout);
    out.lossy =
        std::ranges::any_of(stream.scans, [](const JpegScan& scan) { return scan.first != 0 || scan.shift != 0; });
    out.picture_bytes = stream.clean.size();
    out.odd_bits = !bits_agree(layout, stream.precision);
    out.recode = stream.precision != precision_for(layout);
    const std::size_t count = static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns) *
                              static_cast<std::size_t>(layout.samples);
    VG_ASSIGN(auto samples, undo(stream.clean, count * (stream.precision > 8 ? 2U : 1U), out.layout.planar));
    out.samples = fit_samples(layout, stream.precision, std::move(samples));
    return out;
  }

  Result<std::vector<std::uint8_t>> encode(const Layout& layout, Bytes samples, std::string_view,
                                           std::string_view) const override {
    const auto info = frame_info(layout, precision_for(layout));
    const auto mode =
        layout.samples == 1 || layout.planar ? charls::interleave_mode::none : charls::interleave_mode::line;
    VG_ASSIGN(auto out, compress(info, mode, samples, 1.25));
    if (out.empty()) {
      VG_ASSIGN(out, compress(info, mode, samples, kMaxExpansion));
    }
    return out;
  }

  Result<std::vector<std::uint8_t>> clean(Bytes bytes) const override {
    VG_ASSIGN(auto stream, read_jpeg_stream(bytes, JpegFamily::Ls));
    return std::move(stream.clean);
  }
};
}  // namespace

const Codec& jpeg_ls_codec() {
  static const JpegLsCoder coder;
  static const SampleCodec codec(coder);
  return codec;
}

}  // namespace veilgate::pixel
