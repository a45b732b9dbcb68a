#include "detect/face_search.h"

#include <opencv2/imgproc.hpp>

namespace veilgate::detect {
namespace {

/// Neighbouring tiles share this part, so that a face on a seam lies whole in one of them.
constexpr float kOverlap = 0.25F;
/// Overlap from which boxes of neighbouring tiles are one face.
constexpr float kSameBox = 0.4F;

/// Length of a tile's side as a share of the picture's.
float tile_share(int per_side) { return 1 / (1 + static_cast<float>(per_side - 1) * (1 - kOverlap)); }

void shift(FaceCandidate& candidate, const cv::Point2f& by) {
  candidate.box += by;
  if (candidate.eyes) candidate.eyes = Eyes{(*candidate.eyes)[0] + by, (*candidate.eyes)[1] + by};
}

Result<void> look_at_tiles(const cv::Mat& image, FaceModel& model, int per_side, float threshold,
                           std::vector<FaceCandidate>& found) {
  for (const auto& tile : tiles(image.size(), per_side, kOverlap)) {
    VG_ASSIGN(auto here, model.find(image(tile), threshold));
    for (auto& candidate : here) {
      shift(candidate, cv::Point2f(static_cast<float>(tile.x), static_cast<float>(tile.y)));
      found.push_back(candidate);
    }
  }
  return {};
}

}  // namespace

FaceCandidate placed(FaceCandidate candidate, int quarter_turns, const cv::Size2f& upright_piece, float scale,
                     const cv::Point2f& origin) {
  candidate.quarter_turns = quarter_turns;
  candidate.box = scaled(turned_back(candidate.box, quarter_turns, upright_piece), scale, scale);
  if (candidate.eyes) {
    for (auto& eye : *candidate.eyes) eye = turned_back(eye, quarter_turns, upright_piece) * scale;
  }
  shift(candidate, origin);
  return candidate;
}

Result<void> search_faces(Picture& picture, FaceModel& model, const FaceView& view, float threshold,
                          std::vector<FaceCandidate>& candidates) {
  // The level on which a tile is as large as the network's input.
  const float side = static_cast<float>(model.input_side()) / tile_share(view.per_side) / (1 + 2 * view.border);
  const cv::Mat& level = picture.at_most(cvRound(side));
  const float back = static_cast<float>(picture.width()) / static_cast<float>(level.cols);
  const int right = cvRound(view.border * static_cast<float>(level.cols));
  const int below = cvRound(view.border * static_cast<float>(level.rows));
  cv::Mat framed = level;
  if (right > 0 || below > 0) cv::copyMakeBorder(level, framed, below, below, right, right, cv::BORDER_REFLECT);
  const cv::Point2f origin(-back * static_cast<float>(right), -back * static_cast<float>(below));
  for (int turns = 0; turns < 4; ++turns) {
    std::vector<FaceCandidate> here;
    VG_TRY(look_at_tiles(turned(framed, turns), model, view.per_side, threshold, here));
    for (auto& candidate : suppress(std::move(here), kSameBox)) {
      candidates.push_back(placed(std::move(candidate), turns, framed.size(), back, origin));
    }
  }
  return {};
}

}  // namespace veilgate::detect
