#include "pixel/codecs/jpeg_lossless.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdijg12.h>
#include <dcmtk/dcmjpeg/djdijg16.h>
#include <dcmtk/dcmjpeg/djdijg8.h>
#include <dcmtk/dcmjpeg/djeijg12.h>
#include <dcmtk/dcmjpeg/djeijg16.h>
#include <dcmtk/dcmjpeg/djeijg8.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>

#include "pixel/codecs/codecs.h"
#include "pixel/codecs/stream_samples.h"
#include "pixel/jpeg_markers.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kLossless = "1.2.840.10008.1.2.4.57";
constexpr std::string_view kFirstOrder = "1.2.840.10008.1.2.4.70";
constexpr int kExtendedProcess = 1, kProgressiveProcess = 2, kLosslessProcess = 3;
/// The only predictor of the .70 syntax; also allowed in .57.
constexpr int kPredictor = 1;

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.jpeg_corrupt", "The JPEG stream is damaged or incomplete.");
}
tl::unexpected<Error> unsupported(const char* message) {
  return fail(ErrorKind::Refused, "pixel.unsupported", message);
}

/// Samples pass as they are: which colours they are, the attributes say.
const DJCodecParameter& parameters() {
  static const DJCodecParameter values(ECC_lossyRGB, EDC_never, EUC_never, EPC_colorByPixel);
  return values;
}

/// A warning of the library means that it made samples up; it goes on and tells nobody else.
template <typename Decoder>
class Strict final : public Decoder {
 public:
  Strict() : Decoder(parameters(), OFFalse) {}
  void emitMessage(int level) const override { warned_ = warned_ || level < 0; }
  bool warned() const { return warned_; }

 private:
  mutable bool warned_ = false;
};

template <typename Decoder>
Result<std::vector<std::uint8_t>> undo(std::vector<std::uint8_t>& stream, std::size_t size, bool is_signed) {
  if (stream.size() > std::numeric_limits<Uint32>::max() || size > std::numeric_limits<Uint32>::max()) {
    return fail(ErrorKind::Permanent, "pixel.too_large", "The JPEG picture is larger than this gateway decodes.");
  }
  std::vector<std::uint8_t> out(size);
  Strict<Decoder> decoder;
  if (decoder.init().bad()) {
    return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory for a JPEG picture.");
  }
  const auto done = decoder.decode(stream.data(), static_cast<Uint32>(stream.size()), out.data(),
                                   static_cast<Uint32>(out.size()), is_signed ? OFTrue : OFFalse);
  if (done != EC_Normal || decoder.warned()) return corrupt();
  return out;
}

template <typename Encoder, typename Sample>
Result<std::vector<std::uint8_t>> compress(Encoder encoder, const Layout& layout, Bytes samples) {
  const EP_Interpretation colors = layout.samples == 1           ? EPI_Monochrome2
                                   : layout.photometric == "RGB" ? EPI_RGB
                                                                 : EPI_YBR_Full;
  // The library takes no const; a copy costs little beside the compression.
  std::vector<Sample> copy(samples.size() / sizeof(Sample));
  std::memcpy(copy.data(), samples.data(), samples.size());
  Uint8* bytes = nullptr;
  Uint32 length = 0;
  const auto done = encoder.encode(static_cast<Uint16>(layout.columns), static_cast<Uint16>(layout.rows), colors,
                                   static_cast<Uint16>(layout.samples), copy.data(), bytes, length);
  const std::unique_ptr<Uint8[]> owner(bytes);
  if (done.bad() || bytes == nullptr) {
    return fail(ErrorKind::Bug, "pixel.encoder", "A frame could not be compressed as JPEG Lossless.");
  }
  VG_ASSIGN(auto stream, read_jpeg_stream({bytes, length}, JpegFamily::Huffman));
  return std::move(stream.clean);
}

/// A code has one bit at least: per sample, with DCT per block. A huge header over a small stream ends here, before
/// memory is taken.
Result<void> check_size(const JpegStream& stream) {
  const std::uint64_t samples = std::uint64_t(stream.width) * std::uint64_t(stream.height);
  const std::uint64_t codes =
      stream.process == kLosslessProcess ? samples * std::uint64_t(stream.components) : samples / 64;
  if (codes / 8 > stream.clean.size()) return corrupt();
  return {};
}

/// What encode() writes: the library knows three precisions.
int written_precision(const Layout& layout) {
  const int needed = precision_for(layout);
  return needed <= 8 ? 8 : needed <= 12 ? 12 : 16;
}

Result<void> check_process(const JpegStream& stream, const Layout& layout, std::string_view syntax) {
  if (syntax != kLossless && syntax != kFirstOrder) {
    if ((stream.process != kExtendedProcess && stream.process != kProgressiveProcess) || stream.precision != 12) {
      return unsupported("Of the DCT processes only 8 and 12 bits can be masked.");
    }
    const bool rgb = layout.photometric == "RGB";
    const bool contrary = stream.colors == (rgb ? JpegStream::Colors::Ybr : JpegStream::Colors::Rgb);
    if (layout.samples == 3 && contrary)
      return unsupported("Stream and Photometric Interpretation name other colours.");
    return {};
  }
  if (stream.process != kLosslessProcess) return unsupported("The stream is not JPEG Lossless, as its syntax says.");
  const bool known = std::ranges::all_of(stream.scans, [&](const JpegScan& scan) {
    return scan.first >= 1 && scan.first <= 7 && scan.second == 0 && scan.shift < stream.precision;
  });
  if (!known) return corrupt();
  if (stream.subsampled) return unsupported("Subsampled JPEG Lossless cannot be masked.");
  return {};
}

class JpegLosslessCoder final : public SampleCoder {
 public:
  std::string_view name() const override { return "jpeg_lossless"; }
  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 2> kSyntaxes{kLossless, kFirstOrder};
    return kSyntaxes;
  }
  std::string_view start() const override { return {"\xFF\xD8", 2}; }
  std::string_view lossy_method() const override { return "ISO_10918_1"; }
  std::string_view lossless_syntax(std::string_view syntax) const override {
    return syntax == kLossless ? kLossless : kFirstOrder;
  }

  Result<Decoded> decode(Bytes bytes, const Layout& layout, std::string_view syntax) const override {
    VG_ASSIGN(auto stream, read_jpeg_stream(bytes, JpegFamily::Huffman));
    VG_TRY(check_shape(layout, stream.width, stream.height, stream.components, stream.precision));
    VG_TRY(check_process(stream, layout, syntax));
    VG_TRY(check_size(stream));
    Decoded out;
    out.layout = decoded_layout(layout);
    // A point transform throws the lowest bits away.
    out.lossy = stream.process != kLosslessProcess ||
                std::ranges::any_of(stream.scans, [](const JpegScan& scan) { return scan.shift != 0; });
    out.picture_bytes = stream.clean.size();
    out.odd_bits = !bits_agree(layout, stream.precision);
    out.recode = stream.precision != written_precision(layout);
    const std::size_t count = static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns) *
                              static_cast<std::size_t>(layout.samples);
    const auto decoder = stream.precision <= 8    ? undo<DJDecompressIJG8Bit>
                         : stream.precision <= 12 ? undo<DJDecompressIJG12Bit>
                                                  : undo<DJDecompressIJG16Bit>;
    VG_ASSIGN(auto samples, decoder(stream.clean, count * (stream.precision <= 8 ? 1U : 2U), layout.is_signed));
    out.samples = fit_samples(layout, stream.precision, std::move(samples));
    return out;
  }

  Result<std::vector<std::uint8_t>> encode(const Layout& layout, Bytes samples, std::string_view,
                                           std::string_view) const override {
    if (layout.planar) return fail(ErrorKind::Bug, "pixel.encoder", "JPEG Lossless is written from whole pixels.");
    switch (written_precision(layout)) {
      case 8:
        return compress<DJCompressIJG8Bit, Uint8>({parameters(), EJM_lossless, kPredictor, 0}, layout, samples);
      case 12:
        return compress<DJCompressIJG12Bit, Uint16>({parameters(), EJM_lossless, kPredictor, 0}, layout, samples);
      default:
        return compress<DJCompressIJG16Bit, Uint16>({parameters(), EJM_lossless, kPredictor, 0}, layout, samples);
    }
  }

  Result<std::vector<std::uint8_t>> clean(Bytes bytes) const override {
    VG_ASSIGN(auto stream, read_jpeg_stream(bytes, JpegFamily::Huffman));
    return std::move(stream.clean);
  }
};
}  // namespace

const SampleCoder& jpeg_lossless_coder() {
  static const JpegLosslessCoder coder;
  return coder;
}

const Codec& jpeg_lossless_codec() {
  static const SampleCodec codec(jpeg_lossless_coder());
  return codec;
}

}  // namespace veilgate::pixel
