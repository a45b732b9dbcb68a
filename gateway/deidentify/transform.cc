#include "deidentify/transform.h"

#include "base/limits.h"
#include "deidentify/identity.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kSopClass{0x0008, 0x0016}, kPatientName{0x0010, 0x0010}, kPatientId{0x0010, 0x0020};

class Walk {
 public:
  Walk(const Ruleset& rules, Place place) : rules_(rules), place_(std::move(place)) {}

  Result<void> item(dicom::Item item, const Context& context) {
    if (place_.depth > limits::kMaxSequenceDepth) {
      return fail(ErrorKind::Permanent, "deid.too_deep", "sequences are nested deeper than any real object");
    }
    for (const dicom::Element& element : item.elements()) VG_TRY(attribute(item, element, context));
    return {};
  }

  Report take() { return std::move(report_); }

 private:
  Result<void> attribute(dicom::Item& item, const dicom::Element& element, const Context& context) {
    const Decision decision = rules_.decide(element, place_);
    const bool descend = element.is_sequence() && decision.action->descends(element);
    ++report_.actions[std::string(decision.action->name)];
    VG_TRY(decision.action->apply(context, item, element, decision));
    if (!descend) return {};
    ++place_.depth;
    for (const dicom::Item& inner : element.items()) VG_TRY(this->item(inner, context_of(inner, context)));
    --place_.depth;
    return {};
  }

  /// An item that names a patient of its own (a donor, a group's member) gets that patient's pseudonym. The date
  /// offset stays the object's: intervals inside one object must hold.
  static Context context_of(const dicom::Item& inner, const Context& outer) {
    if (!names_patient(inner)) return outer;
    return {outer.identity, pseudonym_of(outer.identity, patient_key(inner)), outer.date_offset_days};
  }

  const Ruleset& rules_;
  Place place_;
  Report report_;
};

/// Name and ID are Type 2 everywhere; an object that lost them gets the pseudonym all the same, so that research can
/// group by it.
Result<void> add_pseudonym(const Ruleset& rules, dicom::Item& dataset, const Context& context) {
  for (dicom::Tag tag : {kPatientName, kPatientId}) {
    if (rules.rule_action(tag) == &kPseudonym && !dataset.contains(tag)) {
      VG_TRY(dataset.set_text(tag, context.pseudonym));
    }
  }
  return {};
}

}  // namespace

Result<Report> transform(const Ruleset& rules, int max_days, const dicom::Item& dataset, const Identity& identity) {
  VG_TRY(check_payload(dataset));
  const auto patient = patient_key(dataset);
  const Context context{identity, pseudonym_of(identity, patient), date_offset_of(identity, patient, max_days)};
  Walk walk(rules, {dataset.text(kSopClass).reveal(), 0});
  VG_TRY(walk.item(dataset, context));
  dicom::Item root = dataset;
  VG_TRY(add_pseudonym(rules, root, context));
  return walk.take();
}

}  // namespace veilgate::deidentify
