#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace veilgate::crosswalk {

/// A reason goes into the audit, which carries no patient data. Refused "reason.unusable" (empty, too long, control
/// characters) or "reason.identifies": it holds one of `identifiers` (a name's part, an ID with or without separators,
/// a date in digits), whatever the case.
Result<void> check_reason(std::string_view reason, std::span<const std::string> identifiers);

}  // namespace veilgate::crosswalk
