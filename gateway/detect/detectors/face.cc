#include <cmath>

#include "detect/detector.h"
#include "detect/face_confirm.h"
#include "detect/face_search.h"

namespace veilgate::detect {
namespace {

/// Candidates looked at again in one picture. A crowd has more; those are believed.
constexpr int kMaxSecondLooks = 24;
constexpr int kTurns = 4;

struct FacePass {
  std::vector<FaceView> ultraface, blazeface;
  int votes = 3;
};

/// The border of Verify mirrors the picture's edges outwards, so that half a face there is seen as a whole one. It
/// makes the scales others than Detect's, too.
constexpr float kBorder = 0.25F;

FacePass settings(Pass pass) {
  switch (pass) {
    case Pass::Detect:
      // UltraFace on 2 x 2 tiles adds nothing to these but false alarms (tests/bench/README.md).
      return {{{1}, {3}}, {{1}, {2}}, 3};
    case Pass::Verify:
      return {{{1, kBorder}, {2}}, {{1, kBorder}}, 3};
    case Pass::Edge:
      // So close up cloth and hair look like faces, too; a real one is large here, and most views agree.
      return {{{1}}, {{1}}, 5};
    case Pass::Preview:
      break;
  }
  return {{{1}}, {{1}}, 3};
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
  FaceDetector(std::unique_ptr<FaceModel> ultraface, std::unique_ptr<FaceModel> blazeface, const config::Detect& config)
      : ultraface_(std::move(ultraface)),
        blazeface_(std::move(blazeface)),
        rule_(face_rule(config.face_threshold)),
        wants_eyes_(config.eyes) {}

  std::string name() const override { return "faces"; }
  std::vector<std::string> sources() const override { return {ultraface_->id(), blazeface_->id()}; }

  Result<std::vector<Region>> detect(Picture& picture, Pass pass) override {
    const auto chosen = settings(pass);
    std::vector<FaceCandidate> candidates;
    for (const auto& view : chosen.ultraface)
      VG_TRY(search_faces(picture, *ultraface_, view, rule_.ultraface_vote, candidates));
    for (const auto& view : chosen.blazeface)
      VG_TRY(search_faces(picture, *blazeface_, view, rule_.blazeface_vote, candidates));
    auto rule = rule_;
    rule.votes = chosen.votes;
    std::vector<Region> regions;
    int looks = kMaxSecondLooks;
    for (auto& face : vote(std::move(candidates), rule)) {
      VG_ASSIGN(const bool kept, judge(picture, face, looks));
      if (kept) add_region(picture, face, regions);
    }
    return regions;
  }

 private:
  /// Whether a doubtful face is one after all. Costs second looks, as long as there are some left.
  Result<bool> judge(Picture& picture, Face& face, int& looks) const {
    const bool needs_eyes = wants_eyes_ && !face.eyes;
    if ((!face.doubtful && !needs_eyes) || looks <= 0) return true;
    --looks;
    bool confirmed = false;
    std::vector<FaceCandidate> seen;
    for (int turn = 0; turn < kTurns; ++turn) {
      if ((face.turns >> static_cast<unsigned>(turn) & 1U) == 0 && !needs_eyes) continue;
      VG_ASSIGN(const auto here,
                look_again(picture, *ultraface_, *blazeface_, face.box, turn, face.doubtful ? rule_.confirmed : 1.0F));
      confirmed = confirmed || (here.size() == 2 && here.back().score >= rule_.confirmed);
      seen.insert(seen.end(), here.begin(), here.end());
      if (confirmed && !needs_eyes) break;
    }
    if (needs_eyes) face.eyes = eyes_of(suppress(std::move(seen), 1));
    face.confirmed = confirmed;
    return !face.doubtful || confirmed;
  }

  void add_region(const Picture& picture, const Face& face, std::vector<Region>& regions) const {
    const Box box = clipped(face.box, picture.width(), picture.height());
    if (box.empty()) return;
    const auto& model = face.model == FaceModelId::UltraFace ? *ultraface_ : *blazeface_;
    const char* reason = face.sure ? "sure" : face.confirmed ? "confirmed" : "votes";
    regions.push_back(
        {box, picture.frame(), RegionKind::Face, face.score, model.id(), reason, false, in_pixels(face.eyes)});
  }

  std::unique_ptr<FaceModel> ultraface_, blazeface_;
  FaceRule rule_;
  bool wants_eyes_;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_face_detector(const config::Detect& config) {
  VG_ASSIGN(auto ultraface, make_ultraface(config));
  VG_ASSIGN(auto blazeface, make_blazeface(config));
  return std::unique_ptr<Detector>(std::make_unique<FaceDetector>(std::move(ultraface), std::move(blazeface), config));
}

}  // namespace veilgate::detect
