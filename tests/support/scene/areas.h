#pragma once
#include <map>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "evaluate/measure.h"
#include "mask/plan.h"
#include "support/scene/scene.h"

/// How much of what lies in a scene is masked, pixel by pixel: what evaluate::measure() does not say.
namespace veilgate::test::scene {

/// 255 under the masks that the gateway would burn.
inline cv::Mat1b masked_by(std::span<const Region> found, const cv::Size& size, const config::Mask& style) {
  pixel::Layout layout;
  layout.rows = size.height;
  layout.columns = size.width;
  cv::Mat1b out = cv::Mat1b::zeros(size);
  const auto masks = mask::plan(found, style, layout);
  for (const auto& mask : masks.value()) out(cv::Rect(mask.box.x, mask.box.y, mask.box.w, mask.box.h)) = 255;
  return out;
}

struct Missed {
  std::uint64_t seed;
  std::string what;
  cv::Rect box;
  double share;
};

struct Areas {
  std::map<std::string, evaluate::Share> labels;  ///< whose own outline is covered, whichever way they lie
  std::vector<Missed> missed;
  double hidden_shares = 0;                               ///< of all labels, summed
  double background = 0, masked_background = 0;           ///< pixels
  std::map<std::string, std::pair<double, double>> kept;  ///< pixels under masks, and all, by what is to be kept
  std::map<std::string, evaluate::Share> stays;           ///< of which at most evaluate::kKeptMasked is masked

  evaluate::Share all_labels() const {
    evaluate::Share out;
    for (const auto& [what, share] : labels) out.hits += share.hits, out.of += share.of;
    return out;
  }
  /// Of the skin and cloth that nothing lies on, wounds included.
  double background_share() const { return background > 0 ? masked_background / background : 0; }

  void add(std::uint64_t seed, const std::vector<TruthRow>& truth, const cv::Mat1b& masked) {
    constexpr int kMargin = 12;  // pixels that masks may take around what they hide
    cv::Mat1b rest(masked.size(), uchar{255});
    for (const auto& row : truth) {
      cv::Mat1b area = cv::Mat1b::zeros(masked.size());
      cv::fillPoly(area, std::vector{row.outline}, 255);
      const double hidden = cv::countNonZero(area & masked), whole = std::max(1, cv::countNonZero(area));
      if (row.kind == "keep") {
        kept[row.what].first += hidden, kept[row.what].second += whole;
        const double of_box = cv::countNonZero(masked(row.box)) / static_cast<double>(row.box.area());
        stays[row.what].add(of_box <= evaluate::kKeptMasked);
      }
      if (row.what == "wound") continue;
      if (row.kind == "label") {
        const bool covered = hidden >= evaluate::kLabelCovered * whole;
        labels[row.what].add(covered);
        hidden_shares += hidden / whole;
        if (!covered) missed.push_back({seed, row.what, row.box, hidden / whole});
      }
      rest(cv::Rect(row.box.tl() - cv::Point(kMargin, kMargin), row.box.br() + cv::Point(kMargin, kMargin)) &
           cv::Rect({}, masked.size())) = 0;
    }
    background += cv::countNonZero(rest);
    masked_background += cv::countNonZero(rest & masked);
  }
};

}  // namespace veilgate::test::scene
