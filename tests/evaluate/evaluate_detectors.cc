// Recall and false alarms of the detectors on a folder of labelled photographs, at four orientations.
//   evaluate_detectors [folder] [detect|verify|preview] [face threshold] [text threshold] [every n-th picture]
//   evaluate_detectors photo.jpg time
// The folder has ground_truth.csv (file,x,y,w,h,kind; kind = face | text | ignore | text_ignore). Skips when absent.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "detect/ensemble.h"
#include "detect/geometry.h"

namespace {

using namespace veilgate;

constexpr double kLargeFace = 0.05;   // of the picture's longer side
constexpr float kWordCovered = 0.6F;  // of the word's box
constexpr float kSameFace = 0.4F;     // intersection over union

struct Truth {
  detect::Rect box;
  std::string kind;
};
using Truths = std::map<std::string, std::vector<Truth>>;

Truths read_truth(const std::filesystem::path& file) {
  Truths truths;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string name, number, kind;
    std::getline(fields, name, ',');
    std::array<float, 4> box{};
    for (auto& value : box) {
      std::getline(fields, number, ',');
      value = std::stof(number);
    }
    std::getline(fields, kind);
    while (!kind.empty() && std::isspace(static_cast<unsigned char>(kind.back()))) kind.pop_back();
    truths[name].push_back({{box[0], box[1], box[2], box[3]}, kind});
  }
  return truths;
}

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Count {
  int found = 0, of = 0;
  void add(bool hit) { found += hit, ++of; }
  double share() const { return of == 0 ? 0 : static_cast<double>(found) / of; }
};

struct Tally {
  Count faces, large_faces, words;
  int pictures = 0, face_alarms = 0;
  double text_area = 0, face_ms = 0, text_ms = 0, code_ms = 0;
  int codes = 0;
};

detect::Rect rect_of(const Box& box) {
  return {static_cast<float>(box.x), static_cast<float>(box.y), static_cast<float>(box.w), static_cast<float>(box.h)};
}
cv::Point2f centre(const detect::Rect& box) { return {box.x + box.width / 2, box.y + box.height / 2}; }

bool same_face(const detect::Rect& found, const detect::Rect& face) {
  return detect::iou(found, face) >= kSameFace || found.contains(centre(face));
}

cv::Mat painted(const std::vector<Region>& regions, const cv::Size& size) {
  cv::Mat mask = cv::Mat::zeros(size, CV_8U);
  for (const auto& region : regions) mask(cv::Rect(region.box.x, region.box.y, region.box.w, region.box.h)) = 1;
  return mask;
}

void count_faces(const std::vector<Truth>& truths, const std::vector<Region>& regions, double side, Tally& tally) {
  for (const auto& truth : truths) {
    if (truth.kind != "face") continue;
    bool hit = false;
    for (const auto& region : regions) hit = hit || same_face(rect_of(region.box), truth.box);
    tally.faces.add(hit);
    if (std::max(truth.box.width, truth.box.height) >= kLargeFace * side) tally.large_faces.add(hit);
  }
  for (const auto& region : regions) {
    bool right = false;
    for (const auto& truth : truths) {
      right = right || same_face(rect_of(region.box), truth.box) || truth.box.contains(centre(rect_of(region.box)));
    }
    tally.face_alarms += !right;
  }
}

void count_words(const std::vector<Truth>& truths, const std::vector<Region>& regions, const cv::Size& size,
                 Tally& tally) {
  const cv::Mat mask = painted(regions, size);
  tally.text_area += static_cast<double>(cv::countNonZero(mask)) / static_cast<double>(mask.total());
  for (const auto& truth : truths) {
    if (truth.kind != "text") continue;
    const cv::Rect word = cv::Rect(truth.box) & cv::Rect({}, size);
    if (word.empty()) continue;
    tally.words.add(static_cast<float>(cv::countNonZero(mask(word))) >= kWordCovered * static_cast<float>(word.area()));
  }
}

std::vector<Region> timed(detect::Ensemble& ensemble, const pixel::Frame& frame, const detect::Wanted& wanted,
                          detect::Pass pass, double& total) {
  const double start = cpu_ms();
  auto found = ensemble.detect(frame, wanted, pass);
  total += cpu_ms() - start;
  if (!found) {
    fmt::print(stderr, "evaluate: {}\n", found.error().message);
    std::exit(1);
  }
  return *found;
}

void evaluate(detect::Ensemble& ensemble, const cv::Mat& image, std::vector<Truth> truths, bool faces, int turns,
              detect::Pass pass, Tally& tally) {
  const cv::Mat frame = detect::turned(image, turns);
  for (auto& truth : truths) truth.box = detect::turned_back(truth.box, 4 - turns, frame.size());
  ++tally.pictures;
  // What the set is not about is looked for upright only: enough for false alarms and times.
  if (faces || turns == 0) {
    const auto found = timed(ensemble, {frame, 0}, {true, false, false}, pass, tally.face_ms);
    count_faces(faces ? truths : std::vector<Truth>{}, found, std::max(frame.cols, frame.rows), tally);
  }
  if (!faces || turns == 0) {
    count_words(truths, timed(ensemble, {frame, 0}, {false, true, false}, pass, tally.text_ms), frame.size(), tally);
  }
  if (turns == 0) {
    tally.codes += static_cast<int>(timed(ensemble, {frame, 0}, {false, false, true}, pass, tally.code_ms).size());
  }
}

void print(std::string_view name, int turns, const Tally& t) {
  const double n = std::max(1, t.pictures);
  fmt::print("{:<6} {:>4}  {:>8} {:>7.3f} {:>7.3f} {:>7.2f}  {:>7.3f} {:>6.1f}%  {:>5} {:>7.0f} {:>7.0f} {:>7.0f}\n",
             name, turns * 90, t.pictures, t.large_faces.share(), t.faces.share(), t.face_alarms / n, t.words.share(),
             100 * t.text_area / n, t.codes, t.face_ms / n, t.text_ms / n, t.code_ms / n);
  std::fflush(stdout);
}

/// CPU time of one picture per pass and detector, best of three; enlarged to 12 megapixels when it is smaller.
int time_one(detect::Ensemble& ensemble, cv::Mat image) {
  const double scale = std::sqrt(12e6 / static_cast<double>(image.total()));
  if (scale > 1) cv::resize(image, image, {}, scale, scale, cv::INTER_CUBIC);
  fmt::print("{} x {}, CPU ms\n{:<8} {:>7} {:>7} {:>7} {:>9}\n", image.cols, image.rows, "pass", "faces", "text",
             "codes", "together");
  const std::array<std::pair<std::string_view, detect::Pass>, 3> passes{
      {{"detect", detect::Pass::Detect}, {"verify", detect::Pass::Verify}, {"preview", detect::Pass::Preview}}};
  constexpr std::array<detect::Wanted, 4> kWanted{
      {{true, false, false}, {false, true, false}, {false, false, true}, {}}};
  for (const auto& [name, pass] : passes) {
    fmt::print("{:<8}", name);
    for (const auto& wanted : kWanted) {
      double best = 1e9;
      for (int i = 0; i < 3; ++i) {
        double spent = 0;
        timed(ensemble, {image, 0}, wanted, pass, spent);
        best = std::min(best, spent);
      }
      fmt::print(" {:>7.0f}", best);
    }
    fmt::print("\n");
    std::fflush(stdout);
    cv::resize(image, image, {}, pass == detect::Pass::Verify ? 0.5 : 1.0, pass == detect::Pass::Verify ? 0.5 : 1.0,
               cv::INTER_AREA);  // a preview is a thumbnail of half the size at most
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : VEILGATE_SOURCE_DIR "/../shared/eval";
  const std::string which = argc > 2 ? argv[2] : "detect";
  const auto pass = which == "verify"    ? detect::Pass::Verify
                    : which == "preview" ? detect::Pass::Preview
                                         : detect::Pass::Detect;
  if (!std::filesystem::exists(folder / "ground_truth.csv") && which != "time") {
    fmt::print("evaluate: skipped, no ground_truth.csv in the folder\n");
    return 0;
  }
  config::Detect config;
  config.models = VEILGATE_DEPS_DIR "/models";
  config.runtime = VEILGATE_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so";
  if (argc > 3) config.face_threshold = std::stod(argv[3]);
  if (argc > 4) config.text_threshold = std::stod(argv[4]);
  const std::size_t stride = argc > 5 ? std::max(1UL, std::stoul(argv[5])) : 1;
  auto ensemble = detect::Ensemble::create(config);
  if (!ensemble) {
    fmt::print(stderr, "evaluate: {}\n", ensemble.error().message);
    return 1;
  }
  if (which == "time") return time_one(**ensemble, cv::imread(folder.string()));
  const auto truths = read_truth(folder / "ground_truth.csv");
  fmt::print(
      "{:<6} {:>4}  {:>8} {:>7} {:>7} {:>7}  {:>7} {:>7}  {:>5} {:>7} {:>7} {:>7}   (CPU ms per picture, pass {})\n",
      "set", "turn", "pictures", "face>5%", "faces", "alarms", "words", "area", "codes", "face ms", "text ms",
      "code ms", which);
  for (const std::string set : {"faces", "text"}) {
    std::array<Tally, 4> tallies;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder / set)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (std::size_t i = 0; i < files.size(); i += stride) {
      const auto& file = files[i];
      const cv::Mat image = cv::imread(file.string(), cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
      if (image.empty()) continue;
      const auto known = truths.find(set + "/" + file.filename().string());
      const auto labelled = known == truths.end() ? std::vector<Truth>{} : known->second;
      for (int turns = 0; turns < (set == "text" ? 2 : 4); ++turns) {
        evaluate(**ensemble, image, labelled, set == "faces", turns, pass, tallies[static_cast<std::size_t>(turns)]);
      }
    }
    for (int turns = 0; turns < 4; ++turns) {
      if (tallies[static_cast<std::size_t>(turns)].pictures > 0)
        print(set, turns, tallies[static_cast<std::size_t>(turns)]);
    }
  }
  return 0;
}
