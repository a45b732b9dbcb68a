#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "dicom/net/pdu_guard.h"

struct T_ASC_Network;
struct T_ASC_Association;
class DcmTransportConnection;

namespace veilgate::dicom::net {

using SteadyClock = std::chrono::steady_clock;
using Deadline = SteadyClock::time_point;

/// What an association's thread tells its connection, and learns from it. Used by one thread only; outlives the
/// connection, which DCMTK deletes when it pleases.
class ConnectionGuard {
 public:
  struct Options {
    PduRole role = PduRole::Acceptor;
    int idle_timeout_ms = 60'000;  ///< longest silence inside a message, and longest wait for room to write
    int drain_fd = -1;             ///< readable: no new message may start (eventfd, not owned)
    int abort_fd = -1;             ///< readable: give up at once (eventfd, not owned)
  };
  ConnectionGuard(const Options& options, Deadline deadline);

  /// The next byte may take idle_timeout_ms and the end of what it begins `message_timeout_ms` from then on.
  void expect_message(int message_timeout_ms);
  /// Nothing may be read or written after this.
  void set_deadline(Deadline deadline);
  /// Every later read fails; the first reason stays.
  void poison(std::string_view code);
  /// Why reading ended: empty, "peer.closed", "timeout.idle", "timeout.message", "stop.draining", "stop.aborted" or a
  /// PduGuard code.
  const std::string& reason() const { return reason_; }
  bool peer_closed() const { return reason_ == "peer.closed"; }
  std::uint64_t bytes_read() const { return bytes_read_; }

  /// For the connection: reads what there is, waiting as allowed. -1 with errno set on any end.
  long read(int fd, void* to, std::size_t size);
  long write(int fd, const void* from, std::size_t size);
  /// True when a read would not wait.
  bool readable(int fd, int timeout_ms);
  /// Bytes already taken from the socket; they are read first.
  void prefill(std::vector<std::uint8_t> bytes);

 private:
  bool wait(int fd, short events, bool may_drain);
  long accept_bytes(const void* at, long size);

  Options options_;
  PduGuard pdus_;
  Deadline deadline_;
  bool between_messages_ = false;
  int message_timeout_ms_ = 0;
  std::string reason_;
  std::vector<std::uint8_t> prefilled_;
  std::size_t prefilled_used_ = 0;
  std::uint64_t bytes_read_ = 0;
};

/// A connected socket that has something to say, on its way into DCMTK.
struct ReadySocket {
  FileDescriptor socket;
  std::vector<std::uint8_t> first_bytes;  ///< the whole A-ASSOCIATE-RQ
  std::shared_ptr<ConnectionGuard> guard;
};

/// TCP_NODELAY, close-on-exec; best effort.
void tune_socket(int fd);
/// Without it the last segment of each PDU of a peer with Nagle on waits for the delayed-ACK timer. Linux clears it by
/// itself.
void quick_ack(int fd);

/// A DCMTK network that owns no listening socket and takes associations only from receive_association().
class AcceptorNetwork {
 public:
  static Result<std::unique_ptr<AcceptorNetwork>> create(int timeout_s);
  ~AcceptorNetwork();
  AcceptorNetwork(const AcceptorNetwork&) = delete;
  AcceptorNetwork& operator=(const AcceptorNetwork&) = delete;
  /// Parses the A-ASSOCIATE-RQ. Permanent "association.malformed" otherwise; `association` may be set even then and
  /// must be destroyed by the caller.
  Result<void> receive_association(ReadySocket ready, T_ASC_Association** association);

 private:
  explicit AcceptorNetwork(T_ASC_Network* native) : native_(native) {}
  T_ASC_Network* native_;
};

}  // namespace veilgate::dicom::net
