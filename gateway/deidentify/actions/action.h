#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "deidentify/engine.h"

namespace veilgate::deidentify {

/// What actions know of the patient and the project while one object is cleaned.
struct Context {
  const Identity& identity;
  std::string pseudonym;  ///< of the patient whom the current item is about
  int date_offset_days;
};

struct Action;

/// What shall happen to one attribute.
struct Decision {
  const Action* action = nullptr;
  std::string value;                 ///< the action's argument
  const Action* fallback = nullptr;  ///< when the received value is broken (a date that is none); never null then
  std::string vr;                    ///< VR to write
};

/// A way to treat an attribute. A new one is one file here and one line in registry.cc.
struct Action {
  std::string_view name;  ///< as profiles say it
  Result<void> (*apply)(const Context&, dicom::Item&, const dicom::Element&, const Decision&);
  /// Whether an output's attribute is as the action leaves it.
  bool (*settled)(const dicom::Element&, const Decision&);
  /// Whether the items of a sequence stay and are cleaned one by one.
  bool (*descends)(const dicom::Element&);
  bool keeps_value = false;  ///< the received value may stand in the output
  /// What is wrong with an argument, in words; empty when right. Null: takes no argument.
  std::string (*check_value)(std::string_view) = nullptr;
};

std::span<const Action* const> actions();
/// Null when there is none of this name.
const Action* action(std::string_view name);

extern const Action kKeep, kRemove, kEmpty, kDummy, kReplace, kUid, kPseudonym, kShiftDate, kTruncateDate, kGeneralize,
    kHash;

// Shared by actions.
bool never_descends(const dicom::Element& element);
bool always_descends(const dicom::Element& element);
/// Whether the attribute has no value and no item.
bool is_empty(const dicom::Element& element);

}  // namespace veilgate::deidentify
