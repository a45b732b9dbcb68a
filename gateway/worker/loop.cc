#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <new>
#include <span>

#include "base/files.h"
#include "base/log.h"
#include "worker/executor.h"
#include "worker/sandbox.h"

namespace veilgate::worker {
namespace {

// Detection costs about 2 CPU seconds a frame; the first is in the configured limit.
constexpr int kCpuSecondsPerFrame = 5;
// Bounds one lease; an object with more frames must do with the time of this many, or is quarantined.
constexpr int kMaxTimedFrames = 2'000;

int more_frames(const nlohmann::json& facts) {
  const auto found = facts.find("deidentify");
  return found == facts.end() ? 0 : std::clamp(found->value("frames", 1) - 1, 0, kMaxTimedFrames);
}

Result<StageOutput> run_guarded(Executor& executor, const Task& task) {
  try {
    return executor.run(task);
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::Transient, "worker.memory", "the object needs more memory than a worker may use");
  } catch (const std::exception&) {
    // what() may quote received values, so it is not passed on.
    return fail(ErrorKind::Bug, "worker.exception", "an unexpected exception ended the stage");
  }
}

Result<StageOutput> run_limited(Executor& executor, const Task& task, const config::Config& config) {
  VG_TRY(grant_cpu_seconds(cpu_limit_s(config.workers, task.facts)));
  return run_guarded(executor, task);
}

}  // namespace

int cpu_limit_s(const config::Workers& limits, const nlohmann::json& facts) {
  return limits.cpu_limit_s + kCpuSecondsPerFrame * more_frames(facts);
}

int wall_limit_ms(const config::Workers& limits, const nlohmann::json& facts) {
  return 1000 * (limits.wall_limit_s + 2 * kCpuSecondsPerFrame * more_frames(facts));
}

int serve_tasks(const config::Config& config, std::optional<Error> unusable,
                Result<std::unique_ptr<Executor>> (*create)(config::Config)) {
  auto executor = unusable ? fail(*unusable) : create(config);
  if (!executor) {
    unusable = executor.error();
    log::error("worker.start_failed", {{"code", unusable->code}, {"message", unusable->message}});
  }
  if (auto fenced = enter_sandbox(config.workers.memory_limit_bytes); !fenced) unusable = fenced.error();
  // Answers go out over a descriptor of their own: a stray line on standard output must not look like one.
  const FileDescriptor answers(::dup(STDOUT_FILENO));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  const auto send = [&answers](const std::string& text) {
    return write_all(answers.get(), std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  };
  // A note that cannot be written is no loss: the answer will not be either.
  if (executor) (*executor)->tell_frames([&](int done, int of) { (void)send(encode(FrameNote{done, of}) + "\n"); });
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto task = decode_task(line);
    if (!task) return 1;
    const std::string answer =
        encode(*task, unusable ? fail(*unusable) : run_limited(**executor, *task, config)) + "\n";
    if (!send(answer)) return 1;
  }
  return 0;
}

}  // namespace veilgate::worker
