#pragma once
// Internal to dicom: what its .cc files share of DCMTK. Not for other modules.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <string>
#include <string_view>

#include "dicom/tag.h"

namespace veilgate::dicom {

inline DcmTagKey native_key(Tag tag) { return {tag.group, tag.element}; }
inline Tag tag_of(const DcmTagKey& key) { return {key.getGroup(), key.getElement()}; }

/// A sequence of items; not the fragments of pixel data, whose class derives from it.
inline bool is_sequence(const DcmObject& object) { return object.ident() == EVR_SQ; }

/// VR of the public data dictionary; EVR_UNKNOWN for private and unknown tags.
DcmEVR dictionary_vr(Tag tag);
/// Character string VRs, those whose value is text.
bool is_text_vr(DcmEVR vr);
/// Trailing spaces and NULs of every value's end, leading spaces of the whole.
std::string trimmed(std::string_view text);

}  // namespace veilgate::dicom
