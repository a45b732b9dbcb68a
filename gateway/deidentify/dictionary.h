#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "deidentify/tag_pattern.h"

namespace veilgate::deidentify {

/// A keyword (of DCMTK's dictionary or of Table E.1-1, which is newer), a tag or a wildcard.
std::optional<TagPattern> pattern_from(std::string_view text);
/// "did you mean PatientName?", or empty.
std::string suggestion_for(std::string_view word);
/// VR of the dictionary, else of Table E.1-1; empty when unknown.
std::string vr_known(dicom::Tag tag);
std::string vr_of_packed(std::uint32_t tag);
bool is_vr(std::string_view text);

}  // namespace veilgate::deidentify
