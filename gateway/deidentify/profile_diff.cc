#include "deidentify/profile_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "deidentify/dictionary.h"
#include "deidentify/ruleset.h"

namespace veilgate::deidentify {
namespace {

constexpr std::string_view kVlPhotographic = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr dicom::Tag kAnySequence{0xFFFC, 0xFFFC};  ///< no rule's path leads through it
constexpr std::string_view kNothing = "-";

std::string said(const Action& action, std::string_view value) {
  return std::string(action.name) + (value.empty() ? "" : " " + std::string(value));
}

/// Whether the decision for the attribute alone shows what the rule does.
bool is_general(const Rule& rule) {
  const RuleTarget& target = rule.target;
  return target.path.empty() && target.creator.empty() && target.pattern.exact();
}

std::string name_of(dicom::Tag tag) {
  const std::string keyword = dicom::keyword_of(tag);
  return keyword.empty() ? tag.str() : keyword;
}

/// One spelling for all that mean the same: "**/A/PatientName", "60xx,xxxx", "0019,xx10 ACME 1.1".
std::string spelt(const RuleTarget& target) {
  std::string out = target.path_from_top || target.path.empty() ? "" : "**/";
  for (dicom::Tag tag : target.path) out += name_of(tag) + "/";
  const TagPattern& pattern = target.pattern;
  if (pattern.exact()) return out + name_of(unpacked(pattern.value));
  for (int shift = 28; shift >= 0; shift -= 4) {
    const bool open = (pattern.mask >> shift & 0xF) == 0;
    out += open ? "x" : fmt::format("{:x}", pattern.value >> shift & 0xF);
    if (shift == 16) out += ",";
  }
  return target.creator.empty() ? out : out + " " + target.creator;
}

std::string conditions_of(const Rule& rule, const ProfileSpec& spec) {
  std::set<std::string> texts;
  for (std::size_t index : rule.when) texts.insert(spec.conditions[index].text());
  return texts.empty() ? std::string() : fmt::format(" when {}", fmt::join(texts, ", "));
}

/// A rule that can act and that no decision about a lone attribute shows.
struct Special {
  const Rule* rule;
  std::string does;
};

/// By target and conditions, later rules (which win) first: those behind a rule without conditions never act.
class Specials {
 public:
  explicit Specials(const ProfileSpec& spec) {
    std::set<std::string> closed;
    for (auto rule = spec.rules.rbegin(); rule != spec.rules.rend(); ++rule) {
      const std::string target = spelt(rule->target);
      if (closed.contains(target)) continue;
      if (rule->when.empty()) closed.insert(target);
      if (rule->when.empty() && is_general(*rule)) continue;
      const std::string name = target + conditions_of(*rule, spec);
      if (by_name_.try_emplace(name, Special{&*rule, said(*rule->action, rule->value)}).second) order_.push_back(name);
    }
  }
  const std::map<std::string, Special>& all() const { return by_name_; }
  const std::vector<std::string>& order() const { return order_; }
  const Special* find(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }
  bool before(const std::string& one, const std::string& other) const {
    return std::ranges::find(order_, one) < std::ranges::find(order_, other);
  }

 private:
  std::map<std::string, Special> by_name_;
  std::vector<std::string> order_;
};

/// Whether one attribute can fit both, and only their order says which wins.
bool compete(const RuleTarget& a, const RuleTarget& b) {
  const TagPattern &p = a.pattern, &q = b.pattern;
  if (p.exact() != q.exact() || a.creator != b.creator || ((p.value ^ q.value) & p.mask & q.mask) != 0) return false;
  if (p.exact() && a.path.empty() != b.path.empty()) return false;  // a path goes before none
  const auto &longer = a.path.size() < b.path.size() ? b : a, &shorter = a.path.size() < b.path.size() ? a : b;
  if (shorter.path.empty()) return true;
  if (shorter.path_from_top && longer.path != shorter.path) return false;
  return std::equal(shorter.path.rbegin(), shorter.path.rend(), longer.path.rbegin());
}

void compare_order(const Specials& a, const Specials& b, ProfileDiff& out) {
  const auto& names = a.order();
  for (std::size_t winner = 0; winner < names.size(); ++winner) {
    const Special* first = b.find(names[winner]);
    for (std::size_t loser = winner + 1; first != nullptr && loser < names.size(); ++loser) {
      const Special* second = b.find(names[loser]);
      if (second == nullptr || first->does == second->does || !b.before(names[loser], names[winner])) continue;
      if (!compete(first->rule->target, second->rule->target)) continue;
      out.lines.push_back(
          {"order", names[winner] + " and " + names[loser], names[winner] + " wins", names[loser] + " wins"});
    }
  }
}

using Settings = std::map<std::string, std::string>;

void compare(std::string_view kind, Settings a, const Settings& b, ProfileDiff& out) {
  for (const auto& [name, value] : b) a.try_emplace(name, kNothing);
  for (const auto& [name, value] : a) {
    const auto found = b.find(name);
    const std::string other = found == b.end() ? std::string(kNothing) : found->second;
    if (value != other) out.lines.push_back({kind, name, value, other});
  }
}

Settings options_of(const ProfileSpec& spec) {
  Settings out;
  for (const Option& option : options()) out[std::string(option.name)] = spec.has(option.column) ? "on" : "off";
  return out;
}

std::string dates_of(const ProfileSpec& spec) {
  if (spec.dates == DatePolicy::Shift) return fmt::format("shift up to {} days", spec.max_days);
  return spec.dates == DatePolicy::Keep ? "keep" : "remove";
}

/// With every VR that either profile names, so that saying the default aloud is no difference.
Settings unlisted_of(const ProfileSpec& spec, const ProfileSpec& other) {
  Settings out{{"default", std::string(spec.unlisted.otherwise->name)},
               {"unknown", std::string(spec.unlisted.unknown->name)}};
  for (const ProfileSpec* each : {&spec, &other}) {
    for (const auto& [vr, action] : each->unlisted.by_vr) {
      const auto own = spec.unlisted.by_vr.find(vr);
      out["VR " + vr] = own == spec.unlisted.by_vr.end() ? out["default"] : std::string(own->second->name);
    }
  }
  return out;
}

Settings rules_of(const Specials& specials) {
  Settings out;
  for (const auto& [name, special] : specials.all()) out[name] = special.does;
  return out;
}

/// Of the table's repeating groups a member that no rule is likely to name.
std::uint32_t member_of(const TagPattern& pattern) { return pattern.value | (~pattern.mask & 0xEEEEEEEE); }

std::set<std::uint32_t> attributes_of(const ProfileSpec& a, const ProfileSpec& b) {
  std::set<std::uint32_t> out;
  for (const AnnexRow& row : AnnexE::instance().rows()) {
    if (!row.pattern.odd) out.insert(member_of(row.pattern));
  }
  for (const ProfileSpec* spec : {&a, &b}) {
    for (const Rule& rule : spec->rules) {
      if (is_general(rule)) out.insert(rule.target.pattern.value);
    }
  }
  return out;
}

/// A dataset with the one attribute in it, as the dictionary knows it.
void plant(dicom::Item item, dicom::Tag tag) {
  const std::string vr = vr_known(tag);
  if (vr == "SQ") {
    (void)item.append_item(tag);
  } else {
    (void)item.set_empty(tag, vr.empty() ? "UN" : vr);
  }
}

class Decider {
 public:
  explicit Decider(const ProfileSpec& spec) : rules_(spec), conditions_(spec.conditions.size(), false) {}
  std::string decide(const dicom::Element& element, const dicom::Item& item, bool nested) const {
    Place place{std::string(kVlPhotographic), conditions_};
    if (nested) place.above.push_back(kAnySequence);
    place.item = &item;
    const Decision decision = rules_.decide(element, place);
    return said(*decision.action, decision.value);
  }

 private:
  Ruleset rules_;
  Conditions conditions_;
};

void compare(const Decider& a, const Decider& b, dicom::Tag tag, ProfileDiff& out) {
  dicom::File file;
  const dicom::Item item = file.dataset();
  plant(item, tag);
  const auto element = item.find(tag);
  if (!element) return;
  const std::string keyword = dicom::keyword_of(tag), name = tag.str() + (keyword.empty() ? "" : " " + keyword);
  const std::string top_a = a.decide(*element, item, false), top_b = b.decide(*element, item, false);
  const std::string in_a = a.decide(*element, item, true), in_b = b.decide(*element, item, true);
  if (top_a != top_b) out.lines.push_back({"attribute", name, top_a, top_b});
  const bool told = top_a != top_b && in_a == top_a && in_b == top_b;
  if (in_a != in_b && !told) out.lines.push_back({"attribute", name + " in a sequence", in_a, in_b});
}

}  // namespace

ProfileDiff diff_profiles(const std::string& a, const std::string& b) {
  ProfileDiff out;
  LoadedSpec first = load_spec(a), second = load_spec(b);
  out.problems = std::move(first.problems);
  std::ranges::move(second.problems, std::back_inserter(out.problems));
  if (!first.spec || !second.spec) return out;
  const ProfileSpec &left = *first.spec, &right = *second.spec;
  compare("option", options_of(left), options_of(right), out);
  compare("dates", {{"policy", dates_of(left)}}, {{"policy", dates_of(right)}}, out);
  compare("unlisted", unlisted_of(left, right), unlisted_of(right, left), out);
  compare("parameter", left.parameters, right.parameters, out);
  const Decider left_decides(left), right_decides(right);
  for (std::uint32_t tag : attributes_of(left, right)) compare(left_decides, right_decides, unpacked(tag), out);
  const Specials left_rules(left), right_rules(right);
  compare("rule", rules_of(left_rules), rules_of(right_rules), out);
  compare_order(left_rules, right_rules, out);
  return out;
}

}  // namespace veilgate::deidentify
