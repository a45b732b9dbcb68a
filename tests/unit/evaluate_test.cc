// Recall, false alarms and the files around them, on tiny sets whose results can be counted by hand.
#include <gmock/gmock.h>
#include <tiffio.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "base/base64.h"
#include "evaluate/looker.h"
#include "evaluate/measure.h"
#include "evaluate/outline.h"
#include "evaluate/picture_file.h"
#include "evaluate/report.h"
#include "evaluate/truth.h"
#include "support/temp_folder.h"

namespace veilgate::evaluate {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Region found(Box box, RegionKind kind = RegionKind::Face, double score = 0.9) { return {box, 0, kind, score, "m"}; }

Settings without_margin() {
  Settings settings;
  settings.mask.margin = 0;
  settings.mask.min_margin_px = 0;
  return settings;
}

Look look(std::string file, std::vector<Region> regions, int turns = 0) {
  return {std::move(file), turns, 100, 100, std::move(regions), 1.0, 0.5};
}

Truth truth_of(const std::string& rows) {
  auto truth = truth_from_csv("file,x,y,w,h,kind\n" + rows);
  EXPECT_TRUE(truth.has_value()) << truth.error().message;
  return truth ? *truth : Truth{};
}

TEST(CoveredPixels, CountOverlapsOnce) {
  const std::vector<Box> masks{{0, 0, 6, 10}, {4, 0, 6, 5}, {4, 3, 2, 2}, {50, 50, 9, 9}};
  EXPECT_EQ(covered_pixels({0, 0, 10, 10}, masks), 80);
  EXPECT_EQ(covered_pixels({20, 20, 5, 5}, masks), 0);
  EXPECT_EQ(covered_pixels({0, 0, 10, 10}, std::vector<Box>{{-5, -5, 100, 100}}), 100);
}

TEST(TurnedBox, ComesBackAfterFourQuarters) {
  EXPECT_EQ(turned_box({10, 20, 30, 40}, 1, 200, 100), (Box{40, 10, 40, 30}));
  for (int turns = 0; turns < 4; ++turns) {
    const Box there = turned_box({10, 20, 30, 40}, turns, 200, 100);
    const bool lying = turns % 2 != 0;
    EXPECT_EQ(turned_box(there, 4 - turns, lying ? 100 : 200, lying ? 200 : 100), (Box{10, 20, 30, 40}));
  }
}

TEST(Measure, ABoxIsCoveredByTheUnionOfMasks) {
  const auto truth = truth_of("a.jpg,0,0,10,10,face\na.jpg,50,50,20,20,face\n");
  // Two halves of the first, 60 % of the second.
  const std::vector<Look> looks{look("a.jpg", {found({0, 0, 5, 10}), found({5, 0, 5, 10}), found({50, 50, 20, 12})})};
  const auto report = measure(looks, &truth, without_margin());
  ASSERT_TRUE(report);
  ASSERT_EQ(report->kinds.size(), 1U);
  EXPECT_EQ(report->kinds[0].all.covered, (Share{1, 2}));
  EXPECT_EQ(report->kinds[0].all.alarms, 0U);
  ASSERT_EQ(report->misses.size(), 1U);
  EXPECT_EQ(report->misses[0].box, (Box{50, 50, 20, 20}));
  EXPECT_DOUBLE_EQ(report->misses[0].score, 0.6);
  EXPECT_DOUBLE_EQ(report->masked_share, 0.034);
}

TEST(Measure, TheMarginOfTheMaskCounts) {
  const auto truth = truth_of("a.jpg,50,50,20,20,face\n");
  const std::vector<Look> looks{look("a.jpg", {found({52, 52, 14, 14})})};
  Settings settings = without_margin();
  EXPECT_EQ(measure(looks, &truth, settings)->kinds[0].all.covered.hits, 0U);
  settings.mask.margin = 0.15;
  EXPECT_EQ(measure(looks, &truth, settings)->kinds[0].all.covered.hits, 1U);
}

TEST(Measure, AMaskOfAnotherKindHidesButIsNotTheDetectorsMerit) {
  const auto truth = truth_of("a.jpg,0,0,10,10,face\n");
  const std::vector<Look> looks{look("a.jpg", {found({0, 0, 10, 10}, RegionKind::Text)})};
  const auto report = measure(looks, &truth, without_margin());
  EXPECT_EQ(report->kinds[0].all.covered, (Share{1, 1}));
  EXPECT_EQ(report->kinds[0].all.own, (Share{0, 1}));
  EXPECT_EQ(report->kinds.size(), 1U) << "text is not labelled here, so it cannot be a false alarm";
}

TEST(Measure, IgnoredBoxesAreNeitherMissesNorFalseAlarms) {
  const auto truth = truth_of(
      "a.jpg,0,0,10,10,face\na.jpg,30,0,10,10,face_ignore\na.jpg,60,0,10,10,ignore\na.jpg,0,60,10,10,text_ignore\n");
  const std::vector<Look> looks{
      look("a.jpg", {found({0, 0, 10, 10}), found({31, 1, 8, 8}), found({61, 1, 8, 8}), found({0, 60, 10, 10})})};
  const auto report = measure(looks, &truth, without_margin());
  EXPECT_EQ(report->kinds[0].all.covered, (Share{1, 1}));
  EXPECT_EQ(report->kinds[0].all.alarms, 1U) << "a face where only text is to be ignored";
  EXPECT_EQ(report->alarms[0].box, (Box{0, 60, 10, 10}));
}

TEST(Measure, PartOfALargeFaceAndALineOverWordsAreNoFalseAlarms) {
  const auto truth = truth_of("f/a.jpg,0,0,60,60,face\nt/a.jpg,10,10,5,5,text\nt/a.jpg,80,10,5,5,text\n");
  const std::vector<Look> looks{look("f/a.jpg", {found({20, 20, 10, 10})}),
                                look("t/a.jpg", {found({0, 9, 100, 8}, RegionKind::Text)})};
  const auto report = measure(looks, &truth, without_margin());
  ASSERT_EQ(report->kinds.size(), 2U);
  EXPECT_EQ(report->kinds[0].all.alarms, 0U);
  EXPECT_EQ(report->kinds[0].all.covered, (Share{0, 1}));
  EXPECT_EQ(report->kinds[1].all.alarms, 0U);
  EXPECT_EQ(report->kinds[1].all.covered, (Share{2, 2}));
}

TEST(Measure, FalseAlarmsCountOnlyWhereTheKindIsLabelled) {
  const auto truth = truth_of("faces/a.jpg,0,0,10,10,face\ntext/b.jpg,0,0,10,10,text\n");
  const std::vector<Look> looks{look("faces/a.jpg", {found({50, 50, 9, 9}), found({70, 70, 9, 9}, RegionKind::Text)}),
                                look("faces/none.jpg", {found({50, 50, 9, 9})}),
                                look("text/b.jpg", {found({50, 50, 9, 9})})};
  auto settings = without_margin();
  auto report = measure(looks, &truth, settings);
  EXPECT_EQ(report->kinds[0].kind, RegionKind::Face);
  EXPECT_EQ(report->kinds[0].all.alarms, 2U);
  EXPECT_EQ(report->kinds[0].all.pictures, 2U);
  EXPECT_DOUBLE_EQ(report->kinds[0].all.alarms_per_picture(), 1.0);
  EXPECT_EQ(report->kinds[1].all.alarms, 0U);
  settings.labelled = {RegionKind::Face};
  report = measure(looks, &truth, settings);
  ASSERT_EQ(report->kinds.size(), 1U);
  EXPECT_EQ(report->kinds[0].all.alarms, 3U);
}

TEST(Measure, StripsAlongASlantedLineAreOneFalseAlarmOrNone) {
  auto line = found({20, 20, 50, 50}, RegionKind::Text), stays = found({62, 24, 6, 6}, RegionKind::Text);
  line.corners = Corners{20, 26, 26, 20, 70, 64, 64, 70};
  stays.kept = true;
  const std::vector<Look> looks{look("a.jpg", {line, stays})};
  auto settings = without_margin();
  const auto unknown = truth_of("a.jpg,0,90,9,9,text\n"), known = truth_of("a.jpg,20,20,50,50,text\n");
  settings.mask.min_margin_px = 20;
  EXPECT_EQ(measure(looks, &unknown, settings)->kinds[0].all.alarms, 1U);
  EXPECT_EQ(measure(looks, &known, settings)->kinds[0].all.alarms, 0U);
}

TEST(Measure, TruthTurnsWithThePicture) {
  const auto truth = truth_of("a.jpg,0,0,10,20,face\n");
  Look turned{"a.jpg", 1, 80, 100, {found(turned_box({0, 0, 10, 20}, 1, 100, 80))}, 0, 0};
  const auto report = measure(std::vector<Look>{turned}, &truth, without_margin());
  EXPECT_EQ(report->kinds[0].by_turn.at(1).covered, (Share{1, 1}));
  EXPECT_EQ(report->kinds[0].all.alarms, 0U);
}

/// A square of 60 pixels, standing on a corner: half of its box.
constexpr const char* kSlanted = "a.jpg,20,20,60,60,label,note,50 20 80 50 50 80 20 50 \n";

Truth outlined(const std::string& rows) {
  auto truth = truth_from_csv("file,x,y,w,h,kind,what,outline\n" + rows);
  EXPECT_TRUE(truth.has_value()) << truth.error().message;
  return truth ? *truth : Truth{};
}

TEST(Measure, WhatIsSlantedIsJudgedByItsOutline) {
  const auto truth = outlined(kSlanted);
  Region corners = found({20, 20, 60, 15}, RegionKind::Label);  // a quarter of the box, an eighth of the note
  std::vector<Region> strips;
  for (int y = 0; y < 60; y += 10) {
    const int half = 5 + std::min(y, 50 - y);
    strips.push_back(found({50 - half, 20 + y, 2 * half, 10}, RegionKind::Label));
  }
  const auto covered = [&](const std::vector<Region>& regions) {
    return measure(std::vector<Look>{look("a.jpg", regions)}, &truth, without_margin())->kinds[0].all;
  };
  EXPECT_EQ(covered(strips).covered, (Share{1, 1})) << "though they are no more than 60 % of its box";
  EXPECT_EQ(covered(strips).own, (Share{1, 1}));
  EXPECT_EQ(covered({corners}).by_cover[0], (Share{0, 1})) << "though a quarter of its box";
  EXPECT_EQ(covered({found({20, 20, 60, 60}, RegionKind::Label)}).by_cover.back(), (Share{1, 1}));
}

TEST(Measure, OutlinesTurnWithThePicture) {
  const auto truth = outlined("a.jpg,0,0,40,20,label,,0 0 40 0 0 20\n");
  const Box half{0, 0, 20, 20};
  for (int turns = 0; turns < 4; ++turns) {
    const bool lying = turns % 2 != 0;
    Look turned{"a.jpg", turns, lying ? 80 : 100, lying ? 100 : 80, {}, 0, 0};
    turned.found = {found(turned_box(half, turns, 100, 80), RegionKind::Label)};
    const auto report = measure(std::vector<Look>{turned}, &truth, without_margin());
    ASSERT_EQ(report->misses.size(), 1U) << turns;
    EXPECT_NEAR(report->misses[0].score, 0.75, 0.01) << "three quarters of the triangle, half of its box";
  }
}

TEST(Measure, WhatIsKeptIsJudgedByItsOutlineToo) {
  const auto truth = outlined("a.jpg,0,0,40,40,keep,wound,0 0 40 0 0 40\n");
  const auto report =
      measure(std::vector<Look>{look("a.jpg", {found({20, 20, 20, 20}, RegionKind::Label)})}, &truth, without_margin());
  EXPECT_EQ(report->kept.at("wound"), (Share{1, 1}));
}

TEST(Measure, AnOutlineWithoutAPixelLeavesTheBox) {
  const auto truth = outlined("a.jpg,0,0,10,10,label,,0 5.1 10 5.1 10 5.2\n");
  const auto report =
      measure(std::vector<Look>{look("a.jpg", {found({0, 0, 10, 10}, RegionKind::Label)})}, &truth, without_margin());
  EXPECT_EQ(report->kinds[0].all.covered, (Share{1, 1}));
}

TEST(ShareOf, CountsPixelsOnceWhereRingsAndMasksOverlap) {
  const Outline rings{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{5, 0}, {15, 0}, {15, 10}, {5, 10}}};
  EXPECT_DOUBLE_EQ(*share_of(rings, {0, 0, 20, 20}, std::vector<Box>{{0, 0, 6, 10}, {3, 0, 6, 10}}), 0.6);
  EXPECT_DOUBLE_EQ(*share_of(rings, {0, 0, 10, 20}, std::vector<Box>{{0, 0, 6, 10}}), 0.6) << "inside its box";
  EXPECT_FALSE(share_of({}, {0, 0, 20, 20}, {}));
}

TEST(Measure, SizesAreSharesOfTheLongerSide) {
  const auto truth = truth_of("a.jpg,0,0,1,1,face\na.jpg,10,0,5,2,face\na.jpg,20,0,30,20,face\n");
  const auto report = measure(std::vector<Look>{look("a.jpg", {found({10, 0, 40, 20})})}, &truth, without_margin());
  const auto& all = report->kinds[0].all;
  EXPECT_THAT(all.by_size, ElementsAre(Share{0, 1}, Share{0, 0}, Share{1, 1}, Share{0, 0}, Share{1, 1}));
  EXPECT_EQ(all.large_covered, (Share{2, 2}));
}

TEST(Measure, TheSweepDropsRegionsBelowAScore) {
  const auto truth = truth_of("a.jpg,0,0,10,10,face\na.jpg,20,0,10,10,face\n");
  const std::vector<Look> looks{
      look("a.jpg", {found({0, 0, 10, 10}, RegionKind::Face, 0.96), found({20, 0, 10, 10}, RegionKind::Face, 0.5),
                     found({60, 60, 10, 10}, RegionKind::Face, 0.6)})};
  const auto report = measure(looks, &truth, without_margin());
  for (const auto& point : report->kinds[0].sweep) {
    EXPECT_EQ(point.own.hits, point.score <= 0.5 ? 2U : point.score <= 0.96 ? 1U : 0U) << point.score;
    EXPECT_EQ(point.alarms, point.score <= 0.6 ? 1U : 0U) << point.score;
    EXPECT_EQ(point.own.of, 2U);
  }
}

TEST(Measure, TruthThatDoesNotFitThePicturesIsTold) {
  const auto truth = truth_of("a.jpg,500,0,10,10,face\na.jpg,0,0,10,10,face\nb.jpg,0,0,10,10,face\n");
  const auto report = measure(std::vector<Look>{look("a.jpg", {})}, &truth, without_margin());
  EXPECT_EQ(report->outside, 1U);
  EXPECT_EQ(report->kinds[0].all.covered.of, 1U);
  EXPECT_THAT(report->unlooked, ElementsAre("b.jpg"));
}

TEST(Measure, ReportsTimesByNearestRank) {
  std::vector<double> values;
  for (int i = 1; i <= 20; ++i) values.push_back(i);
  const auto times = spread(values);
  EXPECT_DOUBLE_EQ(times.mean, 10.5);
  EXPECT_DOUBLE_EQ(times.median, 10);
  EXPECT_DOUBLE_EQ(times.p95, 19);
  EXPECT_DOUBLE_EQ(spread({}).p95, 0);
}

TEST(TruthCsv, ReadsColumnsInAnyOrderAndPicturesWithoutAnything) {
  const auto truth =
      truth_from_csv("\xEF\xBB\xBFkind,file,x,y,w,h\r\ntext,\"a, b.jpg\",1.5,2,3,4.2\r\n,empty.jpg,,,,\r\n");
  ASSERT_TRUE(truth) << truth.error().message;
  ASSERT_EQ(truth->boxes.size(), 2U);
  EXPECT_THAT(truth->boxes.at("a, b.jpg"), ElementsAre(TruthBox{{1, 2, 4, 5}, RegionKind::Text, false}));
  EXPECT_TRUE(truth->boxes.at("empty.jpg").empty());
}

TEST(TruthCsv, ReadsOutlinesWhereThereAreAny) {
  const auto truth = outlined(std::string(kSlanted) + "a.jpg,1,2,3,4,text,,\nb.jpg,,,,,,,\n");
  ASSERT_EQ(truth.boxes.at("a.jpg").size(), 2U);
  EXPECT_EQ(truth.boxes.at("a.jpg")[0].outline, (Outline{{{50, 20}, {80, 50}, {50, 80}, {20, 50}}}));
  EXPECT_TRUE(truth.boxes.at("a.jpg")[1].outline.empty());
  for (const auto* wrong : {"1 2 3 4", "1 2 3 4 5", "1 2 3 4 5 six", "1 2 3 4 5 nan", "1 2 3 4 5 1e300"}) {
    const auto read = truth_from_csv(std::string("file,x,y,w,h,kind,outline\na.jpg,1,2,3,4,face,") + wrong + "\n");
    ASSERT_FALSE(read) << wrong;
    EXPECT_THAT(read.error().message, HasSubstr("line 2: outline")) << wrong;
  }
}

TEST(TruthCsv, NamesTheLineOfAMistake) {
  for (const auto* row : {"a.jpg,1,2,3,4,dog", "a.jpg,1,2,x,4,face", "a.jpg,1,2,0,4,face", ",1,2,3,4,face",
                          "a.jpg,1,nan,3,4,face", "a.jpg,1,2,3,1e300,face", "a.jpg,1,2,3"}) {
    const auto truth = truth_from_csv(std::string("file,x,y,w,h,kind\nok.jpg,1,2,3,4,face\n") + row + "\n");
    ASSERT_FALSE(truth) << row;
    EXPECT_EQ(truth.error().kind, ErrorKind::Config);
    EXPECT_THAT(truth.error().message, HasSubstr("line 3")) << row;
  }
  EXPECT_FALSE(truth_from_csv("name,x,y,w,h,kind\n"));
  EXPECT_FALSE(truth_from_csv(""));
}

TEST(TruthCoco, ReadsBoxesCategoriesAndCrowds) {
  const auto truth = truth_from_coco(R"({"images":[{"id":7,"file_name":"a.jpg"},{"id":8,"file_name":"b.jpg"}],
    "categories":[{"id":1,"name":"face"},{"id":2,"name":"text_ignore"}],
    "annotations":[{"image_id":7,"category_id":1,"bbox":[1,2,3,4]},
                   {"image_id":7,"category_id":1,"bbox":[5,6,7,8],"iscrowd":1},
                   {"image_id":7,"category_id":2,"bbox":[9,9,1,1]}]})");
  ASSERT_TRUE(truth) << truth.error().message;
  EXPECT_THAT(truth->boxes.at("a.jpg"), ElementsAre(TruthBox{{1, 2, 3, 4}, RegionKind::Face, false},
                                                    TruthBox{{5, 6, 7, 8}, RegionKind::Face, true},
                                                    TruthBox{{9, 9, 1, 1}, RegionKind::Text, true}));
  EXPECT_THAT(truth->labelled_kinds("b.jpg"), ElementsAre(RegionKind::Face));
}

TEST(TruthCoco, PolygonsAreOutlinesAndWhatIsNoneLeavesTheBox) {
  const auto read = [](const std::string& segmentation) {
    return truth_from_coco(R"({"images":[{"id":7,"file_name":"a.jpg"}],"categories":[{"id":1,"name":"label"}],
      "annotations":[{"image_id":7,"category_id":1,"bbox":[0,0,9,9],"segmentation":)" +
                           segmentation + "}]}");
  };
  const auto outline = [&](const std::string& segmentation) {
    const auto truth = read(segmentation);
    EXPECT_TRUE(truth) << segmentation;
    return truth ? truth->boxes.at("a.jpg").at(0).outline : Outline{{}};
  };
  EXPECT_EQ(outline("[[0,0,9,0,9,9],[0,0,1.5,2,3,4,5,6]]"),
            (Outline{{{0, 0}, {9, 0}, {9, 9}}, {{0, 0}, {1.5, 2}, {3, 4}, {5, 6}}}));
  for (const auto* none : {"[]", "[[]]", "[[1,2,3,4]]", R"([["a",1,2,3,4,5]])", R"({"counts":[1,2],"size":[9,9]})", "7",
                           "null", "[1,2,3,4,5,6]"}) {
    EXPECT_TRUE(outline(none).empty()) << none;
  }
}

TEST(TruthCoco, RefusesWhatItDoesNotUnderstand) {
  for (const auto* text :
       {"[]", "{", R"({"images":[]})", R"({"images":[],"categories":[{"id":1,"name":"dog"}],"annotations":[]})",
        R"({"images":[],"categories":[],"annotations":[{"image_id":1,"category_id":1,"bbox":[1,2,3,4]}]})",
        R"({"images":[{"id":1,"file_name":"a"}],"categories":[{"id":1,"name":"face"}],
            "annotations":[{"image_id":1,"category_id":1,"bbox":[1,2,3]}]})"}) {
    const auto truth = truth_from_coco(text);
    ASSERT_FALSE(truth) << text;
    EXPECT_EQ(truth.error().kind, ErrorKind::Config);
  }
}

class PictureFile : public testing::Test {
 protected:
  static cv::Mat picture() {
    cv::Mat image(30, 40, CV_8UC3, cv::Scalar(10, 20, 30));
    image(cv::Rect(0, 0, 10, 10)).setTo(cv::Scalar(200, 0, 0));
    return image;
  }
  fs::path write(const std::string& name, const cv::Mat& image) const {
    cv::imwrite((folder_.path() / name).string(), image);
    return folder_.path() / name;
  }
  static Result<std::vector<cv::Mat>> read(const fs::path& file) {
    std::vector<cv::Mat> frames;
    VG_TRY(read_picture(file, [&](const pixel::Frame& frame) -> Result<void> {
      frames.push_back(frame.bgr.clone());
      return {};
    }));
    return frames;
  }
  TempFolder folder_;
};

TEST_F(PictureFile, IsKnownByItsBytesNotItsName) {
  for (const auto* extension : {".png", ".jpg", ".tif"}) {
    const auto file = write(std::string("a") + extension, picture());
    const auto renamed = folder_.path() / "photo.dcm";
    fs::rename(file, renamed);
    const auto frames = read(renamed);
    ASSERT_TRUE(frames) << extension << frames.error().message;
    ASSERT_EQ(frames->size(), 1U);
    EXPECT_EQ((*frames)[0].size(), cv::Size(40, 30));
    EXPECT_EQ((*frames)[0].at<cv::Vec3b>(25, 35), cv::Vec3b(10, 20, 30)) << extension;
  }
}

TEST_F(PictureFile, EveryPageOfATiffIsRead) {
  const auto file = folder_.path() / "pages.tif";
  ASSERT_TRUE(cv::imwritemulti(file.string(), std::vector<cv::Mat>{picture(), picture(), picture()}));
  const auto frames = read(file);
  ASSERT_TRUE(frames);
  EXPECT_EQ(frames->size(), 3U);
}

TEST_F(PictureFile, ATiffIsNotTurnedByItsOrientation) {
  const auto file = folder_.path() / "a.tif";
  for (const std::uint16_t orientation : {1, 3, 6, 8}) {
    const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen(file.c_str(), "w"), TIFFClose);
    const cv::Mat image = picture();  // BGR written as if it were RGB: red and blue change places
    TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, image.cols);
    TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, image.rows);
    TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, 3);
    TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(tiff.get(), TIFFTAG_ORIENTATION, orientation);
    for (int y = 0; y < image.rows; ++y) {
      TIFFWriteScanline(tiff.get(), const_cast<std::uint8_t*>(image.ptr(y)), static_cast<std::uint32_t>(y), 0);
    }
    TIFFFlush(tiff.get());
    const auto frames = read(file);
    ASSERT_TRUE(frames) << orientation;
    EXPECT_EQ((*frames)[0].size(), cv::Size(40, 30)) << orientation;
    EXPECT_EQ((*frames)[0].at<cv::Vec3b>(5, 5), cv::Vec3b(0, 0, 200)) << orientation;
    EXPECT_EQ((*frames)[0].at<cv::Vec3b>(25, 35), cv::Vec3b(30, 20, 10)) << orientation;
  }
}

TEST_F(PictureFile, BrokenAndForeignFilesAreErrors) {
  const auto whole = write("a.png", picture());
  fs::resize_file(whole, fs::file_size(whole) / 2);
  EXPECT_FALSE(read(whole));
  const auto jpeg = write("a.jpg", picture());
  fs::resize_file(jpeg, fs::file_size(jpeg) / 2);
  EXPECT_FALSE(read(jpeg));
  const auto tiff = write("a.tif", picture());
  fs::resize_file(tiff, 20);
  EXPECT_FALSE(read(tiff));
  std::ofstream(folder_.path() / "note.heic") << "ftypheic";
  EXPECT_EQ(read(folder_.path() / "note.heic").error().code, "evaluate.format");
  std::ofstream(folder_.path() / "empty.jpg").flush();
  EXPECT_FALSE(read(folder_.path() / "empty.jpg"));
  EXPECT_FALSE(read(folder_.path() / "absent.jpg"));
}

TEST_F(PictureFile, APngThatClaimsToBeHugeIsRefusedByItsHeader) {
  auto file = write("a.png", picture());
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(16);
  bytes.write("\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF", 8);
  bytes.close();
  EXPECT_FALSE(read(file));
}

TEST(Answers, OfAWorkerAreBelievedOnlyWhenTheyDecode) {
  for (const auto* answer :
       {"", "{}", "[]", "nonsense", R"({"frames":[],"read_cpu_s":0})", R"({"frames":[[{"turns":0}]],"read_cpu_s":0})",
        R"({"frames":[[{"turns":0,"width":-1,"height":5,"wall_s":0,"cpu_s":0,"found":[]}]],"read_cpu_s":0})"}) {
    EXPECT_FALSE(seen_from(answer)) << answer;
  }
  const auto error = seen_from(R"({"error":{"kind":"refused","code":"c","message":"m"}})");
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, "c");
  const auto crops = crops_from(R"({"crops":["/9j/","\"><script>"]})", 2);
  ASSERT_TRUE(crops);
  EXPECT_THAT(*crops, ElementsAre("/9j/", ""));
  EXPECT_FALSE(crops_from(R"({"crops":["/9j/"]})", 2));
}

TEST(Crop, ShowsTheBoxWithItsSurroundings) {
  const cv::Mat image(500, 800, CV_8UC3, cv::Scalar::all(128));
  const auto jpeg = cut_crop(image, {0, 0, {100, 100, 50, 40}, true, {{120, 120, 300, 300}}});
  const cv::Mat crop = cv::imdecode(std::vector<char>(jpeg.begin(), jpeg.end()), cv::IMREAD_COLOR);
  EXPECT_EQ(std::max(crop.cols, crop.rows), 200);
  EXPECT_TRUE(cut_crop(image, {0, 0, {5000, 5000, 10, 10}, true, {}}).empty());
}

class Reports : public testing::Test {
 protected:
  Reports()
      : truth_(truth_of("<b>.jpg,0,0,10,10,face\n<b>.jpg,40,40,10,10,face\n")),
        looks_{look("<b>.jpg", {found({0, 0, 10, 10}), found({70, 70, 10, 10})})},
        report_(measure(looks_, &truth_, without_margin()).value()) {
    run_.images = "photos";
    run_.unreadable = {{"c.heic", "evaluate.format", "not a picture"}};
    run_.quarter_turns = {0};
  }
  Truth truth_;
  std::vector<Look> looks_;
  Report report_;
  evaluate::Run run_;
};

TEST_F(Reports, TheSheetShowsEveryMissAndFalseAlarmAndReferencesNothing) {
  const auto chosen = sheet_choice(report_, looks_);
  ASSERT_EQ(chosen.size(), 2U);
  std::vector<SheetItem> sheet;
  for (const auto* one : chosen) sheet.push_back({one, "AAAA"});
  const auto html = report_html(run_, looks_, report_, sheet);
  EXPECT_THAT(html, HasSubstr("picture of patients"));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;.jpg"));
  EXPECT_THAT(html, Not(HasSubstr("<b>.jpg")));
  EXPECT_THAT(html, HasSubstr("c.heic"));
  EXPECT_THAT(html, HasSubstr("data:image/jpeg;base64,AAAA"));
  for (const auto* reference : {"http:", "https:", "<script", "<link", "url("})
    EXPECT_THAT(html, Not(HasSubstr(reference)));
}

TEST_F(Reports, JsonHasEverything) {
  const auto out = report_json(run_, looks_, report_);
  EXPECT_EQ(out["kinds"][0]["all"]["covered"]["hits"], 1);
  EXPECT_EQ(out["kinds"][0]["all"]["false_alarms"], 1);
  EXPECT_EQ(out["misses"][0]["box"]["x"], 40);
  EXPECT_EQ(out["false_alarms"][0]["box"]["x"], 70);
  EXPECT_EQ(out["unreadable"][0]["file"], "c.heic");
  EXPECT_EQ(out["kinds"][0]["sweep"].size(), kSweep.size());
}

TEST_F(Reports, BoxesAreInStoredPixels) {
  const std::vector<Look> looks{{"a, b.jpg", 1, 80, 100, {found(turned_box({3, 4, 10, 20}, 1, 100, 80))}, 0, 0}};
  EXPECT_EQ(boxes_csv(looks, 1), "file,x,y,w,h,kind,score,source\n\"a, b.jpg\",3,4,10,20,face,0.900,m\n");
}

}  // namespace
}  // namespace veilgate::evaluate
