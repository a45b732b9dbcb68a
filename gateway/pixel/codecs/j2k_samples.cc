#include "pixel/codecs/j2k_samples.h"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "pixel/codecs/j2k_packets.h"
#include "pixel/codecs/stream_samples.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
constexpr int kMostLevels = 5;
/// What OpenJPEG reads or writes at once.
constexpr OPJ_SIZE_T kBufferBytes = 1U << 16;

struct Free {
  void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
  void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};
struct CloseStream {
  void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
// opj_codec_t and opj_stream_t are both void*.
using CodecPtr = std::unique_ptr<opj_codec_t, Free>;
using ImagePtr = std::unique_ptr<opj_image_t, Free>;
using StreamPtr = std::unique_ptr<opj_stream_t, CloseStream>;

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.j2k_corrupt", "The JPEG 2000 codestream is damaged or incomplete.");
}
tl::unexpected<Error> inconsistent(std::string message) {
  return fail(ErrorKind::Permanent, "pixel.inconsistent", std::move(message));
}
tl::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorKind::Refused, "pixel.unsupported", std::move(message));
}

struct Source {
  std::span<const std::uint8_t> bytes;
  std::size_t at = 0;

  static OPJ_SIZE_T read(void* to, OPJ_SIZE_T count, void* user) {
    auto* self = static_cast<Source*>(user);
    const auto size = std::min<std::size_t>(count, self->bytes.size() - self->at);
    if (size == 0) return static_cast<OPJ_SIZE_T>(-1);
    std::memcpy(to, self->bytes.data() + self->at, size);
    self->at += size;
    return size;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* user) {
    auto* self = static_cast<Source*>(user);
    if (count < 0 || static_cast<std::uint64_t>(count) > self->bytes.size() - self->at) return -1;
    self->at += static_cast<std::size_t>(count);
    return count;
  }
  static OPJ_BOOL seek(OPJ_OFF_T to, void* user) {
    auto* self = static_cast<Source*>(user);
    if (to < 0 || static_cast<std::uint64_t>(to) > self->bytes.size()) return OPJ_FALSE;
    self->at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
  }
};

struct Sink {
  std::vector<std::uint8_t> bytes;
  std::size_t at = 0;

  static OPJ_SIZE_T write(void* from, OPJ_SIZE_T count, void* user) {
    auto* self = static_cast<Sink*>(user);
    if (self->bytes.size() - self->at < count) self->bytes.resize(self->at + count);
    std::memcpy(self->bytes.data() + self->at, from, count);
    self->at += count;
    return count;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* user) {
    auto* self = static_cast<Sink*>(user);
    if (count < 0) return -1;
    return seek(static_cast<OPJ_OFF_T>(self->at) + count, user) != OPJ_FALSE ? count : -1;
  }
  static OPJ_BOOL seek(OPJ_OFF_T to, void* user) {
    auto* self = static_cast<Sink*>(user);
    if (to < 0) return OPJ_FALSE;
    self->at = static_cast<std::size_t>(to);
    if (self->at > self->bytes.size()) self->bytes.resize(self->at);
    return OPJ_TRUE;
  }
};

/// OpenJPEG's messages quote what it read, so only that there was one is kept: it goes on with values of its own then.
void take_warning(const char*, void* warned) { *static_cast<bool*>(warned) = true; }

Result<ImagePtr> decode_image(std::span<const std::uint8_t> codestream) {
  Source source{codestream};
  const StreamPtr stream(opj_stream_create(kBufferBytes, OPJ_STREAM_READ));
  const CodecPtr codec(opj_create_decompress(OPJ_CODEC_J2K));
  if (!stream || !codec) return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory to decode.");
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), codestream.size());
  opj_stream_set_read_function(stream.get(), Source::read);
  opj_stream_set_skip_function(stream.get(), Source::skip);
  opj_stream_set_seek_function(stream.get(), Source::seek);
  bool warned = false;
  opj_set_warning_handler(codec.get(), take_warning, &warned);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  if (opj_setup_decoder(codec.get(), &parameters) == OPJ_FALSE ||
      opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE) == OPJ_FALSE) {
    return fail(ErrorKind::Bug, "pixel.decoder", "The JPEG 2000 decoder could not be set up.");
  }
  opj_image_t* raw = nullptr;
  const bool read = opj_read_header(stream.get(), codec.get(), &raw) != OPJ_FALSE;
  ImagePtr image(raw);
  if (!read || !image || opj_decode(codec.get(), stream.get(), image.get()) == OPJ_FALSE ||
      opj_end_decompress(codec.get(), stream.get()) == OPJ_FALSE || warned) {
    return corrupt();
  }
  return image;
}

Result<void> check_headers(const J2kInfo& info, const Layout& layout, const J2kRules& rules) {
  if (info.extended) return unsupported("JPEG 2000 Part 2 extensions cannot be masked.");
  if (info.components.size() != static_cast<std::size_t>(layout.samples)) {
    if (rules.part2) return unsupported("A codestream with the components of several frames cannot be masked.");
    return inconsistent("The JPEG 2000 codestream's components differ from Samples per Pixel.");
  }
  if (info.width != static_cast<std::uint32_t>(layout.columns) ||
      info.height != static_cast<std::uint32_t>(layout.rows)) {
    return inconsistent("The JPEG 2000 codestream's size differs from Rows and Columns.");
  }
  if (info.high_throughput != rules.high_throughput) {
    return inconsistent("The codestream's block coder (JPEG 2000 or HTJ2K) is not that of the transfer syntax.");
  }
  const auto& first = info.components.front();
  for (const auto& component : info.components) {
    if (component.dx != 1 || component.dy != 1) return unsupported("Subsampled JPEG 2000 components cannot be masked.");
    if (component.bits != first.bits || component.is_signed != first.is_signed) {
      return unsupported("JPEG 2000 components of different depth cannot be masked.");
    }
  }
  if (first.bits > layout.bits_allocated) {
    return inconsistent("The JPEG 2000 codestream has more bits than Bits Allocated.");
  }
  return {};
}

/// Photometric Interpretation of the decoded samples.
Result<std::string> decoded_photometric(const J2kInfo& info, const std::string& photometric) {
  if (info.components.size() == 1) return photometric;
  if (info.mixed_transform) return unsupported("JPEG 2000 tiles with different colour transforms cannot be masked.");
  if (photometric == "RGB") return photometric;  // a transform inside is the codestream's own business
  // Otherwise nobody can tell which colours were meant.
  const bool transformed = photometric == "YBR_RCT" || photometric == "YBR_ICT";
  if (transformed && info.color_transform) return std::string("RGB");
  if (photometric == "YBR_FULL" && !info.color_transform) return photometric;
  return unsupported("The Photometric Interpretation does not fit the JPEG 2000 codestream.");
}

/// From the decoder's numbers to words of the object. When the codestream has fewer bits than Bits Stored, its sign
/// counts; readers disagree about values where it contradicts the attributes, and such a frame is refused.
template <typename T>
bool store(const opj_image_comp_t& component, const Layout& layout, std::size_t step, std::uint8_t* to) {
  const std::size_t pixels = static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns);
  const std::uint32_t precision = component.prec;
  const auto mask = (std::uint32_t{1} << precision) - 1U;
  const auto sign = std::uint32_t{1} << (precision - 1);
  const bool fewer = precision < static_cast<std::uint32_t>(layout.bits_stored);
  const bool contradicts = fewer && (component.sgnd != 0) != layout.is_signed;
  for (std::size_t i = 0; i < pixels; ++i) {
    std::uint32_t word = static_cast<std::uint32_t>(component.data[i]) & mask;
    if ((word & sign) != 0) {
      if (contradicts) return false;
      if (layout.is_signed) word |= ~mask;
    }
    const T value = static_cast<T>(word);
    std::memcpy(to + i * step, &value, sizeof(T));
  }
  return true;
}

}  // namespace

Result<Decoded> decode_j2k(std::span<const std::uint8_t> stream, const Layout& layout, const J2kRules& rules) {
  VG_ASSIGN(const auto cleaned, read_j2k(stream));
  VG_TRY(check_headers(cleaned.info, layout, rules));
  Decoded decoded;
  decoded.layout = layout;
  decoded.layout.frames = 1;
  decoded.layout.planar = false;
  VG_ASSIGN(decoded.layout.photometric, decoded_photometric(cleaned.info, layout.photometric));
  decoded.lossy = !rules.lossless_only || !cleaned.info.reversible;
  VG_TRY(check_packets(cleaned.bytes));
  decoded.picture_bytes = cleaned.bytes.size();
  VG_ASSIGN(const auto image, decode_image(cleaned.bytes));
  // PS3.5 8.2.4: the codestream has Bits Stored bits. With more, the sample lies where High Bit says.
  const auto precision = static_cast<int>(cleaned.info.components.front().bits);
  if (precision <= layout.bits_stored) decoded.layout.high_bit = layout.bits_stored - 1;
  if (precision > layout.bits_stored && layout.high_bit >= precision) {
    return inconsistent("High Bit lies above the bits of the JPEG 2000 codestream.");
  }
  decoded.odd_bits = precision > layout.bits_stored && !bits_agree(layout, precision);
  decoded.samples.resize(data_bytes(decoded.layout));
  const auto width = static_cast<std::size_t>(layout.bits_allocated / 8);
  const std::size_t step = width * static_cast<std::size_t>(layout.samples);
  if (image->numcomps != static_cast<OPJ_UINT32>(layout.samples)) return corrupt();
  for (OPJ_UINT32 c = 0; c < image->numcomps; ++c) {
    const auto& component = image->comps[c];
    if (component.data == nullptr || component.w != cleaned.info.width || component.h != cleaned.info.height ||
        static_cast<int>(component.prec) != precision) {
      return corrupt();
    }
    auto* to = decoded.samples.data() + width * c;
    const bool stored = width == 2 ? store<std::uint16_t>(component, decoded.layout, step, to)
                                   : store<std::uint8_t>(component, decoded.layout, step, to);
    if (!stored) return unsupported("The codestream and Pixel Representation disagree about the sign of the samples.");
  }
  return decoded;
}

std::vector<std::int32_t> component_values(const Layout& layout, std::span<const std::uint8_t> samples, int component) {
  const std::size_t pixels = static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns);
  const std::size_t step = layout.planar ? 1 : static_cast<std::size_t>(layout.samples);
  const std::size_t first =
      layout.planar ? pixels * static_cast<std::size_t>(component) : static_cast<std::size_t>(component);
  const int unused = 32 - (layout.high_bit + 1);
  std::vector<std::int32_t> out(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    const std::size_t index = first + i * step;
    std::uint32_t word = 0;
    if (layout.bits_allocated == 16) {
      std::uint16_t half = 0;
      std::memcpy(&half, samples.data() + 2 * index, 2);
      word = half;
    } else {
      word = samples[index];
    }
    word <<= unused;
    out[i] = layout.is_signed ? static_cast<std::int32_t>(word) >> unused : static_cast<std::int32_t>(word >> unused);
  }
  return out;
}

Result<bool> needs_color_transform(const Layout& layout, std::string_view photometric) {
  if (layout.samples == 1) return false;
  if (photometric == "YBR_RCT" && layout.photometric == "RGB") return true;
  if (photometric == layout.photometric && (photometric == "RGB" || photometric == "YBR_FULL")) return false;
  return unsupported("The Photometric Interpretation cannot be stored in JPEG 2000 without loss.");
}

int levels_for(const Layout& layout) {
  int levels = 0;
  for (int side = std::min(layout.rows, layout.columns); side > 1 && levels < kMostLevels; side /= 2) ++levels;
  return levels;
}

Result<std::vector<std::uint8_t>> encode_j2k(const Layout& layout, std::span<const std::uint8_t> samples,
                                             std::string_view photometric) {
  VG_ASSIGN(const bool transform, needs_color_transform(layout, photometric));
  std::vector<opj_image_cmptparm_t> shapes(static_cast<std::size_t>(layout.samples));
  for (auto& shape : shapes) {
    shape = {};
    shape.dx = shape.dy = 1;
    shape.w = static_cast<OPJ_UINT32>(layout.columns);
    shape.h = static_cast<OPJ_UINT32>(layout.rows);
    shape.prec = static_cast<OPJ_UINT32>(layout.high_bit + 1);
    shape.sgnd = layout.is_signed ? 1 : 0;
  }
  const ImagePtr image(opj_image_create(static_cast<OPJ_UINT32>(shapes.size()), shapes.data(),
                                        layout.samples == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY));
  Sink sink;
  const StreamPtr stream(opj_stream_create(kBufferBytes, OPJ_STREAM_WRITE));
  const CodecPtr codec(opj_create_compress(OPJ_CODEC_J2K));
  if (!image || !stream || !codec) {
    return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory to encode.");
  }
  image->x1 = static_cast<OPJ_UINT32>(layout.columns);
  image->y1 = static_cast<OPJ_UINT32>(layout.rows);
  for (int c = 0; c < layout.samples; ++c) {
    const auto values = component_values(layout, samples, c);
    std::memcpy(image->comps[c].data, values.data(), values.size() * sizeof(std::int32_t));
  }
  opj_stream_set_user_data(stream.get(), &sink, nullptr);
  opj_stream_set_write_function(stream.get(), Sink::write);
  opj_stream_set_skip_function(stream.get(), Sink::skip);
  opj_stream_set_seek_function(stream.get(), Sink::seek);
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.tcp_rates[0] = 0;
  parameters.cp_disto_alloc = 1;
  parameters.irreversible = 0;
  parameters.tcp_mct = transform ? 1 : 0;
  parameters.numresolution = levels_for(layout) + 1;
  if (opj_setup_encoder(codec.get(), &parameters, image.get()) == OPJ_FALSE ||
      opj_start_compress(codec.get(), image.get(), stream.get()) == OPJ_FALSE ||
      opj_encode(codec.get(), stream.get()) == OPJ_FALSE || opj_end_compress(codec.get(), stream.get()) == OPJ_FALSE) {
    return fail(ErrorKind::Permanent, "pixel.encode", "The masked frame could not be stored as JPEG 2000.");
  }
  VG_ASSIGN(auto cleaned, read_j2k(sink.bytes));  // OpenJPEG signs its work in a comment
  return std::move(cleaned.bytes);
}

}  // namespace veilgate::pixel
