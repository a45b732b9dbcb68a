#pragma once
#include <string_view>

namespace veilgate::deidentify {

/// Whether a text (values between backslashes) is what an attribute of the VR may hold, PS3.5 table 6.2-1: form,
/// length in characters, range. Empty values are; VRs of bytes and sequences hold no text.
bool is_value_of(std::string_view vr, std::string_view text);

}  // namespace veilgate::deidentify
