#include "forward/raw_dataset.h"

#include <algorithm>

namespace veilgate::forward {

RawDataset::RawDataset(std::string_view bytes, E_TransferSyntax syntax) : bytes_(bytes), syntax_(syntax) {
  // DIMSE refuses to send a dataset without elements; this one is never written.
  putAndInsertString(DCM_SOPClassUID, "1.2");
}

void RawDataset::transferInit() {
  DcmDataset::transferInit();
  done_ = 0;
}

OFCondition RawDataset::write(DcmOutputStream& out, E_TransferSyntax syntax, E_EncodingType, DcmWriteCache*) {
  if (syntax != syntax_) return EC_CannotChangeRepresentation;
  while (!sent_completely()) {
    const auto room = static_cast<std::size_t>(std::max<offile_off_t>(0, out.avail()));
    const auto part = bytes_.substr(done_, room);
    if (part.empty()) return EC_StreamNotifyClient;
    done_ += static_cast<std::size_t>(out.write(part.data(), static_cast<offile_off_t>(part.size())));
  }
  return EC_Normal;
}

OFCondition RawDataset::write(DcmOutputStream& out, E_TransferSyntax syntax, E_EncodingType encoding,
                              DcmWriteCache* cache, E_GrpLenEncoding, E_PaddingEncoding, Uint32, Uint32, Uint32) {
  return write(out, syntax, encoding, cache);
}

}  // namespace veilgate::forward
