#include <mutex>
#include <span>
#include <system_error>

#include "base/files.h"
#include "base/hash.h"
#include "forward/destination.h"
#include "forward/payload.h"

namespace veilgate::forward {
namespace {

/// Writes <SOP Instance UID>.dcm. The UID is the pseudonym of the output, never a received one, and Uid holds only
/// digits and dots, so the name can neither leave the folder nor say who it is.
class FolderDestination : public Destination {
 public:
  explicit FolderDestination(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<Receipt> send(const Outgoing& outgoing) override {
    VG_ASSIGN(const Payload payload, load_payload(outgoing));
    VG_TRY(check_folder());
    const auto target = folder_ / (payload.sop_instance.str() + ".dcm");
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(target, error))) {
      VG_ASSIGN(const Sha256 found, sha256_file(target));
      if (found == outgoing.expected_sha256) return already_there();
      if (found != outgoing.replaces) {
        return fail(ErrorKind::Permanent, "forward.exists", "the folder has another file under this object's name");
      }
    }
    const auto* first = reinterpret_cast<const std::uint8_t*>(payload.bytes.data());
    VG_TRY(write_durably(target, std::span(first, payload.bytes.size())));
    return Receipt{"folder.written"};
  }

 private:
  /// Never made here: below the mount point of a share that is away, files would vanish when it comes back.
  Result<void> check_folder() const {
    std::error_code ignored;
    if (std::filesystem::is_directory(folder_, ignored)) return {};
    return fail(ErrorKind::Transient, "forward.folder_missing",
                "the destination's folder is not there: mount its share, or create it once");
  }

  Result<Receipt> already_there() const {
    // It may stem from an attempt that was cut off between rename and sync: sync again before saying success.
    VG_TRY(sync_folder(folder_));
    return Receipt{"folder.present"};
  }

  std::filesystem::path folder_;
};

}  // namespace

Result<std::unique_ptr<Destination>> make_folder_destination(const config::FolderDestination& where) {
  if (where.path.empty()) return fail(ErrorKind::Config, "forward.folder", "the folder destination has no path");
  return std::make_unique<FolderDestination>(where.path);
}

}  // namespace veilgate::forward
