#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include "base/result.h"
#include "base/types.h"

namespace veilgate::dicom {

/// The transfer syntax under which DCMTK 3.6.7 reads and writes a dataset in `uid`: itself, or for compressed ones that
/// it does not know (HTJ2K, JPEG XL, Deflated Image Frame) one of the same encoding, since it never looks into
/// fragments. Refused "dicom.transfer_syntax" for what nobody knows.
Result<E_TransferSyntax> carrier_of(const Uid& uid);

}  // namespace veilgate::dicom
