#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace veilgate {

/// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release();
  void close();

 private:
  int fd_ = -1;
};

/// Text of the operating system's error, never a path.
std::string errno_text(int error);

/// Writes all bytes; Permanent beyond the process's limit for a file, Transient on every other I/O error.
Result<void> write_all(int fd, std::span<const std::uint8_t> bytes);
/// fsync of an open file.
Result<void> sync_file(int fd);
/// fsync of files that were written by name, one result each: all are on their way to the disk before the first is
/// waited for, which takes a fraction of the time that one by one takes. Never ask again for one that failed: the
/// kernel tells of lost data once.
std::vector<Result<void>> sync_files(std::span<const std::filesystem::path> paths);
/// fsync of a folder, so that names created or renamed in it survive a power cut.
Result<void> sync_folder(const std::filesystem::path& folder);
/// tmp in the same folder, write, fsync, rename, fsync folder: after success the file is whole or was never there.
Result<void> write_durably(const std::filesystem::path& path, std::span<const std::uint8_t> bytes,
                           unsigned mode = 0600);
/// Whole file; Permanent when over max_bytes, Transient on I/O errors.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t max_bytes);
/// Creates the folder and its parents (mode 0700).
Result<void> make_folder(const std::filesystem::path& folder);

}  // namespace veilgate
