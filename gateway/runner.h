#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/config.h"
#include "pipeline.h"
#include "spool/spool.h"
#include "store/store.h"
#include "worker/task.h"

namespace veilgate {

/// Leases jobs, has workers run their stages, commits the outcomes. One thread and one worker process per slot.
/// State is only in the store: killed at any moment, the next runner goes on where this one stopped.
class Runner {
 public:
  /// `worker_arguments` starts a worker with this program ("worker --config ...").
  Runner(const config::Config& config, store::Store& store, spool::Spool& spool,
         std::vector<std::string> worker_arguments);
  ~Runner();
  /// Owner prefix of this program's leases, for releasing those of a dead predecessor.
  static constexpr const char* kOwner = "runner";
  void start();
  /// Lets the running stage of each slot finish, then gives leases back without counting the attempt.
  void stop();

 private:
  class Slot;
  void work(int index);
  Result<StageOutput> review(const store::Job& job) const;
  Result<StageOutput> run_stage(const store::Job& job, const Step& step, Slot& slot);
  /// Deidentify in two rounds: the worker says who the patient is by a token, and goes on with what the store has.
  Result<StageOutput> deidentify(worker::Task task, Slot& slot, int timeout_ms);
  Result<worker::PatientKnown> known(const Sha256& token);
  /// Runs the job's steps until it leaves this runner's hands.
  void carry(store::Job job, Slot& slot);
  enum class Commit { GoOn, Over, Moved /* the patient's entry was changed meanwhile */ };
  Commit settle_and_commit(store::Job& job, const Step& step, const Result<StageOutput>& result);
  bool wait_for(std::chrono::milliseconds pause);

  const config::Config& config_;
  store::Store& store_;
  spool::Spool& spool_;
  const std::vector<std::string> worker_arguments_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable stop_signal_;
  std::atomic<bool> stopping_{false};
};

}  // namespace veilgate
