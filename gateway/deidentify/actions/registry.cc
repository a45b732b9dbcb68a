#include <algorithm>
#include <array>

#include "deidentify/actions/action.h"

namespace veilgate::deidentify {
namespace {

constexpr std::array<const Action*, 12> kActions = {
    &kKeep,      &kRemove,    &kEmpty,        &kDummy,      &kReplace, &kUid,
    &kPseudonym, &kShiftDate, &kTruncateDate, &kGeneralize, &kHash,    &kCleanText,
};

}  // namespace

std::span<const Action* const> actions() { return kActions; }

const Action* action(std::string_view name) {
  const auto found = std::ranges::find(kActions, name, [](const Action* each) { return each->name; });
  return found == kActions.end() ? nullptr : *found;
}

bool never_descends(const dicom::Element&) { return false; }
bool always_descends(const dicom::Element&) { return true; }

bool is_empty(const dicom::Element& element) {
  return element.is_sequence() ? element.items().empty() : element.length() == 0 && !element.is_pixel_data();
}

}  // namespace veilgate::deidentify
