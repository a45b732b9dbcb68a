#pragma once
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace veilgate::worker {

/// A child process that answers one line with one line over its standard input and output. Used by one thread.
class Process {
 public:
  /// Starts this very program with `arguments` and --parent, this process. Transient when the system has no process or
  /// pipe left.
  static Result<std::unique_ptr<Process>> spawn(const std::vector<std::string>& arguments);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Sends the line and waits for the answer. Transient "worker.crashed", "worker.timeout", "worker.cpu_limit" or
  /// "worker.talks_too_much": the process is gone then, spawn another.
  Result<std::string> call(const std::string& line, int timeout_ms);
  /// Ends the process: its answer could not be trusted.
  void end() { kill_and_reap(); }
  bool alive() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }

 private:
  Process() = default;
  void kill_and_reap();
  tl::unexpected<Error> died();

  pid_t pid_ = -1;
  FileDescriptor to_child_, from_child_;
  std::string buffer_;
};

}  // namespace veilgate::worker
