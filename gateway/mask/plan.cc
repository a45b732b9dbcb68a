#include "mask/plan.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "base/limits.h"
#include "mask/beside_kept.h"
#include "mask/face_shape.h"

namespace veilgate::mask {
namespace {
/// A hull may cover this share more than its two boxes do.
constexpr double kMaxHullWaste = 0.10;
/// Passes of uniting; boxes still apart after them are burned one by one, which hides just as much.
constexpr int kMaxPasses = 8;
/// Coordinates beyond this are not pixels of any frame, and sums of them could overflow.
constexpr int kMaxCoordinate = 1 << 24;
constexpr int kMaxGrid = 64;

std::int64_t area(const Box& box) { return std::int64_t{box.w} * box.h; }

bool is_sane(const Box& box) {
  return std::abs(std::int64_t{box.x}) <= kMaxCoordinate && std::abs(std::int64_t{box.y}) <= kMaxCoordinate &&
         box.w <= kMaxCoordinate && box.h <= kMaxCoordinate;
}

/// Boxes that stay visible unless a region covers them, by frame.
using KeptBoxes = std::map<int, std::vector<Box>>;

KeptBoxes kept_boxes(std::span<const Region> found) {
  KeptBoxes out;
  for (const Region& region : found) {
    if (region.kept && !region.box.empty()) out[region.frame].push_back(region.box);
  }
  return out;
}

std::span<const Box> on_frame(const KeptBoxes& kept, int frame) {
  const auto found = kept.find(frame);
  return found == kept.end() ? std::span<const Box>() : std::span<const Box>(found->second);
}

bool belong_together(const Region& a, const Region& b, const KeptBoxes& kept) {
  if (a.kind != b.kind || intersection(a.box, b.box).empty()) return false;
  for (const Box& box : on_frame(kept, a.frame)) {
    const Box hidden = intersection(hull(a.box, b.box), box);
    if (!hidden.empty() && hidden != intersection(a.box, box) && hidden != intersection(b.box, box)) return false;
  }
  const std::int64_t covered = area(a.box) + area(b.box) - area(intersection(a.box, b.box));
  return static_cast<double>(area(hull(a.box, b.box))) <= (1.0 + kMaxHullWaste) * static_cast<double>(covered);
}

/// "a+b" without repeating a name, in a fixed order.
std::string joined(const std::string& a, const std::string& b) {
  std::set<std::string> names;
  std::istringstream text(a + "+" + b);
  for (std::string name; std::getline(text, name, '+');) names.insert(name);
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : "+") + name;
  return out;
}

bool before(const Region& a, const Region& b) {
  return std::tie(a.frame, a.box.y, a.box.x, a.box.h, a.box.w, a.kind, a.source, a.score) <
         std::tie(b.frame, b.box.y, b.box.x, b.box.h, b.box.w, b.kind, b.source, b.score);
}

/// One pass over regions in order; true when something was united. Candidates below the last row of a box end its
/// search.
bool unite_once(std::vector<Region>& regions, const KeptBoxes& stays) {
  bool changed = false;
  std::vector<bool> gone(regions.size());
  for (std::size_t i = 0; i < regions.size(); ++i) {
    if (gone[i]) continue;
    Region& kept = regions[i];
    for (std::size_t j = i + 1; j < regions.size(); ++j) {
      const Region& other = regions[j];
      if (other.frame != kept.frame || other.box.y >= kept.box.bottom()) break;
      if (gone[j] || !belong_together(kept, other, stays)) continue;
      kept.box = hull(kept.box, other.box);
      kept.score = std::max(kept.score, other.score);
      kept.source = joined(kept.source, other.source);
      kept.reason = joined(kept.reason, other.reason);
      gone[j] = true;
      changed = true;
    }
  }
  std::size_t next = 0;
  std::erase_if(regions, [&](const Region&) { return gone[next++]; });
  std::sort(regions.begin(), regions.end(), before);
  return changed;
}

bool is_found_by_verification(const Region& region) { return region.source.find("verify:") != std::string::npos; }

double margin_of(const Region& region, const config::Mask& style) {
  if (region.kind == RegionKind::Label) return 0;  // its own edge was found: there is nothing to make room for
  return region.kind == RegionKind::Face ? style.faces.margin.value_or(style.margin) : style.margin;
}

bool wants_eyes_only(const Region& face, const config::Mask& style, const pixel::Layout& layout) {
  if (face.kind != RegionKind::Face || is_found_by_verification(face)) return false;
  return style.faces.area == config::FaceArea::Eyes ||
         (style.faces.subject == config::FaceSubject::Eyes && is_subject(face, style, layout));
}

/// The part of one region that is masked, before its margin.
Region chosen_part(const Region& region, const config::Mask& style, const pixel::Layout& layout) {
  Region out = region;
  if (wants_eyes_only(region, style, layout)) out.reason = joined(region.reason, "no_eyes");
  if (region.kind == RegionKind::Face && style.faces.area == config::FaceArea::WholeHead) {
    out.box = head_around(region);
    out.reason = joined(region.reason, "whole_head");
  }
  return out;
}

/// Boxes in place of a region, clipped to the frame, and the word that says so.
void replace_by(const Region& region, const std::vector<Box>& boxes, const char* word, const Box& frame,
                std::vector<Region>& out) {
  for (const Box& box : boxes) {
    const Box inside = intersection(box, frame);
    if (inside.empty()) continue;
    out.push_back(region);
    out.back().box = inside;
    out.back().reason = joined(region.reason, word);
  }
}

/// Rounds the faces off. With too many boxes the rest stays rectangles, which hide more.
void make_ellipses(std::vector<Region>& regions, const config::Mask& style, const Box& frame) {
  if (style.faces.shape != config::FaceShape::Ellipse) return;
  std::vector<Region> out;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const Region& region = regions[i];
    std::vector<Box> boxes{region.box};
    if (region.kind == RegionKind::Face && !is_found_by_verification(region)) boxes = ellipse_in(region.box);
    if (boxes.size() == 1 || out.size() + boxes.size() + (regions.size() - i) > limits::kMaxRegions) {
      out.push_back(region);
    } else {
      replace_by(region, boxes, "ellipse", frame, out);
    }
  }
  regions = std::move(out);
}

tl::unexpected<Error> bad_region() {
  return fail(ErrorKind::Bug, "mask.bad_region", "A region or margin does not fit the picture it was made for.");
}
}  // namespace

Result<std::vector<Region>> plan(std::span<const Region> found, const config::Mask& style, const pixel::Layout& layout,
                                 int grid) {
  if (grid < 1 || grid > kMaxGrid) return bad_region();
  if (found.size() > limits::kMaxRegions) {
    return fail(ErrorKind::Refused, "mask.too_many", "More regions were found than one object may have.");
  }
  for (const double margin : {style.margin, style.faces.margin.value_or(0)}) {
    if (!std::isfinite(margin) || margin < 0 || margin > 10) return bad_region();
  }
  if (style.min_margin_px < 0 || style.min_margin_px > kMaxCoordinate) return bad_region();
  std::vector<Region> out, bands;
  const Box frame{0, 0, layout.columns, layout.rows};
  const KeptBoxes kept = kept_boxes(found);
  for (const Region& region : found) {
    if (region.frame < 0 || region.frame >= layout.frames || !is_sane(region.box)) return bad_region();
    if (region.box.empty() || intersection(region.box, frame).empty()) continue;
    if (region.kept) continue;
    const double share = margin_of(region, style);
    if (masks_eyes_only(region, style, layout)) {
      replace_by(region, eye_band(*region.eyes, share, style.min_margin_px), "eyes", frame, bands);
      continue;
    }
    Region part = chosen_part(region, style, layout);
    const int margin = static_cast<int>(std::ceil(share * std::max(part.box.w, part.box.h)));
    part.box = intersection(part.box, frame);
    const bool written = region.kind == RegionKind::Text || region.kind == RegionKind::Label;
    const auto stays = written ? on_frame(kept, region.frame) : std::span<const Box>();
    for (const Box& box : grown_beside(part, std::max(margin, style.min_margin_px), stays, grid)) {
      part.box = intersection(box, frame);
      if (!part.box.empty()) out.push_back(part);
    }
    if (out.size() > limits::kMaxRegions) break;  // refused below
  }
  std::sort(out.begin(), out.end(), before);
  for (int pass = 0; pass < kMaxPasses && unite_once(out, kept); ++pass) {
  }
  make_ellipses(out, style, frame);
  out.insert(out.end(), bands.begin(), bands.end());
  if (out.size() > limits::kMaxRegions) {
    return fail(ErrorKind::Refused, "mask.too_many", "More boxes would be masked than one object may have.");
  }
  std::sort(out.begin(), out.end(), before);
  return out;
}

bool is_subject(const Region& face, const config::Mask& style, const pixel::Layout& layout) {
  const double whole = static_cast<double>(layout.columns) * layout.rows;
  return face.kind == RegionKind::Face && static_cast<double>(area(face.box)) >= style.faces.subject_share * whole;
}

bool masks_eyes_only(const Region& face, const config::Mask& style, const pixel::Layout& layout) {
  return wants_eyes_only(face, style, layout) && face.eyes && are_plausible_eyes(*face.eyes, face.box);
}

pixel::Style codec_style(config::MaskStyle style) {
  switch (style) {
    case config::MaskStyle::Pixelate:
      return pixel::Style::Pixelate;
    case config::MaskStyle::Blur:
      return pixel::Style::Blur;
    case config::MaskStyle::Solid:
      break;
  }
  return pixel::Style::Solid;
}

}  // namespace veilgate::mask
