#include "deidentify/actions/action.h"
#include "deidentify/identity.h"

namespace veilgate::deidentify {
namespace {

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  return item.set_text(element.tag(), context.pseudonym, decision.vr);
}

bool settled(const dicom::Element& element, const Decision&) {
  return looks_like_pseudonym(element.raw_text().reveal());
}

}  // namespace

const Action kPseudonym{"pseudonym", apply, settled, never_descends};

}  // namespace veilgate::deidentify
