#pragma once
#include <cstdint>

#include "base/result.h"
#include "forward/destination.h"

namespace veilgate::forward {

/// What a C-STORE response status means for the object (PS3.4 B.2.3, PS3.7 annex C). Success and warnings are
/// receipts; A7xx, 0110, 0213 and FE00 are Transient; all else is Permanent. Codes read "dimse.status.A700"; nothing
/// of the peer's error comment is kept, it may quote identifiers.
Result<Receipt> receipt_of(std::uint16_t status);

}  // namespace veilgate::forward
