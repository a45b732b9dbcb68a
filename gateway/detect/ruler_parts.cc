#include "detect/ruler_parts.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include "detect/plain_text.h"

namespace veilgate::detect {
namespace {

// What belongs to a ruler beside its marks.
constexpr float kInNumber = 0.75F;          // of a piece, on one number...
constexpr float kAroundNumber = 0.3F;       // ...with this much of the height around it
constexpr float kOffPlace = 0.25F;          // of the pitch: a number's centre and its place
constexpr float kLoose = 0.25F;             // of the pitch: a box around several numbers, beyond the row's end
constexpr float kLongerMark = 1.4F;         // than the longest mark that was read
constexpr double kMinPartCertainty = 0.6;   // of several numbers read as one
constexpr double kMinOtherCertainty = 0.3;  // of what may be somebody's initials
constexpr float kUnitReach = 2.5F;          // of the height: from the row to "cm"
constexpr float kParallel = 0.985F;         // cosine: 10 degrees
constexpr float kDirected = 2;              // length over thickness
constexpr float kEdge = 0.35F;              // of both heights: boxes that touch overlap so much at most
constexpr float kMostOfRow = 0.35F;         // of the height, to both sides of the row's middle
constexpr float kSliver = 2;                // pixels: thinner than a letter's stroke
constexpr float kRim = 0.5F;                // pixels: of letters that begin there, too little to tell them
constexpr float kStep = 5;                  // pixels, as masks follow slanted lines

constexpr float kOffRow = 0.3F;                 // of the height
constexpr float kWindow = 12;                   // heights of a row that are read at once
constexpr float kNoRoom = 0.8F;                 // of the height: between numbers, too little for two letters
constexpr float kGapShows = 0.3F;               // of the height: between numbers, enough to see ink
constexpr float kOnRow = 0.5F, kGoesOn = 1.2F;  // of the height across, of the pitch along: written on the same line

/// As written from places[first] to places[last].
Phi<std::string> text_between(const Ruler& ruler, std::size_t first, std::size_t last) {
  std::string out;
  for (std::size_t i = first; i <= last; ++i) {
    const auto number = std::to_string(ruler.places[i].value);
    out = ruler.turns == 2 ? number + ' ' + out : out + ' ' + number;
  }
  return Phi(std::move(out));
}

/// Something that can be read, and is not (a part of) what is expected there.
bool says_more(const Reading& reading, const Phi<std::string>& expected) {
  return reading.characters >= 2 && reading.mean >= kMinPartCertainty && !is_part_of_scale(reading.text, expected);
}

/// The row from one of its places to another one, without `less` at both ends.
Slab stretch(const Ruler& ruler, std::size_t first, std::size_t last, float less) {
  const Slab& row = ruler.corridor;
  const auto &from = ruler.places[first].centre, &to = ruler.places[last].centre;
  const float length = std::abs((to - from).dot(row.along)) - 2 * less;
  return {(from + to) / 2, row.along, std::max(1.0F, length), row.thickness};
}

bool was_read(const Ruler& ruler, std::size_t place) {
  return std::ranges::any_of(ruler.numbers, [&](const Slab& number) {
    return cv::norm(number.centre - ruler.places[place].centre) <= kOffPlace * ruler.pitch;
  });
}

/// Between two numbers that were read.
Result<bool> is_free(const Ruler& ruler, std::size_t first, std::size_t last, const ReadSlab& read) {
  const Slab between = stretch(ruler, first, last, ruler.longest / 2);
  if (between.length <= kNoRoom * between.thickness) return true;
  const auto missed = last > first + 1 ? text_between(ruler, first + 1, last - 1) : Phi(std::string());
  VG_ASSIGN(const auto reading, read(between, ruler.turns));
  return !says_more(reading, missed);
}

/// From one place to another one; where the whole reads otherwise than it must, gap by gap.
Result<bool> is_pure_between(const Ruler& ruler, std::size_t first, std::size_t last, const ReadSlab& read) {
  VG_ASSIGN(const auto reading, read(stretch(ruler, first, last, -ruler.longest / 2), ruler.turns));
  if (reading.mean >= kMinPartCertainty && is_part_of_scale(reading.text, text_between(ruler, first, last))) {
    return true;
  }
  for (std::size_t from = first, to = first + 1; to <= last; ++to) {
    if (to < last && !was_read(ruler, to)) continue;
    VG_ASSIGN(const bool free, is_free(ruler, from, to, read));
    if (!free) return false;
    from = to;
  }
  return true;
}

/// Half of the number at this place, along the row.
float half_of(const Ruler& ruler, std::size_t place) {
  const auto& centre = ruler.places[place].centre;
  const auto number = std::ranges::find_if(
      ruler.numbers, [&](const Slab& one) { return cv::norm(one.centre - centre) <= kOffPlace * ruler.pitch; });
  return (number == ruler.numbers.end() ? ruler.longest : number->length) / 2;
}

/// Between the numbers at this place and the next one; nullopt: so near to each other that nothing shows there.
std::optional<Slab> gap_behind(const Ruler& ruler, std::size_t place) {
  const Slab& row = ruler.corridor;
  const auto &here = ruler.places[place].centre, &next = ruler.places[place + 1].centre;
  const float far = std::abs((next - here).dot(row.along)), from = half_of(ruler, place);
  const float to = far - half_of(ruler, place + 1);
  if (to - from <= kGapShows * row.thickness) return std::nullopt;
  const auto way = (next - here) / static_cast<float>(cv::norm(next - here));
  return Slab{here + way * ((from + to) / 2), row.along, to - from, row.thickness};
}

/// A name between two numbers may stand or lie in any way that recognition makes nothing of.
bool gaps_are_blank(const Ruler& ruler, const GapIsBlank& blank) {
  for (std::size_t place = 1; place + 2 < ruler.places.size(); ++place) {
    const auto gap = gap_behind(ruler, place);
    if (gap && !blank(*gap, ruler.numbers.front())) return false;
  }
  return true;
}

/// Whether a pure row was seen to be blank between any two of its numbers.
bool shows_its_gaps(const Ruler& ruler) {
  for (std::size_t place = 1; place + 2 < ruler.places.size(); ++place) {
    if (!gap_behind(ruler, place)) return false;
  }
  return true;
}

/// Two letters or more that make no unit.
bool has_words(const std::string& text) {
  std::string word;
  int letters = 0;
  for (const char c : text + ' ') {
    if (c != ' ') {
      word += c;
      continue;
    }
    const auto begins_letter = [](char one) {
      const auto byte = static_cast<unsigned char>(one);
      return byte >= 0xC0 || std::isalpha(byte) != 0;  // not what goes on in UTF-8
    };
    if (!is_unit(Phi(word))) letters += static_cast<int>(std::ranges::count_if(word, begins_letter));
    word.clear();
  }
  return letters >= 2;
}

/// The number in whose place and size the piece is.
std::optional<ScaleNumber> number_at(const Ruler& ruler, const Slab& piece) {
  if (piece.reach(ruler.corridor.along) > kLongerMark * ruler.longest) return std::nullopt;
  const auto place = std::ranges::find_if(ruler.places, [&](const ScaleNumber& one) {
    return std::abs((one.centre - piece.centre).dot(ruler.corridor.along)) <= kOffPlace * ruler.pitch;
  });
  return place == ruler.places.end() ? std::nullopt : std::optional(*place);
}

/// In a number's place and size, and nothing else can be read in it, whichever way it stands.
Result<bool> is_unread_number(const Ruler& ruler, const Slab& piece, const ReadSlab& read) {
  const auto place = number_at(ruler, piece);
  if (!place) return false;
  const Slab there = hull(piece, piece, ruler.corridor.along);
  VG_ASSIGN(const auto upright, read(there, ruler.turns));
  if (upright.least >= kNumberCertainty && scale_number(upright.text) == place->value) return true;
  for (int turns = 0; turns < 2 * kMirrored; ++turns) {
    VG_ASSIGN(const auto reading, read(there, turns));
    const bool other_digits = turns != ruler.turns && scale_number(reading.text);  // a 6 is a 9 upside down
    if (reading.characters > 0 && reading.mean >= kMinOtherCertainty && !other_digits) return false;
  }
  return true;
}

/// Where the piece lies from the slab's middle, along and across it.
struct Extent {
  float left, right, top, bottom;
};

Extent extent_on(const Slab& slab, const Slab& piece) {
  const auto offset = piece.centre - slab.centre;
  const float x = offset.dot(slab.along), y = offset.dot(slab.across());
  const float half_length = piece.reach(slab.along) / 2, half_height = piece.reach(slab.across()) / 2;
  return {x - half_length, x + half_length, y - half_height, y + half_height};
}

bool runs_along(const Slab& slab, const Slab& piece) {
  return piece.length <= kDirected * piece.thickness || std::abs(piece.along.dot(slab.along)) >= kParallel;
}

/// What of the piece lies before and behind the row: what lies within was judged gap by gap.
std::vector<Slab> beyond(const Ruler& ruler, const Slab& piece) {
  const Slab &row = ruler.corridor, whole = hull(piece, piece, row.along);
  const float at = (whole.centre - row.centre).dot(row.along), end = row.length / 2;
  const float left = at - whole.length / 2, right = at + whole.length / 2;
  std::vector<Slab> out;
  for (const auto& [from, to] : {std::pair{left, std::min(right, -end)}, std::pair{std::max(left, end), right}}) {
    if (to - from < kNoRoom * row.thickness) continue;
    out.push_back({whole.centre + row.along * ((from + to) / 2 - at), row.along, to - from, whole.thickness});
  }
  return out;
}

/// Whether the piece goes on in words on the ruler's row.
Result<bool> says_words_on_row(const Ruler& ruler, const Slab& piece, const ReadSlab& read) {
  const Slab& row = ruler.corridor;
  const auto offset = piece.centre - row.centre;
  const float apart = std::abs(offset.dot(row.along)) - (row.length + piece.reach(row.along)) / 2;
  if (std::abs(offset.dot(row.across())) > kOnRow * row.thickness || apart > kGoesOn * ruler.pitch) return false;
  if (!alike(piece.reach(row.across()), row.thickness, kSameHeight) || number_at(ruler, piece)) return false;
  for (const auto& part : apart > 0 ? std::vector{hull(piece, piece, row.along)} : beyond(ruler, piece)) {
    VG_ASSIGN(const auto reading, read(part, ruler.turns));
    if (reading.mean >= kMinPartCertainty && has_words(reading.text.reveal())) return true;
  }
  return false;
}

}  // namespace

Phi<std::string> text_of(const Ruler& ruler) { return text_between(ruler, 1, ruler.places.size() - 2); }

Result<bool> is_pure(const Ruler& ruler, std::span<const Slab> pieces, const ReadSlab& read, const GapIsBlank& blank) {
  if (!gaps_are_blank(ruler, blank)) return false;
  const std::size_t end = ruler.places.size() - 2;
  for (std::size_t first = 1; first < end;) {
    std::size_t last = first + 1;
    while (last < end && (!was_read(ruler, last) ||
                          stretch(ruler, first, last + 1, 0).length <= kWindow * ruler.corridor.thickness)) {
      ++last;
    }
    while (last < end && !was_read(ruler, last)) ++last;
    VG_ASSIGN(const bool pure, is_pure_between(ruler, first, last, read));
    if (!pure) return false;
    first = last;
  }
  for (const auto& piece : pieces) {
    VG_ASSIGN(const bool words, says_words_on_row(ruler, piece, read));
    if (words) return false;
  }
  return true;
}

Result<bool> belongs_to(const Ruler& ruler, const Slab& piece, const ReadSlab& read) {
  const Slab& row = ruler.corridor;
  const auto offset = piece.centre - row.centre;
  const float off = std::abs(offset.dot(row.across()));
  const Slab clip = on_row(ruler, piece);
  const auto holds = [&](const Slab& number) {
    const float more = kAroundNumber * row.thickness;
    return share_inside(clip, {number.centre, number.along, number.length + more, number.thickness + more}) >=
           kInNumber;
  };
  if (std::ranges::any_of(ruler.numbers, holds)) return true;
  const float to_end = std::abs(offset.dot(row.along)) - row.length / 2;
  if (off > (0.5F + kUnitReach) * row.thickness || to_end > kUnitReach * row.thickness) return false;
  // A higher one may show another line as well, whatever is read of it.
  if (piece.reach(row.across()) > kSameHeight * row.thickness) return false;
  VG_ASSIGN(const auto reading, read(hull(piece, piece, row.along), ruler.turns));
  const bool sure = reading.mean >= kMinPartCertainty;
  if (sure && is_unit(reading.text)) return true;
  if (off > kOffRow * row.thickness) return false;
  const float end = std::abs(offset.dot(row.along)) + piece.reach(row.along) / 2;
  const bool within = end <= row.length / 2 + kLoose * ruler.pitch;
  if (sure && within && is_part_of_scale(reading.text, text_of(ruler))) return true;
  return is_unread_number(ruler, piece, read);
}

std::vector<Slab> around(const Slab& hole, const Slab& piece, const ZoneIsBlank& blank) {
  const Slab near{hole.centre, hole.along, hole.length, hole.thickness + 4 * kStep};
  if (!touch(piece, near) || !runs_along(hole, piece)) return {piece};
  const float x = hole.length / 2, y = hole.thickness / 2;
  auto [left, right, top, bottom] = extent_on(hole, piece);
  const auto slab = [&](float from_x, float to_x, float from_y, float to_y) {
    return Slab{hole.centre + hole.along * ((from_x + to_x) / 2) + hole.across() * ((from_y + to_y) / 2), hole.along,
                to_x - from_x, to_y - from_y};
  };
  // A little apart, for masks follow slanted lines in steps; but not where letters begin there.
  const float from = std::max(left, -x), to = std::max(from + 1, std::min(right, x));
  const auto apart = [&](const Slab& zone) { return blank(zone) ? kStep : kRim; };
  const float above = y + apart(slab(from, to, -y - kStep, -y)), below = y + apart(slab(from, to, y, y + kStep));
  const float before = x + apart(slab(-x - kStep, -x, -y, y)), behind = x + apart(slab(x, x + kStep, -y, y));
  // Detectors cut letters short, and margins end at what stays.
  const bool drawn_above = bottom <= -y && above < y + kStep, drawn_below = top >= y && below < y + kStep;
  if (drawn_above) bottom = -above;
  if (drawn_below) top = below;
  if (!drawn_above && !drawn_below && !touch(piece, hole)) return {piece};
  std::vector<Slab> out;
  const auto add = [&](float from_x, float to_x, float from_y, float to_y) {
    if (to_x - from_x >= kSliver && to_y - from_y >= kSliver) out.push_back(slab(from_x, to_x, from_y, to_y));
  };
  add(left, right, top, std::min(bottom, -above));
  add(left, right, std::max(top, below), bottom);
  add(left, std::min(right, -before), std::max(top, -above), std::min(bottom, below));
  add(std::max(left, behind), right, std::max(top, -above), std::min(bottom, below));
  return out;
}

std::vector<Slab> beside(const Ruler& ruler, const Slab& piece, const ZoneIsBlank& blank) {
  const Slab& row = ruler.corridor;
  const auto [left, right, top, bottom] = extent_on(row, piece);
  const float middle = (top + bottom) / 2, height = bottom - top;
  const auto covered = std::ranges::count_if(ruler.numbers, [&, left = left, right = right](const Slab& number) {
    const auto from = number.centre - row.centre;
    return from.dot(row.along) >= left && from.dot(row.along) <= right &&
           std::abs(middle - from.dot(row.across())) <= height / 2;
  });
  const float common = std::min(bottom, row.thickness / 2) - std::max(top, -row.thickness / 2);
  const bool edge = common <= kEdge * std::min(row.thickness, height);
  // A line of its own that reaches into the row is masked whole: its letters must not be cut in two.
  const bool has_row = covered > 0 && ((top <= -kMostOfRow * row.thickness && bottom >= kMostOfRow * row.thickness) ||
                                       height <= kSameHeight * row.thickness);
  // Unless the row is blank between its numbers: then none of its letters stands there. What a detector saw in a gap
  // may be too pale for that.
  const bool in_gap = covered == 0 && std::abs(middle) <= row.thickness / 2;
  if (!has_row && !edge && (in_gap || !shows_its_gaps(ruler))) return {piece};
  return around(row, piece, blank);
}

Slab on_row(const Ruler& ruler, const Slab& piece) {
  const Slab& row = ruler.corridor;
  const float off = (piece.centre - row.centre).dot(row.across());
  if (std::abs(off) > kOffRow * row.thickness) return piece;
  Slab out = hull(piece, piece, row.along);
  const float top = std::max(off - out.thickness / 2, -row.thickness / 2);
  const float bottom = std::min(off + out.thickness / 2, row.thickness / 2);
  out.centre += row.across() * ((top + bottom) / 2 - off);
  out.thickness = std::max(1.0F, bottom - top);
  return out;
}

}  // namespace veilgate::detect
