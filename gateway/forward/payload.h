#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/types.h"
#include "forward/destination.h"

class DcmFileFormat;

namespace veilgate::forward {

/// Outputs are read whole; this bounds the memory of one send (a conversion doubles it).
inline constexpr std::uint64_t kMaxOutgoingBytes = 2ull << 30;

/// The output, read once: what is hashed, read and sent are the same bytes.
struct Payload {
  std::string bytes;
  std::size_t dataset_offset = 0;  ///< where the file meta information ends
  Uid sop_class;
  Uid sop_instance;     ///< the pseudonym that de-identification gave it
  Uid transfer_syntax;  ///< of the file

  std::string_view dataset() const { return std::string_view(bytes).substr(dataset_offset); }
};

/// Reads, checks the digest, and only then looks inside. Bug "forward.digest" when the bytes are not the approved
/// ones, "forward.output_missing" when there is no file, "forward.malformed" when they are no DICOM file.
Result<Payload> load_payload(const Outgoing& outgoing);

/// The whole object out of the same bytes, for a lossless change of encoding.
Result<std::unique_ptr<DcmFileFormat>> parse_payload(const Payload& payload);

}  // namespace veilgate::forward
