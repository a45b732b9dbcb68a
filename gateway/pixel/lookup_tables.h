#pragma once
#include "base/result.h"
#include "dicom/dataset.h"

namespace veilgate::pixel {

/// Modality, VOI and Presentation LUTs (PS3.3 C.11) at any depth. Their explanations, which are free text that nothing
/// needs, are removed. A table that neither only rises nor only falls shows no picture but could be one: a VOI or
/// Presentation LUT of that kind is removed, since it is only a way to look; for a Modality LUT, without which values
/// mean something else, Refused "pixel.lookup_table".
Result<void> clean_lookup_tables(dicom::File& file);

}  // namespace veilgate::pixel
