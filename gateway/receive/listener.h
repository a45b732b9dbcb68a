#pragma once
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/files.h"
#include "base/net_address.h"
#include "config/config.h"
#include "dicom/net/guarded_connection.h"
#include "receive/event_signal.h"
#include "receive/stats.h"

namespace veilgate::receive {

/// A connection whose A-ASSOCIATE-RQ is complete.
struct Connection {
  FileDescriptor socket;
  IpAddress peer;
  dicom::net::Deadline deadline;  ///< for the answer
  std::vector<std::uint8_t> request;
};

/// Accepts TCP connections and gathers each A-ASSOCIATE-RQ in one event loop, so that a peer which says nothing, or
/// says it slowly, costs a descriptor and no thread.
class Listener {
 public:
  /// `take` gets each complete request on the listener's thread; it must not block and returns false to refuse.
  using Take = std::function<bool(Connection&&)>;
  static Result<std::unique_ptr<Listener>> start(const config::Receive& receive, Stats& stats, Take take);
  /// Closes the port and every connection that is still pending.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  struct Pending {
    Connection connection;
    std::size_t want;
  };
  enum class Progress { Waiting, Complete, Broken };
  Listener(FileDescriptor socket, std::uint16_t port, const config::Receive& receive, Stats& stats, Take take);
  void run();
  void accept_all();
  void make_room(const IpAddress& peer);
  void serve(std::size_t index, bool readable);
  static Progress read_some(Pending& pending);
  int wait_ms() const;
  void drop(std::size_t index);

  FileDescriptor socket_;
  std::uint16_t port_;
  int association_timeout_ms_;
  Stats& stats_;
  Take take_;
  EventSignal stop_;
  dicom::net::Deadline accept_again_{};
  std::vector<Pending> pending_;  // oldest first
  std::thread thread_;
};

}  // namespace veilgate::receive
