#include "deidentify/stamp.h"

#include "deidentify/iod_types.h"

namespace veilgate::deidentify {
namespace {

constexpr dicom::Tag kSopClass{0x0008, 0x0016};
constexpr dicom::Tag kCodeValue{0x0008, 0x0100}, kScheme{0x0008, 0x0102}, kMeaning{0x0008, 0x0104};
constexpr dicom::Tag kIdentityRemoved{0x0012, 0x0062}, kMethod{0x0012, 0x0063}, kMethodCodes{0x0012, 0x0064};
constexpr dicom::Tag kBurnedIn{0x0028, 0x0301}, kRecognizable{0x0028, 0x0302}, kDatesModified{0x0028, 0x0303};

struct MethodCode {
  std::string_view value, meaning;
};

/// CID 7050, only what was really done.
std::vector<MethodCode> method_codes(const ProfileSpec& spec, const PixelFacts& facts) {
  std::vector<MethodCode> out = {{"113100", "Basic Application Confidentiality Profile"}};
  if (facts.text_masked) out.push_back({"113101", "Clean Pixel Data Option"});
  if (facts.faces_masked) out.push_back({"113102", "Clean Recognizable Visual Features Option"});
  if (spec.dates == DatePolicy::Keep) {
    out.push_back({"113106", "Retain Longitudinal Temporal Information Full Dates Option"});
  }
  if (spec.dates == DatePolicy::Shift) {
    out.push_back({"113107", "Retain Longitudinal Temporal Information Modified Dates Option"});
  }
  for (const Option& option : options()) {
    if (spec.columns.contains(option.column)) out.push_back({option.code, option.meaning});
  }
  return out;
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
  VG_TRY(dataset.set_text(kMethod, "Veilgate " + spec.name + " " + spec.version));
  VG_TRY(write_codes(dataset, method_codes(spec, facts)));
  VG_TRY(write_pixel_statement(dataset, kBurnedIn, facts.text_masked));
  VG_TRY(write_pixel_statement(dataset, kRecognizable, facts.faces_masked));
  return dataset.set_text(kDatesModified, dates_statement(spec.dates));
}

}  // namespace veilgate::deidentify
