#include <algorithm>
#include <cmath>

#include "detect/ensemble.h"
#include "detect/geometry.h"

namespace veilgate::detect {
namespace {

using Names = std::optional<std::vector<std::string>>;

bool applies(const config::FixedRegion& rule, const pixel::Layout& layout, const Names& matching) {
  if (rule.match && matching && std::find(matching->begin(), matching->end(), rule.name) == matching->end()) {
    return false;
  }
  return (!rule.rows || *rule.rows == layout.rows) && (!rule.columns || *rule.columns == layout.columns);
}

Box box_of(const config::FixedRegion& rule, const pixel::Layout& layout) {
  const double x = rule.relative ? layout.columns : 1, y = rule.relative ? layout.rows : 1;
  // In double up to here, rounded outwards: a share must not lose the last pixel row.
  const auto low = [](double value, int limit) {
    return static_cast<int>(std::clamp(std::floor(value), 0.0, double(limit)));
  };
  const auto high = [](double value, int limit) {
    return static_cast<int>(std::clamp(std::ceil(value), 0.0, double(limit)));
  };
  const int left = low(rule.x * x, layout.columns), top = low(rule.y * y, layout.rows);
  return {left, top, high((rule.x + rule.w) * x, layout.columns) - left,
          high((rule.y + rule.h) * y, layout.rows) - top};
}

}  // namespace

std::vector<Region> fixed_regions(std::span<const config::FixedRegion> rules, const pixel::Layout& layout,
                                  const Names& matching) {
  std::vector<Region> regions;
  for (const auto& rule : rules) {
    if (!applies(rule, layout, matching)) continue;
    const Box box = box_of(rule, layout);
    if (box.empty()) continue;
    for (int frame = 0; frame < layout.frames; ++frame) {
      regions.push_back({box, frame, RegionKind::Fixed, 1.0, "rule:" + rule.name, "rule"});
    }
  }
  return regions;
}

}  // namespace veilgate::detect
