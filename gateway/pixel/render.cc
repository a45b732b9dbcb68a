#include "pixel/render.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {

template <typename T>
std::uint32_t word_at(const std::uint8_t* frame, std::size_t index) {
  T value;
  std::memcpy(&value, frame + index * sizeof(T), sizeof(T));
  return value;
}

std::uint8_t clamped(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }

/// PS3.3 C.7.6.3.1.2, 16-bit fixed point.
cv::Vec3b bgr_of(int y, int cb, int cr) {
  cb -= 128;
  cr -= 128;
  constexpr int kHalf = 1 << 15;
  return {clamped(y + ((116130 * cb + kHalf) >> 16)), clamped(y + ((kHalf - 22554 * cb - 46802 * cr) >> 16)),
          clamped(y + ((91881 * cr + kHalf) >> 16))};
}

struct Range {
  double low, high;
};

/// How often each raw word occurs: the window test and the value range need no second pass over the pixels.
template <typename T>
std::vector<std::uint32_t> histogram(const std::uint8_t* frame, std::size_t pixels) {
  std::vector<std::uint32_t> counts(std::size_t{1} << (8 * sizeof(T)));
  for (std::size_t i = 0; i < pixels; ++i) ++counts[word_at<T>(frame, i)];
  return counts;
}

Range range_of(const Layout& layout, const std::vector<std::uint32_t>& counts, const std::optional<Window>& window) {
  const int lowest = layout.is_signed ? -(1 << (layout.bits_stored - 1)) : 0;
  const int highest = lowest + (1 << layout.bits_stored) - 1;
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();
  std::uint64_t inner = 0;
  std::uint64_t visible = 0;
  for (std::size_t raw = 0; raw < counts.size(); ++raw) {
    const int value = stored_value(layout, static_cast<std::uint32_t>(raw));
    if (counts[raw] == 0 || value == lowest || value == highest) continue;
    inner += counts[raw];
    if (window && value >= window->low && value <= window->high) visible += counts[raw];
    low = std::min<double>(low, value);
    high = std::max<double>(high, value);
  }
  if (window && visible * 2 >= inner) return {window->low, window->high};
  if (low >= high) return {static_cast<double>(lowest), static_cast<double>(highest)};
  return {low, high};
}

template <typename T>
std::vector<cv::Vec3b> gray_table(const Layout& layout, const std::uint8_t* frame, std::size_t pixels,
                                  const std::optional<Window>& window) {
  const int lowest = layout.is_signed ? -(1 << (layout.bits_stored - 1)) : 0;
  Range range{static_cast<double>(lowest), static_cast<double>(lowest + (1 << layout.bits_stored) - 1)};
  if (layout.bits_stored > 8) range = range_of(layout, histogram<T>(frame, pixels), window);
  const double scale = 255.0 / (range.high - range.low);
  std::vector<cv::Vec3b> table(std::size_t{1} << (8 * sizeof(T)));
  for (std::size_t raw = 0; raw < table.size(); ++raw) {
    const double value = (stored_value(layout, static_cast<std::uint32_t>(raw)) - range.low) * scale;
    std::uint8_t gray = static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
    if (layout.photometric == "MONOCHROME1") gray = static_cast<std::uint8_t>(255 - gray);
    table[raw] = {gray, gray, gray};
  }
  return table;
}

template <typename T>
std::vector<cv::Vec3b> palette_table(const Layout& layout, const Palette& palette) {
  std::vector<cv::Vec3b> table(std::size_t{1} << (8 * sizeof(T)));
  const int last = static_cast<int>(palette.bgr.size()) - 1;
  for (std::size_t raw = 0; raw < table.size(); ++raw) {
    const int entry = stored_value(layout, static_cast<std::uint32_t>(raw)) - palette.first;
    table[raw] = palette.bgr[static_cast<std::size_t>(std::clamp(entry, 0, last))];
  }
  return table;
}

template <typename T>
void render_indexed(const Layout& layout, const std::uint8_t* frame, const std::optional<Window>& window,
                    const Palette* palette, cv::Mat& out) {
  const auto table =
      palette != nullptr ? palette_table<T>(layout, *palette) : gray_table<T>(layout, frame, out.total(), window);
  std::size_t index = 0;
  for (int y = 0; y < out.rows; ++y) {
    auto* row = out.ptr<cv::Vec3b>(y);
    for (int x = 0; x < out.cols; ++x) row[x] = table[word_at<T>(frame, index++)];
  }
}

template <typename T>
void render_color(const Layout& layout, const std::uint8_t* frame, cv::Mat& out) {
  const std::size_t pixels = out.total();
  const std::size_t step = layout.planar ? 1 : 3;
  const std::size_t plane = layout.planar ? pixels : 1;
  const int full = (1 << layout.bits_stored) - 1;
  const bool rgb = layout.photometric == "RGB";
  const auto sample = [&](std::size_t index) {
    const int value = stored_value(layout, word_at<T>(frame, index));
    if (layout.bits_stored == 8) return value;
    return static_cast<int>((std::int64_t{value} * 255 + full / 2) / full);
  };
  std::size_t index = 0;
  for (int y = 0; y < out.rows; ++y) {
    auto* row = out.ptr<cv::Vec3b>(y);
    for (int x = 0; x < out.cols; ++x, index += step) {
      const int a = sample(index);
      const int b = sample(index + plane);
      const int c = sample(index + 2 * plane);
      row[x] = rgb ? cv::Vec3b(clamped(c), clamped(b), clamped(a)) : bgr_of(a, b, c);
    }
  }
}

void render_pairs(const std::uint8_t* frame, cv::Mat& out) {
  for (int y = 0; y < out.rows; ++y) {
    auto* row = out.ptr<cv::Vec3b>(y);
    const std::uint8_t* pair = frame + static_cast<std::size_t>(y) * static_cast<std::size_t>(out.cols) * 2;
    for (int x = 0; x + 1 < out.cols; x += 2, pair += 4) {
      row[x] = bgr_of(pair[0], pair[2], pair[3]);
      row[x + 1] = bgr_of(pair[1], pair[2], pair[3]);
    }
  }
}

void render_bits(const Layout& layout, std::span<const std::uint8_t> data, int frame, cv::Mat& out) {
  std::uint64_t bit = frame_bits(layout) * static_cast<std::uint64_t>(frame);
  const unsigned flip = layout.photometric == "MONOCHROME1" ? 1 : 0;
  for (int y = 0; y < out.rows; ++y) {
    auto* row = out.ptr<cv::Vec3b>(y);
    for (int x = 0; x < out.cols; ++x, ++bit) {
      const unsigned on = ((static_cast<unsigned>(data[bit / 8]) >> (bit % 8)) & 1U) ^ flip;
      row[x] = cv::Vec3b::all(on != 0 ? 255 : 0);
    }
  }
}
}  // namespace

cv::Mat render(const Layout& layout, std::span<const std::uint8_t> data, int frame, const std::optional<Window>& window,
               const Palette* palette) {
  cv::Mat out(layout.rows, layout.columns, CV_8UC3);
  if (layout.bits_allocated == 1) {
    render_bits(layout, data, frame, out);
    return out;
  }
  const auto* start = data.data() + frame_bits(layout) / 8 * static_cast<std::uint64_t>(frame);
  const bool wide = layout.bits_allocated == 16;
  if (is_subsampled(layout)) {
    render_pairs(start, out);
  } else if (layout.samples == 3) {
    wide ? render_color<std::uint16_t>(layout, start, out) : render_color<std::uint8_t>(layout, start, out);
  } else if (wide) {
    render_indexed<std::uint16_t>(layout, start, window, palette, out);
  } else {
    render_indexed<std::uint8_t>(layout, start, window, palette, out);
  }
  return out;
}

}  // namespace veilgate::pixel
