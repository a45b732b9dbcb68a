#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "base/backoff.h"
#include "base/result.h"
#include "forward/destination.h"
#include "spool/spool.h"
#include "store/store.h"

namespace veilgate::forward {

struct ForwarderOptions {
  std::string owner = "forward";        ///< lease owner; the destination's name is appended
  std::int64_t lease_ms = 20 * 60'000;  ///< longer than the longest send; a dead process's leases are released at start
  std::int64_t poll_min_ms = 100;       ///< between looks into the store while work keeps coming
  std::int64_t poll_max_ms = 500;       ///< and when it has been quiet
  std::int64_t backoff_initial_ms = 1'000;
  std::int64_t backoff_max_ms = 60'000;  ///< an unreachable destination is tried at least this often, for ever
  int alert_every = 10;                  ///< log an error at every n-th failure in a row
  std::uint64_t jitter_seed = std::random_device{}();
};

/// Brings approved outputs to one destination, on a thread of its own. Transient failures are tried again without
/// end and slow the whole destination down, so that an outage costs few attempts; every other failure ends the
/// delivery as Failed, which holds the object for a person.
class Forwarder {
 public:
  /// Whether an approved job may really be sent; called before each send. Transient: asked again later; every other
  /// error holds the object with its code.
  using MaySend = std::function<Result<void>(const store::Job& job)>;
  /// `store` and `spool` must outlive it.
  Forwarder(store::Store& store, const spool::Spool& spool, std::string name, std::unique_ptr<Destination> destination,
            MaySend may_send, ForwarderOptions options = {});
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  void start();
  /// Finishes the object that is being sent, gives back the rest, joins. Also done by the destructor.
  void stop();

  /// One step of the loop, for tests and for drains: true when a delivery was worked on.
  bool run_once();

 private:
  void run(const std::stop_token& stop);
  /// Waits; false when asked to stop.
  bool sleep_ms(std::int64_t duration, const std::stop_token& stop);
  void deliver(const store::Delivery& delivery);
  Result<store::Job> job_of(const store::Delivery& delivery);
  /// Nothing of this object may go anywhere: a person must look at it.
  void hold(const store::Delivery& delivery, const store::Job& job, const Error& error);
  void delivered(const store::Delivery& delivery, const Receipt& receipt, std::int64_t took_ms);
  void failed(const store::Delivery& delivery, const Error& error, std::int64_t took_ms);
  void try_later(const store::Delivery& delivery, const Error& error, std::int64_t took_ms);
  void finish(const store::Delivery& delivery, store::DeliveryState state, const std::string& code, audit::Event event);
  void note_failure(const std::string& code);

  store::Store& store_;
  const spool::Spool& spool_;
  const std::string name_;
  std::unique_ptr<Destination> destination_;
  const MaySend may_send_;
  const ForwarderOptions options_;
  Backoff backoff_;
  int failures_in_row_ = 0;    ///< of the destination, whatever the object
  std::int64_t pause_ms_ = 0;  ///< before the next attempt
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace veilgate::forward
