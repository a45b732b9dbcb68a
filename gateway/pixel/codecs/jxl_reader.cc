#include "pixel/codecs/jxl_reader.h"

#include <jxl/decode.h>
#include <jxl/decode_cxx.h>

#include <algorithm>

#include "base/quiet.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr std::uint32_t kFewestBits = 8, kMostBits = 16;
/// libjxl takes up to 65 bytes for each; more would end the worker, which has 4 GiB, instead of the object's way.
constexpr std::uint64_t kMaxJxlPixels = 50'000'000;
/// JPEG XL takes a fifth off a JPEG picture; only comments of one letter pack to more than this.
constexpr std::size_t kMaxUnpackRatio = 16;
constexpr std::size_t kFreelyUnpackedBytes = 1U << 20;

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.jxl_corrupt", "The JPEG XL stream is damaged or incomplete.");
}
tl::unexpected<Error> unsupported(const char* message) {
  return fail(ErrorKind::Refused, "pixel.unsupported", message);
}
tl::unexpected<Error> no_memory() {
  return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory for a JPEG XL picture.");
}

/// What is common to both ways of reading.
class Reader {
 public:
  Reader(Bytes stream, const Layout& layout, int events) : layout_(layout), decoder_(JxlDecoderMake(nullptr)) {
    // Layers one by one, so that there are no more than one. Box contents are never asked for.
    ready_ = decoder_ && JxlDecoderSubscribeEvents(decoder_.get(), events | JXL_DEC_BASIC_INFO) == JXL_DEC_SUCCESS &&
             JxlDecoderSetCoalescing(decoder_.get(), JXL_FALSE) == JXL_DEC_SUCCESS &&
             JxlDecoderSetInput(decoder_.get(), stream.data(), stream.size()) == JXL_DEC_SUCCESS;
    if (ready_) JxlDecoderCloseInput(decoder_.get());
  }
  bool ready() const { return ready_; }
  JxlDecoder* get() const { return decoder_.get(); }
  const JxlBasicInfo& info() const { return info_; }
  JxlDecoderStatus next() { return JxlDecoderProcessInput(decoder_.get()); }

  Result<void> check_info() {
    if (JxlDecoderGetBasicInfo(get(), &info_) != JXL_DEC_SUCCESS) return corrupt();
    if (info_.xsize != static_cast<std::uint32_t>(layout_.columns) ||
        info_.ysize != static_cast<std::uint32_t>(layout_.rows) ||
        info_.num_color_channels != static_cast<std::uint32_t>(layout_.samples)) {
      return fail(ErrorKind::Permanent, "pixel.inconsistent",
                  "The JPEG XL picture's size or components differ from Rows, Columns and Samples per Pixel.");
    }
    if (std::uint64_t{info_.xsize} * info_.ysize > kMaxJxlPixels) {
      return fail(ErrorKind::Refused, "pixel.too_large", "JPEG XL pictures over 50 megapixels are not decoded.");
    }
    if (info_.have_animation != JXL_FALSE || info_.have_preview != JXL_FALSE || info_.num_extra_channels != 0) {
      return unsupported("A JPEG XL animation, preview, alpha or other extra channel cannot be masked.");
    }
    if (info_.exponent_bits_per_sample != 0 || info_.bits_per_sample < kFewestBits ||
        info_.bits_per_sample > kMostBits) {
      return unsupported("Of JPEG XL only 8 to 16 bits per sample, no floating point, can be masked.");
    }
    return {};
  }

 private:
  const Layout& layout_;
  JxlDecoderPtr decoder_;
  JxlBasicInfo info_{};
  bool ready_ = false;
};

/// libjxl stretches fewer bits over the whole word.
void unstretch(std::vector<std::uint8_t>& samples, int bits) {
  constexpr std::uint32_t kWord = 65535;
  const std::uint32_t full = (1U << bits) - 1U;
  for (std::size_t i = 0; i + 1 < samples.size(); i += 2) {
    const std::uint32_t word = samples[i] | static_cast<std::uint32_t>(samples[i + 1]) << 8;
    const std::uint32_t value = (word * full + kWord / 2) / kWord;
    samples[i] = static_cast<std::uint8_t>(value);
    samples[i + 1] = static_cast<std::uint8_t>(value >> 8);
  }
}

class PictureReader {
 public:
  PictureReader(Bytes stream, const Layout& layout)
      : reader_(stream, layout, JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME | JXL_DEC_FULL_IMAGE),
        samples_per_pixel_(static_cast<std::uint32_t>(layout.samples)) {}

  Result<JxlPicture> run() {
    if (!reader_.ready()) return no_memory();
    // What follows the picture (boxes, a pad byte) is not looked at.
    while (!complete_) VG_TRY(take(reader_.next()));
    out_.bits = static_cast<int>(reader_.info().bits_per_sample);
    if (out_.bits > 8 && out_.bits < 16) unstretch(out_.samples, out_.bits);
    return std::move(out_);
  }

 private:
  Result<void> take(JxlDecoderStatus status) {
    switch (status) {
      case JXL_DEC_BASIC_INFO:
        return reader_.check_info();
      case JXL_DEC_COLOR_ENCODING:
        return check_colors();
      case JXL_DEC_FRAME:
        return check_frame();
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        return give_buffer();
      case JXL_DEC_FULL_IMAGE:
        complete_ = true;
        return {};
      default:
        return corrupt();
    }
  }

  /// Colours of JPEG XL's own (XYB) come out as sRGB or in a named space; with a profile in the stream nobody but that
  /// profile knows them, and DICOM's is another attribute.
  Result<void> check_colors() {
    out_.lossy = reader_.info().uses_original_profile == JXL_FALSE;
    JxlColorEncoding named;
    if (out_.lossy && JxlDecoderGetColorAsEncodedProfile(reader_.get(), nullptr, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                                         &named) != JXL_DEC_SUCCESS) {
      return unsupported("Lossy JPEG XL with a colour profile inside the stream cannot be masked.");
    }
    return {};
  }

  Result<void> check_frame() {
    JxlFrameHeader header{};
    if (JxlDecoderGetFrameHeader(reader_.get(), &header) != JXL_DEC_SUCCESS) return corrupt();
    if (header.is_last == JXL_FALSE || header.layer_info.have_crop != JXL_FALSE) {
      return unsupported("A JPEG XL picture of several layers cannot be masked.");
    }
    return {};
  }

  Result<void> give_buffer() {
    const auto& info = reader_.info();
    const bool wide = info.bits_per_sample > 8;
    const JxlPixelFormat format{samples_per_pixel_, wide ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
    const std::size_t size = std::size_t{info.xsize} * info.ysize * samples_per_pixel_ * (wide ? 2 : 1);
    std::size_t wanted = 0;
    if (JxlDecoderImageOutBufferSize(reader_.get(), &format, &wanted) != JXL_DEC_SUCCESS || wanted != size) {
      return corrupt();
    }
    out_.samples.resize(size);
    if (JxlDecoderSetImageOutBuffer(reader_.get(), &format, out_.samples.data(), size) != JXL_DEC_SUCCESS) {
      return corrupt();
    }
    return {};
  }

  Reader reader_;
  std::uint32_t samples_per_pixel_;
  JxlPicture out_;
  bool complete_ = false;
};

/// Receives the JPEG stream; its buffer doubles up to a bound.
class Unpacked {
 public:
  explicit Unpacked(std::size_t packed) : most_(kFreelyUnpackedBytes + packed * kMaxUnpackRatio) {
    bytes_.resize(std::min(most_, packed * 2 + 4096));
  }
  bool give(JxlDecoder* decoder) {
    return JxlDecoderSetJPEGBuffer(decoder, bytes_.data() + used_, bytes_.size() - used_) == JXL_DEC_SUCCESS;
  }
  void take(JxlDecoder* decoder) { used_ = bytes_.size() - JxlDecoderReleaseJPEGBuffer(decoder); }
  bool grow() {
    if (bytes_.size() >= most_) return false;
    bytes_.resize(std::min(most_, bytes_.size() * 2));
    return true;
  }
  std::vector<std::uint8_t> done() {
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  std::size_t most_, used_ = 0;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

Result<JxlPicture> decode_jxl(Bytes stream, const Layout& layout) {
  const QuietStderr quiet;  // Debian's libjxl prints what it stumbles over
  return PictureReader(stream, layout).run();
}

Result<std::vector<std::uint8_t>> unpack_jpeg(Bytes stream, const Layout& layout) {
  const QuietStderr quiet;
  Reader reader(stream, layout, JXL_DEC_JPEG_RECONSTRUCTION | JXL_DEC_FULL_IMAGE);
  if (!reader.ready()) return no_memory();
  Unpacked out(stream.size());
  for (;;) {
    switch (reader.next()) {
      case JXL_DEC_BASIC_INFO:
        VG_TRY(reader.check_info());
        break;
      case JXL_DEC_JPEG_RECONSTRUCTION:
        if (!out.give(reader.get())) return corrupt();
        break;
      case JXL_DEC_JPEG_NEED_MORE_OUTPUT:
        out.take(reader.get());
        if (!out.grow() || !out.give(reader.get())) return corrupt();
        break;
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        return unsupported("The JPEG XL stream holds no JPEG stream, as its transfer syntax says.");
      case JXL_DEC_FULL_IMAGE:
        out.take(reader.get());
        return out.done();
      default:
        return corrupt();
    }
  }
}

}  // namespace veilgate::pixel
