#include "deidentify/direct_identifiers.h"

#include <algorithm>
#include <array>

namespace veilgate::deidentify {

bool is_direct_identifier(const TagPattern& pattern) {
  constexpr std::array<dicom::Tag, 14> kTags = {{{0x0008, 0x0050},
                                                 {0x0010, 0x0010},
                                                 {0x0010, 0x0020},
                                                 {0x0010, 0x1000},
                                                 {0x0010, 0x1001},
                                                 {0x0010, 0x1002},
                                                 {0x0010, 0x1005},
                                                 {0x0010, 0x1040},
                                                 {0x0010, 0x1050},
                                                 {0x0010, 0x1060},
                                                 {0x0010, 0x1090},
                                                 {0x0010, 0x2154},
                                                 {0x0010, 0x2155},
                                                 {0x0010, 0x2297}}};
  return std::ranges::any_of(kTags, [&](dicom::Tag tag) { return pattern.matches(tag); });
}

}  // namespace veilgate::deidentify
