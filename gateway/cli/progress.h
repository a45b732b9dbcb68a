#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <string>

namespace veilgate::cli {

/// Counts on standard error, redrawn in place on a terminal. step() may be called by several threads.
class Progress {
 public:
  /// `troubled` is the word for what did not go well: "held".
  Progress(std::size_t total, std::string troubled, bool shown)
      : total_(total), troubled_(std::move(troubled)), shown_(shown && ::isatty(STDERR_FILENO) != 0) {
    draw();
  }
  ~Progress() {
    if (shown_) fmt::print(stderr, "\n");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void step(bool trouble) {
    const std::lock_guard lock(mutex_);
    ++done_;
    trouble_ += trouble ? 1 : 0;
    draw();
  }

 private:
  void draw() const {
    if (!shown_ || total_ == 0) return;
    constexpr std::size_t kWidth = 40;
    const std::size_t filled = kWidth * done_ / total_;
    fmt::print(stderr, "\r[{}{}] {}/{}  {} {}", std::string(filled, '#'), std::string(kWidth - filled, '.'), done_,
               total_, troubled_, trouble_);
  }
  std::mutex mutex_;
  std::size_t total_, done_ = 0, trouble_ = 0;
  std::string troubled_;
  bool shown_;
};

}  // namespace veilgate::cli
