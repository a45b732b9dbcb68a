#pragma once
#include <memory>

#include "config/config.h"
#include "worker/frame_notes.h"
#include "worker/task.h"

namespace veilgate::worker {

/// Runs the stages that touch received bytes. Lives in a worker process; one object at a time. What it has parsed
/// and de-identified stays in memory for the object's next stage, and is made again from the original (the result is
/// deterministic) when a stage starts in a fresh worker.
class Executor {
 public:
  /// Loads key, models and profiles once. Config errors.
  static Result<std::unique_ptr<Executor>> create(config::Config config);
  /// Attributes of the first route's profile only (offline): Stage::Deidentify writes the output and verifies it.
  static Result<std::unique_ptr<Executor>> create_for_attributes(config::Config config);
  virtual ~Executor() = default;
  virtual Result<StageOutput> run(const Task& task) = 0;
  /// Who hears, from now on, how far Detect and Verify of an object with many frames are.
  void tell_frames(OnFrames heard) { heard_ = std::move(heard); }

 protected:
  FrameTeller frame_teller() const { return {heard_, std::chrono::seconds(1)}; }

 private:
  OnFrames heard_;
};

/// The worker's main loop: tasks from standard input, results to standard output, until the input ends. With
/// `unusable` (its configuration is not the runner's) every task is answered with that error.
int serve_tasks(const config::Config& config, std::optional<Error> unusable = std::nullopt,
                Result<std::unique_ptr<Executor>> (*create)(config::Config) = Executor::create);

/// CPU and wall limits grow with the frames of an object.
int cpu_limit_s(const config::Workers& limits, const nlohmann::json& facts);
int wall_limit_ms(const config::Workers& limits, const nlohmann::json& facts);

}  // namespace veilgate::worker
