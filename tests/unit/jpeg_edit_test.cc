#include "pixel/jpeg_edit.h"

#include <gtest/gtest.h>

#include <set>

#include "pixel/exif.h"
#include "support/jpeg_tools.h"

namespace veilgate::pixel {
namespace {
using test::Bytes;
using test::JpegContent;
using test::JpegShape;

constexpr int kWidth = 317;  // neither side is a whole number of MCUs
constexpr int kHeight = 213;
const Box kBox{90, 70, 61, 40};

bool covers(const JpegContent& content, std::size_t component, int x, int y, const Box& area) {
  const auto& info = content.components[component];
  const int w = 8 * content.max_h / info.h;
  const int h = 8 * content.max_v / info.v;
  return !intersection({x * w, y * h, w, h}, area).empty();
}

bool is_flat(const std::array<JCOEF, 64>& block) {
  return std::all_of(block.begin() + 1, block.end(), [](JCOEF value) { return value == 0; });
}

/// Everything outside `areas` is the same, everything inside is flat.
void expect_only_changed_inside(const Bytes& before, const Bytes& after, const std::vector<Box>& areas) {
  const auto in = test::read_content(before);
  const auto out = test::read_content(after);
  ASSERT_EQ(in.components.size(), out.components.size());
  EXPECT_EQ(in.width, out.width);
  EXPECT_EQ(in.height, out.height);
  EXPECT_EQ(in.restart, out.restart);
  EXPECT_EQ(in.jfif, out.jfif);
  EXPECT_EQ(in.adobe, out.adobe);
  EXPECT_EQ(in.adobe_transform, out.adobe_transform);
  EXPECT_FALSE(out.progressive);
  for (std::size_t c = 0; c < in.components.size(); ++c) {
    const auto& a = in.components[c];
    const auto& b = out.components[c];
    ASSERT_EQ(a.blocks.size(), b.blocks.size());
    EXPECT_EQ(a.quant, b.quant);
    EXPECT_EQ(a.h, b.h);
    EXPECT_EQ(a.v, b.v);
    EXPECT_EQ(a.id, b.id);
    for (int y = 0; y < a.down; ++y) {
      for (int x = 0; x < a.across; ++x) {
        const bool masked =
            std::any_of(areas.begin(), areas.end(), [&](const Box& area) { return covers(in, c, x, y, area); });
        if (masked) {
          ASSERT_TRUE(is_flat(b.block(x, y))) << "component " << c << " block " << x << "," << y;
        } else {
          ASSERT_EQ(a.block(x, y), b.block(x, y)) << "component " << c << " block " << x << "," << y;
        }
      }
    }
  }
}

struct Case {
  const char* name;
  JpegShape shape;
};
std::ostream& operator<<(std::ostream& out, const Case& value) { return out << value.name; }

class JpegEdit : public testing::TestWithParam<Case> {};

TEST_P(JpegEdit, ChangesOnlyBlocksUnderTheMask) {
  const Bytes in = test::encode_jpeg(test::test_picture(kWidth, kHeight), GetParam().shape);
  const auto info = inspect_jpeg(in);
  ASSERT_TRUE(info) << info.error().message;
  const std::vector<Box> boxes{kBox, {300, 200, 50, 50}, {0, 0, 1, 1}};
  for (const Style style : {Style::Solid, Style::Pixelate, Style::Blur}) {
    const auto out = edit_jpeg(in, boxes, style);
    ASSERT_TRUE(out) << out.error().message;
    std::vector<Box> areas;
    for (const auto& box : boxes) areas.push_back(mcu_box(*info, box));
    expect_only_changed_inside(in, *out, areas);
  }
}

TEST_P(JpegEdit, SolidMaskIsBlackAtEveryThumbnailScale) {
  const Bytes in = test::encode_jpeg(test::test_picture(kWidth, kHeight), GetParam().shape);
  const auto out = edit_jpeg(in, std::vector<Box>{kBox}, Style::Solid);
  ASSERT_TRUE(out);
  const Box area = mcu_box(*inspect_jpeg(in), kBox);
  for (const unsigned scale : {8U, 4U, 2U, 1U}) {
    const cv::Mat picture = test::decode_scaled(*out, scale);
    // One output pixel in from the rim: chroma upsampling mixes in what lies outside the mask.
    const int by = static_cast<int>(8 / scale);
    const cv::Rect inner(area.x / by + 1, area.y / by + 1, area.w / by - 2, area.h / by - 2);
    ASSERT_GT(inner.area(), 0);
    double low = 0;
    double high = 0;
    cv::minMaxLoc(picture(inner).clone().reshape(1), &low, &high);
    EXPECT_EQ(high, 0) << "scale " << scale;
  }
}

TEST_P(JpegEdit, WithoutBoxesKeepsEveryCoefficient) {
  const Bytes in = test::encode_jpeg(test::test_picture(kWidth, kHeight), GetParam().shape);
  const auto out = edit_jpeg(in, {}, Style::Solid);
  ASSERT_TRUE(out);
  expect_only_changed_inside(in, *out, {});
  EXPECT_EQ(cv::norm(*decode_jpeg(in), *decode_jpeg(*out), cv::NORM_INF), 0);
  EXPECT_EQ(*out, *edit_jpeg(in, {}, Style::Solid)) << "not deterministic";
  EXPECT_EQ(*out, *edit_jpeg(*out, {}, Style::Solid)) << "not idempotent";
}

TEST_P(JpegEdit, TruncatedStreamIsNeverTakenForWhole) {
  const Bytes in = test::encode_jpeg(test::test_picture(kWidth, kHeight), GetParam().shape);
  for (std::size_t cut = 3; cut + 2 < in.size(); cut += 97) {
    const std::span<const std::uint8_t> part(in.data(), in.size() - cut);
    const auto edited = edit_jpeg(part, std::vector<Box>{kBox}, Style::Solid);
    EXPECT_FALSE(edited) << "edited with " << cut << " bytes missing";
    if (!edited) {
      EXPECT_EQ(edited.error().kind, ErrorKind::Permanent);
    }
    EXPECT_FALSE(decode_jpeg(part)) << "decoded with " << cut << " bytes missing";
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, JpegEdit,
                         testing::Values(Case{"420", {}}, Case{"422", {.h = 2, .v = 1}}, Case{"444", {.h = 1, .v = 1}},
                                         Case{"440", {.h = 1, .v = 2}}, Case{"411", {.h = 4, .v = 1}},
                                         Case{"restart", {.restart = 5}}, Case{"gray", {.h = 1, .v = 1, .gray = true}},
                                         Case{"gray22", {.h = 2, .v = 2, .gray = true}},
                                         Case{"rgb", {.h = 1, .v = 1, .rgb = true}},
                                         Case{"q100", {.h = 1, .v = 1, .quality = 100}}, Case{"q5", {.quality = 5}},
                                         Case{"unmarked", {.markers = false}}, Case{"optimized", {.optimized = true}},
                                         Case{"progressive", {.progressive = true}},
                                         Case{"separate", {.separate_scans = true}}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(JpegStream, OnlyJfifAdobeAndIccSurvive) {
  // One colour, with words in every other place.
  Bytes icc(164, 'D');
  const std::string head(
      "\0\0\0\xA4"
      "DOE \2@\0\0mntrRGB XYZ SECRET-DOE-1acsp",
      40);
  const std::string colour("\0\0\0\1rXYZ\0\0\0\x90\0\0\0\x14XYZ \0\0\0\0\0\0\x60\1\0\0\x80\2\0\0\x20\3", 36);
  std::copy(head.begin(), head.end(), icc.begin());
  std::copy(colour.begin(), colour.end(), icc.begin() + 128);
  Bytes icc_marker = test::bytes_of("ICC_PROFILE");
  icc_marker.insert(icc_marker.end(), {0, 1, 1});
  icc_marker.insert(icc_marker.end(), icc.begin(), icc.end());
  JpegShape shape;
  for (int i = 1; i < 16; ++i) shape.extra.emplace_back(JPEG_APP0 + i, test::bytes_of("SECRET-DOE-APP"));
  shape.extra.emplace_back(JPEG_APP0, test::bytes_of("JFXX-SECRET-DOE-THUMB"));
  shape.extra.emplace_back(JPEG_COM, test::bytes_of("SECRET-DOE-COM"));
  shape.extra.emplace_back(JPEG_APP0 + 2, icc_marker);
  Bytes in = test::encode_jpeg(test::test_picture(64, 48), shape);
  const Bytes tail = test::bytes_of("SECRET-DOE-TAIL");
  in.insert(in.end(), tail.begin(), tail.end());
  for (const auto& boxes : {std::vector<Box>{}, std::vector<Box>{{5, 5, 10, 10}}}) {
    const auto out = edit_jpeg(in, boxes, Style::Solid);
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_FALSE(test::contains(*out, "SECRET"));
    EXPECT_FALSE(test::contains(*out, "DOE"));
    const auto content = test::read_content(*out);
    ASSERT_EQ(content.markers.size(), 2U);
    EXPECT_EQ(content.markers[0].first, JPEG_APP0);
    EXPECT_EQ(content.markers[0].second.size(), 14U);
    const auto& kept = content.markers[1].second;
    EXPECT_TRUE(test::contains(kept, "ICC_PROFILE"));
    EXPECT_TRUE(test::contains(kept, std::string_view(colour).substr(16)));
    EXPECT_EQ((*out)[out->size() - 2], 0xFF);
    EXPECT_EQ(out->back(), 0xD9);
  }
}

TEST(JpegStream, TextInDisguiseOfAnIccProfileIsDropped) {
  Bytes fake = test::bytes_of("ICC_PROFILE");
  fake.insert(fake.end(), {0, 1, 1});
  const Bytes secret = test::bytes_of(std::string(20, ' ') + "SECRET" + std::string(200, ' '));
  fake.insert(fake.end(), secret.begin(), secret.end());
  const Bytes in = test::encode_jpeg(test::test_picture(64, 48), {.extra = {{JPEG_APP0 + 2, fake}}});
  const auto out = edit_jpeg(in, {}, Style::Solid);
  ASSERT_TRUE(out);
  EXPECT_FALSE(test::contains(*out, "SECRET"));
}

TEST(JpegStream, ExifOrientationMovesNeitherPixelsNorMask) {
  // A minimal EXIF block that says "rotate by 90 degrees".
  const Bytes exif{'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                   1,   18,  0,   3,   0, 0, 0,   1,   0, 6,  0, 0, 0, 0, 0, 0};
  const cv::Mat picture = test::test_picture(160, 96);
  const Bytes plain = test::encode_jpeg(picture);
  const Bytes rotated = test::encode_jpeg(picture, {.extra = {{JPEG_APP0 + 1, exif}}});
  EXPECT_EQ(exif_orientation(rotated), 6);
  for (std::size_t size = 0; size < exif.size() + 40; ++size) {
    const auto cut = exif_orientation({rotated.data(), size});
    EXPECT_TRUE(cut == 1 || cut == 6) << size;
  }
  EXPECT_EQ(cv::norm(*decode_jpeg(plain), *decode_jpeg(rotated), cv::NORM_INF), 0);
  const std::vector<Box> boxes{{16, 16, 32, 16}};
  EXPECT_EQ(*edit_jpeg(plain, boxes, Style::Solid), *edit_jpeg(rotated, boxes, Style::Solid));
}

TEST(JpegStream, KnownColoursComeBack) {
  cv::Mat picture(32, 96, CV_8UC3);
  const std::vector<cv::Scalar> colors{{30, 30, 220}, {40, 200, 40}, {210, 60, 20}};  // red, green, blue as BGR
  for (int i = 0; i < 3; ++i) picture(cv::Rect(i * 32, 0, 32, 32)).setTo(colors[static_cast<std::size_t>(i)]);
  struct Path {
    JpegShape shape;
    JpegHints hints;
  };
  const std::vector<Path> paths{
      {{.quality = 95}, {}},
      {{.quality = 95, .markers = false}, {}},
      {{.h = 1, .v = 1, .quality = 95, .rgb = true}, {}},
      {{.h = 1, .v = 1, .quality = 95, .rgb = true, .markers = false}, {.rgb_if_unmarked = true}},
      {{.quality = 95}, {.rgb_if_unmarked = true}}};  // JFIF wins over a wrong attribute
  for (const auto& [shape, hints] : paths) {
    const Bytes in = test::encode_jpeg(picture, shape);
    const auto edited = edit_jpeg(in, std::vector<Box>{{32, 0, 32, 32}}, Style::Solid, hints);
    ASSERT_TRUE(edited);
    const auto decoded = decode_jpeg(*edited, hints);
    ASSERT_TRUE(decoded);
    for (int i = 0; i < 3; ++i) {
      const auto pixel = decoded->at<cv::Vec3b>(16, i * 32 + 16);
      for (int c = 0; c < 3; ++c) EXPECT_NEAR(pixel[c], i == 1 ? 0 : colors[static_cast<std::size_t>(i)][c], 6);
    }
  }
}

TEST(JpegStream, Monochrome1IsMaskedWithTheLargestValueAndShownInverted) {
  const Bytes in = test::encode_jpeg(test::test_picture(64, 64), {.h = 1, .v = 1, .gray = true});
  const JpegHints hints{.inverted = true};
  const auto out = edit_jpeg(in, std::vector<Box>{{16, 16, 16, 16}}, Style::Solid, hints);
  ASSERT_TRUE(out);
  EXPECT_EQ(decode_jpeg(*out)->at<cv::Vec3b>(20, 20), cv::Vec3b::all(255));
  EXPECT_EQ(decode_jpeg(*out, hints)->at<cv::Vec3b>(20, 20), cv::Vec3b::all(0));
}

TEST(JpegStream, PixelateShowsFewColours) {
  const Bytes in = test::encode_jpeg(test::test_picture(640, 480), {.h = 1, .v = 1});
  const std::vector<Box> boxes{{160, 160, 320, 160}};
  const auto out = edit_jpeg(in, boxes, Style::Pixelate);
  ASSERT_TRUE(out);
  const cv::Mat inside = (*decode_jpeg(*out))(cv::Rect(160, 160, 320, 160)).clone();
  std::set<std::array<std::uint8_t, 3>> colors;
  for (int y = 0; y < inside.rows; ++y) {
    for (int x = 0; x < inside.cols; ++x) {
      const auto& p = inside.at<cv::Vec3b>(y, x);
      colors.insert({p[0], p[1], p[2]});
    }
  }
  EXPECT_GT(colors.size(), 1U);
  EXPECT_LE(colors.size(), 36U);
}

TEST(JpegStream, QuantisationByZeroHidesNoPicture) {
  Bytes jpeg = test::encode_jpeg(test::test_picture(64, 48));
  for (std::size_t i = 0; i + 70 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || jpeg[i + 1] != 0xDB) continue;
    std::fill_n(jpeg.begin() + static_cast<std::ptrdiff_t>(i) + 5, 64, std::uint8_t{0});
    break;
  }
  EXPECT_FALSE(decode_jpeg(jpeg));
  EXPECT_FALSE(edit_jpeg(jpeg, {}, Style::Solid));
}

TEST(JpegStream, WhatCannotBeMaskedIsRefused) {
  Bytes twelve = test::encode_jpeg(test::test_picture(64, 48));
  Bytes lossless = twelve;
  for (std::size_t i = 0; i + 4 < twelve.size(); ++i) {
    if (twelve[i] == 0xFF && twelve[i + 1] == 0xC0) {
      twelve[i + 1] = 0xC1;
      twelve[i + 4] = 12;
      lossless[i + 1] = 0xC3;
      break;
    }
  }
  for (const auto& stream : {twelve, lossless}) {
    const auto out = edit_jpeg(stream, {}, Style::Solid);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().kind, ErrorKind::Refused);
    EXPECT_EQ(out.error().code, "pixel.unsupported");
  }
}

TEST(JpegStream, HugeHeaderEndsBeforeMemoryIsTaken) {
  const Bytes small = test::encode_jpeg(test::test_picture(64, 48));
  for (const auto& [width, height] : {std::pair{65535, 65535}, std::pair{32000, 6000}, std::pair{1, 65535}}) {
    Bytes in = small;
    for (std::size_t i = 0; i + 9 < in.size(); ++i) {
      if (in[i] != 0xFF || in[i + 1] != 0xC0) continue;
      in[i + 5] = static_cast<std::uint8_t>(height >> 8);
      in[i + 6] = static_cast<std::uint8_t>(height & 255);
      in[i + 7] = static_cast<std::uint8_t>(width >> 8);
      in[i + 8] = static_cast<std::uint8_t>(width & 255);
      break;
    }
    EXPECT_FALSE(inspect_jpeg(in));
    EXPECT_FALSE(decode_jpeg(in));
    EXPECT_FALSE(edit_jpeg(in, {}, Style::Solid));
  }
}

TEST(JpegStream, MarkerLoopsAndGarbageEnd) {
  Bytes tem{0xFF, 0xD8};
  for (int i = 0; i < 500000; ++i) tem.insert(tem.end(), {0xFF, 0x01});
  Bytes fill{0xFF, 0xD8};
  fill.resize(1 << 20, 0xFF);
  Bytes restarts = test::encode_jpeg(test::test_picture(64, 48));
  restarts.resize(restarts.size() - 2);
  for (int i = 0; i < 500000; ++i) restarts.insert(restarts.end(), {0xFF, 0xD0});
  for (const auto& stream : {tem, fill, Bytes{}, Bytes{0xFF}, Bytes{0xFF, 0xD8}, Bytes(1000, 0), restarts}) {
    const auto out = edit_jpeg(stream, {}, Style::Solid);
    if (out) {
      EXPECT_LT(out->size(), 100000U);
    } else {
      EXPECT_EQ(out.error().kind, ErrorKind::Permanent);
    }
  }
}

TEST(JpegStream, MissingScanIsCorrupt) {
  Bytes in = test::encode_jpeg(test::test_picture(64, 48), {.separate_scans = true});
  std::size_t last_scan = 0;
  for (std::size_t i = 0; i + 1 < in.size(); ++i) {
    if (in[i] == 0xFF && in[i + 1] == 0xDA) last_scan = i;
  }
  in.resize(last_scan);
  in.insert(in.end(), {0xFF, 0xD9});
  EXPECT_FALSE(edit_jpeg(in, {}, Style::Solid));
  EXPECT_FALSE(decode_jpeg(in));
}

TEST(JpegStream, LostEndMarkerAloneIsRepaired) {
  Bytes in = test::encode_jpeg(test::test_picture(64, 48));
  in.resize(in.size() - 2);
  const auto out = edit_jpeg(in, {}, Style::Solid);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->back(), 0xD9);
}

TEST(McuBox, GrowsToTheGridAndClips) {
  JpegInfo info;
  info.width = 100;
  info.height = 50;
  info.mcu_width = info.mcu_height = 16;
  EXPECT_EQ(mcu_box(info, {17, 3, 1, 1}), (Box{16, 0, 16, 16}));
  EXPECT_EQ(mcu_box(info, {90, 40, 100, 100}), (Box{80, 32, 20, 18}));
  EXPECT_TRUE(mcu_box(info, {100, 0, 5, 5}).empty());
  EXPECT_TRUE(mcu_box(info, {-5, -5, 5, 5}).empty());
}
}  // namespace
}  // namespace veilgate::pixel
