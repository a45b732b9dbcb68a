#include "cli/placer.h"

#include <algorithm>
#include <iterator>

#include "base/files.h"
#include "cli/scratch.h"

namespace veilgate::cli {
namespace {

constexpr std::size_t kMaxGroup = 256;  // file descriptors at once
constexpr std::size_t kMaxWaiting = 1024;

/// The files in one go; where one fails, each alone, so that it takes no other with it.
std::vector<Result<void>> sync_each(const std::vector<Placer::Finished>& group) {
  std::vector<std::filesystem::path> paths;
  for (const auto& one : group) paths.push_back(one.made);
  std::vector<Result<void>> out(group.size());
  if (sync_files(paths)) return out;
  for (std::size_t i = 0; i < group.size(); ++i) out[i] = sync_files(std::span(&paths[i], 1));
  return out;
}

}  // namespace

Placer::Placer(std::filesystem::path folder) : folder_(std::move(folder)), thread_([this] { run(); }) {}

Placer::~Placer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Placer::place(Finished finished) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kMaxWaiting; });
  waiting_.push_back(std::move(finished));
  changed_.notify_all();
}

void Placer::run() {
  for (;;) {
    std::vector<Finished> group;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMaxGroup));
      std::move(waiting_.begin(), end, std::back_inserter(group));
      waiting_.erase(waiting_.begin(), end);
    }
    changed_.notify_all();
    place_group(group);
  }
}

void Placer::place_group(std::vector<Finished>& group) const {
  auto outcomes = sync_each(group);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (outcomes[i]) outcomes[i] = put_in_place(group[i].made, group[i].target);
    std::error_code ignored;
    std::filesystem::remove(group[i].made, ignored);
  }
  const auto synced = sync_folder(folder_);
  for (std::size_t i = 0; i < group.size(); ++i) group[i].told(outcomes[i] && !synced ? synced : outcomes[i]);
}

}  // namespace veilgate::cli
