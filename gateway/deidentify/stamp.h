#pragma once
#include "deidentify/profile_spec.h"

namespace veilgate::deidentify {

/// See Profile::stamp.
Result<void> write_stamp(const ProfileSpec& spec, dicom::Item dataset, const PixelFacts& facts);

/// Attributes that the stamp writes whole, and no rule decides about.
bool is_stamped(dicom::Tag tag);
/// Whether such an attribute says nothing but what a stamp can say.
bool is_stamp(const dicom::Element& element);

}  // namespace veilgate::deidentify
