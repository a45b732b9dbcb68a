// JPEG XL: lossless and lossy streams are written anew without loss, packed JPEG streams come out as JPEG; judged by
// libjxl's and libjpeg's own decoders.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "pixel/codec.h"
#include "support/jpeg_tools.h"
#include "support/jxl_tools.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
using test::Bytes;
using test::JxlShape;
using test::OffsetTable;
using test::TempFolder;

constexpr const char* kLossless = "1.2.840.10008.1.2.4.110";
constexpr const char* kPacked = "1.2.840.10008.1.2.4.111";
constexpr const char* kAny = "1.2.840.10008.1.2.4.112";
constexpr const char* kBaseline = "1.2.840.10008.1.2.4.50";
constexpr std::string_view kSecret = "Zwiebelhorst";

Layout layout_of(const char* photometric, int stored = 8, int frames = 1) {
  Layout layout;
  layout.rows = 37;
  layout.columns = 53;
  layout.frames = frames;
  layout.photometric = photometric;
  layout.samples = layout.photometric.starts_with("MONO") || layout.photometric == "PALETTE COLOR" ? 1 : 3;
  layout.bits_allocated = stored > 8 ? 16 : 8;
  layout.bits_stored = stored;
  layout.high_bit = stored - 1;
  return layout;
}

JxlShape shape_of(const Layout& layout) {
  return {.width = layout.columns, .height = layout.rows, .channels = layout.samples, .bits = layout.bits_stored};
}

/// A slope with noise, in words of the object.
Bytes picture(const Layout& layout, unsigned seed) {
  std::mt19937 random(seed);
  const auto count = static_cast<std::size_t>(layout.rows * layout.columns * layout.samples);
  const unsigned all = (1U << layout.bits_stored) - 1U;
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned value =
        (static_cast<unsigned>(i) % 159 * all / 200 + random() % 9 + (random() % 16 == 0 ? random() : 0)) & all;
    out.push_back(static_cast<std::uint8_t>(value));
    if (layout.bits_allocated == 16) out.push_back(static_cast<std::uint8_t>(value >> 8));
  }
  return out;
}

/// As libjxl 0.7 takes words of fewer bits.
Bytes stretched(const Layout& layout, Bytes samples) {
  if (layout.bits_allocated == 8 || layout.bits_stored == 16) return samples;
  const std::uint32_t full = (1U << layout.bits_stored) - 1U;
  for (std::size_t i = 0; i + 1 < samples.size(); i += 2) {
    const std::uint32_t value = samples[i] | static_cast<std::uint32_t>(samples[i + 1]) << 8;
    const std::uint32_t word = (value * 65535U + full / 2) / full;
    samples[i] = static_cast<std::uint8_t>(word);
    samples[i + 1] = static_cast<std::uint8_t>(word >> 8);
  }
  return samples;
}

dicom::File file_with(const Layout& layout, const std::vector<Bytes>& streams, const char* syntax,
                      const TempFolder& folder) {
  auto object = test::image_object(layout);
  std::vector<std::vector<Bytes>> frames;
  for (const auto& stream : streams) frames.push_back({stream});
  // DCMTK has not heard of JPEG XL.
  test::set_fragments(*object, frames, OffsetTable::Filled, EXS_JPEG2000LosslessOnly);
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_JPEG2000LosslessOnly);
  file.set_transfer_syntax(*Uid::parse(syntax));
  if (!file.save(folder / "named.dcm", *Uid::parse(syntax))) throw std::runtime_error("save");
  auto loaded = dicom::File::load(folder / "named.dcm");
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return std::move(*loaded);
}

struct Output {
  std::string syntax, photometric;
  std::vector<Bytes> streams;
};

Output output_of(dicom::File& file, const TempFolder& folder) {
  if (!file.save(folder / "out.dcm", *file.transfer_syntax())) throw std::runtime_error("save");
  auto loaded = dicom::File::load(folder / "out.dcm");
  if (!loaded) throw std::runtime_error(loaded.error().message);
  Output out{loaded->transfer_syntax()->str(), loaded->dataset().text({0x0028, 0x0004}).reveal(),
             test::fragments_of(loaded->native())};
  out.streams.erase(out.streams.begin());
  return out;
}

Region region(int frame, const Box& box) { return {box, frame, RegionKind::Text, 1.0, "test"}; }

void expect_masked(const Layout& layout, const Bytes& before, const Bytes& after, const Box& box) {
  ASSERT_EQ(before.size(), after.size());
  const auto width = static_cast<std::size_t>(layout.bits_allocated / 8);
  const auto samples = static_cast<std::size_t>(layout.samples);
  const unsigned black = layout.photometric == "MONOCHROME1" ? (1U << layout.bits_stored) - 1U : 0U;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto pixel = static_cast<int>(i / width / samples);
    const bool inside = !intersection(box, {pixel % layout.columns, pixel / layout.columns, 1, 1}).empty();
    const auto dark = static_cast<std::uint8_t>(i % width == 0 ? black : black >> 8);
    ASSERT_EQ(after[i], inside ? dark : before[i]) << "byte " << i;
  }
}

class JpegXlTest : public ::testing::TestWithParam<Layout> {};

TEST_P(JpegXlTest, pixels_outside_masks_are_identical_and_every_frame_is_written_anew) {
  const TempFolder folder;
  const Layout& layout = GetParam();
  std::vector<Bytes> pictures, streams;
  for (unsigned frame = 0; frame < static_cast<unsigned>(layout.frames); ++frame) {
    pictures.push_back(picture(layout, frame + 1));
    auto shape = shape_of(layout);
    shape.boxes = true;
    shape.secret = kSecret;
    streams.push_back(test::encode_jxl(shape, stretched(layout, pictures.back())));
    ASSERT_TRUE(test::contains(streams.back(), kSecret));
  }
  auto file = file_with(layout, streams, kLossless, folder);
  const Box box{11, 7, 20, 13};
  const Region regions[]{region(0, box)};
  const auto result = find_codec(kLossless)->mask(file, {.regions = regions, .scratch = folder / "."});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->lossy_method, "");
  EXPECT_FALSE(result->made_lossless);
  const auto out = output_of(file, folder);
  EXPECT_EQ(out.syntax, kLossless);
  EXPECT_EQ(out.photometric, layout.photometric);
  ASSERT_EQ(out.streams.size(), pictures.size());
  for (std::size_t frame = 0; frame < pictures.size(); ++frame) {
    EXPECT_FALSE(test::contains(out.streams[frame], kSecret));
    const auto decoded = test::decode_jxl_stream(out.streams[frame]);
    expect_masked(layout, pictures[frame], decoded.samples, frame == 0 ? box : Box{});
  }
}

INSTANTIATE_TEST_SUITE_P(shapes, JpegXlTest,
                         ::testing::Values(layout_of("RGB"), layout_of("RGB", 16), layout_of("RGB", 12, 2),
                                           layout_of("MONOCHROME2"), layout_of("MONOCHROME1", 8, 3),
                                           layout_of("MONOCHROME2", 16), layout_of("MONOCHROME1", 12),
                                           layout_of("MONOCHROME2", 10)),
                         [](const auto& one) {
                           return one.param.photometric + "_" + std::to_string(one.param.bits_stored);
                         });

TEST(JpegXl, lossy_frames_become_lossless_also_without_a_mask_and_the_result_says_so) {
  const TempFolder folder;
  for (const char* photometric : {"RGB", "XYB"}) {
    const Layout layout = layout_of(photometric);
    auto shape = shape_of(layout);
    shape.distance = 2;
    const Bytes stream = test::encode_jxl(shape, picture(layout, 5));
    const auto before = test::decode_jxl_stream(stream);
    auto file = file_with(layout, {stream}, kAny, folder);
    const auto result = find_codec(kAny)->mask(file, {.regions = {}, .scratch = folder / "."});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->lossy_method, "ISO_18181_1");
    EXPECT_GT(result->lossy_ratio, 1.5);
    EXPECT_TRUE(result->made_lossless);
    const auto out = output_of(file, folder);
    EXPECT_EQ(out.syntax, kLossless);
    EXPECT_EQ(out.photometric, "RGB");
    EXPECT_EQ(test::decode_jxl_stream(out.streams.at(0)).samples, before.samples);
  }
}

TEST(JpegXl, a_lossy_stream_under_the_lossless_syntax_is_called_lossy) {
  const TempFolder folder;
  const Layout layout = layout_of("RGB");
  auto shape = shape_of(layout);
  shape.distance = 1;
  auto file = file_with(layout, {test::encode_jxl(shape, picture(layout, 5))}, kLossless, folder);
  const auto result = find_codec(kLossless)->mask(file, {.regions = {}, .scratch = folder / "."});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->lossy_method, "ISO_18181_1");
}

TEST(JpegXl, what_is_looked_at_is_what_leaves) {
  const TempFolder folder;
  const Layout layout = layout_of("RGB");
  const Bytes samples = picture(layout, 9);
  auto shape = shape_of(layout);
  shape.boxes = true;
  shape.secret = kSecret;
  Bytes stream = test::encode_jxl(shape, samples);
  stream.insert(stream.end(), stream.size() % 2 + 2, 0);  // a box file and padding
  auto file = file_with(layout, {stream}, kLossless, folder);
  int frames = 0;
  const auto seen = find_codec(kLossless)->decode(file, [&](const Frame& frame) -> Result<void> {
    ++frames;
    for (int i = 0; i < layout.rows * layout.columns; ++i) {
      const auto& pixel = frame.bgr.at<cv::Vec3b>(i / layout.columns, i % layout.columns);
      const auto at = static_cast<std::size_t>(3 * i);
      EXPECT_EQ(pixel, (cv::Vec3b(samples[at + 2], samples[at + 1], samples[at])));
    }
    return {};
  });
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(frames, 1);
}

TEST(JpegXl, a_turned_picture_is_stored_as_it_is_shown) {
  const TempFolder folder;
  Layout layout = layout_of("RGB");
  auto shape = shape_of(layout);
  shape.orientation = 6;
  const Bytes stream = test::encode_jxl(shape, picture(layout, 3));
  std::swap(layout.rows, layout.columns);
  auto file = file_with(layout, {stream}, kLossless, folder);
  const Box box{3, 20, 9, 10};
  const Region regions[]{region(0, box)};
  const auto result = find_codec(kLossless)->mask(file, {.regions = regions, .scratch = folder / "."});
  ASSERT_TRUE(result) << result.error().message;
  const auto after = test::decode_jxl_stream(output_of(file, folder).streams.at(0));
  EXPECT_EQ(after.info.orientation, JXL_ORIENT_IDENTITY);
  expect_masked(layout, test::decode_jxl_stream(stream).samples, after.samples, box);
}

TEST(JpegXl, the_same_input_gives_the_same_bytes) {
  const TempFolder folder;
  const Layout layout = layout_of("RGB", 16);
  std::vector<Bytes> outputs;
  for (int i = 0; i < 2; ++i) {
    auto file = file_with(layout, {test::encode_jxl(shape_of(layout), picture(layout, 4))}, kLossless, folder);
    ASSERT_TRUE(find_codec(kLossless)->mask(file, {.regions = {}, .scratch = folder / "."}));
    outputs.push_back(output_of(file, folder).streams.at(0));
  }
  EXPECT_EQ(outputs[0], outputs[1]);
}

/// Streams that are held, with the kind of error.
TEST(JpegXl, what_is_more_than_one_plain_picture_is_held) {
  const TempFolder folder;
  const Layout layout = layout_of("RGB");
  Layout wide = layout;
  wide.columns += 1;
  Layout is_signed = layout_of("MONOCHROME2", 12);
  is_signed.is_signed = true;
  const auto base = shape_of(layout);
  const auto with = [&base](auto change) {
    JxlShape shape = base;
    change(shape);
    return shape;
  };
  const Bytes plain = picture(layout, 1);
  Bytes rgba(plain.size() / 3 * 4, 7);
  Bytes floats(plain.size() * 4, 0);
  const Bytes stream = test::encode_jxl(base, plain);
  struct Case {
    const char* name;
    Layout layout;
    Bytes stream;
    ErrorKind kind;
  };
  const Case cases[]{
      {"alpha", layout, test::encode_jxl(with([](auto& s) { s.alpha = true; }), rgba), ErrorKind::Refused},
      {"animation", layout,
       test::encode_jxl(with([](auto& s) {
                          s.animated = true;
                          s.layers = 2;
                        }),
                        plain),
       ErrorKind::Refused},
      {"layers", layout, test::encode_jxl(with([](auto& s) { s.layers = 2; }), plain), ErrorKind::Refused},
      {"crop", layout, test::encode_jxl(with([](auto& s) { s.cropped = true; }), plain), ErrorKind::Refused},
      {"float", layout, test::encode_jxl(with([](auto& s) { s.floats = true; }), floats), ErrorKind::Refused},
      {"other size", wide, stream, ErrorKind::Permanent},
      {"grey", layout_of("MONOCHROME2"), stream, ErrorKind::Permanent},
      {"deep", layout_of("RGB", 16), stream, ErrorKind::Permanent},
      {"YBR", layout_of("YBR_FULL_422"), stream, ErrorKind::Refused},
      {"signed", is_signed, test::encode_jxl(shape_of(is_signed), stretched(is_signed, picture(is_signed, 2))),
       ErrorKind::Refused},
      {"cut", layout, Bytes(stream.begin(), stream.end() - 40), ErrorKind::Permanent},
      {"no stream", layout, Bytes{0xFF, 0xD8, 0xFF, 0xD9}, ErrorKind::Permanent},
  };
  for (const auto& one : cases) {
    auto file = file_with(one.layout, {one.stream}, kLossless, folder);
    const auto result = find_codec(kLossless)->mask(file, {.regions = {}, .scratch = folder / "."});
    ASSERT_FALSE(result) << one.name;
    EXPECT_EQ(result.error().kind, one.kind) << one.name << ": " << result.error().message;
    const auto seen = find_codec(kLossless)->decode(file, [](const Frame&) -> Result<void> { return {}; });
    EXPECT_FALSE(seen) << one.name;
  }
}

TEST(JpegXl, a_picture_larger_than_the_decoder_has_memory_for_is_held_before_it_is_decoded) {
  const TempFolder folder;
  Layout layout = layout_of("MONOCHROME2");
  layout.rows = 8000;
  layout.columns = 8000;
  const Bytes stream = test::encode_jxl(shape_of(layout), Bytes(64'000'000, 40));
  auto file = file_with(layout, {stream}, kLossless, folder);
  const auto result = find_codec(kLossless)->mask(file, {.regions = {}, .scratch = folder / "."});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "pixel.too_large");
}

TEST(JpegXl, bits_beyond_bits_stored_are_cleared_or_the_frame_is_held) {
  const TempFolder folder;
  Layout layout = layout_of("MONOCHROME2", 16);
  const Bytes stream = test::encode_jxl(shape_of(layout), picture(layout, 8));
  layout.bits_stored = 12;
  layout.high_bit = 11;
  auto file = file_with(layout, {stream}, kLossless, folder);
  ASSERT_TRUE(find_codec(kLossless)->mask(file, {.regions = {}, .scratch = folder / "."}));
  const auto after = test::decode_jxl_stream(output_of(file, folder).streams.at(0));
  for (std::size_t i = 1; i < after.samples.size(); i += 2) ASSERT_LT(after.samples[i], 16);
}

TEST(JpegXl, damaged_streams_neither_crash_nor_hang) {
  const TempFolder folder;
  const Layout layout = layout_of("RGB");
  for (const bool packed : {false, true}) {
    const Bytes stream = packed ? test::pack_jpeg(test::encode_jpeg(test::test_picture(layout.columns, layout.rows)))
                                : test::encode_jxl(shape_of(layout), picture(layout, 2));
    std::mt19937 random(7);
    int refused = 0;
    ::testing::internal::CaptureStderr();  // the library prints; numbers of a stream have no place in a log
    for (int i = 0; i < 300; ++i) {
      Bytes broken = stream;
      for (int k = 0; k < 3; ++k) broken[random() % broken.size()] = static_cast<std::uint8_t>(random());
      auto file = file_with(layout, {broken}, packed ? kPacked : kLossless, folder);
      refused += find_codec(packed ? kPacked : kLossless)->mask(file, {.regions = {}, .scratch = folder / "."}) ? 0 : 1;
    }
    EXPECT_GT(refused, 100);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  }
}

/// Flat inside `mcus`, the same coefficients outside.
void expect_blocks(const test::JpegContent& before, const test::JpegContent& after, const Box& mcus) {
  ASSERT_EQ(before.components.size(), after.components.size());
  for (std::size_t c = 0; c < before.components.size(); ++c) {
    const auto& old = before.components[c];
    for (int y = 0; y < old.down; ++y) {
      for (int x = 0; x < old.across; ++x) {
        const auto& block = after.components[c].block(x, y);
        if (intersection(mcus, {x / old.h, y / old.v, 1, 1}).empty()) {
          ASSERT_EQ(block, old.block(x, y)) << c << " " << x << "," << y;
        } else {
          ASSERT_TRUE(std::all_of(block.begin() + 1, block.end(), [](JCOEF value) { return value == 0; }));
        }
      }
    }
  }
}

TEST(JpegXl, a_packed_jpeg_leaves_as_jpeg_with_its_coefficients_outside_the_mask) {
  const TempFolder folder;
  for (const char* photometric : {"YBR_FULL_422", "RGB"}) {
    Layout layout = layout_of(photometric);
    layout.rows = 64;
    layout.columns = 96;
    const Bytes exif(kSecret.begin(), kSecret.end());
    const Bytes jpeg = test::encode_jpeg(test::test_picture(96, 64), {.extra = {{0xFE, exif}, {0xE1, exif}}});
    auto file = file_with(layout, {test::pack_jpeg(jpeg)}, kPacked, folder);
    const Region regions[]{region(0, {20, 20, 10, 10})};
    const auto result = find_codec(kPacked)->mask(file, {.regions = regions, .scratch = folder / "."});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->lossy_method, "ISO_10918_1");
    EXPECT_FALSE(result->made_lossless);
    EXPECT_EQ(result->applied.at(0), (Box{16, 16, 16, 16}));
    const auto out = output_of(file, folder);
    EXPECT_EQ(out.syntax, kBaseline);
    EXPECT_EQ(out.photometric, "YBR_FULL_422");
    EXPECT_FALSE(test::contains(out.streams.at(0), kSecret));
    expect_blocks(test::read_content(jpeg), test::read_content(out.streams.at(0)), {1, 1, 1, 1});
  }
}

TEST(JpegXl, a_stream_that_packs_no_jpeg_is_held_under_the_recompression_syntax) {
  const TempFolder folder;
  const Layout layout = layout_of("RGB");
  auto file = file_with(layout, {test::encode_jxl(shape_of(layout), picture(layout, 1))}, kPacked, folder);
  const auto result = find_codec(kPacked)->mask(file, {.regions = {}, .scratch = folder / "."});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Refused);
}

}  // namespace
}  // namespace veilgate::pixel
