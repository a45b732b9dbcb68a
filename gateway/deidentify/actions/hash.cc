#include <algorithm>

#include "deidentify/actions/action.h"
#include "deidentify/identity.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

/// Keyed, and told apart by attribute: the same text in two attributes cannot be linked.
Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  if (is_empty(element)) return item.set_empty(element.tag(), decision.vr);
  const std::string purpose = "hash" + element.tag().str();
  const auto text = change_values(element.raw_text().reveal(), [&](std::string_view value) {
    return std::optional(base32(context.identity.key.hmac(purpose, value).bytes(), kPseudonymCharacters));
  });
  return item.set_text(element.tag(), *text, decision.vr);
}

bool settled(const Context&, const dicom::Element& element, const Decision&) {
  return std::ranges::all_of(split_values(element.raw_text().reveal()),
                             [](const std::string& value) { return value.empty() || looks_like_pseudonym(value); });
}

}  // namespace

const Action kHash{"hash", apply, settled, never_descends};

}  // namespace veilgate::deidentify
