#include "detect/face_confirm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "detect/face_search.h"
#include "pixel/shrink.h"

namespace veilgate::detect {
namespace {

/// Side of the crop in pixels: the whole of BlazeFace's input.
constexpr int kSide = 256;
/// Longest side of a box to be looked at, in longer sides of the picture.
constexpr float kLongest = 2;
/// Overlap from which a box found in the crop is the face that was asked about.
constexpr float kSameSpot = 0.3F;
/// Levels of the picture that crops are taken from: this long and doublings of it.
constexpr int kCoarsestLevel = 320;
/// Below it a candidate says nothing.
constexpr float kLeastScore = 0.05F;
constexpr int kTurns = 4;
/// Sides of close-ups over the box's. By chance a network does not see a real face at one of them.
constexpr std::array kCloseUps{2.0F, 3.0F};

/// The square around the box at the size of a network's input, mirrored where it reaches over the picture's edge.
/// `scale` is picture pixels per crop pixel, `origin` the crop's corner in the picture.
cv::Mat crop_around(Picture& picture, const Rect& box, float around, float& scale, cv::Point2f& origin) {
  const float own = static_cast<float>(std::max(picture.width(), picture.height()));
  // A network may answer anything: a box that is no number or far larger than the picture is no face.
  const float length = std::max(box.width, box.height) * around;
  if (!(length > 0 && length <= kLongest * around * own) || !std::isfinite(box.x + box.y)) return {};
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
  if (length_here > kSide) return pixel::shrunk(crop, {kSide, kSide});
  cv::Mat out;
  cv::resize(crop, out, {kSide, kSide}, 0, 0, cv::INTER_LINEAR);
  return out;
}

/// Whether as many models as must agree see the face in one of these rotations at least: bit n is n quarter turns.
Result<bool> agree(Picture& picture, const FaceModels& models, const Rect& box, unsigned turns, float around,
                   float least) {
  const std::size_t needed = needed_to_agree(models.size());
  std::size_t agreeing = 0, left = models.size();
  // The last of the ensemble is asked first: of the built-in ones it is the one that is seldom wrong.
  for (auto model = models.rbegin(); model != models.rend() && agreeing < needed && agreeing + left >= needed;
       ++model) {
    bool sees = false;
    for (int turn = 0; turn < kTurns && !sees; ++turn) {
      if ((turns >> static_cast<unsigned>(turn) & 1U) == 0) continue;
      VG_ASSIGN(const auto seen, look_again(picture, **model, box, {turn, around}));
      sees = seen && seen->score >= least;
    }
    if (sees) ++agreeing;
    --left;
  }
  return agreeing >= needed;
}

}  // namespace

Result<std::optional<FaceCandidate>> look_again(Picture& picture, FaceModel& model, const Rect& box,
                                                const CloseUp& close_up) {
  std::optional<FaceCandidate> best;
  float scale = 1;
  cv::Point2f origin;
  const cv::Mat crop = crop_around(picture, box, close_up.around, scale, origin);
  if (crop.empty()) return best;
  VG_ASSIGN(const auto found, model.find(turned(crop, close_up.quarter_turns), kLeastScore));
  for (const auto& one : found) {
    const auto candidate = placed(one, close_up.quarter_turns, crop.size(), scale, origin);
    if (iou(candidate.box, box) >= kSameSpot && (!best || candidate.score > best->score)) best = candidate;
  }
  return best;
}

Result<bool> confirmed(Picture& picture, const FaceModels& models, const Face& face, float least, bool together) {
  if (!together) {
    for (const float around : kCloseUps) {
      VG_ASSIGN(const bool yes, agree(picture, models, face.box, face.turns, around, least));
      if (yes) return true;
    }
    return false;
  }
  for (int turn = 0; turn < kTurns; ++turn) {
    const unsigned here = face.turns & 1U << static_cast<unsigned>(turn);
    if (here == 0) continue;
    VG_ASSIGN(const bool yes, agree(picture, models, face.box, here, kCloseUps.front(), least));
    if (yes) return true;
  }
  return false;
}

Result<std::optional<Eyes>> look_for_eyes(Picture& picture, const FaceModels& models, const Rect& box) {
  for (auto model = models.rbegin(); model != models.rend(); ++model) {
    std::vector<FaceCandidate> seen;
    for (int turn = 0; turn < kTurns; ++turn) {
      VG_ASSIGN(const auto here, look_again(picture, **model, box, {turn}));
      if (here && here->eyes) seen.push_back(*here);
    }
    if (!seen.empty()) return eyes_of(suppress(std::move(seen), 1));
  }
  return std::nullopt;
}

}  // namespace veilgate::detect
