#include "spool/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include "base/limits.h"
#include "spool/incoming.h"

namespace veilgate::spool {
namespace {

namespace fs = std::filesystem;

constexpr int kFanOut = 256;
constexpr std::string_view kSuffix = ".dcm";
constexpr const char* kOriginals = "originals";

fs::path place(const fs::path& root, const char* kind, const ObjectId& id) {
  return root / kind / id.str().substr(0, 2) / (id.str() + std::string(kSuffix));
}

Result<void> make_fan_out(const fs::path& parent) {
  VG_TRY(make_folder(parent));
  bool made = false;
  for (int i = 0; i < kFanOut; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    if (::mkdir((parent / to_hex({&byte, 1})).c_str(), 0700) == 0) {
      made = true;
    } else if (errno != EEXIST) {
      return fail(ErrorKind::Config, "spool.folder", "cannot create a folder of the spool: " + errno_text(errno));
    }
  }
  return made ? sync_folder(parent) : Result<void>{};
}

/// The id that a file name stands for; nullopt for anything that this spool did not put there.
std::optional<ObjectId> id_of(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  if (!name.ends_with(kSuffix)) return std::nullopt;
  auto id = ObjectId::parse(std::string_view(name).substr(0, name.size() - kSuffix.size()));
  if (!id || entry.path().parent_path().filename() != id->str().substr(0, 2)) return std::nullopt;
  return std::move(*id);
}

class DiskSpool final : public Spool {
 public:
  explicit DiskSpool(fs::path root) : root_(std::move(root)) {}

  Result<std::unique_ptr<Incoming>> begin(std::string_view digest_seed, std::uint64_t max_object_bytes,
                                          std::uint64_t min_free_bytes) override {
    VG_TRY(check_free_space(root_, min_free_bytes));
    const ObjectId id = ObjectId::random();
    return open_incoming(id, original(id), digest_seed, {max_object_bytes, min_free_bytes});
  }

  fs::path original(const ObjectId& id) const override { return place(root_, kOriginals, id); }
  fs::path output(const ObjectId& id) const override { return place(root_, kOutputs, id); }

  Result<FileDescriptor> lock() override;
  Result<std::vector<ObjectId>> list_originals() override;
  Result<void> set_aside(const ObjectId& id) override;
  Result<void> discard(const ObjectId& id) override;

 private:
  fs::path root_;
};

Result<FileDescriptor> DiskSpool::lock() {
  const fs::path path = root_ / "lock";
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) {
    return fail(ErrorKind::Config, "spool.lock", "cannot open " + path.string() + ": " + errno_text(errno));
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    const auto owner = read_file(path, 64);
    const std::string name = owner && !owner->empty() ? owner->substr(0, owner->find('\n')) : "?";
    return fail(ErrorKind::Config, "spool.locked",
                "the spool " + root_.string() + " is in use by process " + name + ": stop that gateway first");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0) {
    return fail(ErrorKind::Transient, "spool.lock", "cannot write the lock file: " + errno_text(errno));
  }
  VG_TRY(write_all(file.get(), std::span(reinterpret_cast<const std::uint8_t*>(pid.data()), pid.size())));
  return file;
}

Result<std::vector<ObjectId>> DiskSpool::list_originals() {
  std::vector<ObjectId> found;
  std::error_code error;
  fs::recursive_directory_iterator walk(root_ / kOriginals, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (auto id = id_of(*walk)) found.push_back(std::move(*id));
  }
  // Half a list would make objects look lost.
  if (error) return fail(ErrorKind::Transient, "spool.list", "cannot list the spool: " + error.message());
  return found;
}

Result<void> DiskSpool::set_aside(const ObjectId& id) {
  const fs::path folder = root_ / "unacknowledged";
  VG_TRY(make_folder(folder));
  if (::rename(original(id).c_str(), (folder / (id.str() + ".dcm")).c_str()) != 0) {
    return fail(ErrorKind::Transient, "spool.set_aside", "cannot move an original: " + errno_text(errno));
  }
  return sync_folder(folder);
}

Result<void> DiskSpool::discard(const ObjectId& id) {
  const fs::path path = original(id);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid() && errno == ENOENT) return {};
  if (!file.valid())
    return fail(ErrorKind::Transient, "spool.discard", "cannot open an original: " + errno_text(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::Refused, "spool.in_use", "the object is being received at this moment");
  }
  // Not synced: a name that comes back after a power cut is an orphan again, which does no harm.
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fail(ErrorKind::Transient, "spool.discard", "cannot remove an original: " + errno_text(errno));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(const fs::path& root) {
  for (const char* kind : {kOriginals, kOutputs}) {
    if (auto made = make_fan_out(root / kind); !made) {
      return fail(ErrorKind::Config, "spool.unusable",
                  "the spool " + root.string() + " cannot be used: " + made.error().message);
    }
  }
  if (::access(root.c_str(), W_OK | X_OK) != 0) {
    return fail(ErrorKind::Config, "spool.unusable", "the spool " + root.string() + " is not writable");
  }
  return std::make_unique<DiskSpool>(root);
}

}  // namespace veilgate::spool
