#include "pixel/samples.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

namespace veilgate::pixel {
namespace {
/// Pixelate and Blur keep at most this many cells per side of the box, and no cell under this size.
constexpr int kCellsPerSide = 6;
constexpr int kMinCellPixels = 8;

static_assert(std::endian::native == std::endian::little, "16-bit samples are read through memory");

std::size_t pixels_of(const Layout& layout) {
  return static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns);
}

template <typename T>
void clear_unused(const Layout& layout, std::span<std::uint8_t> data) {
  const int shift = layout.high_bit + 1 - layout.bits_stored;
  const auto mask = static_cast<T>(((1U << layout.bits_stored) - 1U) << shift);
  const auto sign = static_cast<T>(1U << layout.high_bit);
  const auto above = layout.is_signed ? static_cast<T>(~((1U << (layout.high_bit + 1)) - 1U)) : T{0};
  const std::size_t count = data.size() / sizeof(T);
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
    value = static_cast<T>((value & mask) | ((value & sign) != 0 ? above : T{0}));
    std::memcpy(data.data() + i * sizeof(T), &value, sizeof(T));
  }
}

void burn_bits(const Layout& layout, std::span<std::uint8_t> data, int frame, const Box& box, bool set) {
  for (int y = box.y; y < box.bottom(); ++y) {
    const std::uint64_t row = frame_bits(layout) * static_cast<std::uint64_t>(frame) +
                              static_cast<std::uint64_t>(y) * static_cast<std::uint64_t>(layout.columns);
    for (int x = box.x; x < box.right(); ++x) {
      const std::uint64_t bit = row + static_cast<std::uint64_t>(x);
      const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
      auto& byte = data[bit / 8];
      byte = static_cast<std::uint8_t>(set ? byte | mask : byte & ~mask);
    }
  }
}

/// Y1 Y2 Cb Cr per pair of pixels.
void burn_pairs(const Layout& layout, std::uint8_t* frame, const Box& box, const Fill& fill) {
  const std::array<std::uint8_t, 4> pair{static_cast<std::uint8_t>(fill[0]), static_cast<std::uint8_t>(fill[0]),
                                         static_cast<std::uint8_t>(fill[1]), static_cast<std::uint8_t>(fill[2])};
  for (int y = box.y; y < box.bottom(); ++y) {
    auto* row = frame + static_cast<std::size_t>(y) * static_cast<std::size_t>(layout.columns) * 2;
    for (int x = box.x; x < box.right(); x += 2) std::memcpy(row + std::size_t(x) * 2, pair.data(), pair.size());
  }
}

/// Address of one sample: rows x columns x samples, interleaved or in planes.
struct Address {
  std::size_t pixel, row, plane;
  explicit Address(const Layout& layout)
      : pixel(layout.planar ? 1 : static_cast<std::size_t>(layout.samples)),
        row(static_cast<std::size_t>(layout.columns) * pixel),
        plane(layout.planar ? pixels_of(layout) : 1) {}
  std::size_t at(int x, int y, int sample) const {
    return static_cast<std::size_t>(y) * row + static_cast<std::size_t>(x) * pixel +
           static_cast<std::size_t>(sample) * plane;
  }
};

template <typename T>
void burn_solid(const Layout& layout, std::uint8_t* frame, const Box& box, const Fill& fill) {
  const Address address(layout);
  const int shift = layout.high_bit + 1 - layout.bits_stored;
  for (int sample = 0; sample < layout.samples; ++sample) {
    const auto value = static_cast<T>(fill[static_cast<std::size_t>(sample)] << shift);
    for (int y = box.y; y < box.bottom(); ++y) {
      for (int x = box.x; x < box.right(); ++x) {
        std::memcpy(frame + address.at(x, y, sample) * sizeof(T), &value, sizeof(T));
      }
    }
  }
}

/// Means of a coarse grid over the box; all that Pixelate and Blur may know of the hidden pixels.
struct Means {
  int cell_w, cell_h, across, down;
  std::vector<std::uint8_t> value;
  std::uint8_t at(int column, int row) const {
    return value[static_cast<std::size_t>(std::clamp(row, 0, down - 1)) * static_cast<std::size_t>(across) +
                 static_cast<std::size_t>(std::clamp(column, 0, across - 1))];
  }
};

Means means_of(const std::uint8_t* frame, const Address& address, const Box& box, int sample) {
  Means out{};
  out.cell_w = std::max(kMinCellPixels, (box.w + kCellsPerSide - 1) / kCellsPerSide);
  out.cell_h = std::max(kMinCellPixels, (box.h + kCellsPerSide - 1) / kCellsPerSide);
  out.across = (box.w + out.cell_w - 1) / out.cell_w;
  out.down = (box.h + out.cell_h - 1) / out.cell_h;
  for (int row = 0; row < out.down; ++row) {
    for (int column = 0; column < out.across; ++column) {
      const Box cell =
          intersection({box.x + column * out.cell_w, box.y + row * out.cell_h, out.cell_w, out.cell_h}, box);
      std::uint64_t sum = 0;
      for (int y = cell.y; y < cell.bottom(); ++y) {
        for (int x = cell.x; x < cell.right(); ++x) sum += frame[address.at(x, y, sample)];
      }
      out.value.push_back(
          static_cast<std::uint8_t>(sum / (static_cast<std::uint64_t>(cell.w) * static_cast<std::uint64_t>(cell.h))));
    }
  }
  return out;
}

/// Integer bilinear interpolation between cell centres: the same bytes on every machine, unlike a float filter.
std::uint8_t blended(const Means& means, int x, int y) {
  const int fx = 2 * x + 1 - means.cell_w;
  const int fy = 2 * y + 1 - means.cell_h;
  const int step_x = 2 * means.cell_w;
  const int step_y = 2 * means.cell_h;
  const int column = fx < 0 ? -1 : fx / step_x;
  const int row = fy < 0 ? -1 : fy / step_y;
  const std::int64_t wx = fx - column * step_x;
  const std::int64_t wy = fy - row * step_y;
  const std::int64_t top = means.at(column, row) * (step_x - wx) + means.at(column + 1, row) * wx;
  const std::int64_t bottom = means.at(column, row + 1) * (step_x - wx) + means.at(column + 1, row + 1) * wx;
  return static_cast<std::uint8_t>((top * (step_y - wy) + bottom * wy) / (std::int64_t{step_x} * step_y));
}

void burn_coarse(const Layout& layout, std::uint8_t* frame, const Box& box, Style style) {
  const Address address(layout);
  for (int sample = 0; sample < layout.samples; ++sample) {
    const Means means = means_of(frame, address, box, sample);
    for (int y = 0; y < box.h; ++y) {
      for (int x = 0; x < box.w; ++x) {
        frame[address.at(box.x + x, box.y + y, sample)] =
            style == Style::Blur ? blended(means, x, y) : means.at(x / means.cell_w, y / means.cell_h);
      }
    }
  }
}

bool can_be_coarse(const Layout& layout) {
  return layout.bits_allocated == 8 && layout.bits_stored == 8 && !layout.is_signed && !is_subsampled(layout) &&
         layout.photometric != "PALETTE COLOR";
}
}  // namespace

bool is_subsampled(const Layout& layout) { return layout.photometric == "YBR_FULL_422"; }

std::uint64_t frame_bits(const Layout& layout) {
  const std::uint64_t pixels = pixels_of(layout);
  if (is_subsampled(layout)) return pixels * 2 * static_cast<std::uint64_t>(layout.bits_allocated);
  return pixels * static_cast<std::uint64_t>(layout.samples) * static_cast<std::uint64_t>(layout.bits_allocated);
}

std::uint64_t data_bytes(const Layout& layout) {
  return (frame_bits(layout) * static_cast<std::uint64_t>(layout.frames) + 7) / 8;
}

double compression_ratio(const Layout& layout, std::uint64_t compressed_bytes) {
  const double pixels = static_cast<double>(pixels_of(layout)) * layout.frames;
  return pixels * layout.samples * layout.bits_allocated / 8 /
         static_cast<double>(std::max<std::uint64_t>(1, compressed_bytes));
}

std::int32_t stored_value(const Layout& layout, std::uint32_t raw) {
  const std::uint32_t value = (raw >> (layout.high_bit + 1 - layout.bits_stored)) & ((1U << layout.bits_stored) - 1U);
  const std::uint32_t sign = 1U << (layout.bits_stored - 1);
  if (layout.is_signed && (value & sign) != 0) return static_cast<std::int32_t>(value) - (1 << layout.bits_stored);
  return static_cast<std::int32_t>(value);
}

Fill black(const Layout& layout) {
  const std::uint32_t full = (1U << layout.bits_stored) - 1U;
  const std::uint32_t middle = 1U << (layout.bits_stored - 1);
  if (layout.photometric == "RGB") return {0, 0, 0};
  if (layout.samples == 3) return {0, middle, middle};
  const bool inverted = layout.photometric == "MONOCHROME1";
  // Two's complement: the lowest value has only its sign bit, and all bits above it repeat it.
  if (layout.is_signed) return {inverted ? middle - 1 : ~(middle - 1), 0, 0};
  return {inverted ? full : 0, 0, 0};
}

void clear_unused_bits(const Layout& layout, std::span<std::uint8_t> data) {
  const std::uint64_t bits = frame_bits(layout) * static_cast<std::uint64_t>(layout.frames);
  if (bits % 8 != 0 && !data.empty()) {
    data.back() = static_cast<std::uint8_t>(data.back() & ((1U << (bits % 8)) - 1U));
  }
  if (layout.bits_stored == layout.bits_allocated) return;
  if (layout.bits_allocated == 8) clear_unused<std::uint8_t>(layout, data);
  if (layout.bits_allocated == 16) clear_unused<std::uint16_t>(layout, data);
}

Style painted_style(const Layout& layout, Style style) { return can_be_coarse(layout) ? style : Style::Solid; }

Box burn(const Layout& layout, std::span<std::uint8_t> data, int frame, const Box& box, Style style, const Fill& fill) {
  Box area = intersection(box, {0, 0, layout.columns, layout.rows});
  if (area.empty()) return {};
  if (layout.bits_allocated == 1) {
    burn_bits(layout, data, frame, area, (fill[0] & 1U) != 0);
    return area;
  }
  auto* start = data.data() + frame_bits(layout) / 8 * static_cast<std::uint64_t>(frame);
  if (is_subsampled(layout)) {
    area = {area.x & ~1, area.y, ((area.right() + 1) & ~1) - (area.x & ~1), area.h};
    burn_pairs(layout, start, area, fill);
  } else if (painted_style(layout, style) != Style::Solid) {
    burn_coarse(layout, start, area, style);
  } else if (layout.bits_allocated == 8) {
    burn_solid<std::uint8_t>(layout, start, area, fill);
  } else {
    burn_solid<std::uint16_t>(layout, start, area, fill);
  }
  return area;
}

}  // namespace veilgate::pixel
