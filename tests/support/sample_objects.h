#pragma once
// Objects whose frames are compressed sample by sample: layouts, pictures, palette, and how a coder is put to the test.
#include <array>
#include <cstdint>
#include <functional>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/pixel_objects.h"

namespace veilgate::test {

using Bytes = std::vector<std::uint8_t>;

/// What a codestream holds; `precision` 0: all bits below the high bit, of signed samples all that are allocated.
struct Shape {
  const char* name;
  const char* photometric;
  int allocated, stored, high;
  bool is_signed = false;
  int precision = 0;

  int samples() const {
    return std::string_view(photometric) == "RGB" || std::string_view(photometric).starts_with("YBR") ? 3 : 1;
  }
  int coded_bits() const { return precision != 0 ? precision : is_signed ? allocated : high + 1; }
};
inline std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.name; }

inline const std::vector<Shape>& sample_shapes() {
  static const std::vector<Shape> shapes{
      {"rgb", "RGB", 8, 8, 7},
      {"rgb16", "RGB", 16, 16, 15},
      {"rgb12", "RGB", 16, 12, 11},
      {"ybr", "YBR_FULL", 8, 8, 7},
      {"ybr12", "YBR_FULL", 16, 12, 11},
      {"mono2", "MONOCHROME2", 8, 8, 7},
      {"mono1", "MONOCHROME1", 8, 8, 7},
      {"mono2_6", "MONOCHROME2", 8, 6, 5},
      {"mono2_s8", "MONOCHROME2", 8, 8, 7, true},
      {"mono2_10", "MONOCHROME2", 16, 10, 9},
      {"mono2_12", "MONOCHROME2", 16, 12, 11},
      {"mono1_12", "MONOCHROME1", 16, 12, 11},
      {"mono2_12_in_16", "MONOCHROME2", 16, 12, 11, false, 16},
      {"mono2_12_high", "MONOCHROME2", 16, 12, 15},
      {"mono2_16", "MONOCHROME2", 16, 16, 15},
      {"mono2_s12", "MONOCHROME2", 16, 12, 11, true, 12},
      {"mono2_s12_in_16", "MONOCHROME2", 16, 12, 11, true},
      {"mono1_s16", "MONOCHROME1", 16, 16, 15, true},
      {"palette8", "PALETTE COLOR", 8, 8, 7},
      {"palette16", "PALETTE COLOR", 16, 16, 15},
  };
  return shapes;
}

inline pixel::Layout layout_of(const Shape& shape, int rows, int columns, int frames) {
  pixel::Layout layout;
  layout.rows = rows;
  layout.columns = columns;
  layout.frames = frames;
  layout.samples = shape.samples();
  layout.bits_allocated = shape.allocated;
  layout.bits_stored = shape.stored;
  layout.high_bit = shape.high;
  layout.is_signed = shape.is_signed;
  layout.photometric = shape.photometric;
  return layout;
}

inline std::size_t sample_count(const pixel::Layout& layout) {
  return static_cast<std::size_t>(layout.rows * layout.columns * layout.samples);
}

/// Samples of one frame, interleaved, little endian.
inline unsigned raw_at(const pixel::Layout& layout, const Bytes& data, std::size_t index) {
  if (layout.bits_allocated == 8) return data.at(index);
  return data.at(2 * index) | (static_cast<unsigned>(data.at(2 * index + 1)) << 8);
}

inline void put_raw(const pixel::Layout& layout, Bytes& data, std::size_t index, unsigned raw) {
  if (layout.bits_allocated == 8) {
    data.at(index) = static_cast<std::uint8_t>(raw);
    return;
  }
  data.at(2 * index) = static_cast<std::uint8_t>(raw & 255);
  data.at(2 * index + 1) = static_cast<std::uint8_t>(raw >> 8);
}

/// The sample alone, without sign and shift: what must be the same before and after.
inline unsigned stored_bits(const pixel::Layout& layout, unsigned raw) {
  return (raw >> (layout.high_bit + 1 - layout.bits_stored)) & ((1U << layout.bits_stored) - 1U);
}

/// A slope with noise over all values, as `bits` coded bits hold them.
inline Bytes sample_picture(const pixel::Layout& layout, int bits, unsigned seed) {
  std::mt19937 random(seed);
  Bytes out(sample_count(layout) * static_cast<std::size_t>(layout.bits_allocated / 8));
  const int shift = layout.high_bit + 1 - layout.bits_stored;
  const unsigned all = (1U << layout.bits_stored) - 1U;
  for (std::size_t i = 0; i < sample_count(layout); ++i) {
    const auto pixel = static_cast<unsigned>(i / static_cast<std::size_t>(layout.samples));
    const auto columns = static_cast<unsigned>(layout.columns);
    const unsigned slope = (pixel % columns) * all / columns + seed;
    unsigned raw = ((slope + random() % 8 + ((random() % 16) == 0 ? random() : 0)) & all) << shift;
    const bool negative = layout.is_signed && ((raw >> layout.high_bit) & 1U) != 0;
    if (negative) raw |= ~((1U << (layout.high_bit + 1)) - 1U) & ((1U << bits) - 1U);
    put_raw(layout, out, i, raw);
  }
  return out;
}

/// 256 entries: 1 to 4 are red, green, blue, grey, 5 is black, the rest is bright.
inline void add_palette(DcmFileFormat& file, bool wide) {
  const std::array<Uint16, 3> shape{256, 0, static_cast<Uint16>(wide ? 16 : 8)};
  const DcmTagKey descriptors[]{DCM_RedPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableDescriptor,
                                DCM_BluePaletteColorLookupTableDescriptor};
  const DcmTagKey tables[]{DCM_RedPaletteColorLookupTableData, DCM_GreenPaletteColorLookupTableData,
                           DCM_BluePaletteColorLookupTableData};
  for (unsigned color = 0; color < 3; ++color) {
    std::vector<Uint16> table(256, 200);
    for (unsigned i = 1; i <= 3; ++i) table[i] = i == color + 1 ? 220 : 20;
    table[4] = 128;
    table[5] = 0;
    if (wide) {
      for (auto& entry : table) entry = static_cast<Uint16>(entry * 257);
    }
    check(file.getDataset()->putAndInsertUint16Array(descriptors[color], shape.data(), 3));
    check(file.getDataset()->putAndInsertUint16Array(tables[color], table.data(), 256));
  }
}

inline unsigned expected_black(const pixel::Layout& layout, int sample) {
  const unsigned all = (1U << layout.bits_stored) - 1U;
  const unsigned middle = 1U << (layout.bits_stored - 1);
  if (layout.photometric == "MONOCHROME1") return layout.is_signed ? middle - 1 : all;
  if (layout.photometric == "MONOCHROME2") return layout.is_signed ? middle : 0;
  if (layout.photometric.starts_with("YBR")) return sample == 0 ? 0 : middle;
  return layout.photometric == "PALETTE COLOR" ? 5 : 0;
}

/// One way to compress: a coder of the gateway is tested with streams that it has not made.
struct SamplePath {
  const char* name;
  E_TransferSyntax syntax;
  E_TransferSyntax masked_syntax;  ///< of the output when something was masked
  const char* lossy_method;        ///< empty: lossless
  std::function<bool(const Shape&)> takes;
  /// One frame of sample_picture()'s kind.
  std::function<Bytes(const pixel::Layout&, const Bytes&, int bits)> encode;
  /// The same stream with kSecret wherever it could hide without changing the picture.
  std::function<Bytes(const Bytes&)> plant;
  bool lossy() const { return *lossy_method != 0; }
};
inline std::ostream& operator<<(std::ostream& out, const SamplePath& path) { return out << path.name; }

inline constexpr std::string_view kSecret = "Zwiebelhorst";

inline std::unique_ptr<DcmFileFormat> sample_object(const SamplePath& path, const pixel::Layout& layout,
                                                    const std::vector<Bytes>& streams) {
  auto object = image_object(layout);
  std::vector<std::vector<Bytes>> frames;
  for (const auto& stream : streams) frames.push_back({stream});
  set_fragments(*object, frames, OffsetTable::Filled, path.syntax);
  if (layout.photometric == "PALETTE COLOR") add_palette(*object, layout.bits_allocated == 16);
  return object;
}

}  // namespace veilgate::test
