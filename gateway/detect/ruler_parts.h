#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "detect/ruler.h"
#include "detect/ruler_ink.h"

namespace veilgate::detect {

/// All that is written on it between its first and last number, as somebody reads it.
Phi<std::string> text_of(const Ruler& ruler);
/// Whether this piece, not a mark itself, is nothing but a part of a pure ruler: a part of a number, several numbers in
/// one, a number at its place in which nothing else can be read, or the unit beside it.
Result<bool> belongs_to(const Ruler& ruler, const Slab& piece, const ReadSlab& read);
/// Whether nothing but its numbers is drawn and can be read on the ruler's row, and the row does not go on in words, as
/// where the digits of an identifier stand far apart behind what they are.
Result<bool> is_pure(const Ruler& ruler, std::span<const Slab> pieces, const ReadSlab& read, const GapIsBlank& blank);
/// A piece that stands on the row, no higher than the row: detectors' boxes are loose, and what they reach into may be
/// another line. Another piece as it is.
Slab on_row(const Ruler& ruler, const Slab& piece);
/// Whether nothing is drawn there.
using ZoneIsBlank = std::function<bool(const Slab&)>;
/// What of a piece lies around a slab that stays, as slabs along it: none where it shows nothing else. The piece itself
/// where it is not near the slab or runs in another direction. What lies close to it reaches up to it where something
/// is drawn in between.
std::vector<Slab> around(const Slab& hole, const Slab& piece, const ZoneIsBlank& blank);
/// What of a piece lies beside the pure ruler's row: as slabs, none where it shows nothing but the row. The piece
/// itself where it does not touch the row, runs in another direction, or may be written there.
std::vector<Slab> beside(const Ruler& ruler, const Slab& piece, const ZoneIsBlank& blank);

}  // namespace veilgate::detect
