#pragma once
#include "base/files.h"

namespace veilgate::receive {

/// A flag that poll() can wait on: once raised it stays readable for every thread (eventfd).
class EventSignal {
 public:
  EventSignal();
  int fd() const { return fd_.get(); }
  void raise();
  bool raised() const;

 private:
  FileDescriptor fd_;
};

}  // namespace veilgate::receive
