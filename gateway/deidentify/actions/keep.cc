#include "deidentify/actions/action.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

/// A value written as UN gets its own VR, so that later readers see it as what it is.
Result<void> apply(const Context&, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  const bool retype = element.vr() == "UN" && !element.is_sequence() && freedom_of(decision.vr) <= 2;
  if (!retype) return {};
  const auto text = element.raw_text();
  if (text.reveal().empty()) {
    // A blob without text is dropped; an empty value stays one.
    if (element.length() == 0) return item.set_empty(element.tag(), decision.vr);
    item.remove(element.tag());
    return {};
  }
  return item.set_text(element.tag(), text.reveal(), decision.vr);
}

bool settled(const Context&, const dicom::Element&, const Decision&) { return true; }

}  // namespace

const Action kKeep{"keep", apply, settled, always_descends, true};

}  // namespace veilgate::deidentify
