#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace veilgate::worker {

/// Hears how many frames a stage has looked at, of how many.
using OnFrames = std::function<void(int done, int of)>;

/// How far a stage is, as one line that a worker may write before its answer. It says two numbers and nothing else.
struct FrameNote {
  int done = 0, of = 0;
};
std::string encode(const FrameNote& note);
/// nullopt for every other line, and for more than all frames.
std::optional<FrameNote> decode_note(std::string_view line);

/// Tells of the frames of one stage, not oftener than once in `pause`, and of a single frame never.
class FrameTeller {
 public:
  using Clock = std::chrono::steady_clock;
  FrameTeller(OnFrames heard, Clock::duration pause) : heard_(std::move(heard)), pause_(pause), last_(Clock::now()) {}
  void tell(int done, int of);

 private:
  OnFrames heard_;  ///< may be empty
  Clock::duration pause_;
  Clock::time_point last_;
};

}  // namespace veilgate::worker
