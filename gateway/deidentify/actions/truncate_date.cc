#include "deidentify/actions/action.h"
#include "deidentify/dates.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

std::optional<std::string> truncated(const dicom::Element& element, const Decision& decision) {
  return truncated_date(element.raw_text().reveal(), decision.vr, decision.value);
}

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  if (is_empty(element)) return item.set_empty(element.tag(), decision.vr);
  const auto text = truncated(element, decision);
  if (!text) return decision.fallback->apply(context, item, element, decision);
  return item.set_text(element.tag(), *text, decision.vr);
}

bool settled(const Context& context, const dicom::Element& element, const Decision& decision) {
  if (is_empty(element)) return true;
  const auto text = truncated(element, decision);
  return text ? *text == element.raw_text().reveal() : decision.fallback->settled(context, element, decision);
}

std::string check_value(std::string_view value) {
  return value == "year" || value == "month" ? std::string() : "truncate_date takes the value year or month";
}

}  // namespace

const Action kTruncateDate{"truncate_date", apply, settled, never_descends, false, check_value};

}  // namespace veilgate::deidentify
