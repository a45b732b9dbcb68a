// Every uncompressed layout x transfer syntax: masked inside, the same outside, after a way through disk.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <random>
#include <set>

#include "base/limits.h"
#include "pixel/codec.h"
#include "pixel/samples.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
using test::TempFolder;
using Bytes = std::vector<std::uint8_t>;

struct Shape {
  const char* name;
  const char* photometric;
  int samples, allocated, stored, high;
  bool is_signed, planar;
};
std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.name; }

Layout layout_of(const Shape& shape, int rows = 37, int columns = 46, int frames = 3) {
  Layout layout;
  layout.rows = rows;
  layout.columns = columns;
  layout.frames = frames;
  layout.samples = shape.samples;
  layout.bits_allocated = shape.allocated;
  layout.bits_stored = shape.stored;
  layout.high_bit = shape.high;
  layout.is_signed = shape.is_signed;
  layout.planar = shape.planar;
  layout.photometric = shape.photometric;
  return layout;
}

/// Position of a sample, in units of Bits Allocated: written from the standard, not from the code under test.
std::size_t index_of(const Layout& l, int frame, int x, int y, int sample) {
  const std::size_t pixels = static_cast<std::size_t>(l.rows * l.columns);
  const std::size_t pixel = static_cast<std::size_t>(y * l.columns + x);
  const auto f = static_cast<std::size_t>(frame);
  const auto s = static_cast<std::size_t>(sample);
  if (l.photometric == "YBR_FULL_422") {
    return f * pixels * 2 + (pixel & ~std::size_t{1}) * 2 + (s == 0 ? (pixel & 1) : s + 1);
  }
  const auto count = static_cast<std::size_t>(l.samples);
  return f * pixels * count + (l.planar ? s * pixels + pixel : pixel * count + s);
}

unsigned raw_at(const Layout& l, const Bytes& data, std::size_t index) {
  if (l.bits_allocated == 1) return (data.at(index / 8) >> (index % 8)) & 1U;
  if (l.bits_allocated == 8) return data.at(index);
  return data.at(2 * index) | (static_cast<unsigned>(data.at(2 * index + 1)) << 8);
}

void put_raw(const Layout& l, Bytes& data, std::size_t index, unsigned raw) {
  if (l.bits_allocated == 1) {
    if (raw & 1) data.at(index / 8) = static_cast<std::uint8_t>(data.at(index / 8) | (1U << (index % 8)));
  } else if (l.bits_allocated == 8) {
    data.at(index) = static_cast<std::uint8_t>(raw);
  } else {
    data.at(2 * index) = static_cast<std::uint8_t>(raw & 255);
    data.at(2 * index + 1) = static_cast<std::uint8_t>(raw >> 8);
  }
}

std::size_t sample_count(const Layout& l) {
  const auto pixels = static_cast<std::size_t>(l.rows * l.columns * l.frames);
  return l.photometric == "YBR_FULL_422" ? pixels * 2 : pixels * static_cast<std::size_t>(l.samples);
}

Bytes empty_data(const Layout& l) {
  return Bytes((sample_count(l) * static_cast<std::size_t>(l.bits_allocated) + 7) / 8);
}

Bytes random_data(const Layout& l) {
  std::mt19937 random(7);
  Bytes data = empty_data(l);
  for (std::size_t i = 0; i < sample_count(l); ++i) put_raw(l, data, i, random() & ((1U << l.bits_allocated) - 1U));
  return data;
}

/// What a raw word becomes outside masks: the sample alone.
unsigned cleaned(const Layout& l, unsigned raw) {
  const int shift = l.high_bit + 1 - l.bits_stored;
  const unsigned mask = ((1U << l.bits_stored) - 1U) << shift;
  unsigned out = raw & mask;
  if (l.is_signed && ((raw >> l.high_bit) & 1U) != 0) out |= ~((1U << (l.high_bit + 1)) - 1U);
  return out & ((1U << l.bits_allocated) - 1U);
}

unsigned expected_black(const Layout& l, int sample) {
  unsigned value = 0;
  if (l.photometric == "MONOCHROME1")
    value = l.is_signed ? (1U << (l.bits_stored - 1)) - 1U : (1U << l.bits_stored) - 1U;
  if (l.photometric == "MONOCHROME2" && l.is_signed) value = 1U << (l.bits_stored - 1);
  if (l.photometric.starts_with("YBR") && sample > 0) value = 1U << (l.bits_stored - 1);
  if (l.photometric == "PALETTE COLOR") value = 5;  // see add_palette
  return cleaned(l, value << (l.high_bit + 1 - l.bits_stored));
}

/// 256 entries; entry 5 is black, entries 1 to 3 red, green, blue, the rest bright.
void add_palette(DcmFileFormat& file, bool wide) {
  const auto word = [wide](unsigned value) { return static_cast<Uint16>(wide ? value * 257 : value); };
  const std::array<Uint16, 3> shape{256, 0, static_cast<Uint16>(wide ? 16 : 8)};
  const DcmTagKey descriptors[]{DCM_RedPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableDescriptor,
                                DCM_BluePaletteColorLookupTableDescriptor};
  const DcmTagKey tables[]{DCM_RedPaletteColorLookupTableData, DCM_GreenPaletteColorLookupTableData,
                           DCM_BluePaletteColorLookupTableData};
  for (unsigned color = 0; color < 3; ++color) {
    std::vector<Uint16> table(256, word(200));
    for (unsigned i = 1; i <= 3; ++i) table[i] = word(i == color + 1 ? 220 : 20);
    table[5] = word(0);
    test::check(file.getDataset()->putAndInsertUint16Array(descriptors[color], shape.data(), 3));
    if (wide) {
      test::check(file.getDataset()->putAndInsertUint16Array(tables[color], table.data(), 256));
    } else {
      // 8-bit entries packed two in a word.
      std::vector<Uint16> packed(128);
      for (std::size_t i = 0; i < 128; ++i) packed[i] = static_cast<Uint16>(table[2 * i] | (table[2 * i + 1] << 8));
      test::check(file.getDataset()->putAndInsertUint16Array(tables[color], packed.data(), 128));
    }
  }
}

Region region(int frame, const Box& box) { return {box, frame, RegionKind::Text, 1.0, "test"}; }

class NativeMatrix : public testing::TestWithParam<std::tuple<Shape, E_TransferSyntax>> {};

TEST_P(NativeMatrix, MaskedInsideAndUnchangedOutside) {
  const auto& [shape, syntax] = GetParam();
  const Layout layout = layout_of(shape);
  const Bytes before = random_data(layout);
  TempFolder folder;
  auto object = test::image_object(layout);
  test::set_native(*object, layout.bits_allocated, before);
  if (layout.photometric == "PALETTE COLOR") add_palette(*object, layout.bits_allocated == 16);
  dicom::File file = test::through_disk(*object, folder / "in.dcm", syntax);

  const auto* codec = find_codec(DcmXfer(syntax).getXferID());
  ASSERT_NE(codec, nullptr);
  const std::vector<Region> regions{region(1, {7, 5, 11, 9}), region(2, {40, 30, 100, 100}), region(0, {0, 0, 1, 1})};
  const auto result = codec->mask(file, {.regions = regions, .style = Style::Solid});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->applied.size(), 3U);
  EXPECT_EQ(result->applied[1], (Box{40, 30, 6, 7}));
  ASSERT_TRUE(file.save(folder / "out.dcm", *Uid::parse(DcmXfer(syntax).getXferID())));

  DcmFileFormat saved;
  test::check(saved.loadFile((folder / "out.dcm").c_str()));
  EXPECT_EQ(saved.getDataset()->getOriginalXfer(), syntax);
  const Bytes after = test::native_bytes(saved, layout.bits_allocated);
  for (int f = 0; f < layout.frames; ++f) {
    for (int y = 0; y < layout.rows; ++y) {
      for (int x = 0; x < layout.columns; ++x) {
        bool masked = false;
        for (std::size_t i = 0; i < regions.size(); ++i) {
          masked = masked || (regions[i].frame == f && !intersection(result->applied[i], {x, y, 1, 1}).empty());
        }
        for (int s = 0; s < layout.samples; ++s) {
          const auto index = index_of(layout, f, x, y, s);
          const unsigned expected = masked ? expected_black(layout, s) : cleaned(layout, raw_at(layout, before, index));
          ASSERT_EQ(raw_at(layout, after, index), expected) << f << ":" << x << "," << y << " sample " << s;
        }
      }
    }
  }
  int shown = 0;
  ASSERT_TRUE(codec->decode(file, [&](const Frame& frame) -> Result<void> {
    EXPECT_EQ(frame.index, shown++);
    EXPECT_EQ(frame.bgr.size(), cv::Size(layout.columns, layout.rows));
    EXPECT_EQ(frame.bgr.type(), CV_8UC3);
    if (frame.index == 1) {
      EXPECT_EQ(frame.bgr.at<cv::Vec3b>(8, 10), cv::Vec3b::all(0));
    }
    return {};
  }));
  EXPECT_EQ(shown, layout.frames);
}

INSTANTIATE_TEST_SUITE_P(
    Layouts, NativeMatrix,
    testing::Combine(testing::Values(Shape{"rgb", "RGB", 3, 8, 8, 7, false, false},
                                     Shape{"rgb_planar", "RGB", 3, 8, 8, 7, false, true},
                                     Shape{"rgb7", "RGB", 3, 8, 7, 6, false, false},
                                     Shape{"rgb16", "RGB", 3, 16, 16, 15, false, false},
                                     Shape{"rgb12_planar", "RGB", 3, 16, 12, 11, false, true},
                                     Shape{"ybr", "YBR_FULL", 3, 8, 8, 7, false, false},
                                     Shape{"ybr_planar", "YBR_FULL", 3, 8, 8, 7, false, true},
                                     Shape{"ybr422", "YBR_FULL_422", 3, 8, 8, 7, false, false},
                                     Shape{"mono2", "MONOCHROME2", 1, 8, 8, 7, false, false},
                                     Shape{"mono1", "MONOCHROME1", 1, 8, 8, 7, false, false},
                                     Shape{"mono2_12", "MONOCHROME2", 1, 16, 12, 11, false, false},
                                     Shape{"mono2_12_high", "MONOCHROME2", 1, 16, 12, 15, false, false},
                                     Shape{"mono1_12", "MONOCHROME1", 1, 16, 12, 11, false, false},
                                     Shape{"mono2_16", "MONOCHROME2", 1, 16, 16, 15, false, false},
                                     Shape{"mono2_s16", "MONOCHROME2", 1, 16, 16, 15, true, false},
                                     Shape{"mono2_s12", "MONOCHROME2", 1, 16, 12, 11, true, false},
                                     Shape{"mono1_s12", "MONOCHROME1", 1, 16, 12, 11, true, false},
                                     Shape{"mono2_s8", "MONOCHROME2", 1, 8, 8, 7, true, false},
                                     Shape{"bit", "MONOCHROME2", 1, 1, 1, 0, false, false},
                                     Shape{"bit1", "MONOCHROME1", 1, 1, 1, 0, false, false},
                                     Shape{"palette8", "PALETTE COLOR", 1, 8, 8, 7, false, false},
                                     Shape{"palette16", "PALETTE COLOR", 1, 16, 16, 15, false, false}),
                     testing::Values(EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit)),
    [](const auto& test) {
      const char* syntax = std::get<1>(test.param) == EXS_LittleEndianImplicit   ? "_implicit"
                           : std::get<1>(test.param) == EXS_LittleEndianExplicit ? "_explicit"
                                                                                 : "_big";
      return std::string(std::get<0>(test.param).name) + syntax;
    });

TEST(NativeCodec, KnownColoursOfEveryPath) {
  const std::array<std::array<unsigned, 3>, 3> rgb{{{220, 20, 20}, {20, 220, 20}, {20, 20, 220}}};
  const std::array<std::array<unsigned, 3>, 3> ybr{{{80, 94, 228}, {137, 62, 44}, {43, 228, 112}}};
  const std::vector<Shape> shapes{
      {"", "RGB", 3, 8, 8, 7, false, false},           {"", "RGB", 3, 8, 8, 7, false, true},
      {"", "RGB", 3, 16, 16, 15, false, false},        {"", "YBR_FULL", 3, 8, 8, 7, false, false},
      {"", "YBR_FULL", 3, 8, 8, 7, false, true},       {"", "YBR_FULL_422", 3, 8, 8, 7, false, false},
      {"", "PALETTE COLOR", 1, 8, 8, 7, false, false}, {"", "PALETTE COLOR", 1, 16, 16, 15, false, false}};
  for (const auto& shape : shapes) {
    for (const auto syntax : {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit}) {
      const Layout layout = layout_of(shape, 4, 12, 1);
      Bytes data = empty_data(layout);
      for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 12; ++x) {
          const auto which = static_cast<std::size_t>(x / 4);
          for (int s = 0; s < layout.samples; ++s) {
            unsigned value = (layout.photometric == "RGB" ? rgb : ybr)[which][static_cast<std::size_t>(s)];
            if (layout.bits_allocated == 16) value *= 257;
            if (layout.samples == 1) value = static_cast<unsigned>(which) + 1;
            put_raw(layout, data, index_of(layout, 0, x, y, s), value);
          }
        }
      }
      TempFolder folder;
      auto object = test::image_object(layout);
      test::set_native(*object, layout.bits_allocated, data);
      if (layout.photometric == "PALETTE COLOR") add_palette(*object, layout.bits_allocated == 16);
      auto file = test::through_disk(*object, folder / "in.dcm", syntax);
      const auto done =
          find_codec(UID_LittleEndianExplicitTransferSyntax)->decode(file, [&](const Frame& frame) -> Result<void> {
            for (int which = 0; which < 3; ++which) {
              const auto pixel = frame.bgr.at<cv::Vec3b>(2, which * 4 + 1);
              for (int c = 0; c < 3; ++c) {
                EXPECT_NEAR(pixel[2 - c],
                            static_cast<int>(rgb[static_cast<std::size_t>(which)][static_cast<std::size_t>(c)]), 2)
                    << layout.photometric << " planar " << layout.planar << " bits " << layout.bits_allocated;
              }
            }
            return {};
          });
      ASSERT_TRUE(done) << done.error().message;
    }
  }
}

dicom::File object_with(
    const Layout& layout, Bytes data, TempFolder& folder,
    const std::function<void(DcmDataset&)>& change = [](DcmDataset&) {}) {
  auto object = test::image_object(layout);
  test::set_native(*object, layout.bits_allocated, std::move(data));
  change(*object->getDataset());
  return test::through_disk(*object, folder / "in.dcm", EXS_LittleEndianExplicit);
}

const Shape kRgb{"rgb", "RGB", 3, 8, 8, 7, false, false};
const Shape kMono12{"mono12", "MONOCHROME2", 1, 16, 12, 11, false, false};

TEST(NativeCodec, BytesAfterTheLastFrameAreCut) {
  const Layout layout = layout_of(kRgb, 5, 5, 1);
  Bytes data = random_data(layout);  // 75 bytes
  const auto kept = data;
  data.insert(data.end(), {'S', 'E', 'C', 'R', 'E', 'T', '!'});
  TempFolder folder;
  auto file = object_with(layout, data, folder);
  ASSERT_TRUE(find_codec(UID_LittleEndianExplicitTransferSyntax)->mask(file, {}));
  const auto after = test::native_bytes(file.native(), 8);
  ASSERT_EQ(after.size(), 76U);
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), after.begin()));
  EXPECT_EQ(after.back(), 0);
}

TEST(NativeCodec, WrongLengthsAreErrors) {
  const Layout layout = layout_of(kRgb, 8, 8, 2);
  const auto* codec = find_codec(UID_LittleEndianExplicitTransferSyntax);
  for (const int change : {-2, -192, 192, 400}) {
    Bytes data(static_cast<std::size_t>(384 + change));
    TempFolder folder;
    auto file = object_with(layout, data, folder);
    const auto masked = codec->mask(file, {});
    ASSERT_FALSE(masked) << change;
    EXPECT_EQ(masked.error().kind, ErrorKind::Permanent);
    EXPECT_FALSE(codec->decode(file, [](const Frame&) -> Result<void> { return {}; }));
  }
}

TEST(NativeCodec, PixelsThatAreNotSubsampledAsTheirLabelSaysAreAnError) {
  const Layout layout{.rows = 8, .columns = 8, .samples = 3, .photometric = "YBR_FULL_422"};
  TempFolder folder;
  auto file = object_with(layout, Bytes(8 * 8 * 3, 100), folder);
  const auto masked = find_codec(UID_LittleEndianExplicitTransferSyntax)->mask(file, {});
  ASSERT_FALSE(masked);
  EXPECT_EQ(masked.error().kind, ErrorKind::Permanent);
}

TEST(NativeCodec, RegionOfAMissingFrameIsABug) {
  const Layout layout = layout_of(kRgb, 8, 8, 2);
  TempFolder folder;
  auto file = object_with(layout, random_data(layout), folder);
  for (const int frame : {-1, 2}) {
    const auto masked = find_codec(UID_LittleEndianExplicitTransferSyntax)
                            ->mask(file, {.regions = std::vector{region(frame, {0, 0, 4, 4})}, .style = Style::Solid});
    ASSERT_FALSE(masked);
    EXPECT_EQ(masked.error().kind, ErrorKind::Bug);
  }
}

TEST(NativeCodec, PixelateAndBlurKeepOnlyCoarseColour) {
  const Layout layout = layout_of(kRgb, 120, 120, 1);
  const Box box{11, 13, 90, 90};
  for (const Style style : {Style::Pixelate, Style::Blur}) {
    // Two pictures with the same means per 15 x 15 cell but other details must give the same result.
    std::vector<Bytes> results;
    for (const int phase : {0, 1}) {
      Bytes data(120 * 120 * 3, 100);
      for (int y = 0; y < 120; ++y) {
        for (int x = 0; x < 120; ++x) {
          const int cx = (x - box.x + 150) % 15;
          const int cy = (y - box.y + 150) % 15;
          if (intersection(box, {x, y, 1, 1}).empty() || cx > 13) continue;
          for (int s = 0; s < 3; ++s)
            data[index_of(layout, 0, x, y, s)] = ((cx + cy + phase) & 1) != 0 && cy < 14 ? 200 : 100;
        }
      }
      // An even number of columns and rows per cell makes both phases equal in the mean.
      TempFolder folder;
      auto file = object_with(layout, data, folder);
      ASSERT_TRUE(find_codec(UID_LittleEndianExplicitTransferSyntax)
                      ->mask(file, {.regions = std::vector{region(0, box)}, .style = style}));
      results.push_back(test::native_bytes(file.native(), 8));
    }
    EXPECT_EQ(results[0], results[1]);
  }
}

TEST(NativeCodec, WindowIsUsedUnlessItHidesTheMostOfThePicture) {
  Layout layout = layout_of(kMono12, 10, 10, 1);
  Bytes data = empty_data(layout);
  for (std::size_t i = 0; i < 100; ++i) put_raw(layout, data, i, static_cast<unsigned>(1000 + i));
  const auto gray_at = [&](const char* center, const char* width, int x, int y) {
    TempFolder folder;
    auto file = object_with(layout, data, folder, [&](DcmDataset& set) {
      if (*center == 0) return;
      test::check(set.putAndInsertString(DCM_WindowCenter, center));
      test::check(set.putAndInsertString(DCM_WindowWidth, width));
    });
    int out = -1;
    EXPECT_TRUE(
        find_codec(UID_LittleEndianExplicitTransferSyntax)->decode(file, [&](const Frame& frame) -> Result<void> {
          out = frame.bgr.at<cv::Vec3b>(y, x)[0];
          return {};
        }));
    return out;
  };
  EXPECT_EQ(gray_at("", "", 0, 0), 0);
  EXPECT_EQ(gray_at("", "", 9, 9), 255);
  EXPECT_NEAR(gray_at("1050", "200", 5, 5), 128 + 6, 6);  // half the contrast
  EXPECT_GT(gray_at("1050", "200", 0, 0), 40);
  EXPECT_EQ(gray_at("100", "10", 0, 0), 0);  // would be all white
  EXPECT_EQ(gray_at("100", "10", 9, 9), 255);
  EXPECT_EQ(gray_at("abc", "nan", 9, 9), 255);
}

struct Bad {
  const char* name;
  std::function<void(DcmDataset&)> change;
  ErrorKind kind;
};
TEST(ReadLayout, RefusesWhatDoesNotFit) {
  const std::vector<Bad> cases{
      {"no rows", [](DcmDataset& d) { d.findAndDeleteElement(DCM_Rows); }, ErrorKind::Permanent},
      {"two numbers of rows",
       [](DcmDataset& d) {
         const Uint16 v[]{120, 60};
         d.putAndInsertUint16Array(DCM_Rows, v, 2);
       },
       ErrorKind::Permanent},
      {"zero rows", [](DcmDataset& d) { d.putAndInsertUint16(DCM_Rows, 0); }, ErrorKind::Permanent},
      {"huge", [](DcmDataset& d) { d.putAndInsertUint16(DCM_Rows, 65535); }, ErrorKind::Permanent},
      {"samples 2", [](DcmDataset& d) { d.putAndInsertUint16(DCM_SamplesPerPixel, 2); }, ErrorKind::Permanent},
      {"bits stored 9", [](DcmDataset& d) { d.putAndInsertUint16(DCM_BitsStored, 9); }, ErrorKind::Permanent},
      {"high bit 3", [](DcmDataset& d) { d.putAndInsertUint16(DCM_HighBit, 3); }, ErrorKind::Permanent},
      {"32 bits", [](DcmDataset& d) { d.putAndInsertUint16(DCM_BitsAllocated, 32); }, ErrorKind::Refused},
      {"cmyk", [](DcmDataset& d) { d.putAndInsertString(DCM_PhotometricInterpretation, "CMYK"); }, ErrorKind::Refused},
      {"mono", [](DcmDataset& d) { d.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2"); },
       ErrorKind::Permanent},
      {"frames 0", [](DcmDataset& d) { d.putAndInsertString(DCM_NumberOfFrames, "0"); }, ErrorKind::Permanent},
      {"frames x", [](DcmDataset& d) { d.putAndInsertString(DCM_NumberOfFrames, "1x"); }, ErrorKind::Permanent},
      {"frames many", [](DcmDataset& d) { d.putAndInsertString(DCM_NumberOfFrames, "999999"); }, ErrorKind::Refused},
      {"planar 2", [](DcmDataset& d) { d.putAndInsertUint16(DCM_PlanarConfiguration, 2); }, ErrorKind::Permanent},
      {"signed colour", [](DcmDataset& d) { d.putAndInsertUint16(DCM_PixelRepresentation, 1); }, ErrorKind::Permanent},
      {"no pixels", [](DcmDataset& d) { d.findAndDeleteElement(DCM_PixelData); }, ErrorKind::Refused},
      {"float",
       [](DcmDataset& d) {
         const Float32 v[]{1, 2};
         d.putAndInsertFloat32Array(DCM_FloatPixelData, v, 2);
       },
       ErrorKind::Refused},
  };
  const Layout layout = layout_of(kRgb, 8, 8, 1);
  for (const auto& bad : cases) {
    TempFolder folder;
    const auto file = object_with(layout, random_data(layout), folder, bad.change);
    const auto read = read_layout(file);
    ASSERT_FALSE(read) << bad.name;
    EXPECT_EQ(read.error().kind, bad.kind) << bad.name << ": " << read.error().message;
  }
}

TEST(CodecTable, NamesEverySyntaxOnce) {
  std::set<std::string_view> seen;
  for (const auto* codec : codec_table()) {
    for (const auto syntax : codec->transfer_syntaxes()) {
      EXPECT_TRUE(seen.insert(syntax).second);
      EXPECT_EQ(find_codec(syntax), codec);
    }
  }
  EXPECT_EQ(find_codec("1.2.840.10008.1.2.4.106"), nullptr);  // two views of one scene are held
}

TEST(NativeCodecOnDisk, MasksObjectsTooLargeForMemoryWithoutTouchingTheRest) {
  const Layout rgb{.rows = 2049, .columns = 2047, .frames = 7, .samples = 3, .photometric = "RGB"};
  const Layout words{.rows = 2048,
                     .columns = 2048,
                     .frames = 9,
                     .samples = 1,
                     .bits_allocated = 16,
                     .bits_stored = 12,
                     .high_bit = 11,
                     .photometric = "MONOCHROME2"};
  for (const Layout& layout : {rgb, words}) {
    for (const auto syntax : {EXS_LittleEndianExplicit, EXS_BigEndianExplicit}) {
      TempFolder folder;
      Bytes data(data_bytes(layout));
      ASSERT_GT(data.size(), limits::kMaxPixelBytesInMemory);
      std::mt19937 random(3);
      for (std::size_t i = 0; i < data.size(); i += 4) {
        const auto value = random();
        for (std::size_t k = 0; k < 4 && i + k < data.size(); ++k)
          data[i + k] = static_cast<std::uint8_t>(value >> (8 * k));
      }
      auto made = test::image_object(layout);
      test::set_native(*made, layout.bits_allocated, data);
      auto file = test::through_disk(*made, folder / "in.dcm", syntax);
      made.reset();
      const std::vector<Region> regions{{{5, 6, 70, 80}, layout.frames - 1, RegionKind::Fixed, 1, "r"},
                                        {{0, 0, 9, 9}, 0, RegionKind::Fixed, 1, "r"}};
      const auto* codec = find_codec(file.transfer_syntax()->str());
      const auto done = codec->mask(file, {.regions = regions, .scratch = folder / ""});
      ASSERT_TRUE(done) << done.error().message;
      EXPECT_EQ(done->applied, (std::vector<Box>{regions[0].box, regions[1].box}));
      ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
      auto saved = dicom::File::load(folder / "out.dcm");
      ASSERT_TRUE(saved);
      clear_unused_bits(layout, data);
      for (const auto& region : regions) burn(layout, data, region.frame, region.box, Style::Solid, black(layout));
      data.resize(data.size() + data.size() % 2, 0);
      EXPECT_TRUE(test::native_bytes(saved->native(), layout.bits_allocated) == data);
    }
  }
}

}  // namespace
}  // namespace veilgate::pixel
