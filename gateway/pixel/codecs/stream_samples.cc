#include "pixel/codecs/stream_samples.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace veilgate::pixel {

Result<void> check_shape(const Layout& layout, int width, int height, int components, int precision) {
  static constexpr std::array<std::string_view, 6> kShown{"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR",
                                                          "RGB",         "YBR_FULL",    "YBR_FULL_422"};
  if (std::ranges::find(kShown, layout.photometric) == kShown.end()) {
    return fail(ErrorKind::Refused, "pixel.unsupported",
                "This Photometric Interpretation cannot be masked in this compression.");
  }
  if (width != layout.columns || height != layout.rows || components != layout.samples) {
    return fail(ErrorKind::Permanent, "pixel.inconsistent",
                "The stream's size or components differ from Rows, Columns and Samples per Pixel.");
  }
  if (precision < 2 || precision > layout.bits_allocated) {
    return fail(ErrorKind::Permanent, "pixel.inconsistent", "The stream's bits per sample do not fit Bits Allocated.");
  }
  return {};
}

bool bits_agree(const Layout& layout, int precision) {
  if (precision == layout.bits_allocated || precision == layout.high_bit + 1) return true;
  return precision < layout.bits_stored && layout.high_bit == layout.bits_stored - 1;
}

Layout decoded_layout(const Layout& layout) {
  Layout out = layout;
  out.frames = 1;
  out.planar = false;
  if (out.photometric == "YBR_FULL_422") out.photometric = "YBR_FULL";
  return out;
}

std::vector<std::uint8_t> fit_samples(const Layout& layout, int precision, std::vector<std::uint8_t> samples) {
  if (layout.bits_allocated == 16 && precision <= 8) {
    std::vector<std::uint8_t> wide(samples.size() * 2);
    for (std::size_t i = 0; i < samples.size(); ++i) wide[2 * i] = samples[i];
    samples = std::move(wide);
  }
  if (!layout.is_signed || precision != layout.high_bit + 1 || precision == layout.bits_allocated) return samples;
  const auto sign = static_cast<std::uint16_t>(1U << layout.high_bit);
  const auto above = static_cast<std::uint16_t>(~((1U << precision) - 1U));
  const std::size_t width = layout.bits_allocated == 16 ? 2 : 1;
  for (std::size_t i = 0; i + width <= samples.size(); i += width) {
    std::uint16_t value = 0;
    std::memcpy(&value, samples.data() + i, width);
    if ((value & sign) != 0) value = static_cast<std::uint16_t>(value | above);
    std::memcpy(samples.data() + i, &value, width);
  }
  return samples;
}

int precision_for(const Layout& layout) {
  if (layout.is_signed) return layout.bits_allocated;
  return std::clamp(layout.high_bit + 1, layout.bits_allocated == 16 ? 9 : 8, layout.bits_allocated);
}

}  // namespace veilgate::pixel
