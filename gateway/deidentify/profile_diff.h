#pragma once
#include <string>
#include <vector>

#include "config/problem.h"

namespace veilgate::deidentify {

/// What two profiles do differently.
struct ProfileDiff {
  struct Line {
    std::string what;  ///< "(0010,1010) PatientAge", "in a sequence: (0008,0020) StudyDate", "options"
    std::string a, b;  ///< "generalize age_over_89", with where it comes from
  };
  std::vector<Line> lines;
  std::vector<config::Problem> problems;  ///< of either; then there are no lines
};

/// Compares settings, and the decision for every attribute that Table E.1-1 or a rule of either profile names, on the
/// top level of a VL Photographic object and inside a sequence. Rules with conditions or paths are compared as rules.
ProfileDiff diff_profiles(const std::string& a, const std::string& b);

}  // namespace veilgate::deidentify
