#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "deidentify/profile_spec.h"

namespace veilgate::deidentify {

/// Where an attribute stands, and what its object said to the profile's conditions.
struct Place {
  std::string sop_class;
  const Conditions& conditions;
  std::vector<dicom::Tag> above = {};  ///< the sequences around it, outermost first
  const dicom::Item* item = nullptr;   ///< that holds it

  int depth() const { return static_cast<int>(above.size()); }
};

/// Decides for every attribute: structure, then rules, then Table E.1-1 with its options, then `unlisted`.
class Ruleset {
 public:
  explicit Ruleset(const ProfileSpec& spec);
  Ruleset(const Ruleset&) = delete;  // rules are found by address
  Ruleset& operator=(const Ruleset&) = delete;
  Decision decide(const dicom::Element& element, const Place& place) const;
  /// What a rule of the profile, if any, does with an attribute of the top level, present or not.
  const Action* rule_action(dicom::Tag tag, const Conditions& conditions) const;
  /// Whether any attribute may be kept with its text cleaned.
  bool cleans_text() const { return cleans_text_; }
  /// Whether a rule writes text that is more than ASCII.
  bool writes_unicode() const { return writes_unicode_; }
  bool keeps_private() const { return !private_.empty() || spec_.has(Column::SafePrivate); }
  /// Code strings (VR CS) of the top level that stay as they are; empty where no replacement asks for one.
  Codes kept_codes(const dicom::Item& dataset, const Conditions& conditions) const;
  Conditions conditions_of(const dicom::Item& dataset) const;
  const ProfileSpec& spec() const { return spec_; }

 private:
  using Rules = std::vector<const Rule*>;  ///< the first that fits wins
  const Rule* first_fit(const Rules& rules, dicom::Tag tag, const Place& place) const;
  const Rule* rule_for(dicom::Tag tag, const Place& place) const;
  Decision by_rule(const Rule& rule, const dicom::Element& element, const Place& place, const std::string& vr) const;
  Decision chosen(const dicom::Element& element, const Place& place, const std::string& known_vr) const;
  Decision from_table(const AnnexRow& row, dicom::Tag tag, const Place& place) const;
  Decision from_unlisted(dicom::Tag tag, const Place& place, const std::string& known_vr) const;
  Decision for_private(const dicom::Element& element, const Place& place) const;
  Decision safe_private(const dicom::Element& element, const Place& place, const std::string& creator) const;
  bool block_is_in_use(dicom::Tag creator, const Place& place) const;
  const Action* date_action() const;
  const Action* clean_action(Column option, const AnnexRow& row) const;

  const ProfileSpec spec_;
  std::unordered_map<std::uint32_t, Rules> pathed_, exact_;
  Rules wildcards_, private_;
  bool cleans_text_ = false, writes_unicode_ = false;
  bool fills_holes_ = false;  ///< some replacement has a template
};

}  // namespace veilgate::deidentify
