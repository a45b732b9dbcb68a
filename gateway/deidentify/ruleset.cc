#include "deidentify/ruleset.h"

#include <algorithm>
#include <array>

#include "deidentify/dictionary.h"
#include "deidentify/needed.h"
#include "deidentify/safe_private.h"
#include "deidentify/stamp.h"
#include "deidentify/terms.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

constexpr std::uint16_t kFirstDatasetGroup = 0x0008, kPixelGroup = 0x7FE0;
constexpr dicom::Tag kPixelData{0x7FE0, 0x0010}, kCharacterSet{0x0008, 0x0005}, kUrnCodeValue{0x0008, 0x0120};

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

/// What no profile may keep: other people's groups, pixel data outside the top level (icons).
bool is_never_kept(dicom::Tag tag, const Place& place) {
  return tag.group < kFirstDatasetGroup || (tag.group == kPixelGroup && place.depth() > 0);
}

/// Sequences of content items, PS3.3 C.17.3 and its likes: their TextValue is what structured content says.
bool is_in_content(const Place& place) {
  constexpr std::array<dicom::Tag, 4> kContent = {
      {{0x0040, 0xA730}, {0x0040, 0x0555}, {0x0040, 0x0610}, {0x0040, 0xB020}}};
  return std::ranges::any_of(place.above,
                             [&](dicom::Tag tag) { return std::ranges::find(kContent, tag) != kContent.end(); });
}

bool is_temporal(std::string_view vr) { return vr == "DA" || vr == "DT" || vr == "TM"; }

/// A sequence where the dictionary knows a value, or the other way round: nothing in it can be trusted.
bool shape_is_wrong(const dicom::Element& element, const std::string& known_vr) {
  if (known_vr.empty() || is_empty(element)) return false;
  return element.is_sequence() != (known_vr == "SQ");
}

/// A kept value must not say more than its attribute may: a comment smuggled in as Rows, a name in a number, an unread
/// blob as UN.
bool says_too_much(const dicom::Element& element, const std::string& known_vr) {
  if (element.is_sequence() || element.is_pixel_data() || is_empty(element)) return false;
  const std::string vr = element.vr();
  const int allowed = freedom_of(known_vr);
  if (vr == "UN") return allowed == 0 || allowed > 2;
  if (freedom_of(vr) > allowed && !(allowed == 0 && vr == "OW")) return true;
  return freedom_of(vr) == 1 && !has_form_of(vr, element.raw_text().reveal());
}

/// Bytes whose VR got lost (Implicit VR files know none of private attributes) and that no dictionary knows.
bool is_unread(const dicom::Element& element, const std::string& known_vr) {
  return known_vr.empty() && element.vr() == "UN" && !element.is_sequence();
}

/// A URN that names a code, PS3.3 8.8: an OID or a UUID. Elsewhere a URI can say anything.
bool is_urn_of_code(std::string_view text) {
  constexpr std::string_view kOid = "urn:oid:", kUuid = "urn:uuid:", kHex = "0123456789abcdefABCDEF-";
  constexpr std::size_t kUuidLength = 36;
  const auto rest = [&](std::string_view head) { return text.substr(head.size()); };
  if (text.starts_with(kOid)) return has_form_of("UI", rest(kOid));
  return text.starts_with(kUuid) && rest(kUuid).size() == kUuidLength &&
         rest(kUuid).find_first_not_of(kHex) == std::string_view::npos;
}

}  // namespace

Ruleset::Ruleset(const ProfileSpec& spec) : spec_(spec) {
  // Later rules win, so they are asked first.
  for (auto rule = spec_.rules.rbegin(); rule != spec_.rules.rend(); ++rule) {
    const RuleTarget& target = rule->target;
    cleans_text_ = cleans_text_ || rule->action == &kCleanText;
    fills_holes_ = fills_holes_ || rule->value.find('{') != std::string::npos;
    writes_unicode_ = writes_unicode_ || (rule->action == &kReplace && std::ranges::any_of(rule->value, [](char c) {
                                            return static_cast<unsigned char>(c) >= 0x80;
                                          }));
    if (!target.creator.empty()) {
      private_.push_back(&*rule);
    } else if (!target.pattern.exact()) {
      wildcards_.push_back(&*rule);
    } else {
      (target.path.empty() ? exact_ : pathed_)[target.pattern.value].push_back(&*rule);
    }
  }
  for (Column option : {Column::Descriptors, Column::PatientCharacteristics, Column::StructuredContent,
                        Column::Graphics, Column::Device, Column::SafePrivate}) {
    cleans_text_ = cleans_text_ || spec_.has(option);
  }
  for (const auto& [vr, action] : spec_.unlisted.by_vr) cleans_text_ = cleans_text_ || action == &kCleanText;
}

Conditions Ruleset::conditions_of(const dicom::Item& dataset) const {
  Conditions out;
  for (const Condition& condition : spec_.conditions) out.push_back(condition.holds(dataset));
  return out;
}

Codes Ruleset::kept_codes(const dicom::Item& dataset, const Conditions& conditions) const {
  Codes out;
  if (!fills_holes_) return out;
  Place place{dataset.text({0x0008, 0x0016}).reveal(), conditions};
  place.item = &dataset;
  for (const dicom::Element& element : dataset.elements()) {
    if (element.vr() == "CS" && decide(element, place).action == &kKeep) {
      out[packed(element.tag())] = element.raw_text().reveal();
    }
  }
  return out;
}

const Rule* Ruleset::first_fit(const Rules& rules, dicom::Tag tag, const Place& place) const {
  for (const Rule* rule : rules) {
    const bool holds = std::ranges::all_of(rule->when, [&](std::size_t i) { return place.conditions[i]; });
    if (holds && rule->target.pattern.matches(tag) && rule->target.path_matches(place.above)) return rule;
  }
  return nullptr;
}

const Rule* Ruleset::rule_for(dicom::Tag tag, const Place& place) const {
  for (const auto* rules : {&pathed_, &exact_}) {
    if (rules->empty()) continue;
    const auto found = rules->find(packed(tag));
    if (found == rules->end()) continue;
    if (const Rule* rule = first_fit(found->second, tag, place)) return rule;
  }
  return first_fit(wildcards_, tag, place);
}

const Action* Ruleset::rule_action(dicom::Tag tag, const Conditions& conditions) const {
  const Rule* rule = rule_for(tag, Place{{}, conditions});
  return rule == nullptr ? nullptr : rule->action;
}

const Action* Ruleset::date_action() const {
  return spec_.dates == DatePolicy::Shift ? &kShiftDate : spec_.dates == DatePolicy::Keep ? &kKeep : nullptr;
}

/// How "C" (clean) of an option's column is done; null where nothing can clean it and the Basic Profile stands in.
const Action* Ruleset::clean_action(Column option, const AnnexRow& row) const {
  if (!row.pattern.exact()) return nullptr;  // overlays and curves: pictures of text
  if (row.vr == "SQ") return option == Column::StructuredContent ? &kCleanContent : &kKeep;
  if (row.vr == "AE") return &kHash;  // the same device, without its hospital's name
  const int freedom = freedom_of(row.vr);
  return freedom == 2 || (freedom == 3 && row.vr != "PN") ? &kCleanText : nullptr;
}

Decision Ruleset::from_table(const AnnexRow& row, dicom::Tag tag, const Place& place) const {
  static constexpr Column kDates = Column::ModifiedDates;
  AttributeType type = place.depth() == 0 ? type_in_iod(place.sop_class, tag) : AttributeType::Unknown;
  // An empty sequence is no safe middle way: it is wrong where the attribute is optional.
  if (type == AttributeType::Unknown && place.depth() == 0 && row.vr == "SQ") type = type_in_all_iods(tag);
  const Action* basic = action_of(resolve(row.at(Column::Basic), type));
  Decision out{basic, {}, basic, row.vr, {Source::Kind::Table, nullptr, &row}};
  if (const Action* dates = date_action(); dates != nullptr && row.at(kDates) != Code::None) {
    out.action = dates;
    out.source.option = &kDates;
    return out;
  }
  // Cleaning one option asks for wins over keeping for another's sake.
  for (const Column& option : spec_.columns) {
    const Code code = row.at(option);
    const Action* action = code == Code::K ? &kKeep : code == Code::C ? clean_action(option, row) : nullptr;
    if (action == nullptr || (out.source.option != nullptr && action == &kKeep)) continue;
    out.action = action;
    out.source.option = &option;
  }
  return out;
}

Decision Ruleset::from_unlisted(dicom::Tag tag, const Place& place, const std::string& known_vr) const {
  constexpr dicom::Tag kTextValue{0x0040, 0xA160};
  const Source source{Source::Kind::Unlisted};
  if (known_vr.empty()) return {spec_.unlisted.unknown, {}, &kRemove, "UN", source};
  if (const Action* dates = date_action(); dates != nullptr && is_temporal(known_vr)) {
    return {dates, {}, &kRemove, known_vr, source};
  }
  const auto found = spec_.unlisted.by_vr.find(known_vr);
  const Action* chosen = found != spec_.unlisted.by_vr.end() ? found->second : spec_.unlisted.otherwise;
  const bool text = freedom_of(known_vr) == 2 || (freedom_of(known_vr) == 3 && known_vr != "PN");
  if (text && chosen == &kKeep && spec_.has(Column::Descriptors)) chosen = &kCleanText;
  if (tag == kTextValue && spec_.has(Column::StructuredContent) && is_in_content(place)) chosen = &kCleanText;
  return {chosen, {}, &kRemove, known_vr, source};
}

Decision Ruleset::by_rule(const Rule& rule, const dicom::Element& element, const Place& place,
                          const std::string& vr) const {
  const AnnexRow* row = AnnexE::instance().find(element.tag());
  if (rule.action != &kEmpty && rule.action != &kRemove && is_unread(element, vr)) {
    return {&kRemove, {}, &kRemove, "UN", {Source::Kind::Unread, &rule, row}};
  }
  const Action* fallback = row == nullptr ? &kRemove : from_table(*row, element.tag(), place).fallback;
  return {rule.action, rule.value, fallback, vr.empty() ? element.vr() : vr, {Source::Kind::Rule, &rule, row}};
}

Decision Ruleset::chosen(const dicom::Element& element, const Place& place, const std::string& known_vr) const {
  const dicom::Tag tag = element.tag();
  if (const Rule* rule = rule_for(tag, place)) return by_rule(*rule, element, place, known_vr);
  if (const AnnexRow* row = AnnexE::instance().find(tag)) return from_table(*row, tag, place);
  return from_unlisted(tag, place, known_vr);
}

bool Ruleset::block_is_in_use(dicom::Tag creator, const Place& place) const {
  return std::ranges::any_of(place.item->elements(), [&](const dicom::Element& element) {
    const dicom::Tag tag = element.tag();
    const bool in_block = tag.group == creator.group && tag.element >> 8 == creator.element;
    if (!in_block) return false;
    // A creator without attributes is dropped at the end; until then it says which rule is theirs.
    const Decision decision = for_private(element, place);
    return decision.action != &kRemove || decision.source.kind == Source::Kind::Unread;
  });
}

/// The standard vouches for the attribute's meaning; what has a date, a UID or free text in it is treated like that.
Decision Ruleset::safe_private(const dicom::Element& element, const Place& place, const std::string& creator) const {
  const AnnexRow* row = AnnexE::instance().find(element.tag());
  const Source source{Source::Kind::SafePrivate, nullptr, row};
  const std::string vr(safe_private_vr(creator, element.tag()));
  const Decision remove{&kRemove, {}, &kRemove, "UN", {Source::Kind::Table, nullptr, row}};
  if (vr.empty() || place.item == nullptr || shape_is_wrong(element, vr) || vr == "PN") return remove;
  Decision out{&kKeep, {}, &kRemove, vr, source};
  if (vr == "UI") out.action = spec_.has(Column::Uids) ? &kKeep : &kUid;
  if (is_temporal(vr)) out.action = date_action() == nullptr ? &kRemove : date_action();
  if (freedom_of(vr) == 2 || freedom_of(vr) == 3) out.action = &kCleanText;
  if (out.action == &kKeep && says_too_much(element, vr)) return remove;
  return out;
}

Decision Ruleset::for_private(const dicom::Element& element, const Place& place) const {
  const dicom::Tag tag = element.tag();
  const bool may_stay = place.item != nullptr && keeps_private();
  const Decision remove{&kRemove, {}, &kRemove, "UN", {Source::Kind::Table, nullptr, AnnexE::instance().find(tag)}};
  if (!may_stay || tag.element < 0x0010) return remove;
  if (tag.element <= 0x00FF) {
    if (element.is_sequence() || !block_is_in_use(tag, place)) return remove;
    return {&kKeep, {}, &kRemove, "LO", {Source::Kind::SafePrivate, nullptr, remove.source.row}};
  }
  const std::string creator = place.item->private_creator(tag);
  if (creator.empty()) return remove;
  for (const Rule* rule : private_) {
    if (rule->target.creator == creator && first_fit({rule}, tag, place) != nullptr) {
      Decision out = by_rule(*rule, element, place, std::string(safe_private_vr(creator, tag)));
      return out.action == &kKeep && element.vr() == "UN" && says_too_much(element, out.vr) ? remove : out;
    }
  }
  return spec_.has(Column::SafePrivate) ? safe_private(element, place, creator) : remove;
}

Decision Ruleset::decide(const dicom::Element& element, const Place& place) const {
  const dicom::Tag tag = element.tag();
  const auto remove = [](Source::Kind why) { return Decision{&kRemove, {}, &kRemove, "UN", {why}}; };
  if (is_never_kept(tag, place)) return remove(Source::Kind::Structure);
  if (tag.is_private()) return for_private(element, place);
  if (tag == kPixelData) return {&kKeep, {}, &kRemove, "OW", {Source::Kind::Structure}};
  if (place.depth() == 0 && is_stamped(tag)) return {&kStamped, {}, &kRemove, "UN", {Source::Kind::Structure}};
  const std::string known_vr = vr_known(tag);
  if (shape_is_wrong(element, known_vr)) return remove(Source::Kind::Shape);
  Decision out = chosen(element, place, known_vr);
  if (const Action* needed = place.depth() == 0 ? needed_action(tag) : nullptr; needed != nullptr) {
    const bool whole = leaves_whole(tag, out.action) && tag != kCharacterSet;
    if (!whole) out = {needed, {}, &kRemove, known_vr, {Source::Kind::Needed}};
  }
  if (out.vr.empty()) out.vr = known_vr.empty() ? "UN" : known_vr;
  if (tag == kUrnCodeValue && out.action->keeps_value && !is_urn_of_code(trimmed(element.raw_text().reveal()))) {
    return remove(Source::Kind::Shape);
  }
  if (out.action->keeps_value && !element.is_sequence() && known_vr == "CS" &&
      !is_term(tag, trimmed(element.raw_text().reveal()))) {
    return {&kEmpty, {}, &kRemove, "CS", {Source::Kind::Shape}};
  }
  const bool bare = out.action == &kKeep && says_too_much(element, known_vr.empty() ? out.vr : known_vr);
  return bare ? remove(Source::Kind::Shape) : out;
}

}  // namespace veilgate::deidentify
