#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/problem.h"
#include "deidentify/actions/action.h"
#include "deidentify/annex_e.h"

namespace veilgate::deidentify {

enum class DatePolicy {
  Remove,  ///< as the Basic Profile says: removed, emptied or a dummy
  Shift,   ///< Retain Longitudinal Temporal Information with Modified Dates
  Keep,    ///< Retain Longitudinal Temporal Information with Full Dates
};

/// An option of Annex E that is a column of the table.
struct Option {
  std::string_view name;  ///< as profiles say it
  Column column;
  std::string_view code;  ///< CID 7050
  std::string_view meaning;
  bool ready;  ///< false: refused until it is built
};
const std::vector<Option>& options();

struct Rule {
  TagPattern pattern;
  const Action* action = nullptr;
  std::string value;
};

/// Attributes of the standard that neither a rule nor Table E.1-1 names.
struct Unlisted {
  const Action* otherwise = &kKeep;
  const Action* unknown = &kRemove;  ///< not in the data dictionary either
  std::map<std::string, const Action*, std::less<>> by_vr;
};

/// One entry of `tests:`. Paths are keywords, joined by / into sequences.
struct ProfileTest {
  using Lines = std::vector<std::pair<std::string, std::string>>;
  std::string name;
  int line = 0, column = 0;
  Lines given, expect;
};

/// A profile with its parents folded in.
struct ProfileSpec {
  static constexpr int kDefaultMaxDays = 730;
  std::string name, version, description;
  std::set<Column> columns;  ///< of the options chosen
  DatePolicy dates = DatePolicy::Remove;
  int max_days = kDefaultMaxDays;
  std::vector<Rule> rules;  ///< later ones win
  Unlisted unlisted;
  std::string file;                  ///< what problems show
  std::vector<ProfileTest> tests;    ///< of this file, not of its parents
  std::vector<std::string> sources;  ///< texts, parents first
};

struct LoadedSpec {
  std::optional<ProfileSpec> spec;  ///< empty with problems
  std::vector<config::Problem> problems;
};
/// By built-in name or path; `extends` is followed.
LoadedSpec load_spec(const std::string& name_or_path);

}  // namespace veilgate::deidentify
