#include "base/quiet.h"

#include <fcntl.h>
#include <unistd.h>

namespace veilgate {

QuietStderr::QuietStderr() : kept_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) {
  const FileDescriptor nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (kept_.get() >= 0 && nothing.get() >= 0) ::dup2(nothing.get(), STDERR_FILENO);
}

QuietStderr::~QuietStderr() {
  if (kept_.get() >= 0) ::dup2(kept_.get(), STDERR_FILENO);
}

}  // namespace veilgate
