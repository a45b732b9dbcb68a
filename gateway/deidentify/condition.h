#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dicom/dataset.h"

namespace re2 {
class RE2;
}

namespace veilgate::deidentify {

/// One line of a rule's `when`: what a top-level attribute of the received object must be.
struct Condition {
  enum class Kind { Present, Absent, OneOf, Matches };
  dicom::Tag tag;
  Kind kind = Kind::Present;
  std::vector<std::string> values;             ///< OneOf: equal to any value of the attribute
  std::shared_ptr<const re2::RE2> expression;  ///< Matches: found anywhere in the attribute's text

  bool holds(const dicom::Item& dataset) const;
  /// As profiles write it, the values in alphabetical order: "Modality: [DMS, XC]".
  std::string text() const;
};

/// "present", "absent", "/regular expression/" or a value. Empty `problem` when right.
struct ParsedCondition {
  Condition condition;
  std::string problem;
};
ParsedCondition parse_condition(dicom::Tag tag, const std::vector<std::string>& texts);

/// Answers to all conditions of a profile, in its own order.
using Conditions = std::vector<bool>;

}  // namespace veilgate::deidentify
