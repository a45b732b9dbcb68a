// Real files that nobody here wrote: each is masked and decodes again, or gets a defined error. Skipped where absent.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <opencv2/imgproc.hpp>

#include "pixel/codec.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
namespace fs = std::filesystem;

std::string run(const fs::path& path, const fs::path& scratch) {
  auto file = dicom::File::load(path, {}, true);
  if (!file) return "load: " + file.error().code;
  const auto syntax = file->transfer_syntax();
  if (!syntax) return "syntax: " + syntax.error().code;
  const auto* codec = find_codec(syntax->str());
  if (codec == nullptr) return "no codec: " + syntax->str();
  std::vector<cv::Mat> before;
  const auto keep = [&before](const Frame& frame) -> Result<void> {
    before.push_back(frame.bgr);
    return {};
  };
  if (const auto done = codec->decode(*file, keep); !done) return "decode: " + done.error().code;
  const cv::Mat& first = before.front();
  const Region region{
      {first.cols / 4, first.rows / 4, first.cols / 3 + 1, first.rows / 3 + 1}, 0, RegionKind::Text, 1, "test"};
  const auto result = codec->mask(*file, {.regions = std::vector{region}, .style = Style::Solid});
  if (!result) return "mask: " + result.error().code;
  const auto written = file->transfer_syntax();
  if (!written) return "syntax: " + written.error().code;
  if (const auto done = file->save(scratch, *written); !done) return "save: " + done.error().code;
  auto saved = dicom::File::load(scratch);
  if (!saved) return "reload: " + saved.error().code;
  const bool color = read_layout(*saved)->samples == 3;
  std::string problem;
  const auto compare = [&](const Frame& frame) -> Result<void> {
    const cv::Mat& old = before.at(static_cast<std::size_t>(frame.index));
    cv::Mat inside(old.size(), CV_8UC1, cv::Scalar(0));
    const Box& box = result->applied.front();
    if (frame.index == 0) inside(cv::Rect(box.x, box.y, box.w, box.h)) = 1;
    // Grey levels of deep monochrome follow the range of the values, and chroma upsampling reaches one pixel out.
    cv::Mat near_or_inside;
    cv::dilate(inside, near_or_inside, {}, {-1, -1}, 2);
    if (color && cv::norm(old, frame.bgr, cv::NORM_INF, near_or_inside == 0) != 0) problem = "outside changed";
    return {};
  };
  const auto* reader = find_codec(written->str());
  if (reader == nullptr) return "no codec for what was written";
  if (const auto done = reader->decode(*saved, compare); !done) return "decode again: " + done.error().code;
  return problem.empty() ? "ok: " + std::string(codec->name()) : problem;
}

TEST(PixelCorpus, EveryFileIsMaskedOrHasADefinedError) {
  const fs::path corpus = fs::path(VEILGATE_SOURCE_DIR) / ".." / "shared" / "corpus";
  if (!fs::is_directory(corpus)) GTEST_SKIP() << "the corpus of real files is not here";
  test::TempFolder scratch;
  std::map<std::string, int> outcomes;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".csv") continue;
    const auto outcome = run(entry.path(), scratch / "out.dcm");
    ++outcomes[outcome];
    if (std::getenv("VEILGATE_VERBOSE") != nullptr) std::printf("%s  %s\n", outcome.c_str(), entry.path().c_str());
  }
  for (const auto& [outcome, count] : outcomes) std::printf("%4d %s\n", count, outcome.c_str());
  EXPECT_EQ(outcomes["outside changed"], 0);
  EXPECT_EQ(outcomes["save"], 0);
  EXPECT_GT(outcomes["ok: native"], 0);
}
}  // namespace
}  // namespace veilgate::pixel
