#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <iostream>

#include "base/files.h"
#include "base/limits.h"
#include "support/temp_folder.h"
#include "worker/frame_notes.h"
#include "worker/process.h"
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

/// A worker that answers whatever it is asked with the lines of its arguments: this program, started by Process.
constexpr const char* kSay = "--say";
[[gnu::constructor]] void say_as_worker(int count, char** words) {
  if (count < 2 || std::string_view(words[1]) != kSay) return;
  const std::ios_base::Init streams;  // this runs before they are made
  std::string line;
  while (std::getline(std::cin, line)) {
    for (int i = 2; i < count; ++i) {
      const std::string_view word(words[i]);
      if (!word.starts_with("--parent")) std::cout << word << "\n";
    }
    std::cout.flush();
  }
  ::_exit(0);
}

using Heard = std::vector<std::pair<int, int>>;
Result<std::string> answer_of(const std::vector<std::string>& lines, Heard* heard) {
  std::vector<std::string> arguments{kSay};
  arguments.insert(arguments.end(), lines.begin(), lines.end());
  auto process = Process::spawn(arguments);
  if (!process) return fail(process.error());
  const OnFrames listen = [heard](int done, int of) { heard->emplace_back(done, of); };
  return (*process)->call("question", 30'000, heard == nullptr ? OnFrames() : listen);
}

TEST(FrameNotes, AreToldBeforeTheAnswer) {
  Heard heard;
  const auto answer = answer_of({"frames 3 of 40", "frames 39 of 40", "{}"}, &heard);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, "{}");
  EXPECT_EQ(heard, (Heard{{3, 40}, {39, 40}}));
}

TEST(FrameNotes, WhatIsNoNoteIsTheAnswerAndNothingMayFollowIt) {
  Heard heard;
  EXPECT_EQ(answer_of({"frames 41 of 40"}, &heard).value_or(""), "frames 41 of 40");
  EXPECT_EQ(answer_of({"frames 1 of 40"}, nullptr).value_or(""), "frames 1 of 40") << "nobody wants to hear";
  EXPECT_EQ(answer_of({"{}", "frames 1 of 40"}, &heard).error().code, "worker.talks_too_much");
  EXPECT_TRUE(heard.empty());
}

TEST(FrameNotes, SayTwoNumbersAndNothingElse) {
  const auto read = decode_note(encode(FrameNote{12, 300}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->done, 12);
  EXPECT_EQ(read->of, 300);
  for (const char* line : {"", "frames", "frames 1", "frames 1 of", "frames 1 of x", "frames -1 of 3", "frames 4 of 3",
                           "frames 1 of 3 Meier", " frames 1 of 3", "frames 99999999999 of 3", "frames 1  of 3",
                           "frames Meier of 3", "{\"ok\":true}"}) {
    EXPECT_FALSE(decode_note(line)) << line;
  }
}

TEST(FrameNotes, AreSeldomAndNotOfAPhotograph) {
  int count = 0;
  const OnFrames heard = [&](int, int) { ++count; };
  FrameTeller often(heard, FrameTeller::Clock::duration::zero()), seldom(heard, std::chrono::hours(1));
  often.tell(0, 1);
  for (int i = 0; i < 100; ++i) seldom.tell(i, 100);
  EXPECT_EQ(count, 0);
  often.tell(1, 2);
  EXPECT_EQ(count, 1);
  FrameTeller(OnFrames(), FrameTeller::Clock::duration::zero()).tell(1, 2);
}

}  // namespace
}  // namespace veilgate::worker
