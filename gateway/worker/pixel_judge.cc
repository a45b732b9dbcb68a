#include "worker/pixel_judge.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "mask/beside_kept.h"
#include "mask/plan.h"
#include "worker/face_policy.h"
#include "worker/pixel_looks.h"
#include "worker/text_policy.h"

namespace veilgate::worker {
namespace {

// Share of a found region that its mask must really hide: rounding may cost a pixel, an ellipse its corners.
constexpr double kHides = 0.98;
constexpr double kEllipseHides = 0.75;

using ByFrame = std::map<int, std::vector<Region>>;

ByFrame by_frame(std::span<const Region> regions) {
  ByFrame out;
  for (const auto& region : regions) out[region.frame].push_back(region);
  return out;
}

std::span<const Region> of_frame(const ByFrame& regions, int frame) {
  const auto found = regions.find(frame);
  return found == regions.end() ? std::span<const Region>() : std::span<const Region>(found->second);
}

/// What of the detected must lie under solid masks with its whole box.
std::vector<Region> to_hide(const PixelCase& object) {
  std::set<int> with_kept;
  for (const auto& region : object.detected) {
    if (region.kept) with_kept.insert(region.frame);
  }
  const auto is_whole = [&](const Region& region) {
    const bool only_its_line = with_kept.contains(region.frame) && mask::is_slanted(region);
    return !region.kept && !only_its_line && !mask::masks_eyes_only(region, object.style, object.layout);
  };
  std::vector<Region> out;
  std::ranges::copy_if(object.detected, std::back_inserter(out), is_whole);
  return out;
}

}  // namespace

PixelJudge::PixelJudge(const PixelCase& object, detect::Ensemble& ensemble, detect::TextJudge* text)
    : object_(object),
      text_(text),
      to_hide_(by_frame(to_hide(object))),
      masked_(by_frame(object.masked)),
      see_(detect_view(ensemble, object.wanted)) {}

Result<std::vector<Region>> PixelJudge::look(const pixel::Frame& frame, verify::View view, bool brief) {
  if (brief && view != verify::View::Mirrored) return std::vector<Region>{};  // the view in which faces are looked for
  VG_ASSIGN(auto seen, see_(frame, view));
  if (text_ != nullptr && !object_.rules.policy.keeps_some()) VG_TRY(text_->judge(frame.bgr, object_.rules, seen));
  if (view == verify::View::Full && seen_.empty()) seen_ = seen;
  return seen;
}

Result<std::vector<verify::Finding>> PixelJudge::check(const pixel::Frame& frame, bool brief) {
  const bool solid = object_.style.style == config::MaskStyle::Solid;
  const auto masked = of_frame(masked_, frame.index);
  const verify::Masks masks{masked, of_frame(to_hide_, frame.index),
                            object_.style.faces.shape == config::FaceShape::Ellipse ? kEllipseHides : kHides, solid};
  const auto look_at = [&](const pixel::Frame& shown, verify::View view) { return look(shown, view, brief); };
  // Under pixelate and blur something may still show, so nothing found there is excused as a mask's own.
  const auto eye_masks = solid ? masked : std::span<const Region>();
  const auto excused = [&](const Region& region) {
    std::vector<Region> one{region};
    excuse_masked_eyes(one, region.frame, 1, object_.detected, eye_masks, object_.style, object_.layout);
    return one.empty();
  };
  seen_.clear();
  VG_ASSIGN(auto found, verify::check_pixels(frame, masks, look_at, excused));
  if (text_ == nullptr) return found;
  return without_kept_text(frame, masks, object_.rules, *text_, object_.detected, std::move(seen_), std::move(found));
}

}  // namespace veilgate::worker
