#include "deidentify/profile_reader.h"

#include <algorithm>
#include <iterator>

#include "deidentify/dictionary.h"
#include "deidentify/direct_identifiers.h"
#include "deidentify/needed.h"
#include "deidentify/stamp.h"
#include "deidentify/vr_values.h"

namespace veilgate::deidentify {
namespace {

using config::YamlNode;

constexpr std::size_t kMaxName = 40, kMaxVersion = 12;  // both go into De-identification Method, 64 characters
constexpr std::size_t kMaxParameter = 64;
constexpr int kLongestShiftDays = 3650;

std::vector<std::string> action_names() {
  std::vector<std::string> out;
  for (const Action* each : actions()) out.emplace_back(each->name);
  return out;
}

/// Actions that need to know what kind of value they are given.
bool needs_one_attribute(const Action* action) {
  return action == &kReplace || action == &kPseudonym || action == &kShiftDate || action == &kTruncateDate ||
         action == &kGeneralize || action == &kHash || action == &kUid;
}

std::string plain_text(const YamlNode& node, std::size_t longest) {
  const auto text = node.text();
  if (!text) return {};
  const bool plain = std::ranges::all_of(*text, [](char c) { return c >= ' ' && c < 0x7F && c != '\\'; });
  if (!plain || text->empty() || text->size() > longest) {
    node.problem("must be 1 to " + std::to_string(longest) + " ASCII characters without backslash");
  }
  return *text;
}

void check_fit(const YamlNode& node, const Rule& rule, const std::string& match) {
  if (rule.target.pattern.exact() && rule.target.path.empty() && is_stamped(unpacked(rule.target.pattern.value))) {
    node.problem(match + " is written by the stamp, which no rule changes");
  }
  if (rule.target.pattern.exact() && rule.target.creator.empty()) {
    const dicom::Tag tag = unpacked(rule.target.pattern.value);
    const std::string against = against_need(tag, rule.action->name);
    const bool anywhere = tag == dicom::Tag{0x0008, 0x0005};  // items have none of their own in the output
    if (!against.empty() && (anywhere || rule.target.path.empty())) {
      node.problem(match + " " + against, anywhere ? "drop the rule" : "");
      return;
    }
  }
  const bool keeps = rule.action == &kKeep || rule.action == &kCleanText || rule.action == &kGeneralize;
  if (keeps && rule.target.creator.empty() && is_direct_identifier(rule.target.pattern)) {
    node.problem(match + " names or numbers the patient, which no profile can keep",
                 "pseudonym, hash, replace, empty or remove");
  }
  if (rule.target.pattern.value >> 16 == 0x0002 || rule.target.pattern.value == 0x7FE00010) {
    node.problem(match + " belongs to the file's structure, which no rule changes");
  }
  if (!needs_one_attribute(rule.action) || !rule.target.creator.empty()) return;
  if (!rule.target.pattern.exact()) {
    node.problem("'" + std::string(rule.action->name) + "' needs one attribute, not a wildcard");
    return;
  }
  const std::string vr = vr_of_packed(rule.target.pattern.value);
  const bool dates = rule.action == &kShiftDate || rule.action == &kTruncateDate;
  if (vr == "SQ") {
    node.problem(match + " is a sequence, which '" + std::string(rule.action->name) + "' cannot change");
  } else if (dates && vr != "DA" && vr != "DT" && vr != "TM" && match != "TimezoneOffsetFromUTC") {
    node.problem(match + " has VR " + vr + " and holds no date");
  } else if (rule.action == &kUid && vr != "UI") {
    node.problem(match + " has VR " + vr + " and holds no UID");
  }
}

/// A template is only known when it is filled in; then the object is held.
void check_replacement(const YamlNode& node, const Rule& rule, const std::string& match) {
  const RuleTarget& target = rule.target;
  if (!target.pattern.exact() || !target.creator.empty() || rule.value.find('{') != std::string::npos) return;
  const std::string vr = vr_of_packed(target.pattern.value);
  if (vr.empty() || vr == "SQ" || is_value_of(vr, rule.value)) return;
  node.problem("'" + rule.value + "' is no value that " + match + " may have: its VR is " + vr);
}

const Action* read_action(const YamlNode& node) {
  const auto name = node.choice(action_names());
  return name ? action(*name) : nullptr;
}

/// `when:` of a rule: indices of the profile's conditions.
std::vector<std::size_t> read_when(const YamlNode& node, ProfileSpec& spec) {
  std::vector<std::size_t> out;
  if (!node.exists()) return out;
  for (const std::string& name : node.keys()) {
    const auto pattern = pattern_from(name);
    if (!pattern || !pattern->exact()) {
      node.key_node(name).problem("no attribute is called '" + name + "'", suggestion_for(name));
      continue;
    }
    auto parsed = parse_condition(unpacked(pattern->value), node[name].texts());
    if (!parsed.problem.empty()) node[name].problem(parsed.problem);
    out.push_back(spec.conditions.size());
    spec.conditions.push_back(std::move(parsed.condition));
  }
  return out;
}

/// The action's argument; nullopt (and a problem) when it does not fit the action.
std::optional<std::string> read_value(const YamlNode& rule, const YamlNode& node, const Action& action,
                                      const ProfileSpec& spec) {
  const auto value = node.text();
  if (action.check_value == nullptr) {
    if (node.exists()) node.problem("action '" + std::string(action.name) + "' takes no value");
    return std::string();
  }
  if (!value) {
    rule.problem("action '" + std::string(action.name) + "' needs a value");
    return std::nullopt;
  }
  if (const std::string wrong = action.check_value(*value); !wrong.empty()) node.problem(wrong);
  constexpr std::string_view kHole = "{param:";
  for (auto at = value->find(kHole); at != std::string::npos; at = value->find(kHole, at + 1)) {
    const auto from = at + kHole.size();
    const std::string name = value->substr(from, value->find('}', from) - from);
    if (!spec.parameters.contains(name))
      node.problem("there is no parameter '" + name + "'", "name it under parameters:");
  }
  return value;
}

void read_rule(const YamlNode& node, const std::string& file, ProfileSpec& spec, std::vector<Rule>& own) {
  const YamlNode match = node.required("match");
  const Action* act = read_action(node.required("action"));
  const auto when = read_when(node["when"], spec);
  const YamlNode value_node = node["value"];
  const auto value = act == nullptr ? std::nullopt : read_value(node, value_node, *act, spec);
  node.refuse_unknown_keys();
  for (const std::string& text : match.texts()) {
    auto parsed = parse_target(text);
    if (!parsed.target) {
      match.problem(parsed.problem, parsed.hint);
      continue;
    }
    if (act == nullptr) continue;
    const auto same = [&](const Rule& other) {
      return when.empty() && other.when.empty() && other.target == *parsed.target;
    };
    if (std::ranges::any_of(own, same)) match.problem("there is already a rule for " + text);
    own.push_back({std::move(*parsed.target), when, act, value.value_or(""), text,
                   file + ":" + std::to_string(match.line()), match.line(), match.column()});
    check_fit(match, own.back(), text);
    if (act == &kReplace) check_replacement(value_node, own.back(), text);
  }
}

void read_rules(const YamlNode& node, const std::string& file, ProfileSpec& spec) {
  std::vector<Rule> own;
  for (const YamlNode& item : node.items()) read_rule(item, file, spec, own);
  spec.inherited = spec.rules.size();
  std::ranges::move(own, std::back_inserter(spec.rules));
}

void read_parameters(const YamlNode& node, ProfileSpec& spec) {
  if (!node.exists()) return;
  for (const std::string& name : node.keys()) {
    const YamlNode one = node[name];
    if (one.is_scalar()) {
      one.problem("'" + name + "' must be a map with a default",
                  "write " + name + ": {default: " + one.text().value_or("") + "}");
      continue;
    }
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") !=
        std::string::npos) {
      node.key_node(name).problem("a parameter's name has letters, digits and _");
    }
    spec.parameters[name] = plain_text(one.required("default"), kMaxParameter);
    one["description"].text();
    one.refuse_unknown_keys();
  }
}

void read_options(const YamlNode& node, ProfileSpec& spec) {
  std::vector<std::string> names;
  for (const Option& option : options()) names.emplace_back(option.name);
  for (const YamlNode& item : node.items()) {
    const auto name = item.choice(names);
    const auto found = name ? std::ranges::find(options(), *name, &Option::name) : options().end();
    if (found == options().end()) continue;
    spec.columns.insert(found->column);
  }
}

void read_dates(const YamlNode& node, ProfileSpec& spec) {
  if (!node.exists()) return;
  if (const auto policy = node.required("policy").choice({"remove", "shift", "keep"})) {
    spec.dates = *policy == "shift" ? DatePolicy::Shift : *policy == "keep" ? DatePolicy::Keep : DatePolicy::Remove;
  }
  if (const auto days = node["max_days"].integer(1, kLongestShiftDays)) spec.max_days = static_cast<int>(*days);
  node.refuse_unknown_keys();
}

/// How little of a value an action for `unlisted` leaves.
int strictness_of(const Action* each) {
  return each == &kRemove ? 4 : each == &kEmpty ? 3 : each == &kKeep ? 0 : each == &kCleanText ? 1 : 2;
}

void read_unlisted(const YamlNode& node, ProfileSpec& spec) {
  spec.unlisted_line = node.exists() ? std::max(node.line(), 1) : 1;
  if (!node.exists()) return;
  const auto read = [](const YamlNode& where, const Action*& into, const std::vector<std::string>& words) {
    if (const auto name = where.choice(words)) into = action(*name);
  };
  read(node["default"], spec.unlisted.otherwise, {"keep", "remove", "empty", "clean_text"});
  if (node["default"].exists()) {  // what the parents let through more freely was an exception to their default
    std::erase_if(spec.unlisted.by_vr, [&](const auto& each) {
      return strictness_of(each.second) < strictness_of(spec.unlisted.otherwise);
    });
  }
  read(node["unknown"], spec.unlisted.unknown, {"remove", "empty"});
  const YamlNode vrs = node["vr"];
  if (vrs.exists()) {
    for (const std::string& vr : vrs.keys()) {
      if (!is_vr(vr)) vrs.key_node(vr).problem("there is no VR '" + vr + "'");
      const Action* act = &kRemove;
      std::vector<std::string> words = {"keep", "remove", "empty", "clean_text"};
      if (vr == "UI") words.emplace_back("uid");
      if (vr == "DA" || vr == "DT" || vr == "TM") words.emplace_back("shift_date");
      read(vrs[vr], act, words);
      spec.unlisted.by_vr[vr] = act;
    }
  }
  node.refuse_unknown_keys();
}

ProfileTest::Lines read_lines(const YamlNode& node) {
  ProfileTest::Lines out;
  for (const std::string& path : node.keys()) {
    const auto parsed = parse_target(path);
    if (!parsed.target) {
      node.key_node(path).problem(parsed.problem, parsed.hint);
    } else if (!parsed.target->path_from_top || (!parsed.target->pattern.exact() && parsed.target->creator.empty())) {
      node.key_node(path).problem("a test names one attribute, not many");
    }
    out.emplace_back(path, node[path].text().value_or(""));
  }
  return out;
}

void read_tests(const YamlNode& node, ProfileSpec& spec) {
  spec.tests.clear();
  for (const YamlNode& item : node.items()) {
    ProfileTest test;
    test.line = item.line();
    test.column = item.column();
    test.name = item.required("name").text().value_or("");
    test.given = read_lines(item.required("given"));
    test.expect = read_lines(item.required("expect"));
    item.refuse_unknown_keys();
    spec.tests.push_back(std::move(test));
  }
}

}  // namespace

void read_profile(const YamlNode& root, const std::string& file, ProfileSpec& spec) {
  spec.name = plain_text(root.required("name"), kMaxName);
  spec.version = plain_text(root.required("version"), kMaxVersion);
  spec.description = root["description"].text().value_or("");
  read_options(root["options"], spec);
  read_dates(root["dates"], spec);
  read_unlisted(root["unlisted"], spec);
  read_parameters(root["parameters"], spec);
  read_rules(root["rules"], file, spec);
  read_tests(root["tests"], spec);
  root["extends"];
  root.refuse_unknown_keys();
}

}  // namespace veilgate::deidentify
