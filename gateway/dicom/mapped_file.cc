#include "dicom/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/files.h"

namespace veilgate::dicom {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) return fail(ErrorKind::Transient, "file.open", "cannot open the file: " + errno_text(errno));
  return map(file.get(), max_bytes);
}

Result<MappedFile> MappedFile::map(int descriptor, std::uint64_t max_bytes) {
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) {
    return fail(ErrorKind::Transient, "file.stat", "cannot look at the file: " + errno_text(errno));
  }
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::Permanent, "file.kind", "not a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > max_bytes) {
    return fail(ErrorKind::Permanent, "file.too_large", "the file is over " + std::to_string(max_bytes) + " bytes");
  }
  if (size == 0) return MappedFile(std::span<const std::uint8_t>());
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) return fail(ErrorKind::Transient, "file.map", "cannot map the file: " + errno_text(errno));
  return MappedFile(std::span(static_cast<const std::uint8_t*>(start), size));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace veilgate::dicom
