#pragma once
#include <filesystem>
#include <functional>
#include <utility>

#include "base/files.h"
#include "base/result.h"

namespace veilgate::cli {

/// A folder ".veilgate-<id>" for files under way, locked while its process lives and removed at the end.
class Scratch {
 public:
  /// Also removes those in `parent` that killed processes of this user left.
  static Result<Scratch> create(const std::filesystem::path& parent);
  Scratch(Scratch&& other) noexcept : path_(std::move(other.path_)), lock_(std::move(other.lock_)) {
    other.path_.clear();
  }
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();
  const std::filesystem::path& path() const { return path_; }

 private:
  Scratch(std::filesystem::path path, FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;
  FileDescriptor lock_;
};

inline constexpr const char* kExists = "deid.exists";
/// Gives the file its final name and never overwrites: the same bytes there already are success, others Refused
/// kExists. Works without hard links as well. `link` stands for link(2).
using Link = std::function<int(const char* from, const char* to)>;
Result<void> put_in_place(const std::filesystem::path& made, const std::filesystem::path& target, const Link& link);
Result<void> put_in_place(const std::filesystem::path& made, const std::filesystem::path& target);

}  // namespace veilgate::cli
