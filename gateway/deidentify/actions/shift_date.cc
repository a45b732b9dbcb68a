#include "deidentify/actions/action.h"
#include "deidentify/dates.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

/// The value moved by `days`; nullopt when it is broken or of a VR without dates. Whole days: times of day and UTC
/// offsets stay, so every interval does.
std::optional<std::string> shifted(const dicom::Element& element, std::string_view vr, int days) {
  if (element.is_sequence()) return std::nullopt;
  const auto text = element.raw_text();
  if (text.reveal().empty()) return std::nullopt;  // bytes
  return change_values(text.reveal(), [&](std::string_view value) -> std::optional<std::string> {
    if (vr == "DA") return shift_da(value, days);
    if (vr == "DT") return shift_dt(value, days);
    if (vr == "TM" && valid_tm(value)) return std::string(value);
    if (vr == "SH" && valid_utc_offset(value)) return std::string(value);
    return std::nullopt;
  });
}

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  if (is_empty(element)) return item.set_empty(element.tag(), decision.vr);
  const auto text = shifted(element, decision.vr, context.date_offset_days);
  if (!text) return decision.fallback->apply(context, item, element, decision);
  return item.set_text(element.tag(), *text, decision.vr);
}

bool settled(const Context& context, const dicom::Element& element, const Decision& decision) {
  if (is_empty(element) || shifted(element, decision.vr, 0)) return true;
  return decision.fallback->settled(context, element, decision);
}

}  // namespace

const Action kShiftDate{"shift_date", apply, settled, never_descends};

}  // namespace veilgate::deidentify
