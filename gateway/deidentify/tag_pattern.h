#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "dicom/tag.h"

namespace veilgate::deidentify {

/// One attribute, or many: "60xx3000", "(50xx,xxxx)", "oddxxxxx" (every private one).
struct TagPattern {
  std::uint32_t value = 0;
  std::uint32_t mask = 0xFFFFFFFF;
  bool odd = false;

  bool exact() const { return mask == 0xFFFFFFFF && !odd; }
  bool matches(dicom::Tag tag) const;
  /// Reads 8 hex digits or x, with or without parentheses and comma.
  static std::optional<TagPattern> parse(std::string_view text);
  static TagPattern of(dicom::Tag tag);
  auto operator<=>(const TagPattern&) const = default;
};

inline std::uint32_t packed(dicom::Tag tag) { return static_cast<std::uint32_t>(tag.group) << 16 | tag.element; }
inline dicom::Tag unpacked(std::uint32_t tag) {
  return {static_cast<std::uint16_t>(tag >> 16), static_cast<std::uint16_t>(tag & 0xFFFF)};
}

}  // namespace veilgate::deidentify
