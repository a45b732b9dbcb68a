#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace veilgate::dicom {

/// Attribute tag (gggg,eeee).
struct Tag {
  std::uint16_t group = 0;
  std::uint16_t element = 0;
  auto operator<=>(const Tag&) const = default;
  bool is_private() const { return (group & 1) != 0; }
  /// "(0010,0020)"
  std::string str() const;
};

/// From a keyword ("PatientID"), "(0010,0020)", "0010,0020" or "00100020"; nullopt when unknown.
std::optional<Tag> tag_from(std::string_view text);
/// Keyword of the data dictionary, empty when unknown or private.
std::string keyword_of(Tag tag);
/// VR of the data dictionary ("OW" where it says OB or OW, "US" where it says US or SS); empty when unknown or private.
std::string vr_of(Tag tag);
/// Every keyword of the data dictionary, for suggestions.
std::vector<std::string> all_keywords();

}  // namespace veilgate::dicom
