#include <algorithm>

#include "deidentify/structured_content.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kTextValue{0x0040, 0xA160};
constexpr std::string_view kDummyText = "Anonymized";

ContentFate fate(const Context& context, const dicom::Item& item) {
  return content_fate(item, context.options, context.dates);
}

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision&) {
  item.remove_items(element.tag(), [&](const dicom::Item& each) { return fate(context, each) == ContentFate::Remove; });
  for (dicom::Item each : element.items()) {
    if (fate(context, each) == ContentFate::Dummy && each.contains(kTextValue)) {
      VG_TRY(each.set_text(kTextValue, kDummyText));
    }
  }
  return {};
}

bool settled(const Context& context, const dicom::Element& element, const Decision&) {
  return std::ranges::all_of(element.items(), [&](const dicom::Item& each) {
    switch (fate(context, each)) {
      case ContentFate::Remove:
        return false;
      case ContentFate::Dummy:
        return !each.contains(kTextValue) || each.text(kTextValue).reveal() == kDummyText;
      case ContentFate::Keep:
        return true;
    }
    return false;
  });
}

}  // namespace

const Action kCleanContent{"clean_content", apply, settled, always_descends};

}  // namespace veilgate::deidentify
