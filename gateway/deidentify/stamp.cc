#include "deidentify/stamp.h"

#include <algorithm>

#include "deidentify/iod_types.h"
#include "deidentify/pixel_record.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kSopClass{0x0008, 0x0016};
constexpr dicom::Tag kCodeValue{0x0008, 0x0100}, kScheme{0x0008, 0x0102}, kMeaning{0x0008, 0x0104};
constexpr dicom::Tag kIdentityRemoved{0x0012, 0x0062}, kMethod{0x0012, 0x0063}, kMethodCodes{0x0012, 0x0064};
constexpr dicom::Tag kBurnedIn{0x0028, 0x0301}, kRecognizable{0x0028, 0x0302}, kDatesModified{0x0028, 0x0303};

struct MethodCode {
  std::string_view value, meaning;
};

constexpr std::string_view kProgram = "Veilgate ";

constexpr MethodCode kBasic{"113100", "Basic Application Confidentiality Profile"},
    kCleanPixels{"113101", "Clean Pixel Data Option"},
    kCleanFeatures{"113102", "Clean Recognizable Visual Features Option"},
    kFullDates{"113106", "Retain Longitudinal Temporal Information Full Dates Option"},
    kModifiedDates{"113107", "Retain Longitudinal Temporal Information Modified Dates Option"};

/// CID 7050, only what was really done.
std::vector<MethodCode> method_codes(const ProfileSpec& spec, const PixelFacts& facts) {
  std::vector<MethodCode> out = {kBasic};
  if (facts.text_masked) out.push_back(kCleanPixels);
  if (facts.faces_masked) out.push_back(kCleanFeatures);
  if (spec.dates == DatePolicy::Keep) out.push_back(kFullDates);
  if (spec.dates == DatePolicy::Shift) out.push_back(kModifiedDates);
  for (const Option& option : options()) {
    if (spec.has(option.column)) out.push_back({option.code, option.meaning});
  }
  return out;
}

bool is_known_code(const dicom::Item& item) {
  if (item.elements().size() != 3 || item.text(kScheme).reveal() != "DCM") return false;
  const auto value = item.text(kCodeValue), meaning = item.text(kMeaning);
  const auto same = [&](std::string_view code, std::string_view words) {
    return value.reveal() == code && meaning.reveal() == words;
  };
  for (const MethodCode& code : {kBasic, kCleanPixels, kCleanFeatures, kFullDates, kModifiedDates}) {
    if (same(code.value, code.meaning)) return true;
  }
  return std::ranges::any_of(options(), [&](const Option& option) { return same(option.code, option.meaning); });
}

Result<void> write_codes(dicom::Item& dataset, const std::vector<MethodCode>& codes) {
  VG_TRY(dataset.set_empty(kMethodCodes, "SQ"));
  for (const MethodCode& code : codes) {
    VG_ASSIGN(dicom::Item item, dataset.append_item(kMethodCodes));
    VG_TRY(item.set_text(kCodeValue, code.value));
    VG_TRY(item.set_text(kScheme, "DCM"));
    VG_TRY(item.set_text(kMeaning, code.meaning));
  }
  return {};
}

/// NO is our word only where the step ran. Somebody else's NO is not passed on as ours: it becomes YES, the careful
/// answer, which also stands where the IOD demands one.
Result<void> write_pixel_statement(dicom::Item& dataset, dicom::Tag tag, bool cleaned) {
  if (cleaned) return dataset.set_text(tag, "NO");
  const bool demanded = type_in_iod(dataset.text(kSopClass).reveal(), tag) == AttributeType::One;
  return demanded || dataset.contains(tag) ? dataset.set_text(tag, "YES") : Result<void>{};
}

std::string_view dates_statement(DatePolicy dates) {
  return dates == DatePolicy::Shift ? "MODIFIED" : dates == DatePolicy::Keep ? "UNMODIFIED" : "REMOVED";
}

}  // namespace

Result<void> write_stamp(const ProfileSpec& spec, dicom::Item dataset, const PixelFacts& facts) {
  VG_TRY(dataset.set_text(kIdentityRemoved, "YES"));
  VG_TRY(dataset.set_text(kMethod, std::string(kProgram) + spec.name + " " + spec.version));
  VG_TRY(write_codes(dataset, method_codes(spec, facts)));
  VG_TRY(write_pixel_statement(dataset, kBurnedIn, facts.text_masked));
  VG_TRY(write_pixel_statement(dataset, kRecognizable, facts.faces_masked));
  VG_TRY(write_pixel_record(dataset, facts));
  return dataset.set_text(kDatesModified, dates_statement(spec.dates));
}

bool is_stamped(dicom::Tag tag) {
  return tag == kIdentityRemoved || tag == kMethod || tag == kMethodCodes || tag == kDatesModified;
}

bool is_stamp(const dicom::Element& element) {
  const dicom::Tag tag = element.tag();
  if (tag == kMethodCodes) return std::ranges::all_of(element.items(), is_known_code);
  const auto text = element.raw_text();
  if (tag == kMethod) return text.reveal().starts_with(kProgram);
  if (tag == kIdentityRemoved) return text.reveal() == "YES";
  return text.reveal() == "MODIFIED" || text.reveal() == "UNMODIFIED" || text.reveal() == "REMOVED";
}

}  // namespace veilgate::deidentify
