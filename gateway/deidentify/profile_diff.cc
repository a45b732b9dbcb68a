#include "deidentify/profile_diff.h"

#include <algorithm>
#include <map>
#include <set>

#include "deidentify/dictionary.h"
#include "deidentify/explain.h"
#include "deidentify/ruleset.h"

namespace veilgate::deidentify {
namespace {

constexpr std::string_view kVlPhotographic = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr dicom::Tag kAnySequence{0x0008, 0x2218};

bool is_general(const Rule& rule) {
  return rule.when.empty() && rule.target.path.empty() && rule.target.creator.empty();
}

std::string said(const Action& action, std::string_view value) {
  return std::string(action.name) + (value.empty() ? "" : " " + std::string(value));
}

/// Settings by name, and the rules that hold only sometimes by what they match.
std::map<std::string, std::string> settings_of(const ProfileSpec& spec) {
  constexpr std::string_view kDates[] = {"remove", "shift", "keep"};
  std::map<std::string, std::string> out;
  for (const Option& option : options())
    out["option " + std::string(option.name)] = spec.has(option.column) ? "on" : "off";
  out["dates"] = kDates[static_cast<std::size_t>(spec.dates)];
  if (spec.dates == DatePolicy::Shift) out["dates"] += " up to " + std::to_string(spec.max_days) + " days";
  out["unlisted"] = spec.unlisted.otherwise->name;
  out["unlisted, unknown"] = spec.unlisted.unknown->name;
  for (const auto& [vr, action] : spec.unlisted.by_vr) out["unlisted, VR " + vr] = action->name;
  for (const auto& [name, value] : spec.parameters) out["parameter " + name] = value;
  for (const Rule& rule : spec.rules) {
    if (!is_general(rule))
      out["rule for " + rule.matched + (rule.when.empty() ? "" : " under conditions")] +=
          said(*rule.action, rule.value) + " (" + rule.origin + ") ";
  }
  return out;
}

std::set<std::uint32_t> attributes_of(const ProfileSpec& a, const ProfileSpec& b) {
  std::set<std::uint32_t> out;
  for (const AnnexRow& row : AnnexE::instance().rows()) {
    if (row.pattern.exact()) out.insert(row.pattern.value);
  }
  for (const ProfileSpec* spec : {&a, &b}) {
    for (const Rule& rule : spec->rules) {
      if (is_general(rule) && rule.target.pattern.exact()) out.insert(rule.target.pattern.value);
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
    return said(*decision.action, decision.value) + " (" + describe(decision, rules_.spec()) + ")";
  }

 private:
  Ruleset rules_;
  Conditions conditions_;
};

/// The action alone: where it comes from is no difference.
std::string_view action_in(std::string_view text) { return text.substr(0, text.rfind(" (")); }

void compare(const Decider& a, const Decider& b, dicom::Tag tag, ProfileDiff& out) {
  dicom::File file;
  const dicom::Item item = file.dataset();
  plant(item, tag);
  const auto element = item.find(tag);
  if (!element) return;
  const std::string name = tag.str() + " " + dicom::keyword_of(tag);
  const std::string top_a = a.decide(*element, item, false), top_b = b.decide(*element, item, false);
  const bool differs = action_in(top_a) != action_in(top_b);
  if (differs) out.lines.push_back({name, top_a, top_b});
  const std::string in_a = a.decide(*element, item, true), in_b = b.decide(*element, item, true);
  const bool same_as_top = differs && action_in(in_a) == action_in(top_a) && action_in(in_b) == action_in(top_b);
  if (action_in(in_a) != action_in(in_b) && !same_as_top) out.lines.push_back({"in a sequence: " + name, in_a, in_b});
}

void compare_settings(const ProfileSpec& a, const ProfileSpec& b, ProfileDiff& out) {
  auto left = settings_of(a), right = settings_of(b);
  for (const auto& [name, value] : right) left.try_emplace(name, "-");
  for (const auto& [name, value] : left) {
    const auto found = right.find(name);
    const std::string other = found == right.end() ? "-" : found->second;
    if (value != other) out.lines.push_back({name, value, other});
  }
}

}  // namespace

ProfileDiff diff_profiles(const std::string& a, const std::string& b) {
  ProfileDiff out;
  LoadedSpec first = load_spec(a), second = load_spec(b);
  out.problems = std::move(first.problems);
  std::ranges::move(second.problems, std::back_inserter(out.problems));
  if (!first.spec || !second.spec) return out;
  compare_settings(*first.spec, *second.spec, out);
  const Decider left(*first.spec), right(*second.spec);
  for (std::uint32_t packed_tag : attributes_of(*first.spec, *second.spec)) {
    compare(left, right,
            {static_cast<std::uint16_t>(packed_tag >> 16), static_cast<std::uint16_t>(packed_tag & 0xFFFF)}, out);
  }
  return out;
}

}  // namespace veilgate::deidentify
