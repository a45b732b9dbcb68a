#include "deidentify/ruleset.h"

#include "deidentify/dictionary.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

constexpr std::uint16_t kFirstDatasetGroup = 0x0008, kPixelGroup = 0x7FE0;
constexpr dicom::Tag kPixelData{0x7FE0, 0x0010};

const Action* action_of(Code plain) {
  switch (plain) {
    case Code::Z:
      return &kEmpty;
    case Code::D:
      return &kDummy;
    case Code::U:
      return &kUid;
    case Code::K:
      return &kKeep;
    default:
      return &kRemove;
  }
}

/// What no profile may keep: other people's groups, private attributes, pixel data outside the top level (icons).
bool is_never_kept(dicom::Tag tag, const Place& place) {
  return tag.group < kFirstDatasetGroup || tag.is_private() || (tag.group == kPixelGroup && place.depth > 0);
}

/// A sequence where the dictionary knows a value, or the other way round: nothing in it can be trusted.
bool shape_is_wrong(const dicom::Element& element, const std::string& known_vr) {
  if (known_vr.empty() || is_empty(element)) return false;
  return element.is_sequence() != (known_vr == "SQ");
}

/// A kept value must not say more than its attribute may: a comment smuggled in as Rows, an unread blob as UN.
bool says_too_much(const dicom::Element& element, const std::string& known_vr) {
  if (element.is_sequence() || element.is_pixel_data() || is_empty(element)) return false;
  const std::string vr = element.vr();
  const int allowed = freedom_of(known_vr);
  if (vr == "UN") return allowed == 0 || allowed > 2;
  return freedom_of(vr) > allowed && !(allowed == 0 && vr == "OW");
}

}  // namespace

Ruleset::Ruleset(const ProfileSpec& spec) : unlisted_(spec.unlisted), columns_(spec.columns), dates_(spec.dates) {
  for (const Rule& rule : spec.rules) {
    if (rule.pattern.exact()) {
      exact_[rule.pattern.value] = rule;
    } else {
      wildcards_.insert(wildcards_.begin(), rule);
    }
  }
}

const Rule* Ruleset::rule_for(dicom::Tag tag) const {
  if (const auto found = exact_.find(packed(tag)); found != exact_.end()) return &found->second;
  for (const Rule& rule : wildcards_) {
    if (rule.pattern.matches(tag)) return &rule;
  }
  return nullptr;
}

const Action* Ruleset::rule_action(dicom::Tag tag) const {
  const Rule* rule = rule_for(tag);
  return rule == nullptr ? nullptr : rule->action;
}

const Action* Ruleset::date_action() const {
  return dates_ == DatePolicy::Shift ? &kShiftDate : dates_ == DatePolicy::Keep ? &kKeep : nullptr;
}

Decision Ruleset::from_table(const AnnexRow& row, dicom::Tag tag, const Place& place) const {
  const AttributeType type = place.depth == 0 ? type_in_iod(place.sop_class, tag) : AttributeType::Unknown;
  const Action* basic = action_of(resolve(row.at(Column::Basic), type));
  Decision out{basic, {}, basic, row.vr};
  if (const Action* dates = date_action(); dates != nullptr && row.at(Column::ModifiedDates) != Code::None) {
    out.action = dates;
    return out;
  }
  for (Column column : columns_) {
    // C asks for cleaned text; until that is built the Basic Profile's action stands in.
    if (row.at(column) == Code::K) out.action = &kKeep;
  }
  return out;
}

Decision Ruleset::from_unlisted(const std::string& known_vr) const {
  if (known_vr.empty()) return {unlisted_.unknown, {}, &kRemove, "UN"};
  const bool temporal = known_vr == "DA" || known_vr == "DT" || known_vr == "TM";
  if (const Action* dates = date_action(); dates != nullptr && temporal) return {dates, {}, &kRemove, known_vr};
  const auto found = unlisted_.by_vr.find(known_vr);
  const Action* chosen = found != unlisted_.by_vr.end() ? found->second : unlisted_.otherwise;
  return {chosen, {}, &kRemove, known_vr};
}

Decision Ruleset::chosen(const dicom::Element& element, const Place& place, const std::string& known_vr) const {
  const dicom::Tag tag = element.tag();
  const AnnexRow* row = AnnexE::instance().find(tag);
  if (const Rule* rule = rule_for(tag)) {
    const Action* fallback = row == nullptr ? &kRemove : from_table(*row, tag, place).fallback;
    return {rule->action, rule->value, fallback, known_vr.empty() ? element.vr() : known_vr};
  }
  if (row != nullptr) return from_table(*row, tag, place);
  return from_unlisted(known_vr);
}

Decision Ruleset::decide(const dicom::Element& element, const Place& place) const {
  const dicom::Tag tag = element.tag();
  const Decision remove{&kRemove, {}, &kRemove, "UN"};
  if (is_never_kept(tag, place)) return remove;
  if (tag == kPixelData) return {&kKeep, {}, &kRemove, "OW"};
  const std::string known_vr = vr_known(tag);
  if (shape_is_wrong(element, known_vr)) return remove;
  Decision out = chosen(element, place, known_vr);
  if (out.vr.empty()) out.vr = known_vr.empty() ? "UN" : known_vr;
  if (out.action == &kKeep && says_too_much(element, known_vr.empty() ? out.vr : known_vr)) return remove;
  return out;
}

}  // namespace veilgate::deidentify
