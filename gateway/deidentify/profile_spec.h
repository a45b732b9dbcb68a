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
#include "deidentify/condition.h"
#include "deidentify/rule_target.h"

namespace veilgate::deidentify {

/// An option of Annex E that is a column of the table.
struct Option {
  std::string_view name;  ///< as profiles say it
  Column column;
  std::string_view code;  ///< CID 7050
  std::string_view meaning;
};
const std::vector<Option>& options();

struct Rule {
  RuleTarget target;
  std::vector<std::size_t> when;  ///< of ProfileSpec::conditions; all must hold
  const Action* action = nullptr;
  std::string value;
  std::string matched;  ///< as the profile writes it
  std::string origin;   ///< "basic.yaml:73"
  int line = 0, column = 0;
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
  std::vector<Condition> conditions;
  std::vector<Rule> rules;    ///< later ones win
  std::size_t inherited = 0;  ///< so many of them are the parents'
  Unlisted unlisted;
  int unlisted_line = 1;                          ///< of `unlisted:` in this file, else its first
  std::map<std::string, std::string> parameters;  ///< names and defaults
  std::string file;                               ///< what problems show
  std::vector<ProfileTest> tests;                 ///< of this file, not of its parents
  std::vector<std::string> sources;               ///< texts, parents first

  bool has(Column option) const { return columns.contains(option); }
};

struct LoadedSpec {
  std::optional<ProfileSpec> spec;  ///< empty with problems
  std::vector<config::Problem> problems;
};
/// By built-in name or path; `extends` is followed.
LoadedSpec load_spec(const std::string& name_or_path);

}  // namespace veilgate::deidentify
