#pragma once
#include <map>
#include <mutex>
#include <string>

namespace veilgate::cli {

/// Counts on standard error, redrawn in place on a terminal. May be called by several threads.
class Progress {
 public:
  /// `troubled` is the word for what did not go well: "held".
  Progress(std::size_t total, std::string troubled, bool shown);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One of the files is done.
  void step(bool trouble);
  /// `who`, one of those at work, is in the midst of a file with many frames. Until finish() of the same.
  void frames(const void* who, const std::string& stage, int done, int of);
  void finish(const void* who);

  /// The line as it is drawn.
  std::string line() const;

 private:
  void draw() const;
  std::string line_locked() const;

  mutable std::mutex mutex_;
  std::size_t total_, done_ = 0, trouble_ = 0;
  std::string troubled_;
  bool shown_;
  std::map<const void*, std::string> at_work_;
};

}  // namespace veilgate::cli
