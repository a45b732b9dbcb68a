// Verification with the real models: what a faulty masking leaves is found in the output, whatever detection said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "detect/ensemble.h"
#include "worker/pixel_looks.h"

namespace veilgate::worker {
namespace {

namespace fs = std::filesystem;
using testing::Contains;

detect::Ensemble& ensemble() {
  static const auto shared = [] {
    config::Detect config;
    config.models = fs::path(VEILGATE_DEPS_DIR) / "models";
    config.runtime = fs::path(VEILGATE_DEPS_DIR) / "onnxruntime/lib/libonnxruntime.so";
    auto made = detect::Ensemble::create(config);
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }();
  return *shared;
}

cv::Mat photo(int number) {
  return cv::imread(std::string(VEILGATE_DEPS_DIR) + "/samples/sample" + std::to_string(number) + ".jpg");
}

cv::Rect rect(const Box& box) { return {box.x, box.y, box.w, box.h}; }

constexpr detect::Wanted kFaces{true, false, false}, kText{false, true, false};

/// The largest first.
const std::vector<Region>& faces_in(int number) {
  static std::map<int, std::vector<Region>> known;
  if (const auto at = known.find(number); at != known.end()) return at->second;
  auto found = ensemble().detect({photo(number), 0}, kFaces, detect::Pass::Detect);
  EXPECT_TRUE(found);
  auto& out = known[number] = found ? *found : std::vector<Region>{};
  std::ranges::sort(out, std::greater{}, [](const Region& one) { return one.box.w * one.box.h; });
  return out;
}

std::vector<Region> margins_around(std::vector<Region> regions, const cv::Mat& picture) {
  for (auto& one : regions)
    one.box = grown(one.box, std::max(one.box.w, one.box.h) * 15 / 100, picture.cols, picture.rows);
  return regions;
}

cv::Mat burned(const cv::Mat& picture, const std::vector<Region>& masks) {
  cv::Mat out = picture.clone();
  for (const auto& mask : masks) out(rect(mask.box) & cv::Rect({}, out.size())) = cv::Scalar();
  return out;
}

/// Findings of the views that `views` names, all when it is empty.
std::vector<verify::Finding> findings(const cv::Mat& output, const verify::Masks& masks,
                                      const std::set<verify::View>& views = {}, const detect::Wanted& wanted = kFaces) {
  const auto all = detect_view(ensemble(), wanted);
  const verify::DetectView some = [&](const pixel::Frame& frame, verify::View view) -> Result<std::vector<Region>> {
    if (!views.empty() && !views.contains(view)) return std::vector<Region>{};
    return all(frame, view);
  };
  auto found = verify::check_pixels({output, 0}, masks, some);
  EXPECT_TRUE(found) << found.error().message;
  return found ? *found : std::vector<verify::Finding>{};
}

std::set<std::string> codes(const std::vector<verify::Finding>& found) {
  std::set<std::string> out;
  for (const auto& one : found) out.insert(one.code);
  return out;
}

bool some_face_at(const std::vector<verify::Finding>& found, const Box& face) {
  return std::ranges::any_of(found, [&](const verify::Finding& one) {
    return one.code == "verify.face" && one.region &&
           (rect(one.region->box) & rect(face)).area() * 2 > rect(face).area();
  });
}

class WrongMasks : public testing::TestWithParam<int> {};

TEST_P(WrongMasks, RightOnesLeaveNothingToFind) {
  const cv::Mat picture = photo(GetParam());
  const auto faces = faces_in(GetParam());
  const auto masks = margins_around(faces, picture);
  for (const auto& one : findings(burned(picture, masks), {masks, faces})) {
    EXPECT_NE(one.code, "verify.face") << one.where;
    EXPECT_NE(one.code, "verify.mask") << one.where;
  }
}

TEST_P(WrongMasks, MasksThatWereNotBurnedHideNoFace) {
  const cv::Mat picture = photo(GetParam());
  const auto faces = faces_in(GetParam());
  const auto masks = margins_around(faces, picture);
  const auto found = findings(picture, {masks, faces});
  EXPECT_THAT(codes(found), Contains("verify.mask"));
  EXPECT_TRUE(some_face_at(found, faces[0].box)) << "the networks must see it, too";
}

TEST_P(WrongMasks, AFaceThatMaskingForgotIsFound) {
  const cv::Mat picture = photo(GetParam());
  auto faces = faces_in(GetParam());
  const Box forgotten = faces[0].box;
  faces.erase(faces.begin());
  const auto masks = margins_around(faces, picture);
  EXPECT_TRUE(some_face_at(findings(burned(picture, masks), {masks}), forgotten));
}

TEST_P(WrongMasks, MasksBurnedBesideTheirPlaceAreFound) {
  const cv::Mat picture = photo(GetParam());
  const auto faces = faces_in(GetParam());
  const auto masks = margins_around(faces, picture);
  auto shifted = masks;
  for (auto& one : shifted) one.box.x += 40;
  EXPECT_THAT(codes(findings(burned(picture, shifted), {masks, faces}, {verify::View::Full})), Contains("verify.mask"));
}

TEST_P(WrongMasks, MasksOverThreeQuartersOfAFaceAreFound) {
  const cv::Mat picture = photo(GetParam());
  const auto faces = faces_in(GetParam());
  auto masks = faces;
  for (auto& one : masks) one.box.h = one.box.h * 3 / 4;
  EXPECT_THAT(codes(findings(burned(picture, masks), {masks, faces}, {verify::View::Full})), Contains("verify.mask"));
}

TEST_P(WrongMasks, AFaceIsSeenInTheMirrorAlone) {
  const cv::Mat picture = photo(GetParam());
  EXPECT_TRUE(some_face_at(findings(picture, {}, {verify::View::Mirrored}), faces_in(GetParam())[0].box));
}

TEST_P(WrongMasks, AFaceIsSeenAroundAMaskAlone) {
  const cv::Mat picture = photo(GetParam());
  const auto face = faces_in(GetParam())[0];
  // Half of the forehead is masked; the face sticks out below.
  Region mask = face;
  mask.box.h = face.box.h / 5;
  const std::vector masks{mask};
  EXPECT_TRUE(some_face_at(findings(burned(picture, masks), {masks}, {verify::View::FaceEdge}), face.box));
}

INSTANTIATE_TEST_SUITE_P(Verify, WrongMasks, testing::Values(1, 2, 4));

TEST(VerifyViews, HalfAFaceAtTheEdgeOfThePictureIsFound) {
  int found = 0, asked = 0;
  for (int number = 1; number <= 6; ++number) {
    const cv::Mat picture = photo(number);
    const Box face = faces_in(number)[0].box;
    const int middle = face.x + face.w / 2;
    const cv::Mat right = picture(cv::Rect(middle, 0, picture.cols - middle, picture.rows)).clone();
    const Box half{0, face.y, face.w / 2, face.h};
    found += some_face_at(findings(right, {}, {verify::View::Mirrored, verify::View::Preview}), half);
    ++asked;
  }
  RecordProperty("found", found);
  EXPECT_GE(found * 3, asked * 2) << found << " of " << asked;
}

/// Letters a few grey levels off the noise around them: a thumbnail averages the noise away.
cv::Mat text_under_noise(double contrast, double deviation) {
  cv::Mat image(1500, 2000, CV_16SC3, cv::Scalar::all(128)), letters = cv::Mat::zeros(image.size(), CV_8U);
  cv::putText(letters, "ANNA BERG", {150, 700}, cv::FONT_HERSHEY_SIMPLEX, 9, cv::Scalar(255), 26);
  cv::putText(letters, "14.03.1961", {150, 1150}, cv::FONT_HERSHEY_SIMPLEX, 9, cv::Scalar(255), 26);
  image.setTo(cv::Scalar::all(128 - contrast), letters);
  cv::Mat noise(image.size(), CV_16SC3), out;
  cv::theRNG().state = 17;
  cv::randn(noise, 0, deviation);
  cv::add(image, noise, out, cv::noArray(), CV_8UC3);
  return out;
}

TEST(VerifyViews, TextThatOnlyAThumbnailShowsIsFound) {
  const cv::Mat picture = text_under_noise(30, 90);
  EXPECT_TRUE(findings(picture, {}, {verify::View::Full}, kText).empty());
  EXPECT_THAT(codes(findings(picture, {}, {verify::View::Preview}, kText)), Contains("verify.text"));
}

TEST(VerifyViews, TextThatSticksOutFromUnderItsMaskIsFound) {
  cv::Mat picture(1500, 2000, CV_8UC3, cv::Scalar(140, 160, 190));
  cv::putText(picture, "BERG ANNA 14.03.1961", {600, 700}, cv::FONT_HERSHEY_SIMPLEX, 0.8, cv::Scalar(30, 30, 30), 2);
  const std::vector masks{Region{{590, 670, 150, 45}, 0, RegionKind::Text, 1, "test"}};
  EXPECT_THAT(codes(findings(burned(picture, masks), {masks}, {verify::View::TextEdge}, kText)),
              Contains("verify.text"));
}

}  // namespace
}  // namespace veilgate::worker
