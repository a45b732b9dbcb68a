#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "deidentify/import/import.h"
#include "deidentify/import/target.h"

namespace veilgate::deidentify::importing {

/// A statement of the script.
struct Source {
  int line = 0;
  std::string text;
};

/// Keyword -> what `when` asks of it: a value, a /pattern/, present or absent.
struct Condition {
  enum class Kind { Value, Pattern, Present, Absent };
  std::string keyword;
  Kind kind = Kind::Value;
  std::string text;  ///< of values and patterns
  bool operator==(const Condition&) const = default;
};

/// One rule's right side. Several for one attribute: the later one wins where its conditions hold.
struct Clause {
  std::vector<Condition> when;
  std::string action, value;
  bool operator==(const Clause&) const = default;
};

/// How an action treats what the attribute says: the larger, the less is left of it.
int strictness(std::string_view action);

/// A profile in the making: rules in the script's order, each with what has to be said about it.
class Draft {
 public:
  /// What wins when two statements name one attribute.
  enum class Merge {
    LastWins,      ///< CTP: scripts are properties
    StricterWins,  ///< deid: "the more conservative is given preference"; a single name beats an expression
  };
  explicit Draft(Merge merge) : merge_(merge) {}

  /// Remarks that begin with "difference: " or "not expressed: " are notes, others comments. No targets: no rule.
  struct Entry {
    Source source;
    std::vector<Target> targets;
    std::vector<Clause> clauses;
    std::vector<std::string> remarks;
    bool expression = false;  ///< targets come from an expression over names
  };
  void add(Entry entry);
  /// A group that is kept as a whole: numbers and codes as they are, short texts cleaned, as basic does.
  void add_kept_group(Entry entry);
  /// Something about the whole profile, said above its rules.
  void remark(const Source& source, std::string why);

  std::string description;
  bool shift_dates = false;
  int max_days = 0;  ///< 0: the language's default
  bool retain_safe_private = false;
  std::string unlisted;  ///< action for what nobody names; empty: as basic says
  std::map<std::string, std::string> parameters;
  std::string heading;
  int statements = 0;

  /// Everything merged and written.
  Result<Imported> finish(std::string_view name) const;

 private:
  /// Takes out of the statement what no rule can say of attributes that the object needs, and says so.
  void drop_needed(Entry& entry);

  Merge merge_;
  std::vector<Entry> entries_;
  std::vector<Entry> remarks_;
};

}  // namespace veilgate::deidentify::importing
