#pragma once
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "deidentify/annex_e.h"
#include "deidentify/engine.h"

namespace veilgate::deidentify {

class TextCleaner;
struct Rule;

enum class DatePolicy {
  Remove,  ///< as the Basic Profile says: removed, emptied or a dummy
  Shift,   ///< Retain Longitudinal Temporal Information with Modified Dates
  Keep,    ///< Retain Longitudinal Temporal Information with Full Dates
};

/// Code strings of the top level that the profile keeps, for templates.
using Codes = std::map<std::uint32_t, std::string>;

/// What actions know of the patient, the project and the profile while one object is cleaned.
struct Context {
  const Identity& identity;
  const Subject& subject;
  std::string pseudonym;  ///< of the patient whom the current item is about
  int date_offset_days;
  DatePolicy dates;
  const std::set<Column>& options;
  const std::map<std::string, std::string>& parameters;
  const Codes& codes;
  const TextCleaner* cleaner;  ///< null where no rule cleans text
  const TextCleaner* checker;  ///< leaves what the cleaner leaves, shifted dates as well
};

struct Action;

/// Why an attribute is treated as it is.
struct Source {
  enum class Kind { Structure, Needed, Shape, Unread, Rule, Table, Unlisted, SafePrivate } kind = Kind::Structure;
  const deidentify::Rule* rule = nullptr;
  const AnnexRow* row = nullptr;
  const Column* option = nullptr;  ///< of the table, where not the Basic Profile's column decided
};

/// What shall happen to one attribute.
struct Decision {
  const Action* action = nullptr;
  std::string_view value;            ///< the action's argument; lives as long as the profile
  const Action* fallback = nullptr;  ///< when the received value is broken (a date that is none); never null then
  std::string vr;                    ///< VR to write
  Source source = {};
};

/// A way to treat an attribute. A new one is one file here and one line in registry.cc.
struct Action {
  std::string_view name;  ///< as profiles say it
  Result<void> (*apply)(const Context&, dicom::Item&, const dicom::Element&, const Decision&);
  /// Whether an output's attribute is as the action leaves it.
  bool (*settled)(const Context&, const dicom::Element&, const Decision&);
  /// Whether the items of a sequence stay and are cleaned one by one.
  bool (*descends)(const dicom::Element&);
  bool keeps_value = false;  ///< the received value may stand in the output
  /// What is wrong with an argument, in words; empty when right. Null: takes no argument.
  std::string (*check_value)(std::string_view) = nullptr;
};

/// Actions that profiles can name.
std::span<const Action* const> actions();
/// Null when there is none of this name.
const Action* action(std::string_view name);

extern const Action kKeep, kRemove, kEmpty, kDummy, kReplace, kUid, kPseudonym, kShiftDate, kTruncateDate, kGeneralize,
    kHash, kCleanText, kCleanContent, kStamped;

// Shared by actions.
bool never_descends(const dicom::Element& element);
bool always_descends(const dicom::Element& element);
/// Whether the attribute has no value and no item.
bool is_empty(const dicom::Element& element);

}  // namespace veilgate::deidentify
