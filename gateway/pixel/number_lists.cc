#include "pixel/number_lists.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace veilgate::pixel {
namespace {
using dicom::Tag;

/// Where the dictionary sets no bound: 32 doubles or 128 words, more than lists about one photograph have; the smallest
/// JPEG file in which a face can be known takes more.
constexpr std::size_t kLongestList = 256;

struct Width {
  std::string_view vr;
  std::size_t bytes;  ///< of one number; 0: bytes without numbers
};
constexpr std::array<Width, 16> kBinary{{{"US", 2},
                                         {"SS", 2},
                                         {"UL", 4},
                                         {"SL", 4},
                                         {"AT", 4},
                                         {"FL", 4},
                                         {"FD", 8},
                                         {"SV", 8},
                                         {"UV", 8},
                                         {"OB", 0},
                                         {"OW", 0},
                                         {"OF", 0},
                                         {"OD", 0},
                                         {"OL", 0},
                                         {"OV", 0},
                                         {"UN", 0}}};

/// Palettes, LUT Data, ICC Profile, Pixel Data.
constexpr std::array<Tag, 6> kCleanedElsewhere{
    {{0x0028, 0x1201}, {0x0028, 0x1202}, {0x0028, 0x1203}, {0x0028, 0x3006}, {0x0028, 0x2000}, {0x7FE0, 0x0010}}};

/// nullopt: as many as one likes, or in no dictionary.
std::optional<std::size_t> most_numbers(Tag tag) {
  const auto& dictionary = dcmDataDict.rdlock();
  const auto* entry = tag.is_private() ? nullptr : dictionary.findEntry(DcmTagKey(tag.group, tag.element), nullptr);
  const int most = entry == nullptr ? DcmVariableVM : entry->getVMMax();
  dcmDataDict.rdunlock();
  return most == DcmVariableVM || most < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(most));
}

bool is_too_long(const dicom::Element& element) {
  const auto* kind = std::ranges::find(kBinary, element.vr(), &Width::vr);
  if (kind == kBinary.end() || std::ranges::find(kCleanedElsewhere, element.tag()) != kCleanedElsewhere.end()) {
    return false;
  }
  if (element.length() > kLongestList) return true;
  const auto most = kind->bytes == 0 ? std::nullopt : most_numbers(element.tag());
  return most && element.length() > *most * kind->bytes;
}

void clean_in(dicom::Item item) {
  std::vector<Tag> stray;
  for (const auto& element : item.elements()) {
    if (is_too_long(element)) stray.push_back(element.tag());
    for (const auto& inner : element.items()) clean_in(inner);  // as deep as dicom::scan allows
  }
  for (const Tag tag : stray) item.remove(tag);
}

}  // namespace

void clean_number_lists(dicom::File& file) { clean_in(file.dataset()); }

}  // namespace veilgate::pixel
