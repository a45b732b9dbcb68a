#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "evaluate/measure.h"

namespace veilgate::evaluate {

// A device burns its line of text into the same place of every picture.
/// Fewer pictures of one size teach nothing.
inline constexpr std::size_t kMinTeachers = 5;
/// Text must be found at a place in at least this share of them: the detector misses one now and then.
inline constexpr double kTaughtShare = 0.6;
/// Of the picture; what is larger is no burnt-in text, and nobody should paste it.
inline constexpr double kMaxTaughtShare = 0.25;

/// A place where most pictures of this size have text or a barcode.
struct LearnedRegion {
  int rows = 0, columns = 0;
  Box box;               ///< with a little room around it
  std::size_t seen = 0;  ///< pictures, at the place that most of them share
  std::size_t of = 0;    ///< pictures of this size
  bool operator==(const LearnedRegion&) const = default;
};

/// Ordered by size of picture, then from the top left. Only looks that were not turned teach.
std::vector<LearnedRegion> learn_regions(std::span<const Look> looks);
/// Lines to paste below a route; comments when nothing was learnt.
std::string learned_yaml(std::span<const LearnedRegion> regions);

}  // namespace veilgate::evaluate
