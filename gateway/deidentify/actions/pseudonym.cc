#include "deidentify/actions/action.h"
#include "deidentify/identity.h"

namespace veilgate::deidentify {
namespace {

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  return item.set_text(element.tag(), context.pseudonym, decision.vr);
}

/// Another person's pseudonym stands where an item names a patient of its own.
bool settled(const Context& context, const dicom::Element& element, const Decision&) {
  const auto text = element.raw_text();
  return text.reveal() == context.pseudonym || looks_like_pseudonym(text.reveal());
}

}  // namespace

const Action kPseudonym{"pseudonym", apply, settled, never_descends};

}  // namespace veilgate::deidentify
