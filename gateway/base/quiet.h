#pragma once
#include "base/files.h"

namespace veilgate {

/// While one lives, nothing that the process writes to standard error arrives: for libraries that print what they read
/// there and cannot be told not to. Counts for all threads; best effort when descriptors have run out.
class QuietStderr {
 public:
  QuietStderr();
  ~QuietStderr();
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;

 private:
  FileDescriptor kept_;
};

}  // namespace veilgate
