#pragma once
#include "pixel/icc.h"
#include "pixel/lookup_tables.h"
#include "pixel/number_lists.h"
#include "pixel/palette.h"

namespace veilgate::pixel {

/// What every codec does with the attributes that tell how its pixels are shown, once it knows the masked pixels, and
/// with those that could hold others.
inline Result<void> clean_beside_pixels(dicom::File& file, const Layout& layout, const UsedValues& used) {
  VG_TRY(clean_palette(file, layout, used));
  VG_TRY(clean_lookup_tables(file));
  clean_icc_attributes(file);
  clean_number_lists(file);
  return {};
}

}  // namespace veilgate::pixel
