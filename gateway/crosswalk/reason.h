#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace veilgate::crosswalk {

/// Whose identifiers a reason is compared with. Among everybody's IDs there are some that look like a year or a ticket:
/// then only longer ones count, and only as words.
enum class Whose { OnePatient, Everybody };

/// A reason goes into the audit, which carries no patient data. Refused "reason.unusable" (empty, too long, control
/// characters) or "reason.identifies": it holds one of `identifiers` (a name's part, an ID with or without separators,
/// a date in digits), whatever the case.
Result<void> check_reason(std::string_view reason, std::span<const std::string> identifiers,
                          Whose whose = Whose::OnePatient);

}  // namespace veilgate::crosswalk
