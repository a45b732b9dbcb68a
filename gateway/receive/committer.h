#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "spool/spool.h"
#include "store/store.h"

namespace veilgate::receive {

/// Writes the finished objects of all associations in groups, one transaction each: while one group is being synced
/// the next one gathers, and a lone object never waits for company. Thread-safe.
class Committer {
 public:
  explicit Committer(store::Store& store);
  /// Commits what is queued, then ends.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Takes over a finished object; returns when its row is durable. Transient "receive.admit_timeout" when that takes
  /// too long: it may still be committed then, and the peer's second try becomes a duplicate.
  Result<store::AdmitVerdict> submit(store::Admission admission, std::unique_ptr<spool::Incoming> object,
                                     int timeout_ms);

 private:
  struct Request;
  using Group = std::vector<std::shared_ptr<Request>>;
  void run();
  void commit(const Group& group);
  void fail_group(const Group& group, const Error& error);
  void settle(Request& request, Result<store::AdmitVerdict> outcome);

  store::Store& store_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Request>> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace veilgate::receive
