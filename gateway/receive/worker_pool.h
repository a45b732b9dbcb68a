#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "receive/listener.h"

namespace veilgate::receive {

/// A fixed number of threads, each running one association at a time.
class WorkerPool {
 public:
  using Run = std::function<void(Connection)>;
  WorkerPool(int threads, Run run);
  /// Waits for what runs; the caller has made sure that it ends.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// False when the queue is full or the pool is closed: the connection is closed then.
  bool add(Connection&& connection);
  /// No new connections; those that still wait are closed.
  void close();
  /// True when nothing runs any more.
  bool wait_idle(std::chrono::milliseconds timeout);

 private:
  void work();
  Run run_;
  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<Connection> queue_;
  int running_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace veilgate::receive
