#include "dicom/carrier.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace veilgate::dicom {

Result<E_TransferSyntax> carrier_of(const Uid& uid) {
  static constexpr std::array<std::string_view, 7> kUnknownToDcmtk{
      "1.2.840.10008.1.2.8.1",                               // Deflated Image Frame Compression
      "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111",  // JPEG XL lossless, JPEG recompression
      "1.2.840.10008.1.2.4.112",                             // JPEG XL
      "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202",  // HTJ2K lossless, RPCL
      "1.2.840.10008.1.2.4.203"};                            // HTJ2K
  const E_TransferSyntax known = DcmXfer(uid.str().c_str()).getXfer();
  if (known != EXS_Unknown) return known;
  if (std::ranges::find(kUnknownToDcmtk, uid.str()) != kUnknownToDcmtk.end()) return EXS_JPEG2000LosslessOnly;
  return fail(ErrorKind::Refused, "dicom.transfer_syntax", "the transfer syntax cannot be read yet");
}

}  // namespace veilgate::dicom
