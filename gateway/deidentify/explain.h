#pragma once
#include <vector>

#include "deidentify/transform.h"

namespace veilgate::deidentify {

/// Where a decision comes from, in words: "rule basic.yaml:73", "table (0010,0030) Z", "not in the table: keep".
std::string describe(const Decision& decision, const ProfileSpec& spec);

/// Notes what a transform does to each attribute.
class Explanation {
 public:
  Explanation(const dicom::Item& dataset, const ProfileSpec& spec);
  Observer observer();
  /// After the transform: what became of each.
  std::vector<Explained> finish(const dicom::Item& dataset);

 private:
  const ProfileSpec& spec_;
  std::vector<std::string> character_sets_;
  std::vector<Explained> out_;
  std::vector<std::size_t> items_before_;  ///< of each line
};

}  // namespace veilgate::deidentify
