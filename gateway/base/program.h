#pragma once
#include <string>

namespace veilgate {

/// Path of this program.
std::string own_program();

}  // namespace veilgate
