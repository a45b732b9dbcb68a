#include "base/scratch_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/hash.h"

namespace veilgate {
namespace {

/// Not every file system makes files without a name; then the name lives for a moment, as one that is swept.
int open_unnamed(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::array<std::uint8_t, 6> suffix{};
  random_bytes(suffix);
  const auto path = folder / (".tmp-" + to_hex(suffix));
  const int named = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

}  // namespace

Result<std::shared_ptr<ScratchFile>> ScratchFile::create(const std::filesystem::path& folder) {
  FileDescriptor fd(folder.empty() ? ::memfd_create("scratch", MFD_CLOEXEC) : open_unnamed(folder));
  if (!fd.valid())
    return fail(ErrorKind::Transient, "file.create", "cannot create a scratch file: " + errno_text(errno));
  return std::shared_ptr<ScratchFile>(new ScratchFile(std::move(fd)));
}

Result<void> ScratchFile::append(std::span<const std::uint8_t> bytes) {
  VG_TRY(write_all(fd_.get(), bytes));
  size_ += bytes.size();
  return {};
}

Result<void> ScratchFile::overwrite(std::uint64_t at, std::span<const std::uint8_t> bytes) {
  if (at > size_ || bytes.size() > size_ - at) return fail(ErrorKind::Bug, "file.overwrite", "beyond the end");
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = ::pwrite(fd_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail(ErrorKind::Transient, "file.write", "cannot write a scratch file: " + errno_text(errno));
    done += static_cast<std::size_t>(put);
  }
  return {};
}

Result<std::size_t> ScratchFile::read(std::uint64_t at, std::span<std::uint8_t> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::Transient, "file.read", "cannot read a scratch file: " + errno_text(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace veilgate
