#include "detect/face_vote.h"

#include <algorithm>
#include <set>
#include <utility>

namespace veilgate::detect {
namespace {

/// Overlap from which two models mean the same face: their boxes differ by forehead and ears.
constexpr float kSameFace = 0.35F;
/// A face this much inside another is already hidden by it.
constexpr float kHidden = 0.8F;

constexpr std::size_t kTurns = 4;

/// Landmarks of candidates below it are guesses.
constexpr float kEyesScore = 0.7F;
/// Distance between two estimates of the eyes' middle, as a share of the face, within which they agree.
constexpr float kSameEyes = 0.15F;
/// By how much the best rotation must beat one that sees the eyes elsewhere.
constexpr float kClearlyBest = 0.15F;

struct Group {
  std::vector<FaceCandidate> members;  ///< best first
};

const FaceRule::Model& rule_of(const FaceCandidate& candidate, const FaceRule& rule) {
  return rule.models[static_cast<std::size_t>(candidate.model)];
}

bool counts(const FaceCandidate& candidate, const FaceRule& rule) {
  const bool known = candidate.model >= 0 && static_cast<std::size_t>(candidate.model) < rule.models.size();
  return known && candidate.score >= rule_of(candidate, rule).vote && !candidate.box.empty();
}

void sort_best_first(std::vector<FaceCandidate>& candidates) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
}

cv::Point2f middle(const Eyes& eyes) { return (eyes[0] + eyes[1]) / 2; }

Face face_of(const Group& group, int votes) {
  const auto& best = group.members.front();
  Face face{best.box, best.score, best.model, votes};
  face.eyes = eyes_of(group.members);
  for (const auto& member : group.members) face.turns |= 1U << static_cast<unsigned>(member.quarter_turns);
  std::set<int> models{best.model};
  for (const auto& member : group.members) {
    if (models.insert(member.model).second) face.box = hull(face.box, member.box);  // only each model's best
  }
  return face;
}

std::optional<Face> judged(const Group& group, const FaceRule& rule) {
  std::set<std::pair<int, int>> voters;
  std::array<std::set<int>, kTurns> sure_models;
  bool sure = false, trusted = false;
  for (const auto& member : group.members) {
    voters.emplace(member.model, member.quarter_turns);
    trusted = trusted || member.score >= rule_of(member, rule).trusted;
    if (member.score < rule_of(member, rule).sure) continue;
    sure = true;
    sure_models[static_cast<std::size_t>(member.quarter_turns) % kTurns].insert(member.model);
  }
  const int votes = static_cast<int>(voters.size());
  if (!sure && (votes < rule.votes || group.members.front().score < rule.least)) return std::nullopt;
  auto face = face_of(group, votes);
  face.sure = sure;
  face.doubtful = !sure && !trusted;
  face.agreed = std::any_of(sure_models.begin(), sure_models.end(),
                            [&](const auto& models) { return models.size() >= needed_to_agree(rule.models.size()); });
  return face;
}

}  // namespace

std::optional<Eyes> eyes_of(const std::vector<FaceCandidate>& best_first) {
  const FaceCandidate* best = nullptr;
  for (const auto& member : best_first) {
    if (!member.eyes) continue;
    if (best == nullptr) {
      if (member.score < kEyesScore) return std::nullopt;
      best = &member;
      continue;
    }
    const float side = std::max(best->box.width, best->box.height);
    const bool elsewhere = cv::norm(middle(*member.eyes) - middle(*best->eyes)) > kSameEyes * side;
    if (elsewhere && member.quarter_turns != best->quarter_turns && member.score > best->score - kClearlyBest)
      return std::nullopt;
  }
  return best == nullptr ? std::nullopt : best->eyes;
}

FaceRule face_rule(double threshold, std::span<const FaceScores> models) {
  const auto t = static_cast<float>(std::clamp(threshold, 0.01, 0.99));
  // Certainties move towards 1 as the threshold rises, votes with it: at 0.5 both are as given.
  const auto towards_one = [t](double at_half) { return 1 - (1 - t) * static_cast<float>(2 * (1 - at_half)); };
  FaceRule rule;
  for (const auto& scores : models) {
    rule.models.push_back({towards_one(scores.sure), t * static_cast<float>(2 * scores.vote),
                           scores.trusted ? towards_one(*scores.trusted) : FaceRule::Model{}.trusted});
  }
  rule.least = 0.2F + t * 0.8F;
  rule.confirmed = t;
  rule.seconded = 0.6F * t;
  return rule;
}

std::vector<FaceCandidate> suppress(std::vector<FaceCandidate> candidates, float limit) {
  sort_best_first(candidates);
  std::vector<FaceCandidate> kept;
  for (const auto& candidate : candidates) {
    const auto same = [&](const FaceCandidate& other) { return iou(candidate.box, other.box) > limit; };
    if (std::none_of(kept.begin(), kept.end(), same)) kept.push_back(candidate);
  }
  return kept;
}

std::vector<Face> vote(std::vector<FaceCandidate> candidates, const FaceRule& rule) {
  std::erase_if(candidates, [&](const auto& candidate) { return !counts(candidate, rule); });
  sort_best_first(candidates);
  std::vector<Group> groups;
  for (const auto& candidate : candidates) {
    const auto home = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      return iou(candidate.box, group.members.front().box) > kSameFace;
    });
    if (home != groups.end()) {
      home->members.push_back(candidate);
    } else {
      groups.push_back({{candidate}});
    }
  }
  std::vector<Face> faces;
  for (const auto& group : groups) {
    if (const auto face = judged(group, rule)) faces.push_back(*face);
  }
  return faces;
}

bool is_hidden(const Face& face, std::span<const Face> others) {
  return std::any_of(others.begin(), others.end(),
                     [&](const Face& other) { return covered(face.box, other.box) >= kHidden; });
}

}  // namespace veilgate::detect
