#include "spool/sweep.h"

#include <chrono>
#include <string_view>
#include <system_error>

#include "spool/spool.h"

namespace veilgate::spool {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporary = ".tmp-";  // as durable writes name theirs

bool is_stale(const fs::directory_entry& entry, fs::file_time_type before) {
  std::error_code error;
  if (!entry.path().filename().native().starts_with(kTemporary)) return false;
  if (fs::symlink_status(entry.path(), error).type() != fs::file_type::regular) return false;
  const auto written = fs::last_write_time(entry.path(), error);
  return !error && written < before;
}

}  // namespace

int sweep_temporaries(const fs::path& root, std::int64_t older_than_ms) {
  const auto before = fs::file_time_type::clock::now() - std::chrono::milliseconds(older_than_ms);
  int swept = 0;
  std::error_code error;
  fs::recursive_directory_iterator walk(root / kOutputs, fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    std::error_code ignored;
    if (is_stale(*walk, before) && fs::remove(walk->path(), ignored)) ++swept;
  }
  return swept;
}

}  // namespace veilgate::spool
