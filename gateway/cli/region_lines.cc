#include "cli/region_lines.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "base/region.h"

namespace veilgate::cli {
namespace {

using nlohmann::json;

Box box_of(const json& region) {
  return {region.value("x", 0), region.value("y", 0), region.value("w", 0), region.value("h", 0)};
}

bool touch(const Box& a, const Box& b) {
  return a.x <= b.right() && b.x <= a.right() && a.y <= b.bottom() && b.y <= a.bottom();
}

/// All that the region says but its place in the frame.
std::string words_of(const json& region) {
  json words = region;
  for (const char* place : {"x", "y", "w", "h", "corners"}) words.erase(place);
  return words.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Boxes of one region, and where its first one stands in the list.
struct Shape {
  std::size_t first = 0;
  std::vector<Box> boxes;
  bool touches(const Box& box) const {
    for (const Box& one : boxes) {
      if (touch(one, box)) return true;
    }
    return false;
  }
};

/// Adds the box to the shapes it touches, which are one then.
void add(std::vector<Shape>& shapes, std::size_t at, const Box& box) {
  Shape grown{at, {box}};
  std::vector<Shape> apart;
  for (auto& shape : shapes) {
    if (!shape.touches(box)) {
      apart.push_back(std::move(shape));
      continue;
    }
    grown.first = std::min(grown.first, shape.first);
    grown.boxes.insert(grown.boxes.end(), shape.boxes.begin(), shape.boxes.end());
  }
  apart.push_back(std::move(grown));
  shapes = std::move(apart);
}

}  // namespace

json united_boxes(const json& regions) {
  std::map<std::string, std::vector<Shape>> by_words;
  for (std::size_t i = 0; i < regions.size(); ++i) add(by_words[words_of(regions[i])], i, box_of(regions[i]));
  std::map<std::size_t, Shape> ordered;
  for (auto& [words, shapes] : by_words) {
    for (auto& shape : shapes) ordered[shape.first] = std::move(shape);
  }
  json out = json::array();
  for (const auto& [first, shape] : ordered) {
    out.push_back(regions[first]);
    if (shape.boxes.size() < 2) continue;
    Box whole = shape.boxes.front();
    for (const Box& box : shape.boxes) whole = hull(whole, box);
    out.back().update({{"x", whole.x}, {"y", whole.y}, {"w", whole.w}, {"h", whole.h}, {"boxes", shape.boxes.size()}});
  }
  return out;
}

void print_region(const char* indent, const json& region) {
  const int boxes = region.value("boxes", 1);
  fmt::print("{}{:<8} frame {} at {},{} {}x{}  score {:.2f}  {}  {}{}\n", indent, region.value("kind", ""),
             region.value("frame", 0), region.value("x", 0), region.value("y", 0), region.value("w", 0),
             region.value("h", 0), region.value("score", 0.0), region.value("source", ""), region.value("reason", ""),
             boxes > 1 ? fmt::format("  ({} boxes)", boxes) : "");
}

}  // namespace veilgate::cli
