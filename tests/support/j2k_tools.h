#pragma once
// JPEG 2000 and HTJ2K streams of any shape, and decoders besides the ones under test. Tests that include this link
// PkgConfig::OPENJPEG and veilgate_openjph.
#include <openjpeg.h>
#include <openjph/ojph_arch.h>
#include <openjph/ojph_codestream.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_params.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::test {

using Bytes = std::vector<std::uint8_t>;
using Planes = std::vector<std::vector<std::int32_t>>;

struct J2kShape {
  int rows = 0, columns = 0, bits = 8;
  bool is_signed = false;
  bool transform = false;  ///< RCT or ICT
  bool irreversible = false;
  float rate = 0;  ///< compression ratio of a quality-limited stream; 0: everything
  int layers = 1;
  int tile = 0;             ///< side of the tiles, 0 for one tile
  bool lengths = false;     ///< TLM and PLT
  bool tile_parts = false;  ///< one tile-part for each resolution
  OPJ_PROG_ORDER order = OPJ_LRCP;
  int subsampling = 1;  ///< of all components but the first
};

/// The encoder never goes back except to fill TLM, which a file that starts empty makes easy.
struct J2kFile {
  Bytes bytes;
  std::size_t at = 0;
  static OPJ_SIZE_T write(void* from, OPJ_SIZE_T count, void* user) {
    auto& file = *static_cast<J2kFile*>(user);
    file.bytes.resize(std::max(file.bytes.size(), file.at + count));
    std::memcpy(file.bytes.data() + file.at, from, count);
    file.at += count;
    return count;
  }
  static OPJ_SIZE_T read(void* to, OPJ_SIZE_T count, void* user) {
    auto& file = *static_cast<J2kFile*>(user);
    count = std::min(count, file.bytes.size() - file.at);
    std::memcpy(to, file.bytes.data() + file.at, count);
    file.at += count;
    return count == 0 ? static_cast<OPJ_SIZE_T>(-1) : count;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* user) {
    auto& file = *static_cast<J2kFile*>(user);
    file.at += static_cast<std::size_t>(count);
    return count;
  }
  static OPJ_BOOL seek(OPJ_OFF_T to, void* user) {
    static_cast<J2kFile*>(user)->at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
  }
  opj_stream_t* open(bool input) {
    auto* stream = opj_stream_create(4096, input ? OPJ_TRUE : OPJ_FALSE);
    opj_stream_set_user_data(stream, this, nullptr);
    opj_stream_set_user_data_length(stream, bytes.size());
    opj_stream_set_read_function(stream, read);
    opj_stream_set_write_function(stream, write);
    opj_stream_set_skip_function(stream, skip);
    opj_stream_set_seek_function(stream, seek);
    return stream;
  }
};

/// By OpenJPEG; a JP2 file when `jp2`.
inline Bytes encode_j2k(const Planes& planes, const J2kShape& shape, bool jp2 = false) {
  std::vector<opj_image_cmptparm_t> parts(planes.size());
  for (std::size_t c = 0; c < parts.size(); ++c) {
    parts[c] = {};
    parts[c].dx = parts[c].dy = static_cast<OPJ_UINT32>(c == 0 ? 1 : shape.subsampling);
    parts[c].w = (static_cast<OPJ_UINT32>(shape.columns) + parts[c].dx - 1) / parts[c].dx;
    parts[c].h = (static_cast<OPJ_UINT32>(shape.rows) + parts[c].dy - 1) / parts[c].dy;
    parts[c].prec = static_cast<OPJ_UINT32>(shape.bits);
    parts[c].sgnd = shape.is_signed ? 1 : 0;
  }
  auto* image = opj_image_create(static_cast<OPJ_UINT32>(parts.size()), parts.data(),
                                 planes.size() == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY);
  image->x1 = static_cast<OPJ_UINT32>(shape.columns);
  image->y1 = static_cast<OPJ_UINT32>(shape.rows);
  for (std::size_t c = 0; c < planes.size(); ++c) {
    std::copy_n(planes[c].begin(), std::size_t{parts[c].w} * parts[c].h, image->comps[c].data);
  }
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = shape.layers;
  for (int i = 0; i < shape.layers; ++i) {
    parameters.tcp_rates[i] = shape.rate * static_cast<float>(shape.layers - i);
    if (shape.rate == 0)
      parameters.tcp_rates[i] = static_cast<float>(i + 1 == shape.layers ? 1 : 10 * (shape.layers - i));
  }
  parameters.cp_disto_alloc = 1;
  parameters.irreversible = shape.irreversible ? 1 : 0;
  parameters.tcp_mct = shape.transform ? 1 : 0;
  parameters.prog_order = shape.order;
  parameters.numresolution = 4;
  if (shape.tile > 0) {
    parameters.tile_size_on = OPJ_TRUE;
    parameters.cp_tdx = parameters.cp_tdy = shape.tile;
  }
  if (shape.tile_parts) {
    parameters.tp_on = 1;
    parameters.tp_flag = 'R';
  }
  auto* codec = opj_create_compress(jp2 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
  J2kFile file;
  auto* stream = file.open(false);
  bool good = opj_setup_encoder(codec, &parameters, image) != OPJ_FALSE;
  const char* const options[]{"PLT=YES", "TLM=YES", nullptr};
  if (shape.lengths) good = good && opj_encoder_set_extra_options(codec, options) != OPJ_FALSE;
  good = good && opj_start_compress(codec, image, stream) != OPJ_FALSE && opj_encode(codec, stream) != OPJ_FALSE &&
         opj_end_compress(codec, stream) != OPJ_FALSE;
  opj_stream_destroy(stream);
  opj_destroy_codec(codec);
  opj_image_destroy(image);
  if (!good) throw std::runtime_error("encoding JPEG 2000 failed");
  return file.bytes;
}

/// By OpenJPEG, for Part 1.
inline Planes decode_j2k(const Bytes& bytes) {
  J2kFile file{bytes};
  auto* stream = file.open(true);
  auto* codec = opj_create_decompress(OPJ_CODEC_J2K);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_setup_decoder(codec, &parameters);
  opj_image_t* image = nullptr;
  const bool good =
      opj_read_header(stream, codec, &image) != OPJ_FALSE && opj_decode(codec, stream, image) != OPJ_FALSE;
  Planes out;
  for (OPJ_UINT32 c = 0; good && c < image->numcomps; ++c) {
    const auto& part = image->comps[c];
    out.emplace_back(part.data, part.data + std::size_t{part.w} * part.h);
  }
  opj_image_destroy(image);
  opj_destroy_codec(codec);
  opj_stream_destroy(stream);
  if (!good) throw std::runtime_error("decoding JPEG 2000 failed");
  return out;
}

struct HtFile final : ojph::outfile_base {
  Bytes bytes;
  std::size_t write(const void* from, std::size_t count) override {
    const auto* first = static_cast<const std::uint8_t*>(from);
    bytes.insert(bytes.end(), first, first + count);
    return count;
  }
  ojph::si64 tell() override { return static_cast<ojph::si64>(bytes.size()); }
};

/// By OpenJPH; of the shape only size, bits, sign, transform and irreversible count.
inline Bytes encode_htj2k(const Planes& planes, const J2kShape& shape) {
  ojph::codestream codestream;
  auto size = codestream.access_siz();
  size.set_image_extent(ojph::point(static_cast<ojph::ui32>(shape.columns), static_cast<ojph::ui32>(shape.rows)));
  size.set_num_components(static_cast<ojph::ui32>(planes.size()));
  for (std::size_t c = 0; c < planes.size(); ++c) {
    size.set_component(static_cast<ojph::ui32>(c), ojph::point(1, 1), static_cast<ojph::ui32>(shape.bits),
                       shape.is_signed);
  }
  auto coding = codestream.access_cod();
  coding.set_num_decomposition(3);
  coding.set_block_dims(32, 32);
  coding.set_progression_order("LRCP");
  coding.set_color_transform(shape.transform);
  coding.set_reversible(!shape.irreversible);
  if (shape.irreversible) codestream.access_qcd().set_irrev_quant(0.002F);
  codestream.set_planar(!shape.transform);
  HtFile file;
  codestream.write_headers(&file);
  ojph::ui32 component = 0;
  auto* line = codestream.exchange(nullptr, component);
  std::vector<std::size_t> row(planes.size());
  for (std::size_t i = 0; i < planes.size() * static_cast<std::size_t>(shape.rows); ++i) {
    const auto columns = static_cast<std::size_t>(shape.columns);
    std::copy_n(planes.at(component).begin() + static_cast<std::ptrdiff_t>(columns * row.at(component)++), columns,
                line->i32);
    line = codestream.exchange(line, component);
  }
  codestream.flush();
  codestream.close();
  return file.bytes;
}

/// By OpenJPH.
inline Planes decode_htj2k(const Bytes& bytes) {
  ojph::mem_infile file;
  file.open(bytes.data(), bytes.size());
  ojph::codestream codestream;
  codestream.read_headers(&file);
  auto size = codestream.access_siz();
  codestream.create();
  Planes out(size.get_num_components());
  std::size_t lines = 0;
  for (ojph::ui32 c = 0; c < out.size(); ++c) lines += size.get_recon_height(c);
  for (; lines > 0; --lines) {
    ojph::ui32 component = 0;
    const auto* line = codestream.pull(component);
    out.at(component).insert(out.at(component).end(), line->i32, line->i32 + size.get_recon_width(component));
  }
  codestream.close();
  return out;
}

inline unsigned j2k_u16(const Bytes& bytes, std::size_t at) {
  return (static_cast<unsigned>(bytes.at(at)) << 8) | bytes.at(at + 1);
}
inline std::uint32_t j2k_u32(const Bytes& bytes, std::size_t at) {
  return (static_cast<std::uint32_t>(j2k_u16(bytes, at)) << 16) | j2k_u16(bytes, at + 2);
}
inline void put_u32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes.at(at + i) = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

inline Bytes marker_segment(unsigned marker, std::string_view body) {
  const auto length = body.size() + 2;
  Bytes out{static_cast<std::uint8_t>(marker >> 8), static_cast<std::uint8_t>(marker),
            static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

/// Position of the first SOT.
inline std::size_t first_tile_part(const Bytes& bytes) {
  std::size_t at = 2;
  while (j2k_u16(bytes, at) != 0xFF90) at += 2 + j2k_u16(bytes, at + 2);
  return at;
}

/// Behind SIZ, in the main header.
inline void plant_in_main_header(Bytes& bytes, const Bytes& segment) {
  const auto at = 4 + j2k_u16(bytes, 4);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), segment.begin(), segment.end());
}

/// In the header of the first tile-part, whose length grows.
inline void plant_in_tile_header(Bytes& bytes, const Bytes& segment) {
  const auto at = first_tile_part(bytes);
  put_u32(bytes, at + 6, j2k_u32(bytes, at + 6) + static_cast<std::uint32_t>(segment.size()));
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at + 12), segment.begin(), segment.end());
}

inline Bytes box(std::string_view type, std::span<const std::uint8_t> content) {
  Bytes out(4);
  put_u32(out, 0, static_cast<std::uint32_t>(content.size() + 8));
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

inline bool has_text(std::span<const std::uint8_t> bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

}  // namespace veilgate::test
