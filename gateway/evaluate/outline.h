#pragma once
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/region.h"

/// What is no upright box, as a truth may draw it. Plain geometry.
namespace veilgate::evaluate {

using Point = std::array<double, 2>;  ///< x, y in stored pixels; the first pixel reaches from 0 to 1
using Ring = std::vector<Point>;
/// What lies inside any of these. Empty: not known.
using Outline = std::vector<Ring>;

/// Whether a number can be a coordinate of any picture.
bool is_coordinate(double value);
/// x, y, x, y, ... of three corners at least; nullopt for anything else.
std::optional<Ring> ring_of(std::span<const double> values);
/// As turned_box() turns boxes.
Outline turned_outline(Outline outline, int quarter_turns, int width, int height);
/// Share of the pixels inside both the outline and its box that lie under the union of `masks`; nullopt when there is
/// no such pixel.
std::optional<double> share_of(const Outline& outline, const Box& box, std::span<const Box> masks);

}  // namespace veilgate::evaluate
