#pragma once
#include "base/types.h"
#include "dicom/dataset.h"

namespace veilgate::dicom {

/// A UID that every object has. Permanent "dicom.sop_uid", which names the attribute and says whether it is missing.
Result<Uid> required_uid(const Item& dataset, Tag tag);

}  // namespace veilgate::dicom
