#include "deidentify/actions/action.h"

namespace veilgate::deidentify {
namespace {

Result<void> apply(const Context&, dicom::Item& item, const dicom::Element& element, const Decision&) {
  item.remove(element.tag());
  return {};
}

bool settled(const Context&, const dicom::Element&, const Decision&) { return false; }

}  // namespace

const Action kRemove{"remove", apply, settled, never_descends};

}  // namespace veilgate::deidentify
