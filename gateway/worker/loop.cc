#include <iostream>
#include <new>

#include "base/log.h"
#include "worker/executor.h"
#include "worker/sandbox.h"

namespace veilgate::worker {
namespace {

// Detection costs about 2 CPU seconds a frame; the first is in the configured limit.
constexpr int kCpuSecondsPerFrame = 5;

int more_frames(const nlohmann::json& facts) {
  const auto found = facts.find("deidentify");
  return found == facts.end() ? 0 : std::max(0, found->value("frames", 1) - 1);
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

}  // namespace

int cpu_limit_s(const config::Workers& limits, const nlohmann::json& facts) {
  return limits.cpu_limit_s + kCpuSecondsPerFrame * more_frames(facts);
}

int wall_limit_ms(const config::Workers& limits, const nlohmann::json& facts) {
  return 1000 * (limits.wall_limit_s + 2 * kCpuSecondsPerFrame * more_frames(facts));
}

int serve_tasks(const config::Config& config) {
  std::optional<Error> unusable;
  auto executor = Executor::create(config);
  if (!executor) {
    unusable = executor.error();
    log::error("worker.start_failed", {{"code", unusable->code}, {"message", unusable->message}});
  }
  if (auto fenced = enter_sandbox(config.workers.memory_limit_bytes); !fenced) unusable = fenced.error();
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto task = decode_task(line);
    Result<StageOutput> result = unusable ? Result<StageOutput>(fail(*unusable))
                                 : !task  ? Result<StageOutput>(fail(task.error()))
                                          : Result<StageOutput>(StageOutput{});
    if (result) {
      if (auto granted = grant_cpu_seconds(cpu_limit_s(config.workers, task->facts)); !granted)
        result = fail(granted.error());
    }
    if (result) result = run_guarded(**executor, *task);
    std::cout << encode(result) << std::endl;
  }
  return 0;
}

}  // namespace veilgate::worker
