#include "worker/text_policy.h"

#include <algorithm>
#include <string>

#include "detect/text_policy.h"
#include "dicom/tag.h"
#include "verify/check_masks.h"

namespace veilgate::worker {
namespace {

/// Verification stops counting at some number of findings; below this one all of them are here.
constexpr std::size_t kMaxFindings = 150;
/// Of a finding, what must lie on text that stays: the same line at another scale has another outline.
constexpr double kSameText = 0.8;
constexpr double kOnStrokes = 0.25;
constexpr double kSameRuler = 0.6;  // thumbnails show a ruler's numbers and strokes as one
/// Kept as it reads, and still a finding: verification sees it larger, or partly hidden.
constexpr const char* kSeenOtherwise = "masked: seen otherwise in the output";
constexpr int kGrid = 24;  // points a side at which a finding is compared

using detect::KnownValue;

KnownValue::Kind kind_of(const std::string& vr) {
  if (vr == "PN") return KnownValue::Kind::Name;
  return vr == "DA" || vr == "DT" ? KnownValue::Kind::Date : KnownValue::Kind::Other;
}

/// Whether so much of what is not hidden in the box lies on these; false where all of it is hidden.
bool lies_on(const Box& box, std::span<const Box> kept, double share, const cv::Mat1b& hidden) {
  int inside = 0, seen = 0;
  for (int i = 0; i < kGrid * kGrid; ++i) {
    const int x = box.x + box.w * (2 * (i % kGrid) + 1) / (2 * kGrid);
    const int y = box.y + box.h * (2 * (i / kGrid) + 1) / (2 * kGrid);
    if (cv::Rect({}, hidden.size()).contains({x, y}) && hidden(y, x) != 0) continue;
    ++seen;
    inside += std::ranges::any_of(
        kept, [&](const Box& one) { return x >= one.x && x < one.right() && y >= one.y && y < one.bottom(); });
  }
  return inside > 0 && inside >= share * seen;
}

}  // namespace

detect::TextRules text_rules(const config::TextPolicy& policy, const deidentify::Cleaning& cleaning) {
  detect::TextRules rules{policy, {}, false};
  if (!policy.keeps_some()) return rules;
  std::vector<KnownValue> values;
  const auto& subject = cleaning.subject();
  // Of the patient also what is too short to be searched for in bytes.
  values.push_back({subject.patient_name, KnownValue::Kind::Name});
  values.push_back({subject.patient_id, KnownValue::Kind::Other});
  values.push_back({subject.birth_date, KnownValue::Kind::Date});
  const auto& identifiers = cleaning.identifiers();
  for (const auto& value : identifiers.values) {
    const std::string vr = dicom::vr_of(value.tag);
    if (vr != "UI") values.push_back({value.text, kind_of(vr)});
  }
  const bool named = !subject.patient_name.reveal().empty() || !subject.patient_id.reveal().empty();
  rules.known = detect::KnownText(values);
  rules.knows_patient = named && identifiers.complete;
  return rules;
}

bool leaves_unknown_text(std::span<const Region> detected, const config::TextPolicy& policy) {
  return policy.known && !policy.identifying && std::ranges::any_of(detected, &Region::kept);
}

Result<std::vector<verify::Finding>> without_kept_text(const pixel::Frame& output, const verify::Masks& masks,
                                                       const detect::TextRules& rules, detect::TextJudge& judge,
                                                       std::span<const Region> detected, std::vector<Region> seen,
                                                       std::vector<verify::Finding> findings) {
  if (!rules.policy.keeps_some() || findings.size() > kMaxFindings) return findings;
  const auto is_text = [&](const verify::Finding& finding) {
    return finding.region && finding.region->kind == RegionKind::Text && finding.region->frame == output.index;
  };
  std::size_t next = seen.size();  // the judge leaves the order as it is and only adds at the end
  for (const auto& finding : findings) {
    if (is_text(finding)) seen.push_back(*finding.region);
  }
  const cv::Mat1b hidden = verify::hidden_by(output, masks);
  const cv::Mat shown = verify::without_masks(output.bgr, hidden);
  VG_TRY(judge.judge(shown, rules, seen));
  for (auto& finding : findings) {
    if (!is_text(finding)) continue;
    const Region& judged = seen[next++];
    finding.region->reason = judged.kept ? kSeenOtherwise : judged.reason;
  }
  std::vector<Box> kept;
  for (const auto& region : seen) {
    if (region.kept) kept.push_back(region.box);
  }
  std::vector<Box> rulers = kept, strokes;
  const auto add_strokes = [&](const Region& region) {
    if (region.kept && region.reason == detect::kTicksReason) strokes.push_back(region.box);
  };
  for (const auto& region : seen) add_strokes(region);
  for (const auto& region : detected) {
    if (!region.kept || region.frame != output.index) continue;
    rulers.push_back(region.box);
    add_strokes(region);
  }
  std::vector<verify::Finding> out;
  for (auto& finding : findings) {
    if (is_text(finding) && lies_on(finding.region->box, kept, kSameText, hidden)) continue;
    if (is_text(finding) && lies_on(finding.region->box, rulers, kSameRuler, hidden)) {
      const bool on_strokes = lies_on(finding.region->box, strokes, kOnStrokes, hidden);
      VG_ASSIGN(const bool more, judge.says_more_than_a_ruler(shown, rules, *finding.region, on_strokes));
      if (!more) continue;
    }
    out.push_back(std::move(finding));
  }
  return out;
}

}  // namespace veilgate::worker
