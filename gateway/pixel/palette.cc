#include "pixel/palette.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "pixel/render.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
using dicom::Item;
using dicom::Tag;

constexpr Tag kPixelPresentation{0x0008, 0x9205};
constexpr std::uint16_t kGroup = 0x0028;
/// Red, green, blue.
constexpr std::array<std::uint16_t, 3> kTables{0x1201, 0x1202, 0x1203}, kDescriptors{0x1101, 0x1102, 0x1103};
/// Alpha, large (retired) and segmented tables.
constexpr std::array<std::uint16_t, 13> kOthers{0x1104, 0x1111, 0x1112, 0x1113, 0x1204, 0x1211, 0x1212,
                                                0x1213, 0x1214, 0x1221, 0x1222, 0x1223, 0x1224};

/// Whether a pixel shows entry `index`. Smaller values ones than the first show the first, larger ones than the last
/// the last.
bool is_shown(const Palette& palette, const Layout& layout, const UsedValues& used, std::size_t index) {
  const int lowest = layout.is_signed ? -(1 << (layout.bits_stored - 1)) : 0;
  const int highest = lowest + (1 << layout.bits_stored) - 1;
  const int value = palette.first + static_cast<int>(index);
  const int from = index == 0 ? lowest : value;
  const int to = index + 1 == palette.bgr.size() ? highest : value;
  for (int at = std::max(from, lowest); at <= std::min(to, highest); ++at) {
    if (used.has(at)) return true;
  }
  return false;
}

Result<void> write_table(Item dataset, Tag tag, const std::string& bytes) {
  std::vector<Uint16> words((bytes.size() + 1) / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    words[i / 2] = static_cast<Uint16>(words[i / 2] | static_cast<std::uint8_t>(bytes[i]) << (8 * (i % 2)));
  }
  if (dataset.native()
          ->putAndInsertUint16Array(DcmTagKey(tag.group, tag.element), words.data(),
                                    static_cast<unsigned long>(words.size()))
          .bad()) {
    return fail(ErrorKind::Transient, "pixel.memory", "A palette could not be stored.");
  }
  return {};
}

void remove_all(Item dataset, std::span<const std::uint16_t> elements) {
  for (const auto element : elements) dataset.remove({kGroup, element});
}

}  // namespace

UsedValues::UsedValues(const Layout& layout) {
  if (layout.photometric != "PALETTE COLOR") return;
  lowest_ = layout.is_signed ? -(1 << (layout.bits_stored - 1)) : 0;
  used_.resize(std::size_t{1} << layout.bits_stored);
}

void UsedValues::add(const Layout& layout, std::span<const std::uint8_t> samples) {
  if (used_.empty()) return;
  const std::size_t width = layout.bits_allocated == 16 ? 2 : 1;
  for (std::size_t i = 0; i + width <= samples.size(); i += width) {
    std::uint16_t word = 0;
    std::memcpy(&word, samples.data() + i, width);  // machine order, which is little endian (samples.cc)
    used_[static_cast<std::size_t>(stored_value(layout, word) - lowest_)] = true;
  }
}

bool UsedValues::has(int stored_value) const {
  const auto index = static_cast<std::size_t>(stored_value - lowest_);
  return stored_value >= lowest_ && index < used_.size() && used_[index];
}

Result<void> clean_palette(dicom::File& file, const Layout& layout, const UsedValues& used) {
  Item dataset = file.dataset();
  remove_all(dataset, kOthers);
  if (layout.photometric != "PALETTE COLOR") {
    const auto text = dataset.text(kPixelPresentation);
    const std::string& presentation = text.reveal();
    const bool supplemental = presentation == "COLOR" || presentation == "MIXED" || presentation == "COLOR_RANGE";
    if (supplemental && layout.samples == 1 && dataset.contains({kGroup, kTables[0]})) {
      return fail(ErrorKind::Refused, "pixel.unsupported", "A Supplemental Palette cannot be cleaned yet.");
    }
    remove_all(dataset, kTables);
    remove_all(dataset, kDescriptors);
    return {};
  }
  VG_ASSIGN(const auto palette, read_palette(file, layout));
  const std::size_t count = palette.bgr.size();
  std::vector<bool> shown(count);
  for (std::size_t i = 0; i < count; ++i) shown[i] = is_shown(palette, layout, used, i);
  for (const auto element : kTables) {
    const auto table = dataset.find({kGroup, element});
    std::string bytes = table ? table->bytes().reveal() : std::string();
    const std::size_t width = bytes.size() >= 2 * count ? 2 : 1;  // as read_palette() tells them apart
    bytes.resize(count * width);
    for (std::size_t i = 0; i < count; ++i) {
      if (!shown[i]) std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * width), width, '\0');
    }
    VG_TRY(write_table(dataset, {kGroup, element}, bytes));
  }
  return {};
}

}  // namespace veilgate::pixel
