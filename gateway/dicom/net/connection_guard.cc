#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dicom/net/guarded_connection.h"

namespace veilgate::dicom::net {
namespace {

int milliseconds_until(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 1'000'000'000));
}

}  // namespace

void tune_socket(int fd) {
  const int on = 1;
  (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  quick_ack(fd);
}

void quick_ack(int fd) {
  const int on = 1;
  (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

ConnectionGuard::ConnectionGuard(const Options& options, Deadline deadline)
    : options_(options), pdus_(options.role), deadline_(deadline) {}

void ConnectionGuard::expect_message(int message_timeout_ms) {
  between_messages_ = true;
  message_timeout_ms_ = message_timeout_ms;
  deadline_ = Deadline::max();
}

void ConnectionGuard::set_deadline(Deadline deadline) {
  between_messages_ = false;
  deadline_ = deadline;
}

void ConnectionGuard::poison(std::string_view code) {
  if (reason_.empty()) reason_ = code;
}

void ConnectionGuard::prefill(std::vector<std::uint8_t> bytes) {
  prefilled_ = std::move(bytes);
  prefilled_used_ = 0;
}

bool ConnectionGuard::wait(int fd, short events, bool may_drain) {
  const bool draining = may_drain && between_messages_;
  const bool idle_first = deadline_ == Deadline::max() || milliseconds_until(deadline_) > options_.idle_timeout_ms;
  const int timeout = idle_first ? options_.idle_timeout_ms : milliseconds_until(deadline_);
  const Deadline until = SteadyClock::now() + std::chrono::milliseconds(timeout);
  for (;;) {
    // poll() skips negative descriptors.
    pollfd fds[] = {{fd, events, 0}, {options_.abort_fd, POLLIN, 0}, {draining ? options_.drain_fd : -1, POLLIN, 0}};
    const int found = ::poll(fds, std::size(fds), milliseconds_until(until));
    if (found < 0 && errno == EINTR) continue;
    if (found < 0) {
      poison("socket.error");
      return false;
    }
    if (fds[1].revents != 0) {
      poison("stop.aborted");
      return false;
    }
    // A message that has begun goes before the wish to stop.
    if (fds[0].revents != 0) return true;
    if (fds[2].revents != 0) {
      poison("stop.draining");
      return false;
    }
    if (SteadyClock::now() >= until) {
      poison(idle_first ? "timeout.idle" : "timeout.message");
      return false;
    }
  }
}

long ConnectionGuard::accept_bytes(const void* at, long size) {
  if (between_messages_) set_deadline(SteadyClock::now() + std::chrono::milliseconds(message_timeout_ms_));
  bytes_read_ += static_cast<std::uint64_t>(size);
  if (!pdus_.feed({static_cast<const std::uint8_t*>(at), static_cast<std::size_t>(size)})) {
    poison(pdus_.violation());
    errno = ECONNABORTED;
    return -1;
  }
  return size;
}

long ConnectionGuard::read(int fd, void* to, std::size_t size) {
  if (!reason_.empty()) {
    errno = ECONNABORTED;
    return -1;
  }
  if (prefilled_used_ < prefilled_.size()) {
    const std::size_t step = std::min(size, prefilled_.size() - prefilled_used_);
    std::memcpy(to, prefilled_.data() + prefilled_used_, step);
    prefilled_used_ += step;
    return accept_bytes(to, static_cast<long>(step));
  }
  for (;;) {
    // A peer that trickles a byte at a time never lets poll() time out.
    if (SteadyClock::now() >= deadline_) {
      poison("timeout.message");
      errno = ETIMEDOUT;
      return -1;
    }
    const ssize_t got = ::recv(fd, to, size, MSG_DONTWAIT);
    if (got > 0) {
      quick_ack(fd);
      return accept_bytes(to, got);
    }
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
      poison("peer.closed");
      errno = ECONNRESET;
      return got;
    }
    if (!wait(fd, POLLIN, true)) {
      errno = ETIMEDOUT;
      return -1;
    }
  }
}

long ConnectionGuard::write(int fd, const void* from, std::size_t size) {
  const auto* at = static_cast<const std::uint8_t*>(from);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t sent = ::send(fd, at + done, size - done, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
      continue;
    }
    const bool full = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    if (!full || !wait(fd, POLLOUT, false)) {
      errno = ECONNABORTED;
      return -1;
    }
  }
  return static_cast<long>(done);
}

bool ConnectionGuard::readable(int fd, int timeout_ms) {
  if (!reason_.empty() || prefilled_used_ < prefilled_.size()) return true;
  pollfd fds[] = {{fd, POLLIN, 0}, {options_.abort_fd, POLLIN, 0}};
  return ::poll(fds, std::size(fds), std::min(timeout_ms, milliseconds_until(deadline_))) > 0;
}

}  // namespace veilgate::dicom::net
