#include <unordered_map>

#include "deidentify/actions/action.h"
#include "deidentify/values.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kCodeValue{0x0008, 0x0100}, kScheme{0x0008, 0x0102}, kMeaning{0x0008, 0x0104};
constexpr std::string_view kDummyScheme = "99VEILGATE";

/// One value per VR that every reader takes and nobody mistakes for a finding.
std::string_view dummy_text(std::string_view vr) {
  static const std::unordered_map<std::string_view, std::string_view> kTexts = {
      {"AE", "ANONYMIZED"}, {"AS", "000Y"},
      {"CS", "ANONYMIZED"}, {"DA", "19000101"},
      {"DS", "0"},          {"DT", "19000101000000"},
      {"IS", "0"},          {"LO", "Anonymized"},
      {"LT", "Anonymized"}, {"PN", "Anonymized"},
      {"SH", "Anonymized"}, {"ST", "Anonymized"},
      {"TM", "000000"},     {"UC", "Anonymized"},
      {"UI", "2.25.0"},     {"UR", "urn:uuid:00000000-0000-0000-0000-000000000000"},
      {"UT", "Anonymized"},
  };
  const auto found = kTexts.find(vr);
  return found == kTexts.end() ? std::string_view("0") : found->second;
}

bool is_bytes(std::string_view vr) { return freedom_of(vr) == 4 && vr != "SQ"; }

constexpr std::string_view kDummyBytes("\0\0", 2);

bool is_code_sequence(dicom::Tag tag) { return dicom::keyword_of(tag).ends_with("CodeSequence"); }

/// A code sequence says who or where, so its one item becomes a code that says nothing. Other sequences keep their
/// items, which are cleaned one by one.
Result<void> apply_to_sequence(dicom::Item& item, dicom::Tag tag) {
  if (!is_code_sequence(tag)) return {};
  VG_TRY(item.set_empty(tag, "SQ"));
  VG_ASSIGN(dicom::Item code, item.append_item(tag));
  VG_TRY(code.set_text(kCodeValue, "ANONYMIZED"));
  VG_TRY(code.set_text(kScheme, kDummyScheme));
  return code.set_text(kMeaning, "Anonymized");
}

Result<void> apply(const Context&, dicom::Item& item, const dicom::Element& element, const Decision& decision) {
  const dicom::Tag tag = element.tag();
  if (element.is_sequence()) return apply_to_sequence(item, tag);
  if (decision.vr == "SQ") return item.set_empty(tag, decision.vr);
  if (is_bytes(decision.vr)) return item.set_bytes(tag, kDummyBytes, decision.vr);
  return item.set_text(tag, dummy_text(decision.vr), decision.vr);
}

bool settled(const Context&, const dicom::Element& element, const Decision& decision) {
  if (element.is_sequence()) {
    const auto items = element.items();
    return !is_code_sequence(element.tag()) ||
           (items.size() == 1 && items.front().text(kScheme).reveal() == kDummyScheme);
  }
  if (is_empty(element)) return true;
  if (is_bytes(decision.vr)) return element.bytes().reveal() == kDummyBytes;
  return element.raw_text().reveal() == dummy_text(decision.vr);
}

bool descends(const dicom::Element& element) { return !is_code_sequence(element.tag()); }

}  // namespace

const Action kDummy{"dummy", apply, settled, descends};

}  // namespace veilgate::deidentify
