#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/tag_pattern.h"

namespace veilgate::deidentify {

/// The attributes a rule is about, as profiles write them:
///   PatientName, 0010,0010, 60xx,xxxx      at any depth
///   A/B/PatientName                        inside sequence B of the top level's sequence A only
///   **/B/PatientName                       inside any sequence B
///   0019,xx10 ACME 1.1                     private, in whatever block that creator reserved
struct RuleTarget {
  std::vector<dicom::Tag> path;
  bool path_from_top = true;  ///< false: the path's last sequences only
  TagPattern pattern;
  std::string creator;  ///< empty for standard attributes

  /// `above`: the sequences around the attribute, outermost first.
  bool path_matches(const std::vector<dicom::Tag>& above) const;
  bool operator==(const RuleTarget&) const = default;
};

struct ParsedTarget {
  std::optional<RuleTarget> target;
  std::string problem, hint;  ///< why there is none
};
ParsedTarget parse_target(std::string_view text);

}  // namespace veilgate::deidentify
