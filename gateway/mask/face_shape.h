#pragma once
#include <vector>

#include "base/region.h"

/// What of a face is masked, as boxes. Pure geometry; nothing is clipped to a picture.
namespace veilgate::mask {

/// Eyes that lie in the face as eyes do: inside it, neither too close together (a profile) nor too far apart.
bool are_plausible_eyes(const EyePair& eyes, const Box& face);

/// The head around a face: hair, ears and chin. Where the eyes are known each side grows by what lies there, else all
/// sides by the most.
Box head_around(const Region& face);

/// Boxes on top of each other, without gaps, that cover a band over both eyes with `margin` (share of its length, at
/// least `least_px`) around it.
std::vector<Box> eye_band(const EyePair& eyes, double margin, int least_px);

/// Boxes on top of each other, without gaps, that cover the ellipse inside `box`.
std::vector<Box> ellipse_in(const Box& box);

}  // namespace veilgate::mask
