#include <algorithm>
#include <array>
#include <span>

#include "detect/detector.h"
#include "detect/face_model.h"

namespace veilgate::detect {
namespace {

/// Neighbouring tiles share this part, so that a face on a seam lies whole in one of them.
constexpr float kOverlap = 0.25F;
constexpr int kMaxPerSide = 3;

/// How one model looks at the picture: 1 is the whole, 2 is 2 x 2 tiles, 0 ends the list.
using Tilings = std::array<int, kMaxPerSide>;

struct FacePass {
  Tilings ultraface{}, blazeface{};
  int votes = 3;
};

FacePass settings(Pass pass) {
  switch (pass) {
    case Pass::Detect:
      return {{1, 2, 3}, {1, 2, 0}, 3};
    case Pass::Verify:
      return {{1, 2, 0}, {1, 0, 0}, 3};
    case Pass::Preview:
      break;
  }
  return {{1, 0, 0}, {1, 0, 0}, 3};
}

/// Length of a tile's side as a share of the picture's.
float tile_share(int per_side) { return 1 / (1 + static_cast<float>(per_side - 1) * (1 - kOverlap)); }

class FaceDetector final : public Detector {
 public:
  FaceDetector(std::unique_ptr<FaceModel> ultraface, std::unique_ptr<FaceModel> blazeface, double threshold)
      : ultraface_(std::move(ultraface)), blazeface_(std::move(blazeface)), rule_(face_rule(threshold)) {}

  std::string name() const override { return "faces"; }
  std::vector<std::string> sources() const override { return {ultraface_->id(), blazeface_->id()}; }

  Result<std::vector<Region>> detect(Picture& picture, Pass pass) override {
    const auto chosen = settings(pass);
    std::vector<FaceCandidate> candidates;
    VG_TRY(look(picture, *ultraface_, chosen.ultraface, rule_.ultraface_vote, candidates));
    VG_TRY(look(picture, *blazeface_, chosen.blazeface, rule_.blazeface_vote, candidates));
    auto rule = rule_;
    rule.votes = chosen.votes;
    std::vector<Region> regions;
    for (const auto& face : vote(std::move(candidates), rule)) {
      const auto& model = face.model == FaceModelId::UltraFace ? *ultraface_ : *blazeface_;
      const Box box = clipped(face.box, picture.width(), picture.height());
      if (!box.empty())
        regions.push_back(
            {box, picture.frame(), RegionKind::Face, face.score, model.id(), face.sure ? "sure" : "votes"});
    }
    return regions;
  }

 private:
  /// All rotations and tiles of one model; candidates come in the picture's own pixels.
  static Result<void> look(Picture& picture, FaceModel& model, const Tilings& tilings, float threshold,
                           std::vector<FaceCandidate>& candidates) {
    for (const int per_side : tilings) {
      if (per_side == 0) break;
      // The level on which a tile is as large as the network's input.
      const cv::Mat& level = picture.at_most(cvRound(static_cast<float>(model.input_side()) / tile_share(per_side)));
      const float back = static_cast<float>(picture.width()) / static_cast<float>(level.cols);
      for (int turns = 0; turns < 4; ++turns) {
        std::vector<FaceCandidate> here;
        VG_TRY(look_at_tiles(turned(level, turns), model, per_side, threshold, here));
        for (auto candidate : suppress(std::move(here), kSameBox)) {
          candidate.quarter_turns = turns;
          candidate.box = scaled(turned_back(candidate.box, turns, level.size()), back, back);
          candidates.push_back(candidate);
        }
      }
    }
    return {};
  }

  static Result<void> look_at_tiles(const cv::Mat& image, FaceModel& model, int per_side, float threshold,
                                    std::vector<FaceCandidate>& found) {
    for (const auto& tile : tiles(image.size(), per_side, kOverlap)) {
      VG_ASSIGN(const auto here, model.find(image(tile), threshold));
      for (auto candidate : here) {
        candidate.box += cv::Point2f(static_cast<float>(tile.x), static_cast<float>(tile.y));
        found.push_back(candidate);
      }
    }
    return {};
  }

  /// Overlap from which boxes of neighbouring tiles are one face.
  static constexpr float kSameBox = 0.4F;

  std::unique_ptr<FaceModel> ultraface_, blazeface_;
  FaceRule rule_;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_face_detector(const config::Detect& config) {
  VG_ASSIGN(auto ultraface, make_ultraface(config));
  VG_ASSIGN(auto blazeface, make_blazeface(config));
  return std::unique_ptr<Detector>(
      std::make_unique<FaceDetector>(std::move(ultraface), std::move(blazeface), config.face_threshold));
}

}  // namespace veilgate::detect
