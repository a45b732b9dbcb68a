#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "detect/ensemble.h"
#include "detect/ruler_parts.h"
#include "detect/ruler_things.h"
#include "detect/text_judge.h"
#include "detect/things.h"
#include "evaluate/measure.h"
#include "mask/plan.h"
#include "support/scene/scene.h"

// What the text policy `identifying` leaves of rulers in drawn scenes, ruler by ruler, and which masks lie on the rest.
// What detectors found is kept in a folder, so that rules for rulers can be tried without looking again:
//   ruler_bench MODELS LIBONNXRUNTIME SAMPLES FOLDER FIRST_SEED COUNT [KIND]   KIND: ruler_digits, scale_bar,
//   laterality...
using namespace veilgate;
using nlohmann::json;

namespace {

template <typename T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}: {}\n", result.error().code, result.error().message);
  std::exit(1);
}

std::vector<Region> found_in(detect::Ensemble& ensemble, const test::scene::Scene& scene, const std::string& folder) {
  const auto file = std::filesystem::path(folder) / fmt::format("{}.json", scene.seed);
  if (std::ifstream in(file); in) return json::parse(in).get<std::vector<Region>>();
  auto found = must(ensemble.detect({scene.picture, 0}, {}, detect::Pass::Detect));
  std::ofstream(file) << json(found);
  return found;
}

struct Masks {
  std::vector<Region> regions;
  cv::Mat1b cover;
};

Masks masks_of(const std::vector<Region>& found, const cv::Size& size) {
  pixel::Layout layout;
  layout.rows = size.height;
  layout.columns = size.width;
  Masks out{must(mask::plan(found, {}, layout)), cv::Mat1b::zeros(size)};
  for (const auto& mask : out.regions) out.cover(cv::Rect(mask.box.x, mask.box.y, mask.box.w, mask.box.h)) = 255;
  return out;
}

double share_of(const cv::Mat1b& area, const cv::Mat1b& cover) {
  return cv::countNonZero(area & cover) / std::max(1.0, static_cast<double>(cv::countNonZero(area)));
}

cv::Mat1b area_of(const std::vector<cv::Point>& outline, const cv::Size& size) {
  cv::Mat1b out = cv::Mat1b::zeros(size);
  cv::fillPoly(out, std::vector{outline}, 255);
  return out;
}

/// Why what is not kept is masked: the region that covers most of it.
std::string blame(const cv::Mat1b& area, const Masks& masks) {
  std::string out = "?";
  int most = 0;
  for (const auto& mask : masks.regions) {
    const int here = cv::countNonZero(area(cv::Rect(mask.box.x, mask.box.y, mask.box.w, mask.box.h)));
    if (here <= most) continue;
    most = here;
    out = fmt::format("{} {} {}x{}", to_string(mask.kind), mask.reason, mask.box.w, mask.box.h);
  }
  return out;
}

/// What became of each row of numbers that was found: how many were read, and whether something else is written there.
std::string rows_of(const cv::Mat& bgr, const std::vector<Region>& found, detect::TextReader& reader) {
  const detect::ReadSlab read = [&](const detect::Slab& slab, int turns) {
    return reader.read(detect::cut_out(bgr, slab, turns));
  };
  std::vector<detect::Slab> pieces;
  for (const auto& region : found) {
    if (region.kind == RegionKind::Text) pieces.push_back(detect::slab_of(region));
  }
  std::string out;
  const detect::GapIsBlank blank = [&](const detect::Slab& gap, const detect::Slab& number) {
    return detect::is_blank(bgr, gap, number);
  };
  for (auto ruler : must(detect::find_rulers(pieces, detect::long_things(bgr, pieces), read))) {
    const bool drawn = must(detect::fit_to_ink(bgr, ruler, read));
    const bool pure = must(detect::is_pure(ruler, pieces, read, blank));
    const auto& row = ruler.corridor;
    out += fmt::format(" [{} numbers, {:.0f}x{:.0f} at {:.0f},{:.0f}{}]", ruler.numbers.size(), row.length,
                       row.thickness, row.centre.x, row.centre.y,
                       !drawn ? ", of no height"
                       : pure ? ""
                              : ", not pure");
  }
  return out.empty() ? " [no row]" : out;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 7) {
    fmt::print(stderr, "ruler_bench MODELS LIBONNXRUNTIME SAMPLES FOLDER FIRST_SEED COUNT [KIND]\n");
    return 2;
  }
  config::Detect config;
  config.models = arguments[1], config.runtime = arguments[2];
  config.text_policy.identifying = true;
  config.text_lines = true;
  const std::string folder = arguments[4], wanted = count > 7 ? arguments[7] : "ruler_digits";
  std::filesystem::create_directories(folder);
  const auto first = std::strtoull(arguments[5], nullptr, 10), last = first + std::strtoull(arguments[6], nullptr, 10);
  const auto ensemble = must(detect::Ensemble::create(config));
  const auto judge = must(detect::TextJudge::create(config));
  const auto reader = must(detect::TextReader::create(config));
  const detect::TextRules rules{config.text_policy, {}, false};
  const bool only = std::getenv("VEILGATE_ONLY_FOUND") != nullptr;  // scenes that the folder knows
  evaluate::Share digits, rulers, words;
  for (auto seed = first; seed < last; ++seed) {
    if (only && !std::filesystem::exists(fmt::format("{}/{}.json", folder, seed))) continue;
    const auto scene = test::scene::make_scene(seed, {arguments[3]});
    const auto has = [&](const auto& row) { return row.kind == "keep" && row.what == wanted; };
    if (std::ranges::none_of(scene.truth, has)) continue;
    auto found = found_in(*ensemble, scene, folder);
    const auto rows = rows_of(scene.picture, found, *reader);
    if (auto judged = judge->judge(scene.picture, rules, found); !judged)
      must(Result<int>(tl::unexpected(judged.error())));
    const auto labels = must(detect::label_regions({scene.picture, 0}, found));
    found.insert(found.end(), labels.begin(), labels.end());
    const auto masks = masks_of(found, scene.picture.size());
    evaluate::Share here;
    std::map<std::string, int> why;
    for (const auto& row : scene.truth) {
      const auto area = area_of(row.outline, scene.picture.size());
      const double share = share_of(area, masks.cover);
      if (row.kind == "text") {
        words.add(share >= evaluate::kTextCovered);
        if (share < evaluate::kTextCovered) fmt::print("  LEFT seed {} a word, covered {:.2f}\n", seed, share);
      }
      if (!has(row)) continue;
      here.add(share <= evaluate::kKeptMasked);
      if (share > evaluate::kKeptMasked) ++why[row.text + " under " + blame(area, masks)];
    }
    digits.hits += here.hits, digits.of += here.of;
    rulers.add(here.hits == here.of);
    fmt::print("{} {} of {}{}", seed, here.hits, here.of, rows);
    for (const auto& [reason, times] : why) fmt::print("; {} x {}", times, reason);
    fmt::print("\n");
    std::fflush(stdout);
    if (const char* out = std::getenv("VEILGATE_SCENES_OUT"); out != nullptr) {
      cv::Mat shown = scene.picture.clone(), both;
      shown.setTo(cv::Scalar(), masks.cover);
      for (const auto& region : found) {
        const auto colour = region.kept ? cv::Scalar(0, 200, 0) : cv::Scalar(0, 0, 255);
        cv::rectangle(shown, cv::Rect(region.box.x, region.box.y, region.box.w, region.box.h), colour, 1);
      }
      cv::hconcat(cv::Mat(scene.picture), shown, both);
      std::filesystem::create_directories(out);
      cv::imwrite(fmt::format("{}/{}.jpg", out, seed), both);
    }
  }
  fmt::print("{}: {} of {} = {:.3f}; whole: {} of {}; words covered: {} of {}\n", wanted, digits.hits, digits.of,
             digits.value(), rulers.hits, rulers.of, words.hits, words.of);
}
