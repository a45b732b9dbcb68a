// Megapixels per second of one core for each DICOM file given: decode (what detectors see) and mask (decode, burn,
// encode; or the coefficient edit), medians of several runs. Made and called by pixel_bench.py. Not a ctest.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <vector>

#include "pixel/codec.h"

namespace {
using namespace veilgate;
constexpr int kRuns = 5;

double median_seconds(const std::function<void()>& work) {
  std::vector<double> times;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

template <typename T>
T must(Result<T> result, const char* path) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}: {}: {}\n", path, result.error().code, result.error().message);
  std::exit(1);
}

void measure(const char* path) {
  const auto load = [path] { return must(dicom::File::load(path), path); };
  auto file = load();
  const auto syntax = must(file.transfer_syntax(), path);
  const auto layout = must(pixel::read_layout(file), path);
  const auto* codec = pixel::find_codec(syntax.str());
  if (codec == nullptr) {
    fmt::print("{:24} cannot be masked\n", syntax.str());
    return;
  }
  const double megapixels = 1e-6 * layout.rows * layout.columns * layout.frames;
  std::vector<Region> regions(2);
  regions[0].box = {layout.columns / 3, layout.rows / 4, layout.columns / 5, layout.rows / 4};
  regions[1].box = {10, layout.rows - 200, 900, 120};
  const auto ignore = [](const pixel::Frame&) -> Result<void> { return {}; };
  const double decode = median_seconds([&] {
    auto fresh = load();
    if (auto done = codec->decode(fresh, ignore); !done) std::exit(1);
  });
  const double mask = median_seconds([&] {
    auto fresh = load();
    must(codec->mask(fresh, {.regions = regions, .scratch = "/tmp"}), path);
  });
  fmt::print("{:24} {:14} {:16} {:5.1f} MP  decode {:7.1f} MP/s  mask {:7.1f} MP/s\n", syntax.str(), codec->name(),
             layout.photometric, megapixels, megapixels / decode, megapixels / mask);
}
}  // namespace

int main(int count, char** paths) {
  if (!dicom::init_dicom()) return 1;
  for (int i = 1; i < count; ++i) measure(paths[i]);
  return 0;
}
