// Placing finished files while the disk fails and the process dies. The test's own fsync, link and renames stand in
// front of the C library's: each can be the last call of the process, fail or be missing.
#include "cli/placer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <future>
#include <new>
#include <set>

#include "base/files.h"
#include "support/temp_folder.h"

namespace {

namespace fs = std::filesystem;

struct Disk {
  std::atomic<int> calls_to_live{-1};        ///< SIGKILL at the call after so many; -1: never
  std::function<int(const fs::path&)> sync;  ///< an errno for fsync; may throw
  bool has_links = true, has_rename_without_replacing = true;

  void step() {
    if (calls_to_live >= 0 && calls_to_live-- == 0) ::kill(::getpid(), SIGKILL);
  }
};
Disk disk;

int failed(int error) {
  errno = error;
  return -1;
}

}  // namespace

extern "C" int fsync(int fd) {
  disk.step();
  if (disk.sync) {
    if (const int error = disk.sync(fs::read_symlink("/proc/self/fd/" + std::to_string(fd)))) return failed(error);
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

extern "C" int link(const char* from, const char* to) noexcept {
  disk.step();
  if (!disk.has_links) return failed(EPERM);
  return static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}

extern "C" int renameat2(int, const char* from, int, const char* to, unsigned flags) noexcept {
  disk.step();
  if (!disk.has_rename_without_replacing) return failed(EINVAL);
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags));
}

extern "C" int rename(const char* from, const char* to) noexcept {
  disk.step();
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace veilgate::cli {
namespace {

constexpr std::size_t kFiles = 5;

class PlacerTest : public testing::Test {
 protected:
  void SetUp() override { start_over(); }
  void TearDown() override { restore(); }

  static void restore() {
    disk.calls_to_live = -1;
    disk.sync = nullptr;
    disk.has_links = disk.has_rename_without_replacing = true;
  }

  void start_over() const {
    for (const auto& folder : {scratch(), out()}) {
      fs::remove_all(folder);
      fs::create_directory(folder);
    }
    for (std::size_t i = 0; i < kFiles; ++i) std::ofstream(made(i)) << content(i);
  }

  fs::path scratch() const { return folder_.path() / "scratch"; }
  fs::path out() const { return folder_.path() / "out"; }
  fs::path made(std::size_t i) const { return scratch() / std::to_string(i); }
  fs::path target(std::size_t i) const { return out() / std::to_string(i); }
  static std::string content(std::size_t i) { return std::string(10'000 + i, static_cast<char>('a' + i)); }
  static std::string text_of(const fs::path& file) { return read_file(file, 1 << 20).value_or("?"); }

  using Told = std::array<std::string, kFiles>;

  /// What each file's owner was told: "" is success. All wait before the first is placed.
  Told place_all() const {
    Told told;
    told.fill("nothing");
    std::promise<void> gathered;
    {
      Placer placer(out());
      placer.place({scratch() / "absent", out() / "absent", [&](const auto&) { gathered.get_future().wait(); }});
      for (std::size_t i = 0; i < kFiles; ++i) {
        placer.place({made(i), target(i),
                      [&told, i](const Result<void>& placed) { told.at(i) = placed ? "" : placed.error().code; }});
      }
      gathered.set_value();
    }
    return told;
  }

  /// What a process reported, and whether it was killed.
  struct Life {
    std::set<std::size_t> reported;
    bool killed = false;
  };

  Life live(int calls) const {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw std::runtime_error("pipe");
    const pid_t child = ::fork();
    if (child == 0) {
      disk.calls_to_live = calls;
      place_and_report(pipe[1]);
      ::_exit(0);
    }
    ::close(pipe[1]);
    Life life;
    for (std::size_t i = 0; ::read(pipe[0], &i, sizeof(i)) == sizeof(i);) life.reported.insert(i);
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    life.killed = WIFSIGNALED(status);
    return life;
  }

  void expect_every_kill_leaves_whole_files() const {
    constexpr int kMaxCalls = 1000;
    int calls = 0;
    for (bool killed = true; killed; ++calls) {
      ASSERT_LT(calls, kMaxCalls);
      start_over();
      const Life life = live(calls);
      killed = life.killed;
      for (const std::size_t i : life.reported) EXPECT_EQ(text_of(target(i)), content(i)) << "reported, " << calls;
      for (const auto& entry : fs::directory_iterator(out())) {
        const auto i = std::stoul(entry.path().filename().string());
        EXPECT_TRUE(text_of(entry.path()) == content(i)) << entry.file_size() << " bytes after " << calls << " calls";
      }
      EXPECT_TRUE(killed || life.reported.size() == kFiles);
    }
    EXPECT_GT(calls, static_cast<int>(kFiles)) << "something was killed";
  }

 private:
  void place_and_report(int to) const {
    Placer placer(out());
    for (std::size_t i = 0; i < kFiles; ++i) {
      placer.place({made(i), target(i), [to, i](const Result<void>& placed) {
                      if (placed && ::write(to, &i, sizeof(i)) != sizeof(i)) ::_exit(1);
                    }});
    }
  }

  test::TempFolder folder_;
};

TEST_F(PlacerTest, GivesEveryFileItsName) {
  EXPECT_THAT(place_all(), testing::Each(""));
  for (std::size_t i = 0; i < kFiles; ++i) EXPECT_EQ(text_of(target(i)), content(i));
  EXPECT_TRUE(fs::is_empty(scratch()));
}

TEST_F(PlacerTest, LeavesWholeFilesWhereverItIsKilled) { expect_every_kill_leaves_whole_files(); }

TEST_F(PlacerTest, LeavesWholeFilesWhereverItIsKilledWithoutHardLinks) {
  disk.has_links = false;
  expect_every_kill_leaves_whole_files();
}

TEST_F(PlacerTest, LeavesWholeFilesWhereverItIsKilledWhereRenamesCanOnlyReplace) {
  disk.has_links = disk.has_rename_without_replacing = false;
  expect_every_kill_leaves_whole_files();
}

TEST_F(PlacerTest, NeverOverwritesWhereRenamesCanOnlyReplace) {
  disk.has_links = disk.has_rename_without_replacing = false;
  std::ofstream(target(1)) << "another object";
  std::ofstream(target(2)) << content(2);
  EXPECT_THAT(place_all(), testing::ElementsAre("", "deid.exists", "", "", ""));
  EXPECT_EQ(text_of(target(1)), "another object");
}

TEST_F(PlacerTest, HoldsTheFileThatCannotBeMadeDurable) {
  int asked = 0;
  disk.sync = [&](const fs::path& path) {
    if (path != made(2)) return 0;
    return ++asked == 1 ? EIO : 0;  // as the kernel does: lost data is told of once
  };
  EXPECT_THAT(place_all(), testing::ElementsAre("", "", "file.sync", "", ""));
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(fs::exists(target(2)));
}

TEST_F(PlacerTest, HoldsTheGroupWhoseNamesCannotBeMadeDurable) {
  disk.sync = [&](const fs::path& path) { return path == out() ? EIO : 0; };
  EXPECT_THAT(place_all(), testing::Each("file.sync"));
}

TEST_F(PlacerTest, HoldsTheGroupInWhichAnExceptionIsThrown) {
  disk.sync = [](const fs::path&) -> int { throw std::bad_alloc(); };
  EXPECT_THAT(place_all(), testing::Each("deid.exception"));
  EXPECT_TRUE(fs::is_empty(out()));
}

TEST_F(PlacerTest, TellsTheOthersWhenOneOwnerThrows) {
  std::atomic<int> told = 0;
  {
    Placer placer(out());
    for (std::size_t i = 0; i < kFiles; ++i) {
      placer.place({made(i), target(i), [&](const Result<void>& placed) {
                      told += placed ? 1 : 0;
                      throw std::runtime_error("no memory to note it");
                    }});
    }
  }
  EXPECT_EQ(told, static_cast<int>(kFiles));
}

}  // namespace
}  // namespace veilgate::cli
