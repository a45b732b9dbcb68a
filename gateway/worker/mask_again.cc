#include "worker/mask_again.h"

#include <algorithm>
#include <map>

#include "pipeline.h"

namespace veilgate::worker {
namespace {

using nlohmann::json;
using namespace nlohmann::literals;

/// More of a frame than this, beyond what is masked already, is for a person.
constexpr double kMaxShare = 0.25;

/// Of the region, what its best mask leaves uncovered.
double unmasked_area(const Region& region, const std::vector<Region>& masked) {
  const auto area = [](const Box& box) { return box.empty() ? 0.0 : static_cast<double>(box.w) * box.h; };
  double covered = 0;
  for (const auto& mask : masked) {
    if (mask.frame == region.frame) covered = std::max(covered, area(intersection(mask.box, region.box)));
  }
  return area(region.box) - covered;
}

}  // namespace

Result<std::vector<Region>> regions_of(const json& facts, const char* stage) {
  try {
    return facts.at(stage).at("regions").get<std::vector<Region>>();
  } catch (const json::exception&) {
    return fail(ErrorKind::Bug, "worker.facts", "the facts of an earlier stage are missing");
  }
}

int mask_rounds(const json& facts) { return facts.value("/detect/rounds"_json_pointer, 0); }

std::optional<std::vector<Region>> regions_to_mask_again(const json& facts, std::span<const verify::Finding> findings) {
  if (findings.empty() || mask_rounds(facts) >= kMaxMaskAgainRounds) return std::nullopt;
  auto known = regions_of(facts, "detect");
  const auto masked = regions_of(facts, "mask");
  if (!known || !masked) return std::nullopt;
  const auto shape = facts.value("deidentify", json::object());
  const double frame_area = static_cast<double>(shape.value("rows", 0)) * shape.value("columns", 0);
  std::map<int, double> area;
  for (const auto& finding : findings) {
    if (!finding.approvable || !finding.region) return std::nullopt;
    area[finding.region->frame] += unmasked_area(*finding.region, *masked);
    if (area[finding.region->frame] > kMaxShare * frame_area) return std::nullopt;
    known->push_back(*finding.region);
  }
  return std::move(*known);
}

}  // namespace veilgate::worker
