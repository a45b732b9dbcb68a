#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"

namespace veilgate::deidentify {

/// What two profiles do differently. Names, versions, descriptions, tests and where a rule is written are no
/// difference.
struct ProfileDiff {
  struct Line {
    /// "option", "dates", "unlisted", "parameter", "attribute", "rule", or "order" of two rules that both fit.
    std::string_view kind;
    std::string what;  ///< "retain_uids", "(0010,1010) PatientAge", "60xx,xxxx when Modality: XC"
    std::string a, b;  ///< "on", "generalize age_over_89"; "-" where the profile says nothing
  };
  std::vector<Line> lines;
  std::vector<config::Problem> problems;  ///< of either; then there are no lines
};

/// Compares settings, then the decision for every attribute that Table E.1-1 or a rule of either profile names, on the
/// top level of a VL Photographic object and inside a sequence. Rules with conditions, paths, wildcards or private
/// attributes are compared as rules.
ProfileDiff diff_profiles(const std::string& a, const std::string& b);

}  // namespace veilgate::deidentify
