#include <algorithm>
#include <charconv>
#include <cstdio>

#include "deidentify/actions/action.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

constexpr int kOldestToldAge = 89;  // HIPAA Safe Harbor: older people are one group.

std::optional<std::string> years(int age) {
  char text[8];
  std::snprintf(text, sizeof text, "%03dY", age);
  return std::string(text);
}

/// AS in years up to 89 or in smaller units as it is; over 89 becomes 090Y; `band` > 0 rounds years down.
std::optional<std::string> general_age(std::string_view value, int band) {
  int age = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + std::min<std::size_t>(value.size(), 3), age);
  if (value.size() != 4 || error != std::errc{} || end != value.data() + 3 || age < 0) return std::nullopt;
  const char unit = value[3];
  if (unit == 'D' || unit == 'W' || unit == 'M') return std::string(value);
  if (unit != 'Y') return std::nullopt;
  if (age > kOldestToldAge) return years(kOldestToldAge + 1);
  return years(band > 0 ? age - age % band : age);
}

std::optional<std::string> general(std::string_view value, std::string_view how) {
  if (how == "age_over_89") return general_age(value, 0);
  if (how == "age_bands_5") return general_age(value, 5);
  if (how == "age_bands_10") return general_age(value, 10);
  return std::string(value.substr(0, how == "postcode_2" ? 2 : 3));
}

Result<void> apply(const Context& context, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  if (is_empty(element)) return item.set_empty(element.tag(), decision.vr);
  const auto text = change_values(element.raw_text().reveal(),
                                  [&](std::string_view value) { return general(value, decision.value); });
  if (!text) return decision.fallback->apply(context, item, element, decision);
  return item.set_text(element.tag(), *text, decision.vr);
}

bool settled(const Context& context, const dicom::Element& element, const Decision& decision) {
  if (is_empty(element)) return true;
  const auto raw = element.raw_text();
  const auto text = change_values(raw.reveal(), [&](std::string_view value) { return general(value, decision.value); });
  return text ? *text == raw.reveal() : decision.fallback->settled(context, element, decision);
}

std::string check_value(std::string_view value) {
  for (std::string_view known : {"age_over_89", "age_bands_5", "age_bands_10", "postcode_2", "postcode_3"}) {
    if (value == known) return {};
  }
  return "generalize takes the value age_over_89, age_bands_5, age_bands_10, postcode_2 or postcode_3";
}

}  // namespace

const Action kGeneralize{"generalize", apply, settled, never_descends, true, check_value};

}  // namespace veilgate::deidentify
