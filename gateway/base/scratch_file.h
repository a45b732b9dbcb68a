#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/files.h"
#include "base/result.h"

namespace veilgate {

/// Bytes too many for memory, in a file without a name: it vanishes with its last owner, however the process ends.
class ScratchFile {
 public:
  /// In `folder`; an empty one: in memory that the kernel may swap. Transient on I/O errors.
  static Result<std::shared_ptr<ScratchFile>> create(const std::filesystem::path& folder);
  /// At the end. Errors as write_all.
  Result<void> append(std::span<const std::uint8_t> bytes);
  /// Over bytes that are there already. Bug beyond the end; Transient on I/O errors.
  Result<void> overwrite(std::uint64_t at, std::span<const std::uint8_t> bytes);
  std::uint64_t size() const { return size_; }
  /// Fills `out` with the bytes from `at` on and says how many there were. Transient on I/O errors.
  Result<std::size_t> read(std::uint64_t at, std::span<std::uint8_t> out) const;
  int descriptor() const { return fd_.get(); }

 private:
  explicit ScratchFile(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
  std::uint64_t size_ = 0;
};

}  // namespace veilgate
