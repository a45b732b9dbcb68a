#include <algorithm>
#include <cmath>

#include "detect/detector.h"
#include "detect/face_confirm.h"
#include "detect/face_search.h"

namespace veilgate::detect {
namespace {

/// Candidates looked at again in one picture. A crowd has more; those are believed.
constexpr int kMaxSecondLooks = 24;
constexpr int kTurns = 4;
/// Longer side of a small face, as a share of the picture's.
constexpr float kSmall = 0.05F;

/// The border of Verify mirrors the picture's edges outwards, so that half a face there is seen as a whole one. It
/// makes the scales others than Detect's, too.
constexpr float kBorder = 0.25F;

/// So close up cloth and hair look like faces, too; a real one is large there, and most views agree.
constexpr int kEdgeVotes = 5;

/// The whole picture, and tiles. What lies between the whole and the finest tiles of Detect adds nothing to them but
/// false alarms (tests/bench/README.md). Verification leaves the finest tiles out: what they show was masked, or is too
/// small to know somebody by.
std::vector<FaceView> views(const FaceModel& model, Pass pass) {
  std::vector<FaceView> out{{1}};
  int finest = 1;
  if (pass == Pass::Detect) finest = model.tiles();
  if (pass == Pass::Verify) {
    out.front().border = kBorder;
    finest = model.tiles() - 1;
  }
  if (finest > 1) out.push_back({finest});
  return out;
}

/// Nothing when a landmark lies where no picture can.
std::optional<EyePair> in_pixels(const std::optional<Eyes>& eyes) {
  constexpr float kFarthest = 1 << 20;
  EyePair out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!eyes) return std::nullopt;
    const float value = i % 2 == 0 ? (*eyes)[i / 2].x : (*eyes)[i / 2].y;
    if (!(std::abs(value) < kFarthest)) return std::nullopt;
    out[i] = cvRound(value);
  }
  return out;
}

class FaceDetector final : public Detector {
 public:
  FaceDetector(FaceModels models, FaceRule rule, bool wants_eyes)
      : models_(std::move(models)), rule_(std::move(rule)), wants_eyes_(wants_eyes) {}

  std::string name() const override { return "faces"; }
  std::vector<std::string> sources() const override {
    std::vector<std::string> ids;
    for (const auto& model : models_) ids.push_back(model->id());
    return ids;
  }

  Result<std::vector<Region>> detect(Picture& picture, Pass pass) override {
    auto rule = rule_;
    if (pass == Pass::Edge) rule.votes = std::min(kEdgeVotes, kTurns * static_cast<int>(models_.size()));
    std::vector<FaceCandidate> candidates;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      for (const auto& view : views(*models_[i], pass))
        VG_TRY(search_faces(picture, *models_[i], view, rule_.models[i].vote, candidates));
    }
    std::vector<Face> kept;
    int looks = kMaxSecondLooks;
    for (auto& face : vote(std::move(candidates), rule)) {
      if (is_hidden(face, kept)) continue;
      VG_ASSIGN(const bool is_face, judge(picture, face, looks));
      if (is_face) kept.push_back(face);
    }
    std::vector<Region> regions;
    for (const auto& face : kept) add_region(picture, face, regions);
    return regions;
  }

 private:
  /// To one model alone, however sure, skin and wounds look like faces. What is small is believed: BlazeFace does not
  /// know faces of a few pixels, and so small a mask destroys no lesion.
  static bool needs_second_look(const Picture& picture, const Face& face) {
    const auto long_side = static_cast<float>(std::max(picture.width(), picture.height()));
    const bool is_small = std::max(face.box.width, face.box.height) < kSmall * long_side;
    return face.doubtful || (!face.agreed && !is_small);
  }

  /// Whether it is a face after all. Costs a second look where it is needed, as long as there are some left.
  Result<bool> judge(Picture& picture, Face& face, int& looks) const {
    const bool in_doubt = needs_second_look(picture, face);
    const bool needs_eyes = wants_eyes_ && !face.eyes;
    if ((!in_doubt && !needs_eyes) || looks <= 0) return true;
    --looks;
    if (in_doubt) {
      const float least = face.doubtful ? rule_.confirmed : rule_.seconded;
      VG_ASSIGN(const bool is_face, confirmed(picture, models_, face, least, face.doubtful));
      if (!is_face) return false;
      face.confirmed = true;
    }
    if (needs_eyes) {
      VG_ASSIGN(const auto eyes, look_for_eyes(picture, models_, face.box));
      face.eyes = eyes;
    }
    return true;
  }

  void add_region(const Picture& picture, const Face& face, std::vector<Region>& regions) const {
    const Box box = clipped(face.box, picture.width(), picture.height());
    if (box.empty()) return;
    const auto& model = *models_[static_cast<std::size_t>(face.model)];
    const char* reason = face.confirmed ? "confirmed" : face.sure ? "sure" : "votes";
    regions.push_back(
        {box, picture.frame(), RegionKind::Face, face.score, model.id(), reason, false, in_pixels(face.eyes)});
  }

  FaceModels models_;
  FaceRule rule_;
  bool wants_eyes_;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_face_detector(const config::Detect& config) {
  VG_ASSIGN(const auto files, models_for(config, ModelRole::Face));
  FaceModels models;
  std::vector<FaceScores> scores;
  for (const auto& file : files) {
    VG_ASSIGN(auto model, FaceModel::open(config, file, static_cast<int>(models.size())));
    models.push_back(std::move(model));
    scores.push_back(file.scores);
  }
  return std::unique_ptr<Detector>(
      std::make_unique<FaceDetector>(std::move(models), face_rule(config.face_threshold, scores), config.eyes));
}

}  // namespace veilgate::detect
