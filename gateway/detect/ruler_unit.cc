#include "detect/ruler_unit.h"

#include <algorithm>
#include <array>

#include "detect/plain_text.h"

namespace veilgate::detect {
namespace {

// Where it is looked for around a number, in heights of the row: units are set smaller than numbers.
constexpr std::array kAcross{0.6F, 0.85F, 1.1F, 1.4F, -0.6F, -0.85F, -1.1F, -1.4F, 0.0F};
constexpr std::array kAlong{0.0F, -1.0F, 1.0F};
constexpr float kLength = 2.4F, kThickness = 0.75F;
constexpr float kUnitLength = 1.6F;
constexpr double kMinCertainty = 0.7;

}  // namespace

Result<std::optional<Slab>> find_unit(const Ruler& ruler, const ReadSlab& read) {
  if (ruler.numbers.empty()) return std::optional<Slab>();
  const Slab& row = ruler.corridor;
  const float height = row.thickness;
  for (const auto& number : {ruler.numbers.front(), ruler.numbers.back()}) {
    for (const float along : kAlong) {
      for (const float across : kAcross) {
        if (across == 0 && along == 0) continue;  // the number itself
        const Slab place{number.centre + row.along * (along * height) + row.across() * (across * height), row.along,
                         kLength * height, kThickness * height};
        VG_ASSIGN(const auto reading, read(place, ruler.turns));
        if (reading.mean < kMinCertainty || reading.places.empty() || !is_unit(reading.text)) continue;
        const float middle = (reading.places.front() + reading.places.back()) / 2 - 0.5F;
        const float off = (ruler.turns == 0 ? middle : -middle) * cut_length(place);
        return std::optional(Slab{place.centre + row.along * off, row.along, kUnitLength * height, place.thickness});
      }
    }
  }
  return std::optional<Slab>();
}

}  // namespace veilgate::detect
