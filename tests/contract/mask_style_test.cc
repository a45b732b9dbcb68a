// What masks look like on every path, and that the result says so: pixelate and blur fall back only to what hides more.
#include <gtest/gtest.h>

#include <set>

#include "pixel/codec.h"
#include "support/jpeg_tools.h"
#include "support/jxl_tools.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
using test::Bytes;

constexpr int kSide = 128;
constexpr Box kBox{16, 16, 96, 96};  // on the grid of MCUs

struct Path {
  const char* name;
  const char* syntax;
  const char* photometric;
  int stored;
  Style pixelate, blur;  ///< what they become
};
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";
constexpr const char* kBaseline = "1.2.840.10008.1.2.4.50";
constexpr const char* kJpegXl = "1.2.840.10008.1.2.4.110";
constexpr const char* kJpegInXl = "1.2.840.10008.1.2.4.111";

const std::vector<Path>& paths() {
  static const std::vector<Path> rows{
      {"native_rgb", kExplicit, "RGB", 8, Style::Pixelate, Style::Blur},
      {"native_ybr", kExplicit, "YBR_FULL", 8, Style::Pixelate, Style::Blur},
      {"native_grey", kExplicit, "MONOCHROME1", 8, Style::Pixelate, Style::Blur},
      {"native_grey_16", kExplicit, "MONOCHROME2", 16, Style::Solid, Style::Solid},
      {"native_grey_12", kExplicit, "MONOCHROME2", 12, Style::Solid, Style::Solid},
      {"native_grey_6", kExplicit, "MONOCHROME2", 6, Style::Solid, Style::Solid},
      {"native_422", kExplicit, "YBR_FULL_422", 8, Style::Solid, Style::Solid},
      {"jpeg", kBaseline, "YBR_FULL_422", 8, Style::Pixelate, Style::Pixelate},
      {"jpeg_xl", kJpegXl, "RGB", 8, Style::Pixelate, Style::Blur},
      {"jpeg_in_jpeg_xl", kJpegInXl, "YBR_FULL_422", 8, Style::Pixelate, Style::Pixelate}};
  return rows;
}

Layout layout_of(const Path& path) {
  Layout layout;
  layout.rows = layout.columns = kSide;
  layout.photometric = path.photometric;
  layout.samples = layout.photometric.starts_with("MONO") ? 1 : 3;
  layout.bits_allocated = path.stored > 8 ? 16 : 8;
  layout.bits_stored = path.stored;
  layout.high_bit = path.stored - 1;
  return layout;
}

dicom::File file_of(const Path& path, const test::TempFolder& folder) {
  const Layout layout = layout_of(path);
  const std::string_view syntax = path.syntax;
  const cv::Mat picture = test::test_picture(kSide, kSide);
  const Bytes samples(picture.datastart, picture.dataend);
  auto object = test::image_object(layout);
  if (syntax == kExplicit) {
    Bytes data = samples;
    const std::size_t bytes = std::size_t{kSide} * kSide * (layout.photometric == "YBR_FULL_422" ? 2 : layout.samples) *
                              static_cast<std::size_t>(layout.bits_allocated / 8);
    data.resize(bytes);
    if (path.stored == 6) {
      for (auto& value : data) value = static_cast<std::uint8_t>(value & 63);
    }
    test::set_native(*object, layout.bits_allocated, data);
    return test::through_disk(*object, folder / "in.dcm", EXS_LittleEndianExplicit);
  }
  const Bytes stream = syntax == kJpegXl     ? test::encode_jxl({.width = kSide, .height = kSide}, samples)
                       : syntax == kJpegInXl ? test::pack_jpeg(test::encode_jpeg(picture))
                                             : test::encode_jpeg(picture);
  test::set_fragments(*object, {{stream}}, test::OffsetTable::Filled, EXS_JPEGProcess1);
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEGProcess1);
  file.set_transfer_syntax(*Uid::parse(path.syntax));
  return file;
}

class MaskStyle : public testing::TestWithParam<Path> {};

TEST_P(MaskStyle, is_as_asked_or_what_hides_more_and_is_told) {
  for (const Style asked : {Style::Solid, Style::Pixelate, Style::Blur}) {
    const test::TempFolder folder;
    auto file = file_of(GetParam(), folder);
    const Region region{kBox, 0, RegionKind::Text, 1.0, "test"};
    const auto masked = find_codec(GetParam().syntax)->mask(file, {.regions = std::span(&region, 1), .style = asked});
    ASSERT_TRUE(masked) << masked.error().message;
    const Style expected = asked == Style::Solid      ? Style::Solid
                           : asked == Style::Pixelate ? GetParam().pixelate
                                                      : GetParam().blur;
    EXPECT_EQ(masked->style, expected);
    std::set<std::array<std::uint8_t, 3>> colours;
    ASSERT_TRUE(find_codec(file.transfer_syntax()->str())->decode(file, [&](const Frame& frame) -> Result<void> {
      // One MCU from the edge, where JPEG decoders mix chroma with what lies outside.
      for (int y = kBox.y + 16; y < kBox.bottom() - 16; ++y) {
        for (int x = kBox.x + 16; x < kBox.right() - 16; ++x) {
          const auto& pixel = frame.bgr.at<cv::Vec3b>(y, x);
          colours.insert({pixel[0], pixel[1], pixel[2]});
        }
      }
      return {};
    }));
    if (expected == Style::Solid) {
      EXPECT_EQ(colours.size(), 1U);
    } else {
      EXPECT_GT(colours.size(), 1U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(paths, MaskStyle, testing::ValuesIn(paths()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace veilgate::pixel
