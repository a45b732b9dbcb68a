#include "deidentify/actions/action.h"
#include "deidentify/identity.h"

namespace veilgate::deidentify {
namespace {

constexpr std::string_view kPseudonymHole = "{pseudonym}", kProjectHole = "{project}";
constexpr std::size_t kMaxReplacement = 64;

void fill(std::string& text, std::string_view hole, std::string_view with) {
  for (auto at = text.find(hole); at != std::string::npos; at = text.find(hole, at + with.size())) {
    text.replace(at, hole.size(), with);
  }
}

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  std::string text = decision.value;
  fill(text, kPseudonymHole, context.pseudonym);
  fill(text, kProjectHole, context.identity.project);
  return item.set_text(element.tag(), text, decision.vr);
}

/// What stands around the holes must be there; what fills them is not known here.
bool settled(const dicom::Element& element, const Decision& decision) {
  const auto text = element.raw_text();
  const std::string& value = decision.value;
  const auto open = value.find('{');
  if (open == std::string::npos) return text.reveal() == value;
  const auto close = value.rfind('}');
  return text.reveal().starts_with(value.substr(0, open)) && text.reveal().ends_with(value.substr(close + 1));
}

std::string check_value(std::string_view value) {
  std::string rest(value);
  fill(rest, kPseudonymHole, "");
  fill(rest, kProjectHole, "");
  if (rest.find_first_of("{}") != std::string::npos) return "only {pseudonym} and {project} can be filled in";
  if (value.size() > kMaxReplacement) return "a replacement has at most 64 characters";
  return {};
}

}  // namespace

const Action kReplace{"replace", apply, settled, never_descends, false, check_value};

}  // namespace veilgate::deidentify
