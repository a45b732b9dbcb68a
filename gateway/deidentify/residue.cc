#include "base/limits.h"
#include "deidentify/identity.h"
#include "deidentify/pixel_record.h"
#include "deidentify/transform.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kSopClass{0x0008, 0x0016}, kPatientId{0x0010, 0x0020};
constexpr std::size_t kMaxPlaces = 1000;  ///< more say nothing new

class Visit {
 public:
  Visit(const Ruleset& rules, const Context& context, Place place)
      : rules_(rules), context_(context), place_(std::move(place)) {}

  void item(const dicom::Item& item, const std::string& path) {
    for (const dicom::Element& element : item.elements()) {
      if (found_.size() >= kMaxPlaces) return;
      place_.item = &item;
      attribute(element, path + element.tag().str());
    }
  }

  std::vector<std::string> take() { return std::move(found_); }

 private:
  /// The pseudonym in an item's Patient ID, whatever a rule wrote around its front.
  std::optional<std::string> second_patient(const std::string& id) const {
    if (!looks_like_pseudonym(id)) return std::nullopt;
    return context_.identity.pseudonym_prefix + id.substr(id.size() - kPseudonymCharacters);
  }

  void attribute(const dicom::Element& element, const std::string& here) {
    const Decision decision = rules_.decide(element, place_);
    if (place_.depth() == 0 && is_pixel_record(element)) return;
    if (!decision.action->settled(context_, element, decision)) {
      found_.push_back(here);
      return;
    }
    if (!element.is_sequence() || !decision.action->descends(element)) return;
    if (place_.depth() >= limits::kMaxSequenceDepth) {
      found_.push_back(here);
      return;
    }
    place_.above.push_back(element.tag());
    int number = 0;
    const std::string outer = context_.pseudonym;
    for (const dicom::Item& inner : element.items()) {
      const auto id = inner.text(kPatientId);
      context_.pseudonym = second_patient(id.reveal()).value_or(outer);
      item(inner, here + "[" + std::to_string(++number) + "].");
    }
    context_.pseudonym = outer;
    place_.above.pop_back();
  }

  const Ruleset& rules_;
  Context context_;
  Place place_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> unsettled(const Ruleset& rules, const Conditions& conditions, const Context& context,
                                   const dicom::Item& dataset) {
  Visit visit(rules, context, {dataset.text(kSopClass).reveal(), conditions});
  visit.item(dataset, {});
  return visit.take();
}

}  // namespace veilgate::deidentify
