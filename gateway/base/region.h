#pragma once
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace veilgate {

enum class RegionKind {
  Face,
  Text,
  Barcode,
  Label,  ///< the thing that text or a barcode stands on: wristband, badge, sticky note, screen
  Fixed,
};

std::string_view to_string(RegionKind kind);

/// An axis-aligned rectangle in stored pixels: origin top left of the stored frame, no EXIF orientation applied.
struct Box {
  int x = 0, y = 0, w = 0, h = 0;
  bool empty() const { return w <= 0 || h <= 0; }
  int right() const { return x + w; }
  int bottom() const { return y + h; }
  auto operator<=>(const Box&) const = default;
};

Box intersection(const Box& a, const Box& b);
/// Smallest box around both.
Box hull(const Box& a, const Box& b);
/// Grown by `pixels` on each side and clipped to a width x height frame.
Box grown(const Box& box, int pixels, int width, int height);

/// Centres of both eyes, in stored pixels; which is the left one is not told.
using EyePair = std::array<int, 4>;  // x, y, x, y

/// Corners of a slanted shape, one after the other around it, in stored pixels.
using Corners = std::array<int, 8>;  // x, y, x, y, ...

/// Something found in, or ordained for, one frame. Carries no recognised text and no decoded payload.
struct Region {
  Box box;
  int frame = 0;  ///< 0-based
  RegionKind kind = RegionKind::Fixed;
  double score = 1.0;       ///< 0..1
  std::string source;       ///< Model or rule that found it: "ultraface_rfb320", "rule:fundus-burnin".
  std::string reason = {};  ///< Why it counts, in the words of detectors and policies: "sure", "votes", "line".
  bool kept = false;        ///< A text policy judged that it stays (reason says why); false: to be masked.
  std::optional<EyePair> eyes = std::nullopt;     ///< of a face, where a model is sure of them
  std::optional<Corners> corners = std::nullopt;  ///< of text: its line inside the box
  bool operator==(const Region&) const = default;
};

void to_json(nlohmann::json& out, const Region& region);
void from_json(const nlohmann::json& in, Region& region);

}  // namespace veilgate
