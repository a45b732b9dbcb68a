#include "receive/event_signal.h"

#include <poll.h>
#include <sys/eventfd.h>

namespace veilgate::receive {

EventSignal::EventSignal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void EventSignal::raise() { (void)eventfd_write(fd_.get(), 1); }

bool EventSignal::raised() const {
  pollfd wait{fd_.get(), POLLIN, 0};
  return poll(&wait, 1, 0) > 0;
}

}  // namespace veilgate::receive
