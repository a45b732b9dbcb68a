#include "worker/sandbox.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"
#include "base/limits.h"
#include "base/log.h"

namespace veilgate::worker {
namespace {

constexpr rlim_t kMaxOpenFiles = 64;  // models, one input, one output, libraries

Result<void> limit(int resource, rlim_t soft, rlim_t hard, const char* what) {
  const rlimit value{soft, hard};
  if (::setrlimit(static_cast<__rlimit_resource_t>(resource), &value) != 0) {
    return fail(ErrorKind::Config, "worker.limit", std::string("cannot limit ") + what + ": " + errno_text(errno));
  }
  return {};
}

}  // namespace

void die_with_parent(pid_t expected) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A parent that died before that call sends no signal any more.
  if (expected != 0 && ::getppid() != expected) ::kill(::getpid(), SIGKILL);
}

Result<void> enter_sandbox(std::uint64_t memory_limit_bytes) {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0);
  // Best effort: needs CAP_SYS_ADMIN or unprivileged user namespaces; a container without either still has the rest.
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    log::debug("worker.network_reachable");
  }
  VG_TRY(limit(RLIMIT_CORE, 0, 0, "core dumps"));
  // A write beyond the limit fails; the signal would end the worker with the reason lost.
  ::signal(SIGXFSZ, SIG_IGN);
  VG_TRY(limit(RLIMIT_FSIZE, limits::kMaxWorkerFileBytes, limits::kMaxWorkerFileBytes, "file size"));
  VG_TRY(limit(RLIMIT_NOFILE, kMaxOpenFiles, kMaxOpenFiles, "open files"));
  return limit(RLIMIT_AS, memory_limit_bytes, memory_limit_bytes, "memory");
}

Result<void> grant_cpu_seconds(int seconds) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto so_far = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  return limit(RLIMIT_CPU, so_far + static_cast<rlim_t>(seconds) + 1, RLIM_INFINITY, "CPU time");
}

}  // namespace veilgate::worker
