#include "detect/ruler_seeds.h"

#include <algorithm>
#include <string>

#include "detect/plain_text.h"

namespace veilgate::detect {
namespace {

constexpr std::size_t kMaxLong = 48;    // pieces that are read for it, the longest ones
constexpr std::size_t kMaxSeeds = 400;  // of all of them
constexpr float kWindow = 14;           // thicknesses that are read at once; the reader squeezes more
constexpr float kStride = 10;
constexpr int kMaxWindows = 8;                           // of one piece
constexpr double kMinCertainty = 0.6;                    // of all characters
constexpr double kReadsWell = 0.8;                       // text, and no row of numbers is hidden in it
constexpr std::size_t kMinCharacters = 3;                // digits, in a window
constexpr double kMinDigits = 0.8;                       // of a window's characters
constexpr float kSameNumber = 0.5F;                      // of the gap between numbers: digits of one stand closer
constexpr float kBand = 0.42F, kBandStep = 0.14F;        // of the thickness: a row within a piece
constexpr float kThingBand = 0.34F, kThingStep = 0.11F;  // of that of a thing
constexpr float kMinBand = 5;                            // thicknesses that such a piece is long
constexpr std::size_t kMaxLookedInto = 6;                // pieces
constexpr float kDigitWidth = 0.55F;                     // of the height

struct Digit {
  float at = 0;  ///< along the line, 0..1
  char character = 0;
};

/// What a window shows when most of it is digits; empty otherwise.
std::vector<Digit> digits_of(const Reading& reading) {
  const std::string& text = reading.text.reveal();
  std::vector<Digit> out;
  std::size_t index = 0, written = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;  // inside a character
    if (index >= reading.places.size()) return {};
    const float at = reading.places[index++];
    written += text[i] == ' ' ? 0 : 1;
    if (scale_number(Phi(std::string(1, text[i])))) out.push_back({at, text[i]});
  }
  const bool many =
      out.size() >= kMinCharacters && static_cast<double>(out.size()) >= kMinDigits * static_cast<double>(written);
  return many ? out : std::vector<Digit>();
}

/// What stands clearly closer than the row's numbers do is one number.
std::vector<std::vector<Digit>> numbers_of(const std::vector<Digit>& digits) {
  std::vector<float> gaps;
  for (std::size_t i = 1; i < digits.size(); ++i) gaps.push_back(digits[i].at - digits[i - 1].at);
  if (gaps.empty()) return {};
  std::ranges::sort(gaps);
  const float wide = gaps[gaps.size() * 3 / 4];
  std::vector<std::vector<Digit>> out{{digits.front()}};
  for (std::size_t i = 1; i < digits.size(); ++i) {
    if (digits[i].at - digits[i - 1].at >= kSameNumber * wide) out.emplace_back();
    out.back().push_back(digits[i]);
  }
  return out;
}

std::vector<Slab> windows_of(const Slab& piece) {
  const float length = kWindow * piece.thickness;
  if (piece.length <= length) return {piece};
  std::vector<Slab> out;
  const float first = (length - piece.length) / 2, last = -first;
  for (int k = 0; k < kMaxWindows; ++k) {
    const float at = std::min(first + static_cast<float>(k) * kStride * piece.thickness, last);
    out.push_back({piece.centre + piece.along * at, piece.along, length, piece.thickness});
    if (at >= last) break;
  }
  return out;
}

void add_seeds(const Slab& window, const Reading& reading, int turns, std::vector<Slab>& out) {
  constexpr float kMaxDigits = 3;
  for (const auto& number : numbers_of(digits_of(reading))) {
    const auto digits = static_cast<float>(number.size());
    if (digits > kMaxDigits || out.size() >= kMaxSeeds) continue;
    const float middle = (number.front().at + number.back().at) / 2 - 0.5F;
    const float along = (turns == 0 ? middle : -middle) * cut_length(window);
    out.push_back({window.centre + window.along * along, window.along,
                   window.thickness * (1 + kDigitWidth * (digits - 1)), window.thickness});
  }
}

enum class Shown { Numbers, Text, Nothing };

/// Adds the numbers that the piece shows, read in both ways.
Result<Shown> look_at(const Slab& piece, const ReadSlab& read, std::vector<Slab>& out) {
  const std::size_t before = out.size();
  double certainty = 0;
  for (const auto& window : windows_of(piece)) {
    for (const int turns : {0, 2}) {
      VG_ASSIGN(const auto reading, read(window, turns));
      if (reading.mean >= kMinCertainty) add_seeds(window, reading, turns, out);
      certainty = std::max(certainty, reading.mean);
    }
  }
  if (out.size() > before) return Shown::Numbers;
  return certainty >= kReadsWell ? Shown::Text : Shown::Nothing;
}

/// A row of numbers that a detector took together with the ruler's strokes or another line: bands of the piece.
Result<void> look_into(const Slab& piece, float band, float step, const ReadSlab& read, std::vector<Slab>& out) {
  const float most = (1 - band) / 2;
  for (float off = -most; off <= most + step / 2; off += step) {
    VG_TRY(look_at(
        {piece.centre + piece.across() * (off * piece.thickness), piece.along, piece.length, band * piece.thickness},
        read, out));
  }
  return {};
}

}  // namespace

Result<std::vector<Slab>> number_seeds(std::span<const Slab> pieces, const ReadSlab& read) {
  std::vector<Slab> wide, out;
  for (const auto& piece : pieces) {
    if (!shows_one_number(piece)) wide.push_back(piece);
  }
  std::ranges::stable_sort(wide, std::greater(), [](const Slab& piece) { return piece.length / piece.thickness; });
  if (wide.size() > kMaxLong) wide.resize(kMaxLong);
  // A thin one shows better how high its numbers are.
  std::ranges::stable_sort(wide, {}, &Slab::thickness);
  std::size_t looked_into = 0;
  for (const auto& piece : wide) {
    VG_ASSIGN(const auto shown, look_at(piece, read, out));
    if (shown == Shown::Nothing && piece.length >= kMinBand * piece.thickness && looked_into++ < kMaxLookedInto) {
      VG_TRY(look_into(piece, kBand, kBandStep, read, out));
    }
  }
  return out;
}

Result<std::vector<Slab>> number_seeds_on(const Slab& thing, const ReadSlab& read) {
  std::vector<Slab> out;
  VG_TRY(look_into(thing, kThingBand, kThingStep, read, out));
  return out;
}

}  // namespace veilgate::detect
