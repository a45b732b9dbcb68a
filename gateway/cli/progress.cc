#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace veilgate::cli {
namespace {

constexpr std::size_t kWidth = 40;
constexpr std::size_t kMostShown = 3;  // at work; the line must fit a terminal

}  // namespace

Progress::Progress(std::size_t total, std::string troubled, bool shown)
    : total_(total), troubled_(std::move(troubled)), shown_(shown && ::isatty(STDERR_FILENO) != 0) {
  draw();
}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\n");
}

void Progress::step(bool trouble) {
  const std::lock_guard lock(mutex_);
  ++done_;
  trouble_ += trouble ? 1 : 0;
  draw();
}

void Progress::frames(const void* who, const std::string& stage, int done, int of) {
  const std::lock_guard lock(mutex_);
  at_work_[who] = fmt::format("{} {}/{} frames", stage, done, of);
  draw();
}

void Progress::finish(const void* who) {
  const std::lock_guard lock(mutex_);
  if (at_work_.erase(who) > 0) draw();
}

std::string Progress::line() const {
  const std::lock_guard lock(mutex_);
  return line_locked();
}

std::string Progress::line_locked() const {
  const std::size_t filled = total_ == 0 ? 0 : kWidth * done_ / total_;
  auto text = fmt::format("[{}{}] {}/{}  {} {}", std::string(filled, '#'), std::string(kWidth - filled, '.'), done_,
                          total_, troubled_, trouble_);
  std::size_t shown = 0;
  for (const auto& [who, what] : at_work_) {
    if (shown++ < kMostShown) text += "  " + what;
  }
  return text;
}

void Progress::draw() const {
  constexpr const char* kClearRest = "\x1b[K";
  if (shown_ && total_ > 0) fmt::print(stderr, "\r{}{}", line_locked(), kClearRest);
}

}  // namespace veilgate::cli
