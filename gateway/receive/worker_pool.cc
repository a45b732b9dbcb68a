#include "receive/worker_pool.h"

#include "base/limits.h"

namespace veilgate::receive {

WorkerPool::WorkerPool(int threads, Run run) : run_(std::move(run)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  close();
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::add(Connection&& connection) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || queue_.size() >= limits::kMaxReadyConnections) return false;
    queue_.push_back(std::move(connection));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    queue_.clear();
  }
  wake_.notify_all();
}

bool WorkerPool::wait_idle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, timeout, [&] { return running_ == 0 && queue_.empty(); });
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Connection connection = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    run_(std::move(connection));
    lock.lock();
    --running_;
    if (running_ == 0) idle_.notify_all();
  }
}

}  // namespace veilgate::receive
