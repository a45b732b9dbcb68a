#include "cli/placer.h"

#include "base/files.h"
#include "cli/scratch.h"

namespace veilgate::cli {
namespace {

constexpr std::size_t kMaxGroup = 256;  // file descriptors at once

}  // namespace

Error unexpected_error() {
  return {ErrorKind::Bug, "deid.exception", "an unexpected error ended the work on this file"};
}

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
  changed_.wait(lock, [this] { return waiting_.size() < kMaxGroup; });
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
      group.swap(waiting_);
    }
    changed_.notify_all();
    place_group(group);
  }
}

/// No exception may leave the thread: it would end the process and the work on every other file.
void Placer::place_group(const std::vector<Finished>& group) const {
  std::vector<Result<void>> outcomes;
  try {
    outcomes = outcomes_of(group);
  } catch (const std::exception&) {
    outcomes.clear();
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    try {
      group[i].told(outcomes.empty() ? fail(unexpected_error()) : outcomes[i]);
    } catch (const std::exception&) {
      continue;  // the others must hear of theirs
    }
  }
}

std::vector<Result<void>> Placer::outcomes_of(const std::vector<Finished>& group) const {
  std::vector<std::filesystem::path> paths;
  for (const auto& one : group) paths.push_back(one.made);
  auto out = sync_files(paths);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (out[i]) out[i] = put_in_place(group[i].made, group[i].target);
    std::error_code ignored;
    std::filesystem::remove(group[i].made, ignored);
  }
  if (const auto synced = sync_folder(folder_); !synced) {
    for (auto& outcome : out) outcome = outcome ? synced : outcome;
  }
  return out;
}

}  // namespace veilgate::cli
