#pragma once
#include "detect/ensemble.h"
#include "verify/verify.h"

namespace veilgate::worker {

struct Looks {
  detect::Pass pass;
  detect::Wanted kinds;
};

/// What is looked for in a view of the output, and how hard.
Looks looks_for(verify::View view);

/// The ensemble as verification needs it, for what the route wants. The ensemble must outlive it.
verify::DetectView detect_view(detect::Ensemble& ensemble, const detect::Wanted& wanted);

}  // namespace veilgate::worker
