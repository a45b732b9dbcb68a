#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "detect/ensemble.h"
#include "detect/things.h"
#include "support/scene/areas.h"

// How far found text widens to the labels that it stands on, on generated scenes. The networks run once:
//   label_outlines find MODELS LIBONNXRUNTIME SAMPLES FOLDER FIRST COUNT     pictures, truth and what is found, into
//   FOLDER label_outlines judge FOLDER [PICTURES]      labels covered, background masked, wounds kept; PICTURES gets
//   the misses
using namespace veilgate;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

using test::scene::TruthRow;

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

json box_json(const cv::Rect& box) { return {box.x, box.y, box.width, box.height}; }

json truth_json(const std::vector<TruthRow>& truth) {
  json out = json::array();
  for (const auto& row : truth) {
    json outline = json::array();
    for (const auto& point : row.outline) outline.push_back({point.x, point.y});
    out.push_back({{"kind", row.kind}, {"what", row.what}, {"box", box_json(row.box)}, {"outline", outline}});
  }
  return out;
}

std::vector<TruthRow> truth_from(const json& rows) {
  std::vector<TruthRow> out;
  for (const auto& row : rows) {
    const auto& box = row["box"];
    TruthRow one{{box[0], box[1], box[2], box[3]}, {}, row["kind"], row["what"], "", 0};
    for (const auto& point : row["outline"]) one.outline.emplace_back(point[0].get<int>(), point[1].get<int>());
    out.push_back(std::move(one));
  }
  return out;
}

/// The kind of thing that every scene is to begin with; nullptr: one after the other.
const test::scene::Kind* kind_named(const char* name) {
  const auto& all = test::scene::kinds();
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const auto& kind) { return name == std::string(kind.name); });
  return known == all.end() ? nullptr : &*known;
}

int find(char** argv, const test::scene::Kind* kind) {
  config::Detect config;
  config.models = argv[2], config.runtime = argv[3];
  const test::scene::Materials materials{argv[4]};
  const fs::path folder(argv[5]);
  const auto first = std::strtoull(argv[6], nullptr, 10), count = std::strtoull(argv[7], nullptr, 10);
  const auto ensemble = detect::Ensemble::create(config);
  if (!ensemble) return 1;
  fs::create_directories(folder);
  for (auto seed = first; seed < first + count; ++seed) {
    const auto scene =
        kind != nullptr ? test::scene::make_scene(seed, materials, *kind) : test::scene::make_scene(seed, materials);
    const auto found = (*ensemble)->detect({scene.picture, 0}, {}, detect::Pass::Detect);
    if (!found) return 1;
    std::ofstream(folder / fmt::format("{:06}.jpg", seed), std::ios::binary)
        .write(reinterpret_cast<const char*>(scene.jpeg.data()), static_cast<std::streamsize>(scene.jpeg.size()));
    std::ofstream(folder / fmt::format("{:06}.json", seed))
        << json{{"seed", seed}, {"truth", truth_json(scene.truth)}, {"found", *found}};
  }
  return 0;
}

void keep_picture(const fs::path& file, cv::Mat picture, std::span<const Region> found,
                  const std::vector<TruthRow>& truth) {
  for (const auto& one : found) {
    const cv::Scalar colour = one.kind == RegionKind::Label ? cv::Scalar(0, 0, 255) : cv::Scalar(255, 0, 0);
    cv::rectangle(picture, cv::Rect(one.box.x, one.box.y, one.box.w, one.box.h), colour, 2);
  }
  for (const auto& row : truth) {
    if (row.kind == "label") cv::polylines(picture, std::vector{row.outline}, true, cv::Scalar(0, 255, 0), 2);
  }
  cv::imwrite(file.string(), picture);
}

int judge(const fs::path& folder, const char* pictures) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  cv::setNumThreads(1);
  test::scene::Areas areas;
  double seconds = 0;
  for (auto file : files) {
    const auto line = json::parse(std::ifstream(file));
    auto found = line["found"].get<std::vector<Region>>();
    const auto truth = truth_from(line["truth"]);
    const cv::Mat picture = cv::imread(file.replace_extension(".jpg").string(), cv::IMREAD_COLOR);
    const double before = cpu_s();
    const auto labels = detect::label_regions({picture, 0}, found);
    seconds += cpu_s() - before;
    if (!labels) return 1;
    found.insert(found.end(), labels->begin(), labels->end());
    const auto missed = areas.missed.size();
    areas.add(line["seed"], truth, test::scene::masked_by(found, picture.size(), {}));
    if (pictures != nullptr && areas.missed.size() > missed) {
      fs::create_directories(pictures);
      keep_picture(pictures / file.filename(), picture, found, truth);
    }
  }
  for (const auto& one : areas.missed) {
    fmt::print("missed seed {} {} at {},{}: {:.2f} of it\n", one.seed, one.what, one.box.x, one.box.y, one.share);
  }
  for (const auto& [what, share] : areas.labels) fmt::print("{:14} {} of {}\n", what, share.hits, share.of);
  for (const auto& [what, share] : areas.stays) fmt::print("stays {:14} {} of {}\n", what, share.hits, share.of);
  const auto all = areas.all_labels();
  const auto& wounds = areas.kept["wound"];
  fmt::print(
      "labels {} of {} ({:.4f}), {:.4f} of their area; background {:.4f}, wounds {:.4f} of their area; {:.1f} ms a "
      "picture\n",
      all.hits, all.of, all.value(), areas.hidden_shares / static_cast<double>(std::max<std::size_t>(1, all.of)),
      areas.background_share(), wounds.first / std::max(1.0, wounds.second),
      1000 * seconds / static_cast<double>(files.size()));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "find" && argc >= 8) return find(argv, argc > 8 ? kind_named(argv[8]) : nullptr);
  if (verb == "judge" && argc > 2) return judge(argv[2], argc > 3 ? argv[3] : nullptr);
  fmt::print(stderr,
             "label_outlines find MODELS LIBONNXRUNTIME SAMPLES FOLDER FIRST COUNT [KIND]\n"
             "label_outlines judge FOLDER [PICTURES]\n");
  return 2;
}
