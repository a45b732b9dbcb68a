#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dicom/tag.h"

namespace veilgate::deidentify::importing {

/// What a rule stands for.
struct Target {
  std::string match;                 ///< as profiles say it
  std::string key;                   ///< the same for every way to say it
  std::optional<std::uint32_t> tag;  ///< of a standard attribute that stands alone
  std::string vr;                    ///< of the last part; empty when nobody knows
  bool in_table = false;             ///< Table E.1-1 names it
  bool is_private = false;           ///< by its creator

  bool is(std::uint32_t packed) const { return tag == packed; }
};

Target target_of(dicom::Tag tag);
/// "gggg,xxee CREATOR"; nullopt when the parts are no private attribute.
std::optional<Target> private_target(std::string_view group, std::string_view creator, std::string_view element);
/// "60xx,xxxx"
Target wildcard_target(std::string_view pattern);
/// Keyword, tag in any usual spelling, or a keyword as CTP's older dictionary has it (RefStudySeq,
/// AcquisitionDatetime).
std::optional<Target> target_named(std::string_view word);
/// Keywords joined by `separator` into sequences: "AnatomicRegionSequence/CodeMeaning".
std::optional<Target> path_target(std::string_view path, std::string_view separator);
/// Attributes of a group that neither Table E.1-1 names nor the Basic Profile removes for their VR: what may be kept by
/// the group without keeping what identifies.
std::vector<Target> harmless_of_group(std::uint16_t group);
/// Attributes of a group that have a keyword.
std::vector<Target> targets_of_group(std::uint16_t group);
/// Attributes whose keyword is wanted, by tag.
std::vector<Target> targets_called(const std::function<bool(std::string_view)>& wanted);

inline constexpr std::uint32_t kPatientNameTag = 0x00100010, kPatientIdTag = 0x00100020;

}  // namespace veilgate::deidentify::importing
