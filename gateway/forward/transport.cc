#include "forward/transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace veilgate::forward {
namespace {

class DeadlineConnection : public DcmTCPConnection {
 public:
  DeadlineConnection(DcmNativeSocketType socket, const DeadlineTransport& transport)
      : DcmTCPConnection(socket), transport_(transport) {}

  ssize_t read(void* buffer, size_t size) override {
    if (!wait(POLLIN)) return timed_out();
    const ssize_t got = ::recv(getSocket(), buffer, size, 0);
    // A peer with Nagle on sends the rest of its answer only after our ACK, which the kernel would hold back for
    // 40 ms; the kernel forgets this wish, so it is renewed every time.
    const int on = 1;
    ::setsockopt(getSocket(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
    return got;
  }

  ssize_t write(void* buffer, size_t size) override {
    // At the first write, not at creation: DCMTK sets its own socket options in between.
    if (!prepared_) prepare();
    // DCMTK takes a partial write for a broken connection; a blocking send() would lose sight of the deadline.
    const char* next = static_cast<const char*>(buffer);
    for (size_t left = size; left > 0;) {
      if (!wait(POLLOUT)) return timed_out();
      const ssize_t sent = ::send(getSocket(), next, left, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (sent < 0) return sent;
      next += sent;
      left -= static_cast<size_t>(sent);
    }
    return static_cast<ssize_t>(size);
  }

  OFBool networkDataAvailable(int timeout) override { return wait(POLLIN, std::chrono::seconds(std::max(timeout, 0))); }

 private:
  std::chrono::milliseconds time_left() const {
    constexpr std::chrono::hours kLongest(24);
    const auto now = DeadlineTransport::Clock::now();
    if (transport_.deadline() <= now) return std::chrono::milliseconds(0);
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::min<DeadlineTransport::Clock::duration>(transport_.deadline() - now, kLongest));
  }

  bool wait(short events, std::chrono::milliseconds most = std::chrono::hours(24)) {
    for (;;) {
      pollfd entry{getSocket(), events, 0};
      const int ready = ::poll(&entry, 1, static_cast<int>(std::min(time_left(), most).count()));
      if (ready > 0) return true;
      if (ready == 0 || errno != EINTR) return false;
    }
  }

  static ssize_t timed_out() {
    errno = ETIMEDOUT;
    return -1;
  }

  void prepare() {
    prepared_ = true;
    const int on = 1;
    ::setsockopt(getSocket(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }

  const DeadlineTransport& transport_;
  bool prepared_ = false;
};

}  // namespace

DcmTransportConnection* DeadlineTransport::createConnection(DcmNativeSocketType socket, OFBool use_secure_layer) {
  // TLS is not offered yet: no connection at all rather than a plain one that was asked to be secure.
  return use_secure_layer ? nullptr : new DeadlineConnection(socket, *this);
}

}  // namespace veilgate::forward
