#pragma once
#include <span>
#include <vector>

#include "base/region.h"

namespace veilgate::detect {

/// Frames of one film.
struct Series {
  int frames = 1, columns = 0, rows = 0;
  std::vector<int> cuts = {};  ///< first frames of new scenes, in order
};

/// How long a thing is believed in without being seen. Frames; films have 25 to 60 a second.
struct TrackRule {
  int gap = 45;      ///< between two sightings of one thing, which are filled
  int reach = 15;    ///< before its first and after its last sighting: beyond the distance of two thorough looks
  int over_cut = 2;  ///< of the reach, beyond a cut: it may have been none
};

/// What was seen now and then, on every frame in which it may be: for frames that follow each other in time.
///
/// Sightings of one kind are one thing when they lie close and are of like size, one to one from frame to frame.
/// Between two of them the box moves from one to the other, with room for going there faster or slower; before the
/// first and after the last it stays, grows, and follows the thing's motion. Each box covers those of the frames beside
/// it too. Nothing is one thing on both sides of a cut. Regions that no detector saw (Fixed) and those to be kept stay
/// as they are. Faces lose their eyes: what is masked between sightings is the whole face. Regions that were not seen
/// on their very frame have the reason "tracked". Ordered by frame; deterministic whatever the order of `seen`. Regions
/// outside the series are left out; boxes are clipped.
std::vector<Region> tracked(std::span<const Region> seen, const Series& series, const TrackRule& rule = {});

}  // namespace veilgate::detect
