#pragma once
#include "deidentify/text/view.h"

namespace veilgate::deidentify::text {

/// Names nobody told us of, known by what stands beside them: "Frau Schmidt", "seen by J. Roe", "A. Poe, MD",
/// "DOE^JOHN".
void clean_titled_names(View& view);

}  // namespace veilgate::deidentify::text
