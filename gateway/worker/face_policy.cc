#include "worker/face_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mask/plan.h"

namespace veilgate::worker {
namespace {

/// Share of the smaller of two boxes from which both are the same face: without its eyes it is framed otherwise.
constexpr double kSameFace = 0.6;

double area(const Box& box) { return box.empty() ? 0.0 : static_cast<double>(box.w) * box.h; }

bool same_face(const Box& a, const Box& b) {
  return area(intersection(a, b)) >= kSameFace * std::min(area(a), area(b)) && area(b) > 0 && area(a) > 0 &&
         std::max(area(a), area(b)) <= 3 * std::min(area(a), area(b));
}

bool is_covered(int x, int y, int frame, std::span<const Region> masked) {
  return std::ranges::any_of(masked, [&](const Region& mask) {
    return mask.frame == frame && x >= mask.box.x && x < mask.box.right() && y >= mask.box.y && y < mask.box.bottom();
  });
}

}  // namespace

std::vector<verify::Finding> subject_findings(std::span<const Region> detected, const config::Mask& style,
                                              const pixel::Layout& layout) {
  std::vector<verify::Finding> out;
  if (style.faces.subject != config::FaceSubject::Review) return out;
  for (const auto& face : detected) {
    if (!mask::is_subject(face, style, layout)) continue;
    const double share = area(face.box) / (static_cast<double>(layout.columns) * layout.rows);
    out.push_back({"verify.face_subject",
                   fmt::format("frame {} at {},{} {}x{}, {:.0f} % of the picture", face.frame, face.box.x, face.box.y,
                               face.box.w, face.box.h, 100 * share),
                   true});
  }
  return out;
}

bool leaves_faces(std::span<const Region> detected, const config::Mask& style, const pixel::Layout& layout) {
  return std::ranges::any_of(detected, [&](const Region& face) { return mask::masks_eyes_only(face, style, layout); });
}

void excuse_masked_eyes(std::vector<Region>& seen, int frame, double scale, std::span<const Region> detected,
                        std::span<const Region> masked, const config::Mask& style, const pixel::Layout& layout) {
  const auto full = [scale](int value) { return static_cast<int>(std::lround(value / scale)); };
  std::erase_if(seen, [&](const Region& one) {
    if (one.kind != RegionKind::Face) return false;
    const Box box{full(one.box.x), full(one.box.y), full(one.box.w), full(one.box.h)};
    const bool meant = std::ranges::any_of(detected, [&](const Region& face) {
      return face.frame == frame && mask::masks_eyes_only(face, style, layout) && same_face(box, face.box);
    });
    if (!meant || !one.eyes) return meant;
    const auto& eyes = *one.eyes;
    return is_covered(full(eyes[0]), full(eyes[1]), frame, masked) &&
           is_covered(full(eyes[2]), full(eyes[3]), frame, masked);
  });
}

}  // namespace veilgate::worker
