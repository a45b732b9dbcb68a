#include "deidentify/actions/action.h"

namespace veilgate::deidentify {
namespace {

Result<void> apply(const Context&, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  return item.set_empty(element.tag(), decision.vr);
}

bool settled(const Context&, const dicom::Element& element, const Decision&) { return is_empty(element); }

}  // namespace

const Action kEmpty{"empty", apply, settled, never_descends};

}  // namespace veilgate::deidentify
