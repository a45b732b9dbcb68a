#include "deidentify/import/draft.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "deidentify/direct_identifiers.h"
#include "deidentify/import/import_limits.h"
#include "deidentify/import/plain_text.h"
#include "deidentify/needed.h"

namespace veilgate::deidentify::importing {
namespace {

namespace lim = import_limits;

constexpr std::string_view kCharacterSetKey = "0008,0005";
constexpr std::size_t kColumns = 118, kListFrom = 2;

/// Comment lines; the text goes on on further lines, indented a little more.
void comment(std::string& out, std::string_view indent, std::string_view text) {
  std::string line(indent);
  line += "#";
  for (std::string_view word : split(text, ' ')) {
    if (line.size() + word.size() + 1 > kColumns && line.size() > indent.size() + 4) {
      out += line + "\n";
      line = std::string(indent) + "#  ";
    }
    line += " " + std::string(word);
  }
  out += line + "\n";
}

std::string yaml_of(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::Present:
      return "present";
    case Condition::Kind::Absent:
      return "absent";
    case Condition::Kind::Pattern:
      return quoted("/" + condition.text + "/");
    default:
      return quoted(condition.text);
  }
}

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/';
  });
}

std::string match_text(const std::string& match) {
  const bool keyword = is_word(match) && (match[0] < '0' || match[0] > '9');
  return keyword ? match : quoted(match);
}

std::string shown(const Source& source) { return "line " + std::to_string(source.line) + ": " + source.text; }

void write_rule(std::string& out, const std::vector<Target>& targets, const Clause& clause) {
  if (targets.size() < kListFrom) {
    out += "  - match: " + match_text(targets[0].match) + "\n";
  } else {
    out += "  - match:\n";
    for (const Target& each : targets) out += "      - " + match_text(each.match) + "\n";
  }
  if (!clause.when.empty()) out += "    when:\n";
  for (const Condition& each : clause.when) out += "      " + each.keyword + ": " + yaml_of(each) + "\n";
  out += "    action: " + clause.action + "\n";
  if (!clause.value.empty()) out += "    value: " + quoted(clause.value) + "\n";
}

bool is_plain(const Draft::Entry& entry) {
  return entry.remarks.empty() && entry.clauses.size() == 1 && entry.clauses[0].when.empty();
}

/// Entries of one action that follow each other and need no comment become one rule.
void write_rules(std::string& out, const std::vector<Draft::Entry>& entries, std::string_view indent) {
  for (std::size_t at = 0; at < entries.size(); ++at) {
    const Draft::Entry& entry = entries[at];
    if (!entry.remarks.empty()) {
      comment(out, indent, shown(entry.source));
      for (const std::string& remark : entry.remarks) comment(out, indent, "  " + remark);
    }
    if (entry.targets.empty()) continue;
    std::vector<Target> targets = entry.targets;
    while (is_plain(entry) && at + 1 < entries.size() && is_plain(entries[at + 1]) &&
           entries[at + 1].clauses == entry.clauses) {
      ++at;
      targets.insert(targets.end(), entries[at].targets.begin(), entries[at].targets.end());
    }
    for (const Clause& clause : entry.clauses) write_rule(out, targets, clause);
  }
}

std::string fit_name(std::string_view name) {
  std::string out;
  for (char c : trimmed(name).substr(0, lim::kMaxName)) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_' || c == '.' || c == ' ';
    out.push_back(fine ? c : '-');
  }
  while (out.ends_with(' ')) out.pop_back();
  return out.empty() ? "imported" : out;
}

/// The entry with its targets less those that another one decides.
class Merged {
 public:
  Merged(Draft::Merge merge, std::vector<Draft::Entry> entries) : merge_(merge), entries_(std::move(entries)) {
    for (std::size_t at = 0; at < entries_.size(); ++at) place(at);
    for (std::size_t at = 0; at < entries_.size(); ++at) drop_lost(at);
  }
  std::vector<Draft::Entry> take() { return std::move(entries_); }

 private:
  struct Owner {
    std::size_t entry;
    std::vector<std::size_t> losers;
  };

  void place(std::size_t at) {
    for (const Target& target : entries_[at].targets) {
      const auto [found, fresh] = owners_.try_emplace(target.key, Owner{at, {}});
      if (fresh || found->second.entry == at) continue;
      Owner& owner = found->second;
      if (wins(entries_[at], entries_[owner.entry])) {
        owner.losers.push_back(owner.entry);
        owner.entry = at;
      } else {
        owner.losers.push_back(at);
      }
    }
  }

  bool wins(const Draft::Entry& later, const Draft::Entry& earlier) const {
    if (merge_ == Draft::Merge::LastWins) return true;
    if (later.expression != earlier.expression) return earlier.expression;
    return strictness(later.clauses[0].action) >= strictness(earlier.clauses[0].action);
  }

  void drop_lost(std::size_t at) {
    Draft::Entry& entry = entries_[at];
    const bool had_targets = !entry.targets.empty();
    int winner = 0;
    std::vector<Target> kept;
    std::map<std::string, bool> seen;
    for (Target& target : entry.targets) {
      const Owner& owner = owners_.at(target.key);
      if (owner.entry == at) {
        if (seen.try_emplace(target.key, true).second) kept.push_back(std::move(target));
      } else {
        winner = entries_[owner.entry].source.line;
      }
    }
    entry.targets = std::move(kept);
    if (!had_targets || !entry.targets.empty()) return;
    entry.remarks = {"overridden: line " + std::to_string(winner) + " decides"};
  }

  Draft::Merge merge_;
  std::vector<Draft::Entry> entries_;
  std::map<std::string, Owner> owners_;
};

}  // namespace

int strictness(std::string_view action) {
  constexpr std::array<std::string_view, 5> kMild = {"keep", "clean_text", "generalize", "truncate_date", "shift_date"};
  if (action == "remove") return 4;
  if (action == "empty") return 3;
  if (action == kMild[0]) return 0;
  return std::ranges::find(kMild, action) != kMild.end() ? 1 : 2;
}

void Draft::drop_needed(Entry& entry) {
  Entry note{entry.source, {}, {}, {}, entry.expression};
  std::string needed;
  std::erase_if(entry.targets, [&](const Target& target) {
    const bool is_set = target.key.ends_with(kCharacterSetKey);
    if (!target.tag && !is_set) return false;
    const dicom::Tag tag = is_set ? dicom::Tag{0x0008, 0x0005}
                                  : dicom::Tag{static_cast<std::uint16_t>(*target.tag >> 16),
                                               static_cast<std::uint16_t>(*target.tag & 0xFFFF)};
    for (const Clause& clause : entry.clauses) {
      const std::string against = against_need(tag, clause.action);
      if (against.empty()) continue;
      if (is_set) note.remarks.push_back("difference: " + target.match + " " + against);
      if (!is_set) needed += (needed.empty() ? "" : ", ") + target.match;
      return true;
    }
    return false;
  });
  if (!needed.empty()) note.remarks.push_back("difference: not done to what no reader can do without: " + needed);
  if (!note.remarks.empty()) entries_.push_back(std::move(note));
}

void Draft::add(Entry entry) {
  const bool had_targets = !entry.targets.empty();
  drop_needed(entry);
  if (had_targets && entry.targets.empty()) return;
  // What the language refuses to keep is taken out of the statement and said strictly.
  Entry strict{entry.source, {}, entry.clauses, {}, entry.expression};
  const auto keeps = [](const Clause& clause) {
    return clause.action == "keep" || clause.action == "clean_text" || clause.action == "generalize";
  };
  if (std::ranges::any_of(entry.clauses, keeps)) {
    const auto direct = [](const Target& target) {
      return target.tag && is_direct_identifier({*target.tag, 0xFFFFFFFF, false});
    };
    std::ranges::copy_if(entry.targets, std::back_inserter(strict.targets), direct);
    std::erase_if(entry.targets, direct);
  }
  const bool nothing_left = entry.targets.empty() && !strict.targets.empty();
  if (!nothing_left) entries_.push_back(std::move(entry));
  for (Target& target : strict.targets) {
    Entry one{
        strict.source, {}, strict.clauses, {"difference: no profile keeps who the patient is"}, strict.expression};
    const bool named = target.is(kPatientNameTag) || target.is(kPatientIdTag);
    for (Clause& clause : one.clauses) {
      if (keeps(clause)) clause = {clause.when, named ? "pseudonym" : "remove", {}};
    }
    one.targets.push_back(std::move(target));
    entries_.push_back(std::move(one));
  }
}

void Draft::add_kept_group(Entry entry) {
  const auto is_text = [](const Target& target) { return target.vr == "LO" || target.vr == "SH"; };
  Entry texts{entry.source,
              {},
              {{{}, "clean_text", {}}},
              {"difference: short texts of the group are kept without names, numbers, dates and addresses"},
              entry.expression};
  std::ranges::copy_if(entry.targets, std::back_inserter(texts.targets), is_text);
  std::erase_if(entry.targets, is_text);
  entry.clauses = {{{}, "keep", {}}};
  const bool any = !entry.targets.empty();
  if (!any) texts.remarks.insert(texts.remarks.begin(), entry.remarks.begin(), entry.remarks.end());
  if (any) add(std::move(entry));
  if (!texts.targets.empty()) add(std::move(texts));
}

void Draft::remark(const Source& source, std::string why) { remarks_.push_back({source, {}, {}, {std::move(why)}}); }

Result<Imported> Draft::finish(std::string_view name) const {
  std::size_t expanded = 0;
  for (const Entry& entry : entries_) expanded += entry.targets.size() * entry.clauses.size();
  if (expanded > lim::kMaxExpanded) {
    return fail(ErrorKind::Config, "import.too_many_attributes",
                "the script's expressions stand for too many attributes");
  }
  const std::vector<Entry> rules = Merged(merge_, entries_).take();

  Imported out;
  out.statements = statements;
  for (const auto* list : {&remarks_, &rules}) {
    for (const Entry& entry : *list) {
      for (const std::string& why : entry.remarks) {
        const bool noted = why.starts_with("difference: ") || why.starts_with("not expressed: ");
        if (noted) out.notes.push_back({entry.source.line, entry.source.text, why});
      }
    }
  }
  std::ranges::stable_sort(out.notes, {}, &ImportNote::line);

  std::string& yaml = out.yaml;
  comment(yaml, "", heading);
  comment(yaml, "",
          "It extends basic: what the script keeps by not naming it is still cleaned by PS3.15 Table E.1-1, private "
          "attributes go unless a rule names their creator, and a rule holds inside sequences too. Nothing is added "
          "to an object that lacks an attribute.");
  comment(yaml, "",
          std::to_string(statements) + " statements; " + std::to_string(out.notes.size()) +
              " notes, marked 'difference' or 'not expressed' below.");
  yaml += "name: " + quoted(fit_name(name)) + "\nversion: \"1\"\n";
  yaml += "description: " + quoted(one_line(description)) + "\nextends: basic\n";
  if (!remarks_.empty()) yaml += "\n";
  write_rules(yaml, remarks_, "");
  if (shift_dates) {
    const int days = max_days == 0 ? lim::kDefaultShiftDays : std::clamp(max_days, 1, lim::kLongestShiftDays);
    yaml += "\ndates:\n  policy: shift\n  max_days: " + std::to_string(days) + "\n";
  }
  if (retain_safe_private) yaml += "\noptions: [retain_safe_private]\n";
  if (!unlisted.empty()) yaml += "\nunlisted:\n  default: " + unlisted + "\n";
  if (!parameters.empty()) yaml += "\nparameters:\n";
  for (const auto& [key, value] : parameters) {
    yaml += "  " + key + ":\n    default: " + quoted(value) + "\n    description: from the script\n";
  }
  const bool any = std::ranges::any_of(rules, [](const Entry& each) { return !each.targets.empty(); });
  if (!rules.empty()) yaml += any ? "\nrules:\n" : "\n";
  write_rules(yaml, rules, any ? "  " : "");
  if (yaml.size() > lim::kMaxProfileBytes) {
    return fail(ErrorKind::Config, "import.too_large", "the profile would be larger than the program reads");
  }
  return out;
}

}  // namespace veilgate::deidentify::importing
