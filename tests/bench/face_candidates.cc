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
//   face_candidates MODELS LIBONNXRUNTIME FOLDER [QUARTER_TURNS] > candidates.jsonl
using namespace veilgate;
using nlohmann::json;

namespace {

constexpr float kLeastScore = 0.25F;

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

Result<json> candidates_of(const cv::Mat& bgr, const detect::FaceModels& models) {
  const pixel::Frame frame{bgr, 0};
  detect::Picture picture(frame);
  json out{{"width", bgr.cols}, {"height", bgr.rows}, {"candidates", json::array()}, {"second", json::array()}};
  std::vector<detect::FaceCandidate> all;
  for (const auto& [name, model, view] : kViews) {
    std::vector<detect::FaceCandidate> here;
    VG_TRY(detect::search_faces(picture, *models[model], view, kLeastScore, here));
    for (const auto& one : here) {
      out["candidates"].push_back({name, one.quarter_turns, std::round(one.score * 1000) / 1000, box_json(one.box)});
    }
    all.insert(all.end(), here.begin(), here.end());
  }
  const detect::FaceRule loose{{{0.85F, 0.3F, 0}, {0.7F, 0.25F}}, 3, 0, 0};
  for (const auto& face : detect::vote(all, loose)) {
    json looks = json::array();
    for (int turn = 0; turn < 4; ++turn) {
      VG_ASSIGN(const auto seen, detect::look_again(picture, models, face.box, turn, 0));
      float u = 0, b = 0;
      for (const auto& one : seen) (one.model == 0 ? u : b) = one.score;
      looks.push_back({u, b});
    }
    out["second"].push_back({{"box", box_json(face.box)}, {"looks", looks}});
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "face_candidates MODELS LIBONNXRUNTIME FOLDER [QUARTER_TURNS]\n");
    return 2;
  }
  config::Detect config;
  config.models = argv[1], config.runtime = argv[2];
  const int turns = argc > 4 ? std::atoi(argv[4]) : 0;
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
    auto line = candidates_of(detect::turned(bgr, turns), models);
    if (!line) return 1;
    (*line)["file"] = file.lexically_relative(argv[3]).string();
    fmt::print("{}\n", line->dump());
    std::fflush(stdout);
  }
  return 0;
}
