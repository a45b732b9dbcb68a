// CPU time of detection and verification of a photograph of 12 megapixels, part by part, and of the networks alone in
// the same run. The least of several runs, since neighbours only add; one core. Not a ctest.
//   detect_bench MODELS LIBONNXRUNTIME RUNS PICTURE...     each is brought to 12 megapixels
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "detect/ensemble.h"
#include "detect/inference.h"
#include "verify/verify.h"
#include "worker/pixel_looks.h"

namespace {
using namespace veilgate;
constexpr double kPixels = 12e6;
constexpr int kQuality = 90;
constexpr double kMargin = 0.15;  // as config::Mask

struct Cost {
  double cpu = 0, bare = 0;
  std::uint64_t runs = 0;
  Cost& operator+=(const Cost& other) {
    cpu += other.cpu, bare += other.bare, runs += other.runs;
    return *this;
  }
};
using Costs = std::map<std::string, Cost>;  // in the order of their names

double cpu_now() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <typename T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}: {}\n", result.error().code, result.error().message);
  std::exit(1);
}

class Bench {
 public:
  explicit Bench(const config::Detect& config) : ensemble_(must(detect::Ensemble::create(config))) {}

  Costs run(const std::vector<std::uint8_t>& jpeg) {
    costs_.clear();
    findings_ = 0;
    cv::Mat input;
    measure("1 decode, input and output", [&] { input = cv::imdecode(jpeg, cv::IMREAD_COLOR); });
    std::vector<Region> found;
    look({input, 0}, detect::Pass::Detect, {}, "2 detect", found);
    cv::Mat output = input.clone();
    std::vector<Region> masked = found;
    for (auto& region : masked) {
      region.box = grown(region.box, static_cast<int>(std::ceil(kMargin * std::max(region.box.w, region.box.h))),
                         output.cols, output.rows);
      output(cv::Rect(region.box.x, region.box.y, region.box.w, region.box.h)) = cv::Scalar();
    }
    regions_ = found.size();
    cv::Mat again;
    measure("1 decode, input and output", [&] { again = cv::imdecode(jpeg, cv::IMREAD_COLOR); });
    verify(output, masked);
    return costs_;
  }
  std::size_t regions() const { return regions_; }
  std::size_t findings() const { return findings_; }

 private:
  void measure(const std::string& name, const std::function<void()>& work) {
    const double begun = cpu_now();
    const auto before = detect::bare_time();
    work();
    const auto after = detect::bare_time();
    costs_[name] += {cpu_now() - begun, after.seconds - before.seconds, after.runs - before.runs};
  }

  void look(const pixel::Frame& frame, detect::Pass pass, const detect::Wanted& all, const std::string& name,
            std::vector<Region>& found) {
    const std::array kinds{std::pair{"faces", detect::Wanted{all.faces, false, false}},
                           std::pair{"text", detect::Wanted{false, all.text, false}},
                           std::pair{"barcodes", detect::Wanted{false, false, all.barcodes}}};
    for (const auto& [kind, wanted] : kinds) {
      if (!wanted.faces && !wanted.text && !wanted.barcodes) continue;
      measure(name + ": " + kind, [&] {
        auto here = must(ensemble_->detect(frame, wanted, pass));
        found.insert(found.end(), here.begin(), here.end());
      });
    }
  }

  void verify(const cv::Mat& output, const std::vector<Region>& masked) {
    const std::map<verify::View, const char*> names{{verify::View::Full, "3 full size"},
                                                    {verify::View::Mirrored, "4 mirrored"},
                                                    {verify::View::Preview, "5 previews"},
                                                    {verify::View::FaceEdge, "6 mask edges"},
                                                    {verify::View::TextEdge, "6 mask edges"}};
    double looking = 0;
    const verify::DetectView view = [&](const pixel::Frame& frame, verify::View which) -> Result<std::vector<Region>> {
      std::vector<Region> found;
      const double begun = cpu_now();
      const auto [pass, wanted] = worker::looks_for(which);
      look(frame, pass, wanted, names.at(which), found);
      looking += cpu_now() - begun;
      return found;
    };
    const double begun = cpu_now();
    findings_ = must(verify::check_pixels({output, 0}, {masked, masked}, view)).size();
    costs_["7 making and comparing views"] += {cpu_now() - begun - looking, 0, 0};
  }

  std::unique_ptr<detect::Ensemble> ensemble_;
  Costs costs_;
  std::size_t regions_ = 0, findings_ = 0;
};

std::vector<std::uint8_t> photo_of(const char* path) {
  cv::Mat picture = cv::imread(path, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  if (picture.empty()) {
    fmt::print(stderr, "{} cannot be read\n", path);
    std::exit(1);
  }
  const double scale = std::sqrt(kPixels / static_cast<double>(picture.total()));
  cv::resize(picture, picture, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  std::vector<std::uint8_t> jpeg;
  cv::imencode(".jpg", picture, jpeg, {cv::IMWRITE_JPEG_QUALITY, kQuality});
  fmt::print("{}x{}, ", picture.cols, picture.rows);
  return jpeg;
}

void measure(Bench& bench, int runs, const char* path) {
  const auto jpeg = photo_of(path);
  std::map<std::string, std::vector<Cost>> all;
  for (int run = 0; run < runs; ++run) {
    for (const auto& [name, cost] : bench.run(jpeg)) all[name].push_back(cost);
  }
  fmt::print("{} regions, {} findings\n{:44} {:>8} {:>10} {:>6}\n", bench.regions(), bench.findings(), "", "CPU ms",
             "networks", "runs");
  Cost sum;
  for (auto& [name, costs] : all) {
    const auto cost = *std::ranges::min_element(costs, {}, &Cost::cpu);
    sum += cost;
    fmt::print("{:44} {:8.0f} {:10.0f} {:6}\n", name, 1e3 * cost.cpu, 1e3 * cost.bare, cost.runs);
  }
  fmt::print("{:44} {:8.0f} {:10.0f} {:6}\n\n", "sum", 1e3 * sum.cpu, 1e3 * sum.bare, sum.runs);
}
}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    fmt::print(stderr, "detect_bench MODELS LIBONNXRUNTIME RUNS PICTURE...\n");
    return 2;
  }
  config::Detect config;
  config.models = arguments[1], config.runtime = arguments[2];
  Bench bench(config);
  const int runs = std::max(1, std::atoi(arguments[3]));
  for (int i = 4; i < count; ++i) measure(bench, runs, arguments[i]);
  return 0;
}
