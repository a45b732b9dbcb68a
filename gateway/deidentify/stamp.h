#pragma once
#include "deidentify/profile_spec.h"

namespace veilgate::deidentify {

/// See Profile::stamp.
Result<void> write_stamp(const ProfileSpec& spec, dicom::Item dataset, const PixelFacts& facts);

}  // namespace veilgate::deidentify
