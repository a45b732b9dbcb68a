#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "base/files.h"
#include "base/limits.h"
#include "support/temp_folder.h"
#include "worker/sandbox.h"

namespace veilgate::worker {
namespace {

/// How a child ended that did this.
int status_of_child(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

TEST(Sandbox, AChildWhoseParentIsGoneAlreadyDoesNotGoOn) {
  const pid_t somebody_else = ::getppid();
  const int status = status_of_child([&] {
    die_with_parent(somebody_else);
    return 0;
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(Sandbox, AChildOfItsParentGoesOn) {
  for (const pid_t expected : {::getpid(), pid_t{0}}) {
    const int status = status_of_child([&] {
      die_with_parent(expected);
      return 0;
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

TEST(Sandbox, AWorkerCannotFillTheDiskWithOneFile) {
  test::TempFolder folder;
  const FileDescriptor file(::open((folder.path() / "f").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(file.valid());
  const int status = status_of_child([&] {
    if (!enter_sandbox(RLIM_INFINITY)) return 1;
    const std::uint8_t byte = 1;
    // Sparse: nothing of it reaches the disk.
    if (::lseek(file.get(), static_cast<off_t>(limits::kMaxWorkerFileBytes), SEEK_SET) < 0) return 2;
    const auto written = write_all(file.get(), {&byte, 1});
    if (written || written.error().code != "file.too_large" || written.error().kind != ErrorKind::Permanent) return 3;
    return 0;
  });
  ASSERT_TRUE(WIFEXITED(status)) << "the reason must not be lost with the process";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace veilgate::worker
