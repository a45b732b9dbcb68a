#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "detect/text_reader.h"
#include "detect/text_search.h"

// What each look of the text networks finds in the pictures of a folder, and the CPU time of the network in it, one
// JSON line per picture, so that text_looks.py can try sets of looks without running them again:
//   text_candidates MODELS LIBONNXRUNTIME FOLDER [EVERY [FIRST]] > candidates.jsonl
using namespace veilgate;
using nlohmann::json;

namespace {

struct Scales {
  bool large_model;
  std::array<int, 7> long_sides;
};
constexpr std::array kScales{Scales{true, {1280, 1120, 960, 800, 640}},
                             Scales{false, {1280, 1120, 960, 800, 640, 480, 320}}};
/// Upright, and the two that a look at 0 and 90 degrees takes in a picture turned by a quarter.
constexpr int kTurns = 3;
constexpr std::array kThresholds{0.3, 0.2};
constexpr double kThick = 0.1, kReadableThick = 0.5;  // as detectors/text.cc

struct Networks {
  std::unique_ptr<detect::Session> large, tiny;
  std::unique_ptr<detect::TextReader> reader;
};

template <typename T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}: {}\n", result.error().code, result.error().message);
  std::exit(1);
}

json boxes_json(detect::Picture& picture, Networks& networks, const detect::TextMap& map, double threshold) {
  json out = json::array();
  for (const auto& one : detect::boxes_of(map, detect::text_rule(threshold))) {
    const Box box = detect::clipped(one.box, picture.width(), picture.height());
    if (box.empty()) continue;
    const bool thick = one.thickness >= kThick * std::min(picture.width(), picture.height());
    if (thick && !must(networks.reader->is_legible(picture, box, kReadableThick))) continue;
    out.push_back({box.x, box.y, box.w, box.h});
  }
  return out;
}

json looks_of(const cv::Mat& bgr, Networks& networks) {
  const pixel::Frame frame{bgr, 0};
  detect::Picture picture(frame);
  json out = json::object();
  for (const auto& [large, long_sides] : kScales) {
    for (const int side : long_sides) {
      for (int turn = 0; side > 0 && turn < kTurns; ++turn) {
        const auto before = detect::bare_time();
        const auto map = must(detect::map_text(picture, large ? *networks.large : *networks.tiny, {large, side, turn}));
        json look{{"cpu", std::round(1e4 * (detect::bare_time().seconds - before.seconds)) / 1e4}};
        for (const double threshold : kThresholds)
          look[fmt::format("{}", threshold)] = boxes_json(picture, networks, map, threshold);
        out[fmt::format("{}@{}/{}", large ? "v5" : "tiny", side, turn)] = look;
      }
    }
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "text_candidates MODELS LIBONNXRUNTIME FOLDER [EVERY [FIRST]]\n");
    return 2;
  }
  config::Detect config;
  config.models = argv[1], config.runtime = argv[2];
  const auto open = [&](const char* id) {
    return must(detect::Session::open(config.runtime, config.models, *detect::find_model(id)));
  };
  Networks networks{open("ppocr_v5_mobile_det"), open("ppocr_v6_tiny_det"), must(detect::TextReader::create(config))};
  const std::size_t every = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1;
  const std::size_t first = argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 0;
  cv::setNumThreads(1);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[3])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (std::size_t i = first; i < files.size(); i += std::max<std::size_t>(every, 1)) {
    const cv::Mat bgr = cv::imread(files[i], cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (bgr.empty()) continue;
    const json line{{"file", files[i].lexically_relative(argv[3]).string()},
                    {"width", bgr.cols},
                    {"height", bgr.rows},
                    {"looks", looks_of(bgr, networks)}};
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
  }
  return 0;
}
