// One core, one header after the other: what parsing, cleaning, writing and verifying a photograph's attributes cost
// each. The headers are synthetic; VEILGATE_BENCH_OBJECTS names a folder with others (*.dcm, taken in turn).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>

#include "support/deid_fixture.h"
#include "support/temp_folder.h"
#include "worker/findings.h"

namespace {

using namespace veilgate;

const Uid kExplicit = Uid::parse("1.2.840.10008.1.2.1").value();

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code);
  return std::move(*result);
}

void add_pixels(dicom::Item dataset) {
  constexpr std::size_t kSide = 64, kSamples = 3;
  (void)dataset.set_integer(test::tag("Rows"), kSide);
  (void)dataset.set_integer(test::tag("Columns"), kSide);
  (void)dataset.set_integer(test::tag("SamplesPerPixel"), kSamples);
  (void)dataset.set_integer(test::tag("BitsAllocated"), 8);
  test::set(dataset, "PhotometricInterpretation", "RGB");
  (void)dataset.set_bytes({0x7FE0, 0x0010}, std::string(kSide * kSide * kSamples, '\x7A'), "OB");
}

/// The headers as files, made once.
const std::vector<std::filesystem::path>& originals() {
  static const test::TempFolder folder;
  static const std::vector<std::filesystem::path> paths = [] {
    std::vector<std::filesystem::path> out;
    if (const char* given = std::getenv("VEILGATE_BENCH_OBJECTS")) {
      for (const auto& entry : std::filesystem::directory_iterator(given)) {
        if (entry.path().extension() == ".dcm") out.push_back(entry.path());
      }
      std::ranges::sort(out);
      return out;
    }
    dicom::File photo = test::make_patient_photo();
    add_pixels(photo.dataset());
    out.push_back(folder.path() / "photo.dcm");
    must(photo.save(out.back(), kExplicit));
    return out;
  }();
  return paths;
}

class Turn {
 public:
  const std::filesystem::path& next() { return originals()[at_++ % originals().size()]; }

 private:
  std::size_t at_ = 0;
};

struct Cleaned {
  dicom::File file;
  std::unique_ptr<const deidentify::Cleaning> cleaning;
};

Cleaned cleaned(const deidentify::Profile& profile, dicom::File file) {
  auto cleaning = profile.begin(file, test::make_identity());
  (void)cleaning->apply(file);
  (void)profile.stamp(file, {});
  return {std::move(file), std::move(cleaning)};
}

const deidentify::Profile& profile_of(int index) {
  static const std::array profiles = {test::profile("basic"), test::profile("research-photo")};
  return *profiles.at(static_cast<std::size_t>(index));
}

void verify_written(const std::filesystem::path& path, const Cleaned& done, const deidentify::Profile& profile) {
  const auto plain = must(dicom::PlainFile::open(path, {}));
  const auto written = must(dicom::File::parse(plain.bytes()));
  benchmark::DoNotOptimize(must(worker::find_residue(plain, written, *done.cleaning, profile)));
  benchmark::DoNotOptimize(worker::find_identifiers(plain, done.cleaning->identifiers()));
}

void parse(benchmark::State& state) {
  Turn turn;
  for (auto _ : state) benchmark::DoNotOptimize(must(dicom::File::load(turn.next())));
  state.SetItemsProcessed(state.iterations());
}

void begin_and_apply(benchmark::State& state) {
  const auto& profile = profile_of(static_cast<int>(state.range(0)));
  Turn turn;
  for (auto _ : state) {
    state.PauseTiming();
    dicom::File file = must(dicom::File::load(turn.next()));
    state.ResumeTiming();
    benchmark::DoNotOptimize(cleaned(profile, std::move(file)));
  }
  state.SetItemsProcessed(state.iterations());
}

void save(benchmark::State& state) {
  const test::TempFolder folder;
  const auto& profile = profile_of(static_cast<int>(state.range(0)));
  Turn turn;
  for (auto _ : state) {
    state.PauseTiming();
    Cleaned done = cleaned(profile, must(dicom::File::load(turn.next())));
    state.ResumeTiming();
    benchmark::DoNotOptimize(
        must(done.file.save(folder.path() / "out.dcm", kExplicit, dicom::Durability::LeftToCaller)));
  }
  state.SetItemsProcessed(state.iterations());
}

void verification(benchmark::State& state) {
  const test::TempFolder folder;
  const auto& profile = profile_of(static_cast<int>(state.range(0)));
  const auto path = folder.path() / "out.dcm";
  Turn turn;
  for (auto _ : state) {
    state.PauseTiming();
    Cleaned done = cleaned(profile, must(dicom::File::load(turn.next())));
    must(done.file.save(path, kExplicit, dicom::Durability::LeftToCaller));
    state.ResumeTiming();
    verify_written(path, done, profile);
  }
  state.SetItemsProcessed(state.iterations());
}

/// One header from file to verified file, as the worker does it.
void engine(benchmark::State& state) {
  const test::TempFolder folder;
  const auto& profile = profile_of(static_cast<int>(state.range(0)));
  const auto path = folder.path() / "out.dcm";
  Turn turn;
  for (auto _ : state) {
    Cleaned done = cleaned(profile, must(dicom::File::load(turn.next())));
    must(done.file.save(path, kExplicit, dicom::Durability::LeftToCaller));
    verify_written(path, done, profile);
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

BENCHMARK(engine)->ArgName("research")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(parse)->Unit(benchmark::kMicrosecond);
BENCHMARK(begin_and_apply)->ArgName("research")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(save)->ArgName("research")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(verification)->ArgName("research")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK_MAIN();
