#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

#include "base/result.h"

namespace veilgate::dicom {

/// A file mapped for reading. The file must not shrink meanwhile: spool objects are immutable.
class MappedFile {
 public:
  /// Transient on I/O errors; Permanent "file.kind", "file.too_large".
  static Result<MappedFile> open(const std::filesystem::path& path, std::uint64_t max_bytes);
  /// The file behind an open descriptor, which may be closed afterwards. Errors as open().
  static Result<MappedFile> map(int descriptor, std::uint64_t max_bytes);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::span<const std::uint8_t> bytes_;
};

}  // namespace veilgate::dicom
