#pragma once
#include "dicom/dataset.h"

namespace veilgate::deidentify {

/// Writes every text of the dataset, at any depth, in UTF-8 and says so once, at the top (ISO_IR 192; nothing where
/// plain ASCII is left). Bytes that no declared character set can read are never passed on: their attributes are
/// emptied. Returns how many were.
Result<int> write_as_unicode(dicom::Item dataset);

}  // namespace veilgate::deidentify
