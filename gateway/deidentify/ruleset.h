#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "deidentify/profile_spec.h"

namespace veilgate::deidentify {

/// Where an attribute stands.
struct Place {
  std::string sop_class;
  int depth = 0;  ///< 0: top level of the dataset
};

/// Decides for every attribute: structure, then rules, then Table E.1-1 with its options, then `unlisted`.
class Ruleset {
 public:
  explicit Ruleset(const ProfileSpec& spec);
  Decision decide(const dicom::Element& element, const Place& place) const;
  /// What a rule of the profile, if any, does with an attribute, present or not.
  const Action* rule_action(dicom::Tag tag) const;

 private:
  const Rule* rule_for(dicom::Tag tag) const;
  Decision chosen(const dicom::Element& element, const Place& place, const std::string& known_vr) const;
  Decision from_table(const AnnexRow& row, dicom::Tag tag, const Place& place) const;
  Decision from_unlisted(const std::string& known_vr) const;
  const Action* date_action() const;

  std::unordered_map<std::uint32_t, Rule> exact_;
  std::vector<Rule> wildcards_;  ///< the first match wins
  Unlisted unlisted_;
  std::set<Column> columns_;
  DatePolicy dates_;
};

}  // namespace veilgate::deidentify
