#include <algorithm>
#include <array>
#include <string_view>

#include "base/limits.h"
#include "pixel/codec.h"

namespace veilgate::pixel {
namespace {
using dicom::Item;
using dicom::Tag;

constexpr Tag kSamples{0x0028, 0x0002};
constexpr Tag kPhotometric{0x0028, 0x0004};
constexpr Tag kPlanar{0x0028, 0x0006};
constexpr Tag kFrames{0x0028, 0x0008};
constexpr Tag kRows{0x0028, 0x0010};
constexpr Tag kColumns{0x0028, 0x0011};
constexpr Tag kBitsAllocated{0x0028, 0x0100};
constexpr Tag kBitsStored{0x0028, 0x0101};
constexpr Tag kHighBit{0x0028, 0x0102};
constexpr Tag kRepresentation{0x0028, 0x0103};
constexpr Tag kProviderUrl{0x0028, 0x7FE0};
constexpr Tag kFloatPixels{0x7FE0, 0x0008};
constexpr Tag kDoublePixels{0x7FE0, 0x0009};
constexpr Tag kPixels{0x7FE0, 0x0010};

/// Terms of PS3.3 C.7.6.3.1.2 that exist today, with their number of samples.
struct Term {
  std::string_view name;
  int samples;
};
constexpr std::array<Term, 11> kTerms{{{"MONOCHROME1", 1},
                                       {"MONOCHROME2", 1},
                                       {"PALETTE COLOR", 1},
                                       {"RGB", 3},
                                       {"YBR_FULL", 3},
                                       {"YBR_FULL_422", 3},
                                       {"YBR_PARTIAL_422", 3},
                                       {"YBR_PARTIAL_420", 3},
                                       {"YBR_ICT", 3},
                                       {"YBR_RCT", 3},
                                       {"XYB", 3}}};

tl::unexpected<Error> inconsistent(std::string message) {
  return fail(ErrorKind::Permanent, "pixel.inconsistent", std::move(message));
}
tl::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorKind::Refused, "pixel.unsupported", std::move(message));
}

/// A whole number in [low, high]; what is missing, malformed or more than one is an error too, guessing sizes would
/// misplace masks.
Result<int> number(const Item& item, Tag tag, int low, int high) {
  constexpr std::size_t kOneValue = 2;  // bytes of a US
  const auto element = item.find(tag);
  const auto value = item.integer(tag);
  if (!value || !element || element->length() != kOneValue)
    return inconsistent("Attribute " + tag.str() + " is missing or not a number.");
  if (*value < low || *value > high) return inconsistent("Attribute " + tag.str() + " is out of range.");
  return static_cast<int>(*value);
}

Result<void> check_presence(const Item& item) {
  if (item.contains(kFloatPixels) || item.contains(kDoublePixels)) {
    return unsupported("The object holds floating point pixel data, which cannot be masked yet.");
  }
  if (item.contains(kProviderUrl)) return unsupported("The pixel data lie outside the object, behind a URL.");
  if (!item.contains(kPixels)) return fail(ErrorKind::Refused, "pixel.absent", "The object has no pixel data.");
  return {};
}

Result<void> read_size(const Item& item, Layout& layout) {
  VG_ASSIGN(layout.rows, number(item, kRows, 1, 65535));
  VG_ASSIGN(layout.columns, number(item, kColumns, 1, 65535));
  if (layout.rows > limits::kMaxFrameSide || layout.columns > limits::kMaxFrameSide ||
      std::uint64_t(layout.rows) * std::uint64_t(layout.columns) > limits::kMaxFramePixels) {
    return fail(ErrorKind::Permanent, "pixel.too_large", "The picture is larger than this gateway decodes.");
  }
  const auto frames = item.find(kFrames);
  if (!frames || frames->length() == 0) return {};
  const auto count = item.integer(kFrames);
  if (!count || *count < 1) return inconsistent("Number of Frames is not a positive number.");
  if (*count > limits::kMaxFrames) return unsupported("The object has more frames than this gateway processes.");
  layout.frames = static_cast<int>(*count);
  return {};
}

Result<void> read_bits(const Item& item, Layout& layout) {
  VG_ASSIGN(layout.bits_allocated, number(item, kBitsAllocated, 1, 64));
  if (layout.bits_allocated != 1 && layout.bits_allocated != 8 && layout.bits_allocated != 16) {
    return unsupported("Only 1, 8 and 16 bits allocated can be masked yet.");
  }
  VG_ASSIGN(layout.bits_stored, number(item, kBitsStored, 1, layout.bits_allocated));
  VG_ASSIGN(layout.high_bit, number(item, kHighBit, layout.bits_stored - 1, layout.bits_allocated - 1));
  VG_ASSIGN(const int representation, number(item, kRepresentation, 0, 1));
  layout.is_signed = representation == 1;
  return {};
}

Result<void> read_color(const Item& item, Layout& layout) {
  VG_ASSIGN(layout.samples, number(item, kSamples, 1, 4));
  layout.photometric = item.text(kPhotometric).reveal();
  const auto* term = std::find_if(kTerms.begin(), kTerms.end(),
                                  [&layout](const Term& candidate) { return candidate.name == layout.photometric; });
  if (term == kTerms.end()) return unsupported("The Photometric Interpretation cannot be masked.");
  if (term->samples != layout.samples) {
    return inconsistent("Samples per Pixel and Photometric Interpretation contradict each other.");
  }
  if (layout.samples == 1) return {};
  if (layout.bits_allocated == 1 || layout.is_signed)
    return inconsistent("Colour samples must be unsigned, 8 or 16 bits.");
  // Often missing although required; 0 is what every writer that leaves it out means.
  const auto planar = item.integer(kPlanar);
  if (planar && *planar != 0 && *planar != 1) return inconsistent("Planar Configuration is neither 0 nor 1.");
  layout.planar = planar.value_or(0) == 1;
  return {};
}
}  // namespace

bool has_pixels(const dicom::File& file) {
  const Item item = file.dataset();
  return item.contains(kPixels) || item.contains(kFloatPixels) || item.contains(kDoublePixels) ||
         item.contains(kProviderUrl);
}

Result<Layout> read_layout(const dicom::File& file) {
  const Item item = file.dataset();
  VG_TRY(check_presence(item));
  Layout layout;
  VG_TRY(read_size(item, layout));
  VG_TRY(read_bits(item, layout));
  VG_TRY(read_color(item, layout));
  return layout;
}

}  // namespace veilgate::pixel
