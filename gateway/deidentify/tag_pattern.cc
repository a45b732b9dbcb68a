#include "deidentify/tag_pattern.h"

#include <string>

namespace veilgate::deidentify {
namespace {

std::string bare_digits(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != '(' && c != ')' && c != ',') out.push_back(c);
  }
  return out;
}

std::optional<std::uint32_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

bool TagPattern::matches(dicom::Tag tag) const {
  if (odd) return tag.is_private();
  return (packed(tag) & mask) == value;
}

std::optional<TagPattern> TagPattern::parse(std::string_view text) {
  std::string digits = bare_digits(text);
  TagPattern out;
  if (digits == "oddxxxxx" || digits == "oddxxxx") {
    out.odd = true;
    out.mask = 0;
    return out;
  }
  if (digits.size() != 8) return std::nullopt;
  out.mask = 0;
  for (char c : digits) {
    const auto digit = hex_digit(c);
    if (!digit && c != 'x' && c != 'X') return std::nullopt;
    out.value = out.value << 4 | digit.value_or(0);
    out.mask = out.mask << 4 | (digit ? 0xFu : 0u);
  }
  return out;
}

TagPattern TagPattern::of(dicom::Tag tag) { return {packed(tag), 0xFFFFFFFF, false}; }

}  // namespace veilgate::deidentify
