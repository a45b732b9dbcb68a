#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "detect/face_confirm.h"
#include "detect/face_search.h"

// Everything that the face networks say about the pictures of a folder, one JSON line per picture, so that
// face_rules.py can try rules without running them again:
//   face_candidates MODELS LIBONNXRUNTIME FOLDER [QUARTER_TURNS [VIEWS]] > candidates.jsonl
// VIEWS are names of those below in one word; without, those of Detect. A candidate is view, quarter turns, score, box
// and eyes, if any. A second look is the margin, and for each rotation what both networks say: score, box and eyes.
using namespace veilgate;
using nlohmann::json;

namespace {

constexpr float kLeastScore = 0.25F;
/// Sides of second looks over the box's.
constexpr std::array kMargins{1.5F, 2.0F, 3.0F};

struct NamedView {
  const char* name;
  std::size_t model;  // place in the built-in ensemble
  detect::FaceView view;
};
constexpr std::array kViews{
    NamedView{"u1", 0, {1, 0}},     NamedView{"u2", 0, {2, 0}}, NamedView{"u3", 0, {3, 0}},
    NamedView{"ub", 0, {1, 0.25F}}, NamedView{"b1", 1, {1, 0}}, NamedView{"b2", 1, {2, 0}},
    NamedView{"bb", 1, {1, 0.25F}},
};

json box_json(const detect::Rect& box) {
  return {std::round(box.x), std::round(box.y), std::round(box.width), std::round(box.height)};
}

json eyes_json(const std::optional<detect::Eyes>& eyes) {
  if (!eyes) return nullptr;
  const auto& [one, other] = *eyes;
  return {std::round(one.x), std::round(one.y), std::round(other.x), std::round(other.y)};
}

json score_json(float score) { return std::round(score * 1000) / 1000; }

/// The spot cut out at several margins, in all rotations.
Result<json> second_looks(detect::Picture& picture, const detect::FaceModels& models, const detect::Rect& box) {
  json margins = json::array();
  for (const float around : kMargins) {
    json looks = json::array();
    for (int turn = 0; turn < 4; ++turn) {
      json look = json::array();
      for (const auto& model : models) {
        VG_ASSIGN(const auto seen, detect::look_again(picture, *model, box, {turn, around}));
        look.push_back(nullptr);
        if (seen) look.back() = {score_json(seen->score), box_json(seen->box), eyes_json(seen->eyes)};
      }
      looks.push_back(look);
    }
    margins.push_back({around, looks});
  }
  return margins;
}

Result<json> candidates_of(const cv::Mat& bgr, const detect::FaceModels& models, const std::string& views) {
  const pixel::Frame frame{bgr, 0};
  detect::Picture picture(frame);
  json out{{"width", bgr.cols}, {"height", bgr.rows}, {"candidates", json::array()}, {"second", json::array()}};
  std::vector<detect::FaceCandidate> all;
  for (const auto& [name, model, view] : kViews) {
    if (views.find(name) == std::string::npos) continue;
    std::vector<detect::FaceCandidate> here;
    VG_TRY(detect::search_faces(picture, *models[model], view, kLeastScore, here));
    for (const auto& one : here) {
      out["candidates"].push_back(
          {name, one.quarter_turns, score_json(one.score), box_json(one.box), eyes_json(one.eyes)});
    }
    all.insert(all.end(), here.begin(), here.end());
  }
  const detect::FaceRule loose{{{0.85F, 0.3F, 0}, {0.7F, 0.25F, 0}}, 3, 0, 0};
  for (const auto& face : detect::vote(all, loose)) {
    VG_ASSIGN(const auto looks, second_looks(picture, models, face.box));
    out["second"].push_back({{"box", box_json(face.box)}, {"looks", looks}});
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "face_candidates MODELS LIBONNXRUNTIME FOLDER [QUARTER_TURNS [VIEWS]]\n");
    return 2;
  }
  config::Detect config;
  config.models = argv[1], config.runtime = argv[2];
  const int turns = argc > 4 ? std::atoi(argv[4]) : 0;
  const std::string views = argc > 5 ? argv[5] : "u1u3b1b2";
  const auto ensemble = detect::models_for(config, detect::ModelRole::Face);
  if (!ensemble) return 1;
  detect::FaceModels models;
  for (const auto& one : *ensemble) {
    auto model = detect::FaceModel::open(config, one, static_cast<int>(models.size()));
    if (!model) return 1;
    models.push_back(std::move(*model));
  }
  cv::setNumThreads(1);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[3])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const cv::Mat bgr = cv::imread(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (bgr.empty()) continue;
    auto line = candidates_of(detect::turned(bgr, turns), models, views);
    if (!line) return 1;
    (*line)["file"] = file.lexically_relative(argv[3]).string();
    fmt::print("{}\n", line->dump());
    std::fflush(stdout);
  }
  return 0;
}
