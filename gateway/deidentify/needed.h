#pragma once
#include <string>
#include <string_view>

#include "dicom/tag.h"

namespace veilgate::deidentify {

struct Action;

/// What becomes of an attribute of the top level that readers cannot do without, whatever a profile says: Specific
/// Character Set (text is written in UTF-8), the UIDs that name the object, the description of its pixels (PS3.3
/// C.7.6.3). Null for all other attributes.
const Action* needed_action(dicom::Tag tag);

/// Whether the object stays whole with this done to an attribute that is needed.
bool leaves_whole(dicom::Tag tag, const Action* action);

/// Why no rule may do that to the attribute, in words; empty when one may.
std::string against_need(dicom::Tag tag, std::string_view action_name);

}  // namespace veilgate::deidentify
