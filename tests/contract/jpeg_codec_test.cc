// JPEG Baseline objects: fragments, offset tables, frames, and an independent decoder (DCMTK's own IJG code).
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "pixel/codec.h"
#include "pixel/jpeg_edit.h"
#include "support/jpeg_tools.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
using test::Bytes;
using test::OffsetTable;
using test::TempFolder;

constexpr std::string_view kSyntax = "1.2.840.10008.1.2.4.50";

Layout layout_of(const char* photometric, int frames, int rows = 96, int columns = 120) {
  Layout layout;
  layout.rows = rows;
  layout.columns = columns;
  layout.frames = frames;
  layout.samples = std::string_view(photometric).starts_with("MONO") ? 1 : 3;
  layout.photometric = photometric;
  return layout;
}

/// In `parts` pieces of even length.
std::vector<Bytes> split(Bytes bytes, std::size_t parts) {
  if (bytes.size() % 2 != 0) bytes.push_back(0);
  std::vector<Bytes> out;
  const std::size_t step = (bytes.size() / parts) & ~std::size_t{1};
  for (std::size_t i = 0; i < parts; ++i) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(i * step);
    out.emplace_back(from, i + 1 == parts ? bytes.end() : from + static_cast<std::ptrdiff_t>(step));
  }
  return out;
}

Region region(int frame, const Box& box) { return {box, frame, RegionKind::Face, 1.0, "test"}; }

struct Arrangement {
  const char* name;
  int frames;
  std::size_t parts;
  OffsetTable table;
};
class JpegArrangement : public testing::TestWithParam<Arrangement> {};

TEST_P(JpegArrangement, FramesAreFoundMaskedAndWrittenOneFragmentEach) {
  const auto& [name, frames, parts, table] = GetParam();
  const Layout layout = layout_of("YBR_FULL_422", frames);
  auto object = test::image_object(layout);
  std::vector<Bytes> streams;
  std::vector<std::vector<Bytes>> fragments;
  for (int i = 0; i < frames; ++i) {
    streams.push_back(test::encode_jpeg(test::test_picture(120, 96, static_cast<unsigned>(i) + 5),
                                        {.extra = {{JPEG_COM, test::bytes_of("SECRET")}}}));
    fragments.push_back(split(streams.back(), parts));
  }
  test::set_fragments(*object, fragments, table);
  TempFolder folder;
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEGProcess1);

  const auto* codec = find_codec(kSyntax);
  ASSERT_NE(codec, nullptr);
  std::vector<cv::Mat> before;
  ASSERT_TRUE(codec->decode(file, [&](const Frame& frame) -> Result<void> {
    before.push_back(frame.bgr);
    return {};
  }));
  ASSERT_EQ(before.size(), static_cast<std::size_t>(frames));
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(cv::norm(before[i], *decode_jpeg(streams[i]), cv::NORM_INF), 0);
  }

  const int last = frames - 1;
  const auto result =
      codec->mask(file, {.regions = std::vector{region(last, {20, 20, 30, 10})}, .style = Style::Solid});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->applied, std::vector<Box>({{16, 16, 48, 16}}));
  ASSERT_TRUE(file.save(folder / "out.dcm", *Uid::parse(kSyntax)));

  DcmFileFormat saved;
  test::check(saved.loadFile((folder / "out.dcm").c_str()));
  EXPECT_FALSE(saved.getDataset()->tagExists(DCM_ExtendedOffsetTable));
  const auto items = test::fragments_of(saved);
  ASSERT_EQ(items.size(), static_cast<std::size_t>(frames) + 1);
  ASSERT_EQ(items[0].size(), static_cast<std::size_t>(frames) * 4);
  std::size_t position = 0;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    std::uint32_t offset = 0;
    std::memcpy(&offset, items[0].data() + 4 * i, 4);
    EXPECT_EQ(offset, position);
    EXPECT_EQ(items[i + 1].size() % 2, 0U);
    position += items[i + 1].size() + 8;
    EXPECT_FALSE(test::contains(items[i + 1], "SECRET"));
    const auto in = test::read_content(streams[i]);
    const auto out = test::read_content(items[i + 1]);
    for (std::size_t c = 0; c < 3 && static_cast<int>(i) != last; ++c) {
      EXPECT_EQ(in.components[c].blocks, out.components[c].blocks);
    }
  }

  // DCMTK decodes with code of its own; only upsampling may differ a little.
  DJDecoderRegistration::registerCodecs();
  test::check(saved.getDataset()->chooseRepresentation(EXS_LittleEndianExplicit, nullptr));
  const Uint8* samples = nullptr;
  test::check(saved.getDataset()->findAndGetUint8Array(DCM_PixelData, samples));
  std::size_t frame_size = 120 * 96 * 3;
  ASSERT_TRUE(codec->decode(file, [&](const Frame& frame) -> Result<void> {
    EXPECT_EQ(frame.index == last, frame.bgr.at<cv::Vec3b>(24, 30) == cv::Vec3b::all(0));
    cv::Mat theirs(96, 120, CV_8UC3);
    std::memcpy(theirs.data, samples + frame_size * static_cast<std::size_t>(frame.index), frame_size);
    OFString photometric;
    saved.getDataset()->findAndGetOFString(DCM_PhotometricInterpretation, photometric);
    EXPECT_EQ(photometric, "RGB");
    cv::Mat ours;
    cv::cvtColor(frame.bgr, ours, cv::COLOR_BGR2RGB);
    EXPECT_LT(cv::norm(ours, theirs, cv::NORM_L1) / static_cast<double>(frame_size), 0.7);
    return {};
  }));
  DJDecoderRegistration::cleanup();
}

INSTANTIATE_TEST_SUITE_P(Arrangements, JpegArrangement,
                         testing::Values(Arrangement{"single", 1, 1, OffsetTable::Empty},
                                         Arrangement{"single_in_parts", 1, 4, OffsetTable::Empty},
                                         Arrangement{"single_in_parts_with_table", 1, 3, OffsetTable::Filled},
                                         Arrangement{"one_each", 3, 1, OffsetTable::Empty},
                                         Arrangement{"one_each_with_table", 3, 1, OffsetTable::Filled},
                                         Arrangement{"one_each_extended", 3, 1, OffsetTable::Extended},
                                         Arrangement{"parts_with_table", 3, 3, OffsetTable::Filled},
                                         Arrangement{"parts_without_table", 3, 3, OffsetTable::Empty}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(JpegCodec, KnownColoursOfEveryPhotometric) {
  cv::Mat picture(96, 120, CV_8UC3);
  const std::vector<cv::Scalar> colors{{30, 30, 220}, {40, 200, 40}, {210, 60, 20}};
  for (int i = 0; i < 3; ++i) picture(cv::Rect(i * 40, 0, 40, 96)).setTo(colors[static_cast<std::size_t>(i)]);
  struct Path {
    const char* photometric;
    test::JpegShape shape;
  };
  const std::vector<Path> paths{{"YBR_FULL_422", {.quality = 95}},
                                {"YBR_FULL_422", {.h = 2, .v = 1, .quality = 95, .markers = false}},
                                {"YBR_FULL", {.h = 1, .v = 1, .quality = 95}},
                                {"RGB", {.h = 1, .v = 1, .quality = 95, .rgb = true}},
                                {"RGB", {.h = 1, .v = 1, .quality = 95, .rgb = true, .markers = false}},
                                {"RGB", {.quality = 95}}};  // says RGB, holds JFIF YCbCr: the stream is right
  for (const auto& [photometric, shape] : paths) {
    auto object = test::image_object(layout_of(photometric, 1));
    test::set_fragments(*object, {{test::encode_jpeg(picture, shape)}}, OffsetTable::Empty);
    TempFolder folder;
    auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEGProcess1);
    const auto* codec = find_codec(kSyntax);
    ASSERT_TRUE(codec->mask(file, {.regions = std::vector{region(0, {0, 80, 120, 16})}, .style = Style::Solid}));
    ASSERT_TRUE(codec->decode(file, [&](const Frame& frame) -> Result<void> {
      for (int i = 0; i < 3; ++i) {
        for (int c = 0; c < 3; ++c) {
          EXPECT_NEAR(frame.bgr.at<cv::Vec3b>(40, i * 40 + 20)[c], colors[static_cast<std::size_t>(i)][c], 6);
          EXPECT_EQ(frame.bgr.at<cv::Vec3b>(90, i * 40 + 20)[c], 0);
        }
      }
      return {};
    }));
  }
}

TEST(JpegCodec, ContradictionsAreErrors) {
  const Bytes stream = test::encode_jpeg(test::test_picture(120, 96));
  const Bytes gray = test::encode_jpeg(test::test_picture(120, 96), {.h = 1, .v = 1, .gray = true});
  struct Bad {
    const char* name;
    Layout layout;
    std::vector<std::vector<Bytes>> frames;
    ErrorKind kind;
  };
  Layout wide = layout_of("YBR_FULL_422", 1);
  wide.bits_allocated = 16;
  wide.bits_stored = 12;
  wide.high_bit = 11;
  const std::vector<Bad> cases{
      {"rows", layout_of("YBR_FULL_422", 1, 95), {{stream}}, ErrorKind::Permanent},
      {"columns", layout_of("YBR_FULL_422", 1, 96, 121), {{stream}}, ErrorKind::Permanent},
      {"components", layout_of("YBR_FULL_422", 1), {{gray}}, ErrorKind::Permanent},
      {"components of mono", layout_of("MONOCHROME2", 1), {{stream}}, ErrorKind::Permanent},
      {"too few fragments", layout_of("YBR_FULL_422", 3), {{stream}, {stream}}, ErrorKind::Permanent},
      {"too many frames", layout_of("YBR_FULL_422", 2), {{stream}, {stream}, {stream}}, ErrorKind::Permanent},
      {"garbage", layout_of("YBR_FULL_422", 1), {{Bytes(100, 7)}}, ErrorKind::Permanent},
      {"empty", layout_of("YBR_FULL_422", 1), {{Bytes{}}}, ErrorKind::Permanent},
      {"none", layout_of("YBR_FULL_422", 1), {}, ErrorKind::Permanent},
      {"16 bit", wide, {{stream}}, ErrorKind::Permanent},
      {"palette", layout_of("YBR_RCT", 1), {{stream}}, ErrorKind::Refused},
  };
  for (const auto& bad : cases) {
    auto object = test::image_object(bad.layout);
    test::set_fragments(*object, bad.frames, OffsetTable::Empty);
    TempFolder folder;
    auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEGProcess1);
    const auto* codec = find_codec(kSyntax);
    const auto decoded = codec->decode(file, [](const Frame&) -> Result<void> { return {}; });
    ASSERT_FALSE(decoded) << bad.name;
    EXPECT_EQ(decoded.error().kind, bad.kind) << bad.name;
    const auto masked = codec->mask(file, {});
    ASSERT_FALSE(masked) << bad.name;
    EXPECT_EQ(masked.error().kind, bad.kind) << bad.name;
  }
}

struct Process {
  const char* name;
  E_TransferSyntax in, out;
  test::JpegShape shape;
};
class JpegProcess : public testing::TestWithParam<Process> {};

TEST_P(JpegProcess, CoefficientsOutsideTheMaskStay) {
  const auto& [name, in, out, shape] = GetParam();
  const Layout layout = layout_of("YBR_FULL_422", 1);
  const Bytes stream = test::encode_jpeg(test::test_picture(120, 96), shape);
  auto object = test::image_object(layout);
  test::set_fragments(*object, {{stream}}, OffsetTable::Empty, in);
  TempFolder folder;
  auto file = test::through_disk(*object, folder / "in.dcm", in);
  const auto* codec = find_codec(DcmXfer(in).getXferID());
  ASSERT_NE(codec, nullptr);
  const auto result =
      codec->mask(file, {.regions = std::vector{region(0, {20, 20, 30, 10})}, .style = Style::Solid, .scratch = "."});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_FALSE(result->made_lossless);
  EXPECT_EQ(result->lossy_method, "ISO_10918_1");
  ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
  DcmFileFormat saved;
  test::check(saved.loadFile((folder / "out.dcm").c_str()));
  EXPECT_EQ(saved.getDataset()->getOriginalXfer(), out);
  const auto before = test::read_content(stream);
  const auto after = test::read_content(test::fragments_of(saved).at(1));
  EXPECT_FALSE(after.progressive);
  const Box box = result->applied.front();
  for (std::size_t c = 0; c < 3; ++c) {
    const auto& old = before.components[c];
    EXPECT_EQ(old.quant, after.components[c].quant);
    for (int y = 0; y < old.down; ++y) {
      for (int x = 0; x < old.across; ++x) {
        const Box block{x * 8 * before.max_h / old.h, y * 8 * before.max_v / old.v, 8, 8};
        const bool masked = !intersection(box, block).empty();
        auto expected = old.block(x, y);
        if (masked) {
          expected = {};
          expected[0] = after.components[c].block(x, y)[0];
        }
        ASSERT_EQ(after.components[c].block(x, y), expected) << c << ": " << x << "," << y;
      }
    }
  }
}

TEST_P(JpegProcess, TruncationIsAnError) {
  const auto& [name, in, out, shape] = GetParam();
  const Bytes stream = test::encode_jpeg(test::test_picture(120, 96), shape);
  for (std::size_t size = 2; size + 2 < stream.size(); size += 1 + size / 64) {
    auto object = test::image_object(layout_of("YBR_FULL_422", 1));
    test::set_fragments(*object, {{Bytes(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size))}},
                        OffsetTable::Empty, in);
    TempFolder folder;
    auto file = test::through_disk(*object, folder / "in.dcm", in);
    EXPECT_FALSE(find_codec(DcmXfer(in).getXferID())->mask(file, {})) << size << " of " << stream.size();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Processes, JpegProcess,
    testing::Values(
        Process{"extended", EXS_JPEGProcess2_4, EXS_JPEGProcess2_4, {}},
        Process{"extended_arithmetic", EXS_JPEGProcess3_5, EXS_JPEGProcess1, {.arithmetic = true}},
        Process{"spectral", EXS_JPEGProcess6_8, EXS_JPEGProcess1, {.progressive = true}},
        Process{"spectral_arithmetic", EXS_JPEGProcess7_9, EXS_JPEGProcess1, {.progressive = true, .arithmetic = true}},
        Process{"progressive", EXS_JPEGProcess10_12, EXS_JPEGProcess1, {.progressive = true}},
        Process{"progressive_arithmetic",
                EXS_JPEGProcess11_13,
                EXS_JPEGProcess1,
                {.progressive = true, .arithmetic = true}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(JpegCodec, FourComponentsAreRefused) {
  Bytes stream = test::encode_jpeg(test::test_picture(120, 96));
  // A frame header with one component more; nothing after it is looked at.
  const Bytes frame_start{0xFF, 0xC0};
  const auto at = std::search(stream.begin(), stream.end(), frame_start.begin(), frame_start.end());
  ASSERT_NE(at, stream.end());
  at[3] = 8 + 3 * 4;
  at[9] = 4;
  const Bytes fourth{4, 0x11, 0};
  stream.insert(at + 10 + 9, fourth.begin(), fourth.end());
  auto object = test::image_object(layout_of("YBR_FULL_422", 1));
  test::set_fragments(*object, {{stream}}, OffsetTable::Empty);
  TempFolder folder;
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEGProcess1);
  const auto masked = find_codec(kSyntax)->mask(file, {});
  ASSERT_FALSE(masked);
  EXPECT_EQ(masked.error().kind, ErrorKind::Refused);
}

TEST(JpegCodec, TheCompressionRatioCountsThePictureAlone) {
  const auto ratio_of = [](const std::vector<Bytes>& streams) {
    auto object = test::image_object(layout_of("YBR_FULL_422", static_cast<int>(streams.size())));
    std::vector<std::vector<Bytes>> frames;
    for (const auto& stream : streams) frames.push_back({stream});
    test::set_fragments(*object, frames, OffsetTable::Filled);
    TempFolder folder;
    auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEGProcess1);
    const auto masked = find_codec(kSyntax)->mask(file, {});
    EXPECT_TRUE(masked);
    return masked ? masked->lossy_ratio : 0;
  };
  for (const bool progressive : {false, true}) {
    const test::JpegShape plain{.restart = progressive ? 0 : 2, .progressive = progressive};
    auto with_exif = plain;
    with_exif.extra = {{0xE1, Bytes(40'000, 7)}, {0xFE, Bytes(9'000, 'x')}};
    const auto picture = test::test_picture(120, 96);
    const Bytes bare = test::encode_jpeg(picture, plain);
    Bytes dressed = test::encode_jpeg(picture, with_exif);
    dressed.insert(dressed.end(), bare.begin(), bare.end());  // as cameras append previews
    const double ratio = ratio_of({bare, bare});
    EXPECT_NEAR(ratio, 96.0 * 120 * 3 / static_cast<double>(bare.size() - 18), 0.01) << "JFIF is no picture";
    EXPECT_DOUBLE_EQ(ratio_of({dressed, dressed}), ratio);
  }
}

TEST(JpegCodec, TooManyScansAreNotCalledDamage) {
  const Bytes stream = test::encode_jpeg(test::test_picture(120, 96), {.single_coefficients = true});
  const auto edited = edit_jpeg(stream, {}, Style::Solid);
  ASSERT_FALSE(edited);
  EXPECT_NE(edited.error().message.find("scans"), std::string::npos) << edited.error().message;
  EXPECT_EQ(edited.error().code, "pixel.jpeg_corrupt");
}

TEST(JpegCodec, ErrorOfTheUserEndsDecoding) {
  auto object = test::image_object(layout_of("YBR_FULL_422", 2));
  const Bytes stream = test::encode_jpeg(test::test_picture(120, 96));
  test::set_fragments(*object, {{stream}, {stream}}, OffsetTable::Empty);
  TempFolder folder;
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEGProcess1);
  int calls = 0;
  const auto done = find_codec(kSyntax)->decode(file, [&](const Frame&) -> Result<void> {
    ++calls;
    return fail(ErrorKind::Transient, "test.stop", "Stop.");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "test.stop");
  EXPECT_EQ(calls, 1);
}
}  // namespace
}  // namespace veilgate::pixel
