#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "dicom/tag.h"

namespace veilgate::dicom {

/// One attribute (or one fragment of encapsulated pixel data) as it lies in the file.
struct ScannedElement {
  Tag tag;                        ///< of a fragment: that of its pixel data
  std::array<char, 2> vr{};       ///< zeros in implicit VR
  std::size_t header_offset = 0;  ///< of the tag
  std::size_t value_offset = 0;
  std::size_t length = 0;  ///< of the value; 0 for undefined lengths, whose parts follow
  int depth = 0;           ///< sequences around it
  bool is_sequence = false;
  bool undefined_length = false;
  bool is_fragment = false;
  int fragment = 0;  ///< 0 is the Basic Offset Table
};

/// Shape of a file, found without building anything from it.
struct Structure {
  bool bare = false;            ///< no preamble and no file meta information
  std::string transfer_syntax;  ///< UID; guessed for bare files
  std::size_t dataset_offset = 0;
  std::size_t end_offset = 0;  ///< where the last element ends; what follows is padding
  std::uint64_t elements = 0;
  int max_depth = 0;
  /// (offset, length) of pixel data and of each fragment, nested ones included.
  std::vector<std::pair<std::size_t, std::size_t>> pixel_ranges;
};

using ScanVisitor = std::function<void(const ScannedElement&)>;

/// Only the part before the dataset: shape, transfer syntax and where the dataset begins. Permanent "dicom.malformed",
/// "dicom.truncated", "dicom.limit".
Result<Structure> scan_head(std::span<const std::uint8_t> file, bool allow_bare);

/// Walks the bytes of a file with an explicit stack and the bounds of limits.h: everything DCMTK's recursive parser
/// must not be trusted with. Deflated datasets must be inflated before (plain_file.h). Permanent "dicom.malformed",
/// "dicom.truncated", "dicom.limit"; Refused "dicom.deflated", "dicom.transfer_syntax" (nobody can read it yet, a
/// person may). `visit` sees meta and dataset.
Result<Structure> scan(std::span<const std::uint8_t> file, bool allow_bare = false, const ScanVisitor& visit = {});

}  // namespace veilgate::dicom
