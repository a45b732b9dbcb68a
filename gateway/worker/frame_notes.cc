#include "worker/frame_notes.h"

#include <charconv>

namespace veilgate::worker {
namespace {

constexpr std::string_view kStart = "frames ", kBetween = " of ";

/// Takes a number off the front of the text.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view words) {
  if (!text.starts_with(words)) return false;
  text.remove_prefix(words.size());
  return true;
}

}  // namespace

std::string encode(const FrameNote& note) {
  return std::string(kStart) + std::to_string(note.done) + std::string(kBetween) + std::to_string(note.of);
}

std::optional<FrameNote> decode_note(std::string_view line) {
  if (!take(line, kStart)) return std::nullopt;
  const auto done = take_number(line);
  if (!done || !take(line, kBetween)) return std::nullopt;
  const auto of = take_number(line);
  if (!of || !line.empty() || *done > *of) return std::nullopt;
  return FrameNote{*done, *of};
}

void FrameTeller::tell(int done, int of) {
  const auto now = Clock::now();
  if (!heard_ || of < 2 || now - last_ < pause_) return;
  last_ = now;
  heard_(done, of);
}

}  // namespace veilgate::worker
