// Attributes that say how stored values are shown: VOI window and palette.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "pixel/render.h"

namespace veilgate::pixel {
namespace {
using dicom::Item;
using dicom::Tag;

constexpr Tag kWindowCenter{0x0028, 0x1050};
constexpr Tag kWindowWidth{0x0028, 0x1051};
constexpr Tag kRescaleIntercept{0x0028, 0x1052};
constexpr Tag kRescaleSlope{0x0028, 0x1053};
/// Descriptor, data and segmented data of red, green and blue.
constexpr Tag kDescriptors[]{{0x0028, 0x1101}, {0x0028, 0x1102}, {0x0028, 0x1103}};
constexpr Tag kTables[]{{0x0028, 0x1201}, {0x0028, 0x1202}, {0x0028, 0x1203}};
constexpr Tag kSegmented[]{{0x0028, 0x1221}, {0x0028, 0x1222}, {0x0028, 0x1223}};

/// First value of a decimal string.
std::optional<double> decimal(const Item& item, Tag tag) {
  const auto text = item.text(tag);
  std::string_view value = text.reveal();
  value = value.substr(0, value.find('\\'));
  while (!value.empty() && (value.front() == ' ' || value.front() == '+')) value.remove_prefix(1);
  double out = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), out);
  if (parsed.ec != std::errc{} || !std::isfinite(out)) return std::nullopt;
  return out;
}

std::uint16_t word(std::string_view bytes, std::size_t index) {
  const auto low = static_cast<std::uint8_t>(bytes[2 * index]);
  const auto high = static_cast<std::uint8_t>(bytes[2 * index + 1]);
  return static_cast<std::uint16_t>(low | (high << 8));
}

tl::unexpected<Error> malformed() {
  return fail(ErrorKind::Permanent, "pixel.palette", "The palette colour lookup tables are missing or malformed.");
}

/// Entries of one table as 8 bits. Writers differ: 8-bit entries lie in bytes or in words, and some say 16 bits for
/// values that never pass 255.
Result<std::vector<std::uint8_t>> entries(std::string_view bytes, std::size_t count, int bits) {
  std::vector<std::uint8_t> out(count);
  if (bits == 8 && bytes.size() >= count && bytes.size() < 2 * count) {
    std::transform(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count), out.begin(),
                   [](char byte) { return static_cast<std::uint8_t>(byte); });
    return out;
  }
  if (bytes.size() < 2 * count) return malformed();
  std::uint16_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, word(bytes, i));
  const int shift = largest > 255 ? 8 : 0;
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(word(bytes, i) >> shift);
  return out;
}
}  // namespace

std::optional<Window> read_window(const dicom::File& file) {
  const Item item = file.dataset();
  const auto center = decimal(item, kWindowCenter);
  const auto width = decimal(item, kWindowWidth);
  if (!center || !width || *width < 1) return std::nullopt;
  const double slope = decimal(item, kRescaleSlope).value_or(1);
  const double intercept = decimal(item, kRescaleIntercept).value_or(0);
  if (slope == 0) return std::nullopt;
  const double half = std::max((*width - 1) / 2, 0.5);
  const double a = (*center - 0.5 - half - intercept) / slope;
  const double b = (*center - 0.5 + half - intercept) / slope;
  if (!std::isfinite(a) || !std::isfinite(b) || a == b) return std::nullopt;
  return Window{std::min(a, b), std::max(a, b)};
}

Result<Palette> read_palette(const dicom::File& file, const Layout& layout) {
  const Item item = file.dataset();
  Palette out;
  for (std::size_t color = 0; color < 3; ++color) {
    if (item.contains(kSegmented[color])) {
      return fail(ErrorKind::Refused, "pixel.unsupported", "Segmented palettes cannot be masked yet.");
    }
    const auto descriptor = item.find(kDescriptors[color]);
    const auto table = item.find(kTables[color]);
    if (!descriptor || !table) return malformed();
    const std::string shape = descriptor->bytes().reveal();
    if (shape.size() != 6) return malformed();
    const std::size_t count = word(shape, 0) == 0 ? 65536 : word(shape, 0);
    const int first = layout.is_signed ? static_cast<std::int16_t>(word(shape, 1)) : word(shape, 1);
    const int bits = word(shape, 2);
    if (bits != 8 && bits != 16) return malformed();
    if (color > 0 && (first != out.first || count != out.bgr.size())) return malformed();
    VG_ASSIGN(const auto values, entries(table->bytes().reveal(), count, bits));
    out.first = first;
    out.bgr.resize(count);
    for (std::size_t i = 0; i < count; ++i) out.bgr[i][2 - static_cast<int>(color)] = values[i];
  }
  return out;
}

std::uint32_t Palette::darkest(const Layout& layout) const {
  const int lowest = layout.is_signed ? -(1 << (layout.bits_stored - 1)) : 0;
  const int highest = lowest + (1 << layout.bits_stored) - 1;
  int best = lowest;
  int best_luma = std::numeric_limits<int>::max();
  for (int value = lowest; value <= highest; ++value) {
    const int entry = std::clamp(value - first, 0, static_cast<int>(bgr.size()) - 1);
    const auto& color = bgr[static_cast<std::size_t>(entry)];
    const int luma = 299 * color[2] + 587 * color[1] + 114 * color[0];
    if (luma >= best_luma) continue;
    best = value;
    best_luma = luma;
  }
  return static_cast<std::uint32_t>(best) & ((1U << layout.bits_stored) - 1U);
}

}  // namespace veilgate::pixel
