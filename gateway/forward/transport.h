#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>

#include <chrono>

namespace veilgate::forward {

/// Makes client connections that do not wait for Nagle and that give up at one deadline, whatever the peer does:
/// DCMTK's own timeouts restart with every byte, so a peer that reads one byte a minute would hold a send for ever.
class DeadlineTransport : public DcmTransportLayer {
 public:
  using Clock = std::chrono::steady_clock;
  /// From now on every read and write fails at `deadline`. Applies to connections made before and after.
  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
  Clock::time_point deadline() const { return deadline_; }
  DcmTransportConnection* createConnection(DcmNativeSocketType socket, OFBool use_secure_layer) override;

 private:
  Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace veilgate::forward
