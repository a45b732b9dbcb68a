#include "worker/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "base/limits.h"
#include "base/program.h"

extern char** environ;

namespace veilgate::worker {
namespace {

using Clock = std::chrono::steady_clock;

int remaining_ms(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

/// This process's environment, with one thread for each math library that OpenCV may load.
std::vector<char*> single_threaded_environment() {
  static std::array<std::string, 2> settings{"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"};
  const auto is_set_below = [](const std::string_view variable) {
    return std::any_of(settings.begin(), settings.end(), [&](const std::string& setting) {
      return variable.starts_with(std::string_view(setting).substr(0, setting.find('=') + 1));
    });
  };
  std::vector<char*> out;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!is_set_below(*variable)) out.push_back(*variable);
  }
  for (auto& setting : settings) out.push_back(setting.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<std::unique_ptr<Process>> Process::spawn(const std::vector<std::string>& arguments) {
  // A socket pair rather than two pipes: writes to a dead child give EPIPE through MSG_NOSIGNAL instead of a signal.
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return fail(ErrorKind::Transient, "process.spawn", "cannot make a socket pair: " + errno_text(errno));
  }
  std::unique_ptr<Process> process(new Process);
  process->to_child_ = FileDescriptor(pair[0]);
  const FileDescriptor child_end(pair[1]);

  const std::string program = own_program();
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  const std::string parent = "--parent=" + std::to_string(::getpid());
  argv.push_back(const_cast<char*>(parent.c_str()));
  argv.push_back(nullptr);

  // A math library would start a thread for each core when it is loaded; workers are the unit of parallelism.
  const auto environment = single_threaded_environment();

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_end.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child_end.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);  // DCMTK's sockets are not close-on-exec
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(ErrorKind::Transient, "process.spawn", "cannot start a worker: " + errno_text(error));
  process->pid_ = pid;
  return process;
}

Process::~Process() { kill_and_reap(); }

void Process::kill_and_reap() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

tl::unexpected<Error> Process::died() {
  int status = 0;
  ::kill(pid_, SIGKILL);  // closed its end: if not dead already, it is of no use
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
    return fail(ErrorKind::Transient, "worker.cpu_limit", "the worker used up its CPU time on this object");
  }
  const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                              : "exit " + std::to_string(WEXITSTATUS(status));
  return fail(ErrorKind::Transient, "worker.crashed", "the worker ended on this object (" + how + ")");
}

std::optional<std::string> Process::take_line(std::size_t from, const OnFrames& on_frames) {
  for (auto end = buffer_.find('\n', from); end != std::string::npos; end = buffer_.find('\n')) {
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    const auto note = on_frames ? decode_note(line) : std::nullopt;
    if (!note) return line;
    on_frames(note->done, note->of);
  }
  return std::nullopt;
}

Result<std::string> Process::call(const std::string& line, int timeout_ms, const OnFrames& on_frames) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  const auto timed_out = [this]() {
    kill_and_reap();
    return fail(ErrorKind::Transient, "worker.timeout", "the worker took too long on this object");
  };
  const int fd = to_child_.get();
  std::string_view left_to_send(line);
  bool newline_sent = false;
  for (;;) {
    if (left_to_send.empty() && !newline_sent) {
      left_to_send = "\n";
      newline_sent = true;
    }
    pollfd waiting{fd, static_cast<short>(left_to_send.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    const int ready = ::poll(&waiting, 1, remaining_ms(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return timed_out();
    if (!left_to_send.empty() && (waiting.revents & POLLOUT) != 0) {
      const ssize_t sent = ::send(fd, left_to_send.data(), left_to_send.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) return died();
      if (sent > 0) left_to_send.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if ((waiting.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    std::array<char, 65536> chunk;
    const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return died();
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
    if (auto answer = take_line(buffer_.size() - static_cast<std::size_t>(got), on_frames)) {
      if (!buffer_.empty()) {  // one task, one answer: a worker that says more cannot be trusted with the next
        kill_and_reap();
        return fail(ErrorKind::Transient, "worker.talks_too_much", "the worker answered more than it was asked");
      }
      return std::move(*answer);
    }
    if (buffer_.size() > limits::kMaxWorkerMessageBytes) {
      kill_and_reap();
      return fail(ErrorKind::Transient, "worker.talks_too_much", "the worker's answer is over the message limit");
    }
  }
}

}  // namespace veilgate::worker
