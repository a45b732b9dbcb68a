#include "deidentify/profile_spec.h"

namespace veilgate::deidentify {

const std::vector<Option>& options() {
  static const std::vector<Option> kOptions = {
      {"retain_uids", Column::Uids, "113110", "Retain UIDs Option"},
      {"retain_device_identity", Column::Device, "113109", "Retain Device Identity Option"},
      {"retain_institution_identity", Column::Institution, "113112", "Retain Institution Identity Option"},
      {"retain_patient_characteristics", Column::PatientCharacteristics, "113108",
       "Retain Patient Characteristics Option"},
      {"retain_safe_private", Column::SafePrivate, "113111", "Retain Safe Private Option"},
      {"clean_descriptors", Column::Descriptors, "113105", "Clean Descriptors Option"},
      {"clean_structured_content", Column::StructuredContent, "113104", "Clean Structured Content Option"},
      {"clean_graphics", Column::Graphics, "113103", "Clean Graphics Option"},
  };
  return kOptions;
}

}  // namespace veilgate::deidentify
