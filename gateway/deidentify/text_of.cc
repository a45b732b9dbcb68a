#include "deidentify/text_of.h"

#include <algorithm>

#include "dicom/charset.h"

namespace veilgate::deidentify {

std::vector<std::string> character_sets_of(const dicom::Item& item) {
  constexpr dicom::Tag kCharacterSet{0x0008, 0x0005};
  const auto raw = item.text(kCharacterSet);
  return raw.reveal().empty() ? std::vector<std::string>() : dicom::split_character_sets(raw.reveal());
}

Phi<std::string> text_of(const dicom::Element& element, const std::vector<std::string>& character_sets) {
  auto raw = element.raw_text();
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != 0x1B; };
  if (std::ranges::all_of(raw.reveal(), is_plain) && character_sets.empty()) return raw;
  auto decoded = dicom::to_utf8(raw.reveal(), character_sets, element.vr());
  return decoded ? Phi(std::move(decoded->text)) : raw;
}

Phi<std::string> text_of(const dicom::Item& item, dicom::Tag tag, const std::vector<std::string>& character_sets) {
  const auto element = item.find(tag);
  return element ? text_of(*element, character_sets) : Phi<std::string>();
}

}  // namespace veilgate::deidentify
