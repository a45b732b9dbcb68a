#include "base/region.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace veilgate {
namespace {
constexpr std::array<std::pair<RegionKind, std::string_view>, 5> kKinds{{
    {RegionKind::Face, "face"},
    {RegionKind::Text, "text"},
    {RegionKind::Barcode, "barcode"},
    {RegionKind::Label, "label"},
    {RegionKind::Fixed, "fixed"},
}};

/// Regions come from workers that handle hostile bytes: sums of two coordinates must not overflow.
int coordinate(const nlohmann::json& in) {
  constexpr std::int64_t kFarthest = 1 << 24;
  if (!in.is_number_integer()) throw nlohmann::json::type_error::create(302, "a coordinate is a whole number", &in);
  const auto value = in.get<std::int64_t>();
  if (value < -kFarthest || value > kFarthest) {
    throw nlohmann::json::out_of_range::create(406, "a coordinate is out of range", &in);
  }
  return static_cast<int>(value);
}

}  // namespace

std::string_view to_string(RegionKind kind) {
  for (const auto& [value, name] : kKinds) {
    if (value == kind) return name;
  }
  return "fixed";
}

Box intersection(const Box& a, const Box& b) {
  const int x = std::max(a.x, b.x);
  const int y = std::max(a.y, b.y);
  return {x, y, std::max(0, std::min(a.right(), b.right()) - x), std::max(0, std::min(a.bottom(), b.bottom()) - y)};
}

Box hull(const Box& a, const Box& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  const int x = std::min(a.x, b.x);
  const int y = std::min(a.y, b.y);
  return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

Box grown(const Box& box, int pixels, int width, int height) {
  return intersection({box.x - pixels, box.y - pixels, box.w + 2 * pixels, box.h + 2 * pixels}, {0, 0, width, height});
}

void to_json(nlohmann::json& out, const Region& region) {
  out = {{"x", region.box.x},     {"y", region.box.y},       {"w", region.box.w},
         {"h", region.box.h},     {"frame", region.frame},   {"kind", to_string(region.kind)},
         {"score", region.score}, {"source", region.source}, {"reason", region.reason}};
  if (region.kept) out["kept"] = true;
  if (region.eyes) out["eyes"] = *region.eyes;
  if (region.corners) out["corners"] = *region.corners;
}

void from_json(const nlohmann::json& in, Region& region) {
  region.box = {coordinate(in.at("x")), coordinate(in.at("y")), coordinate(in.at("w")), coordinate(in.at("h"))};
  region.frame = in.at("frame");
  region.score = in.at("score");
  region.source = in.at("source");
  region.reason = in.value("reason", "");  // older stores have none
  region.kept = in.value("kept", false);
  region.eyes.reset();
  if (const auto eyes = in.find("eyes"); eyes != in.end()) {
    region.eyes = {coordinate(eyes->at(0)), coordinate(eyes->at(1)), coordinate(eyes->at(2)), coordinate(eyes->at(3))};
  }
  region.corners.reset();
  if (const auto corners = in.find("corners"); corners != in.end()) {
    Corners& out = region.corners.emplace();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = coordinate(corners->at(i));
  }
  const std::string kind = in.at("kind");
  region.kind = RegionKind::Fixed;
  for (const auto& [value, name] : kKinds) {
    if (name == kind) region.kind = value;
  }
}

}  // namespace veilgate
