#include "receive/listener.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"
#include "base/log.h"
#include "receive/listener_socket.h"

namespace veilgate::receive {
namespace {

using dicom::net::SteadyClock;
constexpr std::size_t kPduHeadBytes = 6;
constexpr std::size_t kMinRequestBytes = 68;
constexpr std::chrono::milliseconds kAcceptPause{100};  // after running out of descriptors
constexpr int kMaxWaitMs = 60'000;

void send_abort(int fd) {
  // Service provider, unexpected PDU: tells a well-meaning peer that it spoke something other than DICOM.
  constexpr std::uint8_t kAbort[] = {7, 0, 0, 0, 0, 4, 0, 0, 2, 2};
  (void)send(fd, kAbort, sizeof kAbort, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::start(const config::Receive& receive, Stats& stats, Take take) {
  VG_ASSIGN(auto socket, open_listener(receive.bind, receive.port));
  VG_ASSIGN(const auto port, bound_port(socket.get()));
  return std::unique_ptr<Listener>(new Listener(std::move(socket), port, receive, stats, std::move(take)));
}

Listener::Listener(FileDescriptor socket, std::uint16_t port, const config::Receive& receive, Stats& stats, Take take)
    : socket_(std::move(socket)),
      port_(port),
      association_timeout_ms_(receive.association_timeout_ms),
      stats_(stats),
      take_(std::move(take)),
      thread_([this] { run(); }) {}

Listener::~Listener() {
  stop_.raise();
  thread_.join();
}

int Listener::wait_ms() const {
  dicom::net::Deadline next = SteadyClock::now() + std::chrono::milliseconds(kMaxWaitMs);
  for (const Pending& pending : pending_) next = std::min(next, pending.connection.deadline);
  if (accept_again_ > SteadyClock::now()) next = std::min(next, accept_again_);
  return static_cast<int>(
      std::max<long long>(0, std::chrono::ceil<std::chrono::milliseconds>(next - SteadyClock::now()).count()));
}

void Listener::run() {
  std::vector<pollfd> fds;
  for (;;) {
    const bool paused = accept_again_ > SteadyClock::now();
    fds.assign({{stop_.fd(), POLLIN, 0}, {paused ? -1 : socket_.get(), POLLIN, 0}});
    for (const Pending& pending : pending_) fds.push_back({pending.connection.socket.get(), POLLIN, 0});
    if (poll(fds.data(), fds.size(), wait_ms()) < 0 && errno != EINTR) return;
    if (fds[0].revents != 0) return;
    // From the back, because serve() removes.
    for (std::size_t i = pending_.size(); i-- > 0;) serve(i, fds[i + 2].revents != 0);
    if (fds[1].revents != 0) accept_all();
  }
}

void Listener::accept_all() {
  // Bounded, so that a flood of connections cannot starve those that are being read.
  for (std::size_t round = 0; round < limits::kMaxPendingConnections; ++round) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    FileDescriptor socket(
        accept4(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.valid()) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        log::error("connection.accept_failed", {{"error", errno_text(errno)}});
        accept_again_ = SteadyClock::now() + kAcceptPause;
      }
      return;
    }
    ++stats_.connections;
    const IpAddress peer = IpAddress::from(address);
    make_room(peer);
    dicom::net::tune_socket(socket.get());
    const auto deadline = SteadyClock::now() + std::chrono::milliseconds(association_timeout_ms_);
    pending_.push_back({{std::move(socket), peer, deadline, {}}, kPduHeadBytes});
  }
}

void Listener::make_room(const IpAddress& peer) {
  const auto same = [&](const Pending& pending) { return pending.connection.peer == peer; };
  const auto from_peer = static_cast<std::size_t>(std::count_if(pending_.begin(), pending_.end(), same));
  if (from_peer >= limits::kMaxPendingPerAddress) {
    drop(static_cast<std::size_t>(std::find_if(pending_.begin(), pending_.end(), same) - pending_.begin()));
  } else if (pending_.size() >= limits::kMaxPendingConnections) {
    drop(0);
  }
}

void Listener::drop(std::size_t index) {
  ++stats_.connections_dropped;
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
}

void Listener::serve(std::size_t index, bool readable) {
  Pending& pending = pending_[index];
  const Progress progress = readable ? read_some(pending) : Progress::Waiting;
  if (progress == Progress::Complete) {
    Connection connection = std::move(pending.connection);
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
    if (!take_(std::move(connection))) ++stats_.connections_dropped;
    return;
  }
  const bool late = SteadyClock::now() >= pending.connection.deadline;
  if (progress == Progress::Broken || late) {
    log::warn("connection.dropped", {{"peer", pending.connection.peer.str()},
                                     {"reason", late ? "timeout.association" : "connection.not_dicom"}});
    drop(index);
  }
}

Listener::Progress Listener::read_some(Pending& pending) {
  std::vector<std::uint8_t>& bytes = pending.connection.request;
  const int fd = pending.connection.socket.get();
  while (bytes.size() < pending.want) {
    const std::size_t had = bytes.size();
    bytes.resize(pending.want);
    const ssize_t got = recv(fd, bytes.data() + had, pending.want - had, MSG_DONTWAIT);
    bytes.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return Progress::Waiting;
    if (got <= 0) return Progress::Broken;
    dicom::net::quick_ack(fd);
    if (pending.want == kPduHeadBytes && bytes.size() == kPduHeadBytes) {
      const std::size_t length =
          std::size_t{bytes[2]} << 24 | std::size_t{bytes[3]} << 16 | std::size_t{bytes[4]} << 8 | bytes[5];
      if (bytes[0] != 1 || length < kMinRequestBytes || length > limits::kMaxAssociateRequestBytes) {
        send_abort(fd);
        return Progress::Broken;
      }
      pending.want += length;
    }
  }
  return Progress::Complete;
}

}  // namespace veilgate::receive
