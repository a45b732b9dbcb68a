#include <algorithm>
#include <array>

#include "deidentify/explain.h"
#include "deidentify/ruleset.h"

namespace veilgate::deidentify {
namespace {

constexpr std::string_view kVlPhotographic = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr dicom::Tag kAnySequence{0xFFFC, 0xFFFC};

class Reach {
 public:
  explicit Reach(const ProfileSpec& spec) : rules_(spec), conditions_(spec.conditions.size(), false) {}

  /// Why no item of the last of these sequences ever remains; empty when one may.
  std::string blocked(std::vector<dicom::Tag> path, bool from_top) {
    const dicom::Tag tag = path.back();
    path.pop_back();
    dicom::File file;
    dicom::Item item = file.dataset();
    if (!item.append_item(tag)) return {};
    const auto element = item.find(tag);
    if (!element || a_rule_may_keep(tag, *element)) return {};
    std::string why;
    for (const bool nested : {false, true}) {
      if (nested && from_top) continue;
      for (std::string_view sop_class : {kVlPhotographic, std::string_view()}) {
        Place place{std::string(sop_class), conditions_, path, &item};
        if (nested) place.above.insert(place.above.begin(), kAnySequence);
        const Decision decision = rules_.decide(*element, place);
        if (decision.action->descends(*element)) return {};
        why = describe(decision, rules_.spec());
      }
    }
    return why;
  }

 private:
  /// Somewhere, or under some condition: then the rule may act there.
  bool a_rule_may_keep(dicom::Tag tag, const dicom::Element& element) const {
    return std::ranges::any_of(rules_.spec().rules, [&](const Rule& rule) {
      const bool elsewhere = !rule.when.empty() || !rule.target.path.empty();
      return elsewhere && rule.target.pattern.matches(tag) && rule.action->descends(element);
    });
  }

  Ruleset rules_;
  Conditions conditions_;
};

/// VRs of people's names, numbers and dates whose unlisted attributes stay raw: no parent said otherwise.
std::string raw_vrs(const ProfileSpec& spec) {
  std::string out;
  for (std::string_view vr : {"DA", "DT", "LO", "LT", "PN", "SH", "ST", "UC", "UI", "UT"}) {
    const bool date = vr == "DA" || vr == "DT";
    const bool cleaned = spec.has(Column::Descriptors) && !date && vr != "PN" && vr != "UI";
    if (cleaned || (date && spec.dates != DatePolicy::Remove)) continue;
    const auto own = spec.unlisted.by_vr.find(vr);
    const Action* done = own == spec.unlisted.by_vr.end() ? spec.unlisted.otherwise : own->second;
    if (done == &kKeep) out += (out.empty() ? "" : ", ") + std::string(vr);
  }
  return out;
}

}  // namespace

std::vector<config::Problem> profile_warnings(const std::string& name_or_path) {
  const LoadedSpec loaded = load_spec(name_or_path);
  std::vector<config::Problem> out;
  if (!loaded.spec) return out;
  const ProfileSpec& spec = *loaded.spec;
  if (const std::string vrs = raw_vrs(spec); !vrs.empty()) {
    out.push_back({spec.file, spec.unlisted_line, 1,
                   "attributes that neither a rule nor Table E.1-1 names are kept as they are in VRs that can hold "
                   "names, numbers and dates of people: " +
                       vrs,
                   "extend basic, or say under unlisted: vr: what becomes of them"});
  }
  Reach reach(spec);
  for (std::size_t index = spec.inherited; index < spec.rules.size(); ++index) {
    const Rule& rule = spec.rules[index];
    std::vector<dicom::Tag> path;
    for (dicom::Tag tag : rule.target.path) {
      path.push_back(tag);
      const std::string why = reach.blocked(path, rule.target.path_from_top);
      if (why.empty()) continue;
      const std::string keyword = dicom::keyword_of(tag), name = keyword.empty() ? tag.str() : keyword;
      out.push_back({spec.file, rule.line, rule.column,
                     "the rule for " + rule.matched + " never acts: the items of " + name + " go (" + why + ")",
                     "keep " + name + " with a rule, or drop this one"});
      break;
    }
  }
  return out;
}

}  // namespace veilgate::deidentify
