#pragma once
#include <string>
#include <string_view>

#include "dicom/tag.h"

namespace veilgate::deidentify {

/// VR of a private attribute that PS3.15 Table E.3.10-1 calls safe, whatever block its creator reserved; empty when it
/// is not among them.
std::string_view safe_private_vr(std::string_view creator, dicom::Tag tag);

}  // namespace veilgate::deidentify
