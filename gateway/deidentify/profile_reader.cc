#include "deidentify/profile_reader.h"

#include <algorithm>

#include "deidentify/dictionary.h"

namespace veilgate::deidentify {
namespace {

using config::YamlNode;

constexpr std::size_t kMaxName = 40, kMaxVersion = 12;  // both go into De-identification Method, 64 characters
constexpr int kLongestShiftDays = 3650;

std::vector<std::string> action_names() {
  std::vector<std::string> out;
  for (const Action* each : actions()) out.emplace_back(each->name);
  return out;
}

bool changes_text(const Action* action) {
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

/// Whether a rule may stand for the attribute: private ones and the structure of the file are not profiles' to keep.
std::optional<TagPattern> read_pattern(const YamlNode& node, const std::string& text) {
  const auto pattern = pattern_from(text);
  if (!pattern) {
    node.problem("no attribute is called '" + text + "'", suggestion_for(text));
    return std::nullopt;
  }
  if (pattern->odd || ((pattern->mask >> 16 & 1) != 0 && (pattern->value >> 16 & 1) != 0)) {
    node.problem("private attributes are always removed", "retain_safe_private will come with a later version");
    return std::nullopt;
  }
  return pattern;
}

void check_fit(const YamlNode& node, const Rule& rule, const std::string& match) {
  if (!changes_text(rule.action)) return;
  if (!rule.pattern.exact()) {
    node.problem("'" + std::string(rule.action->name) + "' needs one attribute, not a wildcard");
    return;
  }
  const std::string vr = vr_of_packed(rule.pattern.value);
  const bool dates = rule.action == &kShiftDate || rule.action == &kTruncateDate;
  if (vr == "SQ") {
    node.problem(match + " is a sequence, which '" + std::string(rule.action->name) + "' cannot change");
  } else if (dates && vr != "DA" && vr != "DT" && vr != "TM" && match != "TimezoneOffsetFromUTC") {
    node.problem(match + " has VR " + vr + " and holds no date");
  } else if (rule.action == &kUid && vr != "UI") {
    node.problem(match + " has VR " + vr + " and holds no UID");
  }
}

const Action* read_action(const YamlNode& node) {
  const auto name = node.choice(action_names());
  return name ? action(*name) : nullptr;
}

void read_rule(const YamlNode& node, std::vector<Rule>& own) {
  const YamlNode match = node.required("match");
  const Action* act = read_action(node.required("action"));
  const YamlNode value_node = node["value"];
  const auto value = value_node.text();
  node.refuse_unknown_keys();
  if (act == nullptr) return;
  if (act->check_value != nullptr) {
    if (!value) {
      node.problem("action '" + std::string(act->name) + "' needs a value");
      return;
    }
    if (const std::string wrong = act->check_value(*value); !wrong.empty()) value_node.problem(wrong);
  } else if (value_node.exists()) {
    value_node.problem("action '" + std::string(act->name) + "' takes no value");
  }
  for (const std::string& text : match.texts()) {
    const auto pattern = read_pattern(match, text);
    if (!pattern) continue;
    if (std::ranges::any_of(own, [&](const Rule& other) { return other.pattern == *pattern; })) {
      match.problem("there is already a rule for " + text);
    }
    own.push_back({*pattern, act, value.value_or("")});
    check_fit(match, own.back(), text);
  }
}

void read_rules(const YamlNode& node, ProfileSpec& spec) {
  std::vector<Rule> own;
  for (const YamlNode& item : node.items()) read_rule(item, own);
  spec.rules.insert(spec.rules.end(), own.begin(), own.end());
}

void read_options(const YamlNode& node, ProfileSpec& spec) {
  std::vector<std::string> names;
  for (const Option& option : options()) names.emplace_back(option.name);
  for (const YamlNode& item : node.items()) {
    const auto name = item.choice(names);
    const auto found = name ? std::ranges::find(options(), *name, &Option::name) : options().end();
    if (found == options().end()) continue;
    if (!found->ready)
      item.problem("option '" + *name + "' is not built yet", "leave it out: the Basic Profile then removes");
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

void read_unlisted(const YamlNode& node, ProfileSpec& spec) {
  if (!node.exists()) return;
  const auto read = [](const YamlNode& where, const Action*& into, const std::vector<std::string>& words) {
    if (const auto name = where.choice(words)) into = action(*name);
  };
  read(node["default"], spec.unlisted.otherwise, {"keep", "remove", "empty"});
  read(node["unknown"], spec.unlisted.unknown, {"remove", "empty"});
  const YamlNode vrs = node["vr"];
  if (vrs.exists()) {
    for (const std::string& vr : vrs.keys()) {
      if (!is_vr(vr)) vrs.key_node(vr).problem("there is no VR '" + vr + "'");
      const Action* act = &kRemove;
      read(vrs[vr], act, {"keep", "remove", "empty", "uid", "shift_date"});
      spec.unlisted.by_vr[vr] = act;
    }
  }
  node.refuse_unknown_keys();
}

ProfileTest::Lines read_lines(const YamlNode& node) {
  ProfileTest::Lines out;
  for (const std::string& path : node.keys()) {
    for (std::string_view rest = path; !rest.empty();) {
      const auto slash = rest.find('/');
      const std::string part(rest.substr(0, slash));
      const auto pattern = pattern_from(part);
      if (!pattern || !pattern->exact()) {
        node.key_node(path).problem("no attribute is called '" + part + "'", suggestion_for(part));
      }
      rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
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

void read_profile(const YamlNode& root, ProfileSpec& spec) {
  spec.name = plain_text(root.required("name"), kMaxName);
  spec.version = plain_text(root.required("version"), kMaxVersion);
  spec.description = root["description"].text().value_or("");
  read_options(root["options"], spec);
  read_dates(root["dates"], spec);
  read_unlisted(root["unlisted"], spec);
  read_rules(root["rules"], spec);
  read_tests(root["tests"], spec);
  root["extends"];
  root.refuse_unknown_keys();
}

}  // namespace veilgate::deidentify
