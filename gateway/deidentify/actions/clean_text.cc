#include <algorithm>
#include <array>

#include "deidentify/actions/action.h"
#include "deidentify/text/text_cleaner.h"
#include "deidentify/values.h"
#include "dicom/charset.h"

namespace veilgate::deidentify {
namespace {

/// Characters that a VR may have at most, PS3.5 table 6.2-1.
std::size_t longest(std::string_view vr) {
  constexpr std::array<std::pair<std::string_view, std::size_t>, 6> kLongest = {
      {{"SH", 16}, {"CS", 16}, {"AE", 16}, {"LO", 64}, {"ST", 1024}, {"LT", 10240}}};
  const auto found = std::ranges::find(kLongest, vr, [](const auto& each) { return each.first; });
  return found == kLongest.end() ? std::string::npos : found->second;
}

/// Marks may be longer than what they stand for; whole characters are cut off at the end.
std::string fitted(std::string text, std::string_view vr) {
  std::size_t characters = 0, at = 0;
  for (; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && ++characters > longest(vr)) break;
  }
  text.resize(at);
  return text;
}

bool has_one_value(std::string_view vr) { return vr == "LT" || vr == "ST" || vr == "UT" || vr == "UR"; }

/// UTF-8 of a text attribute, also of one that lost its VR; nullopt for bytes that are no text.
std::optional<std::string> readable(const dicom::Element& element) {
  if (element.is_sequence()) return std::nullopt;
  const std::string vr = element.vr();
  if (freedom_of(vr) <= 3) return element.raw_text().reveal();
  if (vr != "UN") return std::nullopt;
  std::string text = trimmed(element.bytes().reveal());
  const bool control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\r' && c != '\n' && c != '\t'; });
  if (control || !dicom::is_utf8(text)) return std::nullopt;
  return text;
}

std::string cleaned(const TextCleaner& cleaner, const std::string& text, std::string_view vr) {
  const auto one = [&](const std::string& value) {
    const std::string out = cleaner.clean(value).text;
    // A code string has no room for marks.
    return vr == "CS" && out != value ? std::string() : fitted(out, vr);
  };
  if (has_one_value(vr)) return one(text);
  auto values = split_values(text);
  for (std::string& value : values) value = one(value);
  return join_values(values);
}

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  if (element.is_sequence()) return {};
  if (is_empty(element)) return item.set_empty(element.tag(), decision.vr);
  const auto text = readable(element);
  if (!text || context.cleaner == nullptr) return decision.fallback->apply(context, item, element, decision);
  return item.set_text(element.tag(), cleaned(*context.cleaner, *text, decision.vr), decision.vr);
}

bool settled(const Context& context, const dicom::Element& element, const Decision& decision) {
  if (element.is_sequence() || is_empty(element)) return true;
  const auto text = readable(element);
  if (!text || context.checker == nullptr) return decision.fallback->settled(context, element, decision);
  return cleaned(*context.checker, *text, decision.vr) == *text;
}

}  // namespace

const Action kCleanText{"clean_text", apply, settled, always_descends, true};

}  // namespace veilgate::deidentify
