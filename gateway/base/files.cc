#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include "base/hash.h"

namespace veilgate {
namespace {

tl::unexpected<Error> io_failure(const char* code, const char* what, int error) {
  return fail(ErrorKind::Transient, code, std::string(what) + ": " + errno_text(error));
}

/// The folder a name stands in: a bare file name has an empty parent path, which no call would open.
std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() { return std::exchange(fd_, -1); }

void FileDescriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string errno_text(int error) { return std::generic_category().message(error); }

Result<void> write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EFBIG) return fail(ErrorKind::Permanent, "file.too_large", "the file is over its limit");
    if (put < 0) return io_failure("file.write", "cannot write", errno);
    if (put == 0) return io_failure("file.write", "cannot write", EIO);  // never spin
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> sync_file(int fd) {
  if (::fsync(fd) != 0) return io_failure("file.sync", "cannot make the file durable", errno);
  return {};
}

std::vector<Result<void>> sync_files(std::span<const std::filesystem::path> paths) {
  std::vector<Result<FileDescriptor>> files;
  for (const auto& path : paths) {
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) {
      files.emplace_back(io_failure("file.open", "cannot open the file", errno));
      continue;
    }
    ::sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);  // a hint: what it misses, fsync does
    files.emplace_back(std::move(file));
  }
  std::vector<Result<void>> out;
  for (const auto& file : files) out.push_back(file ? sync_file(file->get()) : fail(file.error()));
  return out;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.valid()) return io_failure("folder.open", "cannot open the folder", errno);
  return sync_file(handle.get());
}

Result<void> write_durably(const std::filesystem::path& path, std::span<const std::uint8_t> bytes, unsigned mode) {
  std::array<std::uint8_t, 6> suffix{};
  random_bytes(suffix);
  const auto temporary = folder_of(path) / (".tmp-" + to_hex(suffix));
  const auto give_up = [&](Error error) {
    ::unlink(temporary.c_str());
    return fail(std::move(error));
  };
  FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.valid()) return io_failure("file.create", "cannot create a file", errno);
  if (auto written = write_all(file.get(), bytes); !written) return give_up(written.error());
  if (auto synced = sync_file(file.get()); !synced) return give_up(synced.error());
  file.close();
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return give_up({ErrorKind::Transient, "file.rename", "cannot put the file in place: " + errno_text(errno)});
  }
  return sync_folder(folder_of(path));
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return io_failure("file.open", "cannot open the file", errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return io_failure("file.stat", "cannot look at the file", errno);
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::Permanent, "file.kind", "not a regular file");
  if (static_cast<std::uint64_t>(info.st_size) > max_bytes) {
    return fail(ErrorKind::Permanent, "file.too_large", "the file is over " + std::to_string(max_bytes) + " bytes");
  }
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + done, text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_failure("file.read", "cannot read the file", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code unknown;  // the throwing overload throws when a parent may not be searched
  if (folder.empty() || std::filesystem::is_directory(folder, unknown)) return {};
  VG_TRY(make_folder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0) {
    const int error = errno;
    if (error != EEXIST) return io_failure("folder.create", "cannot create a folder", error);
    if (!std::filesystem::is_directory(folder, unknown)) {
      return io_failure("folder.create", "cannot create a folder", ENOTDIR);
    }
  }
  return sync_folder(folder_of(folder));
}

}  // namespace veilgate
