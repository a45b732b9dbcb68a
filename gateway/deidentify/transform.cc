#include "deidentify/transform.h"

#include <algorithm>

#include "base/limits.h"
#include "deidentify/identity.h"
#include "deidentify/unicode.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kCharacterSet{0x0008, 0x0005}, kSopClass{0x0008, 0x0016}, kPatientName{0x0010, 0x0010},
    kPatientId{0x0010, 0x0020};

class Walk {
 public:
  Walk(const Ruleset& rules, Place place, const Observer& observe)
      : rules_(rules), place_(std::move(place)), observe_(observe) {}

  Result<void> item(dicom::Item item, const Context& context) {
    if (place_.depth() > limits::kMaxSequenceDepth) {
      return fail(ErrorKind::Permanent, "deid.too_deep", "sequences are nested deeper than any real object");
    }
    for (const dicom::Element& element : item.elements()) {
      place_.item = &item;
      VG_TRY(attribute(item, element, context));
    }
    drop_unused_creators(item);
    return {};
  }

  Report take() { return std::move(report_); }

 private:
  Result<void> attribute(dicom::Item& item, const dicom::Element& element, const Context& context) {
    const Decision decision = rules_.decide(element, place_);
    const dicom::Tag tag = element.tag();
    const bool descend = element.is_sequence() && decision.action->descends(element);
    ++report_.actions[std::string(decision.action->name)];
    if (observe_) observe_(path_, element, decision);
    VG_TRY(decision.action->apply(context, item, element, decision));
    return descend ? items(element, tag, context) : Result<void>{};
  }

  Result<void> items(const dicom::Element& sequence, dicom::Tag tag, const Context& context) {
    const std::string path = path_;
    int number = 0;
    place_.above.push_back(tag);
    for (const dicom::Item& inner : sequence.items()) {
      if (observe_) path_ = path + tag.str() + "[" + std::to_string(++number) + "].";
      VG_ASSIGN(const Context own, context_of(inner, context));
      VG_TRY(this->item(inner, own));
    }
    place_.above.pop_back();
    path_ = path;
    return {};
  }

  /// Private Creators whose attributes were kept at first and then dropped because of their values.
  static void drop_unused_creators(dicom::Item& item) {
    std::vector<dicom::Tag> unused;
    const auto elements = item.elements();
    for (const dicom::Element& creator : elements) {
      const dicom::Tag tag = creator.tag();
      if (!tag.is_private() || tag.element > 0x00FF) continue;
      const bool used = std::ranges::any_of(elements, [&](const dicom::Element& other) {
        return other.tag().group == tag.group && other.tag().element >> 8 == tag.element;
      });
      if (!used) unused.push_back(tag);
    }
    for (dicom::Tag tag : unused) item.remove(tag);
  }

  /// An item that names a patient of its own (a donor, a group's member) gets that patient's pseudonym. The date
  /// offset stays the object's: intervals inside one object must hold.
  static Result<Context> context_of(const dicom::Item& inner, const Context& outer) {
    Context out = outer;
    if (!names_another_patient(inner, outer.subject)) return out;
    if (outer.identity.assigned_pseudonym) {
      return fail(
          ErrorKind::Refused, "deid.second_patient",
          "the object names a second patient inside a sequence, whose pseudonym a list or sequence would have to "
          "give; it stays held");
    }
    out.pseudonym = pseudonym_of(outer.identity, patient_key(inner));
    return out;
  }

  const Ruleset& rules_;
  Place place_;
  const Observer& observe_;
  std::string path_;
  Report report_;
};

/// Name and ID are Type 2 everywhere; an object that lost them gets the pseudonym all the same, so that research can
/// group by it.
Result<void> add_pseudonym(const Ruleset& rules, const Conditions& conditions, dicom::Item dataset,
                           const Context& context) {
  for (dicom::Tag tag : {kPatientName, kPatientId}) {
    if (rules.rule_action(tag, conditions) == &kPseudonym && !dataset.contains(tag)) {
      VG_TRY(dataset.set_text(tag, context.pseudonym));
    }
  }
  return {};
}

}  // namespace

Result<Report> transform(const Ruleset& rules, const Conditions& conditions, const Context& context,
                         const dicom::Item& dataset, const Observer& observe) {
  VG_TRY(check_payload(dataset, rules.spec()));
  VG_ASSIGN(const int unreadable, write_as_unicode(dataset));
  if (rules.writes_unicode()) {
    dicom::Item written = dataset;
    VG_TRY(written.set_text(kCharacterSet, "ISO_IR 192"));
  }
  Walk walk(rules, {dataset.text(kSopClass).reveal(), conditions}, observe);
  VG_TRY(walk.item(dataset, context));
  VG_TRY(add_pseudonym(rules, conditions, dataset, context));
  Report report = walk.take();
  if (unreadable > 0) report.actions["unreadable"] = unreadable;
  return report;
}

}  // namespace veilgate::deidentify
