#pragma once
#include "base/result.h"
#include "dicom/dataset.h"

namespace veilgate::pixel {

/// Binary attributes that hold more than their kind can need could hold a picture: what has more numbers than the
/// dictionary (PS3.6) allows, and longer lists or bytes that no photograph has, are removed, at any depth. Not touched:
/// pixel data, palettes, lookup tables and ICC profiles, which are cleaned by what they mean.
void clean_number_lists(dicom::File& file);

}  // namespace veilgate::pixel
