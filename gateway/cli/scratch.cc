#include "cli/scratch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/hash.h"
#include "base/types.h"

namespace veilgate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = ".veilgate-";
constexpr int kCreateAttempts = 5;  // another start may sweep the folder before it is locked

/// Locked, and still the folder of that name; invalid when another process has it, or it is not ours.
FileDescriptor lock_folder(const fs::path& path) {
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat opened {};
  struct stat named {};
  if (!folder.valid() || ::fstat(folder.get(), &opened) != 0 || opened.st_uid != ::geteuid()) return {};
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return {};
  if (::lstat(path.c_str(), &named) != 0 || named.st_ino != opened.st_ino || named.st_dev != opened.st_dev) return {};
  return folder;
}

bool is_scratch_name(std::string_view name) {
  return name.starts_with(kPrefix) && ObjectId::parse(name.substr(kPrefix.size())).has_value();
}

void sweep(const fs::path& parent) {
  std::error_code error;
  fs::directory_iterator walk(parent, fs::directory_options::skip_permission_denied, error);
  std::vector<fs::path> found;
  for (; !error && walk != fs::directory_iterator(); walk.increment(error)) {
    if (is_scratch_name(walk->path().filename().native())) found.push_back(walk->path());
  }
  for (const auto& path : found) {
    const FileDescriptor lock = lock_folder(path);
    std::error_code ignored;
    if (lock.valid()) fs::remove_all(path, ignored);
  }
}

Result<void> already_there(const fs::path& made, const fs::path& target) {
  VG_ASSIGN(const auto ours, sha256_file(made));
  const auto theirs = sha256_file(target);
  if (theirs && *theirs == ours) return {};
  return fail(
      ErrorKind::Refused, kExists,
      target.string() +
          " is there with other bytes, made with other settings or of another object with the same SOP Instance "
          "UID, and is never overwritten: name another --out, or take it away");
}

tl::unexpected<Error> cannot_place(int error) {
  return fail(ErrorKind::Transient, "deid.place", "the output cannot be put in place: " + errno_text(error));
}

/// For file systems that can only replace: nobody else of this program looks and renames meanwhile.
Result<void> look_and_rename(const fs::path& made, const fs::path& target) {
  const auto parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
  const FileDescriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::flock(folder.get(), LOCK_EX) != 0) return cannot_place(errno);
  struct stat there {};
  if (::lstat(target.c_str(), &there) == 0) return already_there(made, target);
  if (errno != ENOENT) return cannot_place(errno);
  if (::rename(made.c_str(), target.c_str()) != 0) return cannot_place(errno);
  return {};
}

/// Without hard links. No empty file reserves the name: a kill would leave it there.
Result<void> rename_into_place(const fs::path& made, const fs::path& target) {
  if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST) return already_there(made, target);
  if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return look_and_rename(made, target);
  return cannot_place(errno);
}

bool means_no_hard_links(int error) {
  return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK;
}

}  // namespace

Result<Scratch> Scratch::create(const fs::path& parent) {
  sweep(parent);
  for (int attempt = 1;; ++attempt) {
    const fs::path path = parent / (std::string(kPrefix) + ObjectId::random().str());
    if (::mkdir(path.c_str(), 0700) != 0) {
      return fail(ErrorKind::Transient, "deid.scratch",
                  "cannot create a folder in " + parent.string() + ": " + errno_text(errno));
    }
    auto lock = lock_folder(path);
    // Where folders cannot be locked nothing is swept either.
    if (lock.valid() || (attempt == kCreateAttempts && fs::exists(path))) return Scratch(path, std::move(lock));
    std::error_code ignored;
    fs::remove(path, ignored);
    if (attempt == kCreateAttempts) return fail(ErrorKind::Transient, "deid.scratch", "the scratch folder vanished");
  }
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> put_in_place(const fs::path& made, const fs::path& target, const Link& link) {
  if (link(made.c_str(), target.c_str()) == 0) return {};  // link never overwrites
  if (errno == EEXIST) return already_there(made, target);
  if (means_no_hard_links(errno)) return rename_into_place(made, target);
  return cannot_place(errno);
}

Result<void> put_in_place(const fs::path& made, const fs::path& target) { return put_in_place(made, target, ::link); }

}  // namespace veilgate::cli
