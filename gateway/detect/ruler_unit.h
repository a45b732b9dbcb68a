#pragma once
#include <optional>

#include "detect/ruler.h"

namespace veilgate::detect {

/// The unit ("cm") beside the first or last number of a row, also where no detector found it. Errors: those of `read`.
Result<std::optional<Slab>> find_unit(const Ruler& ruler, const ReadSlab& read);

}  // namespace veilgate::detect
