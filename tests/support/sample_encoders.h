#pragma once
// Codestreams for SamplePath rows, made by the libraries' own encoders or by hand, never by the gateway.
#include <charls/charls.h>
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djeijg12.h>
#include <dcmtk/dcmjpeg/djeijg16.h>
#include <dcmtk/dcmjpeg/djeijg8.h>

#include <cstring>
#include <memory>

#include "support/sample_objects.h"

namespace veilgate::test {

/// PackBits per byte plane and row, with the byte that means nothing (128) between rows.
inline Bytes encode_rle(const pixel::Layout& layout, const Bytes& samples, int) {
  const auto width = static_cast<std::size_t>(layout.bits_allocated / 8);
  const std::size_t planes = width * static_cast<std::size_t>(layout.samples);
  const std::size_t pixels = samples.size() / planes;
  const auto columns = static_cast<std::size_t>(layout.columns);
  std::vector<std::uint32_t> header(16);
  header[0] = static_cast<std::uint32_t>(planes);
  Bytes out(64);
  for (std::size_t plane = 0; plane < planes; ++plane) {
    header[plane + 1] = static_cast<std::uint32_t>(out.size());
    const std::size_t offset = plane / width * width + (width - 1 - plane % width);
    for (std::size_t row = 0; row < pixels; row += columns) {
      for (std::size_t x = 0; x < columns;) {
        const auto at = [&](std::size_t column) { return samples[(row + column) * planes + offset]; };
        std::size_t run = 1;
        while (run < 128 && x + run < columns && at(x + run) == at(x)) ++run;
        if (run > 1) {
          out.push_back(static_cast<std::uint8_t>(257 - run));
          out.push_back(at(x));
        } else {
          const std::size_t count = std::min<std::size_t>(3, columns - x);
          out.push_back(static_cast<std::uint8_t>(count - 1));
          for (std::size_t i = 0; i < count; ++i) out.push_back(at(x + i));
          run = count;
        }
        x += run;
      }
      if (row + columns < pixels) out.push_back(128);
    }
    if (out.size() % 2 != 0) out.push_back(0);
  }
  std::memcpy(out.data(), header.data(), 64);
  return out;
}

inline Bytes encode_jpeg_ls(const pixel::Layout& layout, const Bytes& samples, int bits, charls::interleave_mode mode,
                            int near = 0, charls::color_transformation transform = charls::color_transformation::none) {
  Bytes in = samples;
  const auto width = static_cast<std::size_t>(layout.bits_allocated / 8);
  if (layout.samples == 3 && mode == charls::interleave_mode::none) {
    const std::size_t pixels = samples.size() / width / 3;
    for (std::size_t i = 0; i < pixels; ++i) {
      for (std::size_t s = 0; s < 3; ++s) {
        std::memcpy(in.data() + (s * pixels + i) * width, samples.data() + (i * 3 + s) * width, width);
      }
    }
  }
  charls::jpegls_encoder encoder;
  encoder
      .frame_info(
          {static_cast<std::uint32_t>(layout.columns), static_cast<std::uint32_t>(layout.rows), bits, layout.samples})
      .interleave_mode(layout.samples == 1 ? charls::interleave_mode::none : mode)
      .near_lossless(near)
      .color_transformation(layout.samples == 1 ? charls::color_transformation::none : transform);
  Bytes out(encoder.estimated_destination_size() * 4);
  encoder.destination(out);
  out.resize(encoder.encode(in.data(), in.size()));
  return out;
}

template <typename Sample, typename Encoder>
Bytes run_ijg(Encoder& encoder, const pixel::Layout& layout, const Bytes& samples) {
  std::vector<Sample> copy(samples.size() / sizeof(Sample));
  std::memcpy(copy.data(), samples.data(), samples.size());
  const auto colors = layout.samples == 1 ? EPI_Monochrome2 : layout.photometric == "RGB" ? EPI_RGB : EPI_YBR_Full;
  Uint8* bytes = nullptr;
  Uint32 length = 0;
  check(encoder.encode(static_cast<Uint16>(layout.columns), static_cast<Uint16>(layout.rows), colors,
                       static_cast<Uint16>(layout.samples), copy.data(), bytes, length));
  const std::unique_ptr<Uint8[]> owner(bytes);
  return Bytes(bytes, bytes + length);
}

inline const DJCodecParameter& ijg_parameters() {
  static const DJCodecParameter values(ECC_lossyRGB, EDC_never, EUC_never, EPC_colorByPixel);
  return values;
}

inline Bytes encode_jpeg_lossless(const pixel::Layout& layout, const Bytes& samples, int bits, int predictor,
                                  int point_transform = 0) {
  if (layout.bits_allocated == 8) {
    DJCompressIJG8Bit encoder(ijg_parameters(), EJM_lossless, predictor, point_transform);
    return run_ijg<Uint8>(encoder, layout, samples);
  }
  if (bits <= 12) {
    DJCompressIJG12Bit encoder(ijg_parameters(), EJM_lossless, predictor, point_transform);
    return run_ijg<Uint16>(encoder, layout, samples);
  }
  DJCompressIJG16Bit encoder(ijg_parameters(), EJM_lossless, predictor, point_transform);
  return run_ijg<Uint16>(encoder, layout, samples);
}

/// DCT with 12 bits.
inline Bytes encode_jpeg_12(const pixel::Layout& layout, const Bytes& samples, EJ_Mode mode) {
  DJCompressIJG12Bit encoder(ijg_parameters(), mode, Uint8{95});
  return run_ijg<Uint16>(encoder, layout, samples);
}

inline void append(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

inline Bytes segment(int marker, std::string_view payload) {
  Bytes out{0xFF, static_cast<std::uint8_t>(marker), 0, static_cast<std::uint8_t>(payload.size() + 2)};
  append(out, payload);
  return out;
}

/// Position of the first segment with `marker`.
inline std::size_t find_segment(const Bytes& stream, int marker) {
  std::size_t at = 2;
  while (stream.at(at + 1) != marker) at += 2 + static_cast<std::size_t>(stream.at(at + 2) * 256 + stream.at(at + 3));
  return at;
}

/// Comments, application data of all kinds, a table that no scan uses, fill bytes, bytes after the end.
inline Bytes plant_jpeg(const Bytes& stream, bool ls) {
  const std::string secret(kSecret);
  Bytes out(stream.begin(), stream.begin() + 2);
  const auto add = [&out](const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
  add(segment(0xFE, secret));
  add(segment(0xE1, std::string("Exif\0\0", 6) + secret));
  add(segment(0xED, secret));
  add(segment(0xE8, "SPIFFx" + secret));
  if (!ls) {
    std::string table(17, '\0');  // class 1, identifier 3
    table[0] = 0x13;
    table[16] = static_cast<char>(secret.size());
    add(segment(0xC4, table + secret));
    add(segment(0xDB, std::string(1, '\3') + secret + std::string(64 - secret.size(), 'x')));
  }
  const std::size_t scan = find_segment(stream, 0xDA);
  out.insert(out.end(), stream.begin() + 2, stream.begin() + static_cast<std::ptrdiff_t>(scan));
  add(segment(0xFE, secret));
  out.push_back(0xFF);
  out.insert(out.end(), stream.begin() + static_cast<std::ptrdiff_t>(scan), stream.end());
  append(out, secret);
  return out;
}

/// Between header and first segment, after the last, and in header words that name no segment.
inline Bytes plant_rle(const Bytes& stream) {
  const std::string secret(kSecret);
  Bytes out(stream.begin(), stream.begin() + 64);
  append(out, secret);
  out.insert(out.end(), stream.begin() + 64, stream.end());
  append(out, secret);
  for (std::size_t i = 1; i <= stream[0]; ++i) {
    std::uint32_t offset = 0;
    std::memcpy(&offset, out.data() + 4 * i, 4);
    offset += static_cast<std::uint32_t>(secret.size());
    std::memcpy(out.data() + 4 * i, &offset, 4);
  }
  std::copy(secret.begin(), secret.end(), out.begin() + 40);
  return out;
}

}  // namespace veilgate::test
