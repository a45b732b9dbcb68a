#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dul.h>

#include <algorithm>
#include <limits>
#include <mutex>

#include "base/limits.h"
#include "dicom/net/guarded_connection.h"

namespace veilgate::dicom::net {
namespace {

class GuardedConnection final : public DcmTCPConnection {
 public:
  GuardedConnection(DcmNativeSocketType socket, std::shared_ptr<ConnectionGuard> guard)
      : DcmTCPConnection(socket), guard_(std::move(guard)) {}
  ssize_t read(void* buf, size_t nbyte) override { return guard_->read(getSocket(), buf, nbyte); }
  ssize_t write(void* buf, size_t nbyte) override { return guard_->write(getSocket(), buf, nbyte); }
  OFBool networkDataAvailable(int timeout) override {
    constexpr int kMaxSeconds = std::numeric_limits<int>::max() / 1000;
    return guard_->readable(getSocket(), std::clamp(timeout, 0, kMaxSeconds) * 1000);
  }

 private:
  std::shared_ptr<ConnectionGuard> guard_;
};

// DCMTK takes a connected socket only through one global variable, and only one layer object per network. The lock is
// held from setting that variable until DCMTK has asked for the connection, on the same thread; no byte is read under
// it.
std::mutex external_socket_mutex;

struct Handoff {
  ReadySocket* ready;
  std::unique_lock<std::mutex> lock;
};
thread_local Handoff* current_handoff = nullptr;

constexpr DcmNativeSocketType kNoSocket = -1;

class GuardLayer final : public DcmTransportLayer {
 public:
  DcmTransportConnection* createConnection(DcmNativeSocketType socket, OFBool) override {
    Handoff* handoff = current_handoff;
    if (handoff == nullptr) return nullptr;
    dcmExternalSocketHandle.set(kNoSocket);
    handoff->lock.unlock();
    (void)handoff->ready->socket.release();
    handoff->ready->guard->prefill(std::move(handoff->ready->first_bytes));
    return new GuardedConnection(socket, handoff->ready->guard);
  }
};

}  // namespace

Result<std::unique_ptr<AcceptorNetwork>> AcceptorNetwork::create(int timeout_s) {
  T_ASC_Network* native = nullptr;
  OFCondition condition;
  {
    const std::lock_guard lock(external_socket_mutex);
    // Any handle that is not negative keeps DCMTK from opening a listening socket of its own.
    dcmExternalSocketHandle.set(0);
    condition = ASC_initializeNetwork(NET_ACCEPTOR, 0, timeout_s, &native);
    dcmExternalSocketHandle.set(kNoSocket);
  }
  if (condition.bad()) return fail(ErrorKind::Bug, "receive.network", "DCMTK could not set up its network layer.");
  dcmDisableGethostbyaddr.set(OFTrue);
  dcmAssociatePDUSizeLimit.set(limits::kMaxAssociateRequestBytes);
  std::unique_ptr<AcceptorNetwork> network(new AcceptorNetwork(native));
  ASC_setTransportLayer(native, new GuardLayer, 1);
  return network;
}

AcceptorNetwork::~AcceptorNetwork() { ASC_dropNetwork(&native_); }

Result<void> AcceptorNetwork::receive_association(ReadySocket ready, T_ASC_Association** association) {
  Handoff handoff{&ready, std::unique_lock(external_socket_mutex)};
  current_handoff = &handoff;
  dcmExternalSocketHandle.set(ready.socket.get());
  const OFCondition condition = ASC_receiveAssociation(native_, association, limits::kMaxPduBytes);
  current_handoff = nullptr;
  if (handoff.lock.owns_lock()) dcmExternalSocketHandle.set(kNoSocket);
  if (condition.bad() || *association == nullptr) {
    return fail(ErrorKind::Permanent, "association.malformed", "The peer's association request cannot be read.");
  }
  return {};
}

}  // namespace veilgate::dicom::net
