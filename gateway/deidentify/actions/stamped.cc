#include "deidentify/actions/action.h"
#include "deidentify/stamp.h"

namespace veilgate::deidentify {
namespace {

/// What somebody else said of their de-identification goes; the stamp says it anew.
Result<void> apply(const Context&, dicom::Item& item, const dicom::Element& element, const Decision&) {
  item.remove(element.tag());
  return {};
}

bool settled(const Context&, const dicom::Element& element, const Decision&) { return is_stamp(element); }

}  // namespace

const Action kStamped{"stamped", apply, settled, never_descends};

}  // namespace veilgate::deidentify
