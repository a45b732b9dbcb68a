#include <algorithm>
#include <array>

#include "deidentify/actions/action.h"
#include "deidentify/identity.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

/// Names of instances are never the standard's own, whatever root a sender chose.
bool names_an_instance(dicom::Tag tag) {
  constexpr std::array<dicom::Tag, 4> kInstances = {
      {{0x0008, 0x0018}, {0x0008, 0x1155}, {0x0020, 0x000D}, {0x0020, 0x000E}}};
  return std::ranges::find(kInstances, tag) != kInstances.end();
}

bool stays(dicom::Tag tag, std::string_view uid) { return is_standard_uid(uid) && !names_an_instance(tag); }

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision&) {
  const dicom::Tag tag = element.tag();
  if (element.is_sequence() || is_empty(element)) return {};
  const auto mapped = change_values(element.raw_text().reveal(), [&](std::string_view uid) {
    return std::optional(stays(tag, uid) ? std::string(uid) : map_uid(context.identity.key, uid));
  });
  return item.set_text(tag, *mapped, "UI");
}

bool settled(const Context&, const dicom::Element& element, const Decision&) {
  if (element.is_sequence()) return true;
  return std::ranges::all_of(split_values(element.raw_text().reveal()), [&](const std::string& uid) {
    return uid.empty() || looks_mapped(uid) || stays(element.tag(), uid);
  });
}

}  // namespace

const Action kUid{"uid", apply, settled, always_descends};

}  // namespace veilgate::deidentify
