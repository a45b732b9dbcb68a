#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/scratch_file.h"
#include "dicom/dataset.h"
#include "dicom/mapped_file.h"

namespace veilgate::dicom {

/// The bytes of a file as scan() walks them, mapped. A deflated dataset is inflated into a scratch file first: there it
/// is a file in Explicit VR Little Endian, and what followed the deflated stream is gone.
class PlainFile {
 public:
  /// Errors as MappedFile::open; Permanent "dicom.malformed", "deflate.corrupt" and "deflate.too_large" (limits.h).
  static Result<PlainFile> open(const std::filesystem::path& path, const LoadLimits& limits);
  /// The same of a file that is mapped already.
  static Result<PlainFile> of(MappedFile mapped, const LoadLimits& limits);
  std::span<const std::uint8_t> bytes() const { return mapped_.bytes(); }
  bool was_deflated() const { return inflated_ != nullptr; }
  /// Where the inflated bytes lie; null unless was_deflated().
  const std::shared_ptr<const ScratchFile>& inflated() const { return inflated_; }
  /// Bytes after the deflated stream, without the one that makes the length even.
  std::uint64_t behind_stream() const { return behind_; }

 private:
  explicit PlainFile(MappedFile mapped) : mapped_(std::move(mapped)) {}
  static Result<PlainFile> inflate(std::span<const std::uint8_t> file, std::size_t dataset_offset,
                                   const LoadLimits& limits);
  std::shared_ptr<const ScratchFile> inflated_;
  MappedFile mapped_;
  std::uint64_t behind_ = 0;
};

}  // namespace veilgate::dicom
