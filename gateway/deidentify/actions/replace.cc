#include <algorithm>

#include "deidentify/actions/action.h"
#include "deidentify/dictionary.h"
#include "deidentify/vr_values.h"

namespace veilgate::deidentify {
namespace {

constexpr std::size_t kMaxReplacement = 64;
constexpr std::string_view kParameter = "param:";

/// Attributes that may fill a hole: words that the standard defines, never a person's.
bool may_fill(dicom::Tag tag) { return vr_known(tag) == "CS"; }

std::optional<dicom::Tag> attribute_of(std::string_view hole) {
  const auto pattern = pattern_from(hole);
  if (!pattern || !pattern->exact()) return std::nullopt;
  const dicom::Tag tag = unpacked(pattern->value);
  return may_fill(tag) ? std::optional(tag) : std::nullopt;
}

std::string filled(const Context& context, std::string_view hole) {
  if (hole == "pseudonym") return context.pseudonym;
  if (hole == "project") return context.identity.project;
  if (hole.starts_with(kParameter)) {
    const std::string name(hole.substr(kParameter.size()));
    if (const auto own = context.identity.parameters.find(name); own != context.identity.parameters.end()) {
      return own->second;
    }
    const auto preset = context.parameters.find(name);
    return preset == context.parameters.end() ? std::string() : preset->second;
  }
  const auto tag = attribute_of(hole);
  const auto code = tag ? context.codes.find(packed(*tag)) : context.codes.end();
  return code == context.codes.end() ? std::string() : code->second;
}

/// Calls `each_hole` for the names between braces, `each_text` for what stands around them. False: a brace is alone.
template <typename Text, typename Hole>
bool scan(std::string_view value, const Text& each_text, const Hole& each_hole) {
  while (true) {
    const auto open = value.find_first_of("{}");
    each_text(value.substr(0, open));
    if (open == std::string_view::npos) return true;
    const auto close = value.find_first_of("{}", open + 1);
    if (value[open] == '}' || close == std::string_view::npos || value[close] == '{') return false;
    each_hole(value.substr(open + 1, close - open - 1));
    value.remove_prefix(close + 1);
  }
}

std::string written(const Context& context, std::string_view value) {
  std::string out;
  scan(
      value, [&](std::string_view text) { out.append(text); },
      [&](std::string_view hole) { out.append(filled(context, hole)); });
  return out;
}

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  const std::string text = written(context, decision.value);
  if (!is_value_of(decision.vr, text)) {
    const std::string keyword = dicom::keyword_of(element.tag());
    return fail(ErrorKind::Refused, "deid.replacement",
                "what the profile writes into " + element.tag().str() + (keyword.empty() ? "" : " " + keyword) +
                    " is too long for its VR " + decision.vr + ", or no value of it");
  }
  return item.set_text(element.tag(), text, decision.vr);
}

bool settled(const Context& context, const dicom::Element& element, const Decision& decision) {
  return element.raw_text().reveal() == written(context, decision.value);
}

std::string check_value(std::string_view value) {
  std::string wrong;
  const auto check = [&](std::string_view hole) {
    if (hole == "pseudonym" || hole == "project" || hole.starts_with(kParameter) || attribute_of(hole)) return;
    wrong = "'{" + std::string(hole) +
            "}' cannot be filled in: {pseudonym}, {project}, {param:NAME} and attributes of " + "VR CS can";
  };
  if (!scan(
          value, [](std::string_view) {}, check))
    return "a brace has no partner";
  if (!wrong.empty()) return wrong;
  if (value.size() > kMaxReplacement) return "a replacement has at most 64 characters";
  return {};
}

}  // namespace

const Action kReplace{"replace", apply, settled, never_descends, false, check_value};

}  // namespace veilgate::deidentify
