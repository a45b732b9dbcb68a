#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "deidentify/engine.h"

namespace veilgate::test {

inline constexpr std::string_view kVlPhotographic = "1.2.840.10008.5.1.4.1.1.77.1.4";

inline deidentify::Identity make_identity(std::uint8_t fill = 1, std::string project = "wounds") {
  const std::array<std::uint8_t, SecretKey::kBytes> bytes = [&] {
    std::array<std::uint8_t, SecretKey::kBytes> out{};
    out.fill(fill);
    return out;
  }();
  return {SecretKey(bytes), std::move(project), "VG-"};
}

inline dicom::Tag tag(std::string_view keyword) { return dicom::tag_from(keyword).value_or(dicom::Tag{}); }

inline void set(dicom::Item item, std::string_view keyword, std::string_view value) {
  if (!item.set_text(tag(keyword), value)) throw std::logic_error("cannot set " + std::string(keyword));
}

inline std::string get(const dicom::Item& item, std::string_view keyword) { return item.text(tag(keyword)).reveal(); }

/// The first item of a sequence.
inline dicom::Item first(const dicom::Item& item, std::string_view sequence) {
  return item.find(tag(sequence)).value().items().at(0);
}

inline dicom::Item add_item(dicom::Item item, std::string_view sequence) {
  return item.append_item(tag(sequence)).value();
}

/// A synthetic photograph with identifiers in all the usual places and in some that are not.
inline dicom::File make_patient_photo() {
  dicom::File file;
  dicom::Item item = file.dataset();
  const std::vector<std::pair<std::string_view, std::string_view>> values = {
      {"SpecificCharacterSet", "ISO_IR 100"},
      {"ImageType", "ORIGINAL\\PRIMARY"},
      {"InstanceCreationDate", "20240229"},
      {"InstanceCreationTime", "101502"},
      {"SOPClassUID", kVlPhotographic},
      {"SOPInstanceUID", "1.3.6.1.4.1.99999.1.3"},
      {"StudyDate", "20240229"},
      {"SeriesDate", "20240301"},
      {"ContentDate", "20240301"},
      {"AcquisitionDateTime", "20240301101500.25+0100"},
      {"StudyTime", "101500"},
      {"ContentTime", "101501.5"},
      {"AccessionNumber", "ACC778899"},
      {"Modality", "XC"},
      {"Manufacturer", "Lumi\xE8re Optics"},
      {"InstitutionName", "St Elsewhere Hospital"},
      {"InstitutionAddress", "12 Harbour Road, Newtown"},
      {"ReferringPhysicianName", "Okonkwo^Adaeze"},
      {"StationName", "CAMROOM7"},
      {"StudyDescription", "Wound check Mrs Quillfeather"},
      {"OperatorsName", "Zimmer^Ulla"},
      {"ManufacturerModelName", "DermaCam 4"},
      {"PatientName", "Quillfeather^Jane^Ann"},
      {"PatientID", "MRN-4471123"},
      {"IssuerOfPatientID", "STELSEWHERE"},
      {"PatientBirthDate", "19310415"},
      {"PatientSex", "F"},
      {"PatientAge", "092Y"},
      {"PatientAddress", "3 Mill Lane, Newtown"},
      {"PatientTelephoneNumbers", "+44 20 7946 0018"},
      {"PatientComments", "Daughter is Petra Quillfeather"},
      {"BodyPartExamined", "HAND"},
      {"DeviceSerialNumber", "SN-551-XQ"},
      {"SoftwareVersions", "4.2"},
      {"StudyInstanceUID", "1.3.6.1.4.1.99999.1.1"},
      {"SeriesInstanceUID", "1.3.6.1.4.1.99999.1.2"},
      {"StudyID", "S-20291"},
      {"SeriesNumber", "1"},
      {"InstanceNumber", "3"},
      {"Laterality", "L"},
      {"BurnedInAnnotation", "NO"},
      {"LossyImageCompression", "01"},
  };
  for (const auto& [keyword, value] : values) set(item, keyword, value);
  item = file.dataset();
  (void)item.set_integer(tag("Rows"), 2);
  (void)item.set_integer(tag("Columns"), 2);
  const dicom::Item region = add_item(item, "AnatomicRegionSequence");
  set(region, "CodeValue", "85562004");
  set(region, "CodingSchemeDesignator", "SCT");
  set(region, "CodeMeaning", "Hand");
  const dicom::Item equipment = add_item(item, "ContributingEquipmentSequence");
  set(equipment, "Manufacturer", "Lumi\xE8re Optics");
  set(equipment, "InstitutionName", "St Elsewhere Hospital");
  set(equipment, "OperatorsName", "Zimmer^Ulla");
  set(equipment, "ContributionDateTime", "20240229101500");
  const dicom::Item source = add_item(item, "SourceImageSequence");
  set(source, "ReferencedSOPClassUID", kVlPhotographic);
  set(source, "ReferencedSOPInstanceUID", "1.3.6.1.4.1.99999.1.3");
  (void)item.set_text({0x0029, 0x0010}, "LUMIERE 1", "LO");
  (void)item.set_text({0x0029, 0x1001}, "Quillfeather Jane", "LO");
  (void)item.set_text({0x6000, 0x0022}, "Quillfeather", "LO");
  return file;
}

inline std::shared_ptr<const deidentify::Profile> profile(const std::string& name) {
  auto loaded = deidentify::load_profile(name);
  std::string text;
  for (const auto& problem : loaded.problems) text += config::to_string(problem) + "\n";
  if (!loaded.profile) throw std::logic_error(text);
  return loaded.profile;
}

inline void dump_to(const dicom::Item& item, const std::string& indent, std::string& out) {
  for (const dicom::Element& element : item.elements()) {
    out += indent + element.tag().str() + " " + element.vr() + " " + dicom::keyword_of(element.tag());
    if (!element.is_sequence()) {
      out += " [" + element.raw_text().reveal() + "]\n";
      continue;
    }
    out += "\n";
    int number = 0;
    for (const dicom::Item& inner : element.items()) {
      out += indent + "  item " + std::to_string(++number) + "\n";
      dump_to(inner, indent + "    ", out);
    }
  }
}

/// Every attribute as a line "(gggg,eeee) VR Keyword [value]", items indented.
inline std::string dump(const dicom::Item& item) {
  std::string out;
  dump_to(item, {}, out);
  return out;
}

}  // namespace veilgate::test
