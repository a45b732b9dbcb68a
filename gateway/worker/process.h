#pragma once
#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "worker/frame_notes.h"

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

  /// Sends the line and waits for the answer. Notes before it are told to `on_frames`; without one there must be none.
  /// Transient "worker.crashed", "worker.timeout", "worker.cpu_limit" or
  /// "worker.talks_too_much": the process is gone then, spawn another.
  Result<std::string> call(const std::string& line, int timeout_ms, const OnFrames& on_frames = {});
  /// Ends the process: its answer could not be trusted.
  void end() { kill_and_reap(); }
  bool alive() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }

 private:
  Process() = default;
  void kill_and_reap();
  tl::unexpected<Error> died();
  /// The first whole line of the buffer that is no note; what lies before `from` has no end of a line.
  std::optional<std::string> take_line(std::size_t from, const OnFrames& on_frames);

  pid_t pid_ = -1;
  FileDescriptor to_child_, from_child_;
  std::string buffer_;
};

}  // namespace veilgate::worker
