#include "detect/face_confirm.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "detect/face_search.h"

namespace veilgate::detect {
namespace {

/// Side of the crop, and how much of it the face takes: the whole of BlazeFace's input, a face of half its side.
constexpr int kSide = 256;
constexpr float kAround = 2;
/// Overlap from which a box found in the crop is the face that was asked about.
constexpr float kSameSpot = 0.3F;
/// Levels of the picture that crops are taken from: this long and doublings of it.
constexpr int kCoarsestLevel = 320;
/// Below it a candidate says nothing.
constexpr float kLeastScore = 0.05F;

/// The square around the box at the size of a network's input, mirrored where it reaches over the picture's edge.
/// `scale` is picture pixels per crop pixel, `origin` the crop's corner in the picture.
cv::Mat crop_around(Picture& picture, const Rect& box, float& scale, cv::Point2f& origin) {
  const float own = static_cast<float>(std::max(picture.width(), picture.height()));
  // A network may answer anything: a box that is no number or far larger than the picture is no face.
  const float length = std::max(box.width, box.height) * kAround;
  if (!(length > 0 && length <= kAround * 2 * own) || !std::isfinite(box.x + box.y)) return {};
  // A level a little finer than the crop: shrinking a 12 megapixel picture again for each face would cost too much.
  int level_side = kCoarsestLevel;
  while (static_cast<float>(level_side) < own && static_cast<float>(level_side) * length < own * kSide) level_side *= 2;
  const cv::Mat& level = picture.at_most(level_side);
  const float shrink = static_cast<float>(level.cols) / static_cast<float>(picture.width());
  const cv::Point2f centre((box.x + box.width / 2) * shrink, (box.y + box.height / 2) * shrink);
  const int length_here = std::max(1, cvRound(length * shrink));
  const cv::Point corner(cvRound(centre.x - static_cast<float>(length_here) / 2),
                         cvRound(centre.y - static_cast<float>(length_here) / 2));
  const cv::Rect wanted(corner, cv::Size(length_here, length_here));
  const cv::Rect inside = wanted & cv::Rect(cv::Point(), level.size());
  if (inside.empty()) return {};
  cv::Mat crop;
  cv::copyMakeBorder(level(inside), crop, inside.y - wanted.y, wanted.br().y - inside.br().y, inside.x - wanted.x,
                     wanted.br().x - inside.br().x, cv::BORDER_REFLECT);
  scale = static_cast<float>(length_here) / static_cast<float>(kSide) / shrink;
  origin = cv::Point2f(corner) / shrink;
  cv::Mat out;
  cv::resize(crop, out, {kSide, kSide}, 0, 0, length_here > kSide ? cv::INTER_AREA : cv::INTER_LINEAR);
  return out;
}

}  // namespace

std::size_t needed_to_confirm(const FaceModels& models) { return std::min<std::size_t>(2, models.size()); }

Result<std::vector<FaceCandidate>> look_again(Picture& picture, const FaceModels& models, const Rect& box,
                                              int quarter_turns, float least) {
  std::vector<FaceCandidate> out;
  float scale = 1;
  cv::Point2f origin;
  const cv::Mat crop = crop_around(picture, box, scale, origin);
  if (crop.empty()) return out;
  const cv::Mat view = turned(crop, quarter_turns);
  std::size_t agreeing = 0, left = models.size();
  for (auto model = models.rbegin(); model != models.rend(); ++model) {
    VG_ASSIGN(const auto found, (*model)->find(view, kLeastScore));
    std::optional<FaceCandidate> best;
    for (const auto& one : found) {
      const auto candidate = placed(one, quarter_turns, crop.size(), scale, origin);
      if (iou(candidate.box, box) >= kSameSpot && (!best || candidate.score > best->score)) best = candidate;
    }
    if (best) out.push_back(*best);
    if ((best ? best->score : 0) >= least) ++agreeing;
    if (agreeing + --left < needed_to_confirm(models)) break;
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  return out;
}

}  // namespace veilgate::detect
