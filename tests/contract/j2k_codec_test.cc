// JPEG 2000 and HTJ2K objects: bits x photometric x transfer syntax, masked inside and the same outside, judged by the
// encoders' own libraries: HT by OpenJPH, which the gateway does not decode with.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <random>

#include "pixel/codec.h"
#include "pixel/codecs/j2k_stream.h"
#include "support/j2k_tools.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
using test::Bytes;
using test::J2kShape;
using test::OffsetTable;
using test::Planes;
using test::TempFolder;

constexpr const char* kJ2kLossless = "1.2.840.10008.1.2.4.90";
constexpr const char* kJ2k = "1.2.840.10008.1.2.4.91";
constexpr const char* kPart2Lossless = "1.2.840.10008.1.2.4.92";
constexpr const char* kPart2 = "1.2.840.10008.1.2.4.93";
constexpr const char* kHtLossless = "1.2.840.10008.1.2.4.201";
constexpr const char* kHtRpcl = "1.2.840.10008.1.2.4.202";
constexpr const char* kHt = "1.2.840.10008.1.2.4.203";
constexpr std::string_view kSecret = "SECRET^PATIENT";

bool is_ht(std::string_view syntax) { return syntax.find(".4.20") != std::string_view::npos; }

Layout layout_of(const char* photometric, int bits = 8, bool is_signed = false, int frames = 1, int rows = 53,
                 int columns = 70) {
  Layout layout;
  layout.rows = rows;
  layout.columns = columns;
  layout.frames = frames;
  layout.photometric = photometric;
  layout.samples = layout.photometric.starts_with("MONO") || layout.photometric.starts_with("PAL") ? 1 : 3;
  layout.bits_allocated = bits > 8 ? 16 : 8;
  layout.bits_stored = bits;
  layout.high_bit = bits - 1;
  layout.is_signed = is_signed;
  return layout;
}

J2kShape shape_of(const Layout& layout) {
  return {.rows = layout.rows,
          .columns = layout.columns,
          .bits = layout.bits_stored,
          .is_signed = layout.is_signed,
          .transform = layout.photometric == "YBR_RCT" || layout.photometric == "YBR_ICT",
          .irreversible = layout.photometric == "YBR_ICT"};
}

Planes noise(const Layout& layout, unsigned seed = 1) {
  std::mt19937 random(seed);
  const auto pixels = static_cast<std::size_t>(layout.rows * layout.columns);
  Planes planes(static_cast<std::size_t>(layout.samples), std::vector<std::int32_t>(pixels));
  const int lowest = layout.is_signed ? -(1 << (layout.bits_stored - 1)) : 0;
  for (auto& plane : planes) {
    for (auto& value : plane) value = lowest + static_cast<int>(random() & ((1U << layout.bits_stored) - 1U));
  }
  return planes;
}

/// Something a lossy encoder keeps well: a slope in each component.
Planes slopes(const Layout& layout) {
  Planes planes = noise(layout);
  const int full = (1 << layout.bits_stored) - 1;
  for (std::size_t c = 0; c < planes.size(); ++c) {
    for (std::size_t i = 0; i < planes[c].size(); ++i) {
      const int x = static_cast<int>(i) % layout.columns;
      planes[c][i] = static_cast<int>(c + 1) * full * x / (4 * layout.columns);
    }
  }
  return planes;
}

Bytes encode(const Planes& planes, const Layout& layout, std::string_view syntax) {
  return is_ht(syntax) ? test::encode_htj2k(planes, shape_of(layout)) : test::encode_j2k(planes, shape_of(layout));
}

Planes decode(const Bytes& bytes, std::string_view syntax) {
  return is_ht(syntax) ? test::decode_htj2k(bytes) : test::decode_j2k(bytes);
}

/// A file with one codestream for each frame, in any transfer syntax.
dicom::File file_with(const Layout& layout, const std::vector<Bytes>& streams, const std::string& syntax,
                      const TempFolder& folder, const std::function<void(DcmDataset&)>& change = {}) {
  const auto known = DcmXfer(syntax.c_str()).getXfer();  // DCMTK has not heard of HTJ2K
  const auto carrier = known == EXS_Unknown ? EXS_JPEG2000LosslessOnly : known;
  auto object = test::image_object(layout);
  std::vector<std::vector<Bytes>> frames;
  for (const auto& stream : streams) frames.push_back({stream});
  test::set_fragments(*object, frames, OffsetTable::Filled, carrier);
  if (change) change(*object->getDataset());
  auto file = test::through_disk(*object, folder / "in.dcm", carrier);
  file.set_transfer_syntax(*Uid::parse(syntax));
  if (!file.save(folder / "named.dcm", *Uid::parse(syntax))) throw std::runtime_error("save");
  auto loaded = dicom::File::load(folder / "named.dcm");
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return std::move(*loaded);
}

/// The frames' codestreams after a way through disk.
std::vector<Bytes> streams_of(dicom::File& file, const TempFolder& folder) {
  if (!file.save(folder / "out.dcm", *file.transfer_syntax())) throw std::runtime_error("save");
  auto loaded = dicom::File::load(folder / "out.dcm");
  if (!loaded) throw std::runtime_error(loaded.error().message);
  auto items = test::fragments_of(loaded->native());
  items.erase(items.begin());
  return items;
}

Region region(int frame, const Box& box) { return {box, frame, RegionKind::Text, 1.0, "test"}; }

/// Black as displayed, in the samples that the decoder returns (RGB after a colour transform).
std::int32_t black_of(const Layout& layout, std::size_t component) {
  if (layout.photometric == "YBR_FULL") return component == 0 ? 0 : 1 << (layout.bits_stored - 1);
  if (layout.samples == 3) return 0;
  const int lowest = layout.is_signed ? -(1 << (layout.bits_stored - 1)) : 0;
  if (layout.photometric == "MONOCHROME1") return lowest + (1 << layout.bits_stored) - 1;
  return lowest;
}

void expect_masked(const Layout& layout, const Planes& before, const Planes& after, const Box& box) {
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t c = 0; c < before.size(); ++c) {
    ASSERT_EQ(before[c].size(), after[c].size());
    for (std::size_t i = 0; i < before[c].size(); ++i) {
      const int x = static_cast<int>(i) % layout.columns, y = static_cast<int>(i) / layout.columns;
      const bool inside = !intersection(box, {x, y, 1, 1}).empty();
      ASSERT_EQ(after[c][i], inside ? black_of(layout, c) : before[c][i]) << x << "," << y << " component " << c;
    }
  }
}

struct Kind {
  const char* name;
  const char* photometric;
  int bits;
  bool is_signed;
};
std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }
struct Way {
  const char* name;
  const char* syntax;
  const char* lossless;
};

std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }
class J2kMatrix : public testing::TestWithParam<std::tuple<Kind, Way>> {};

TEST_P(J2kMatrix, OneFrameMaskedAndAllTheRestBitIdentical) {
  const auto& [kind, way] = GetParam();
  const Layout layout = layout_of(kind.photometric, kind.bits, kind.is_signed, 3);
  std::vector<Planes> before;
  std::vector<Bytes> streams;
  for (unsigned f = 0; f < 3; ++f) {
    before.push_back(noise(layout, f + 1));
    streams.push_back(encode(before.back(), layout, way.syntax));
  }
  TempFolder folder;
  auto file = file_with(layout, streams, way.syntax, folder);
  const auto* codec = find_codec(way.syntax);
  ASSERT_NE(codec, nullptr);
  const Box box{11, 7, 30, 20};
  const auto result = codec->mask(file, {.regions = std::vector{region(1, box)}, .style = Style::Solid});
  ASSERT_TRUE(result) << result.error().code << " " << result.error().message;
  EXPECT_EQ(result->applied, std::vector{box});
  EXPECT_EQ(file.transfer_syntax()->str(), way.lossless);
  EXPECT_EQ(file.dataset().text({0x0028, 0x0004}).reveal(), kind.photometric);
  // Only a "lossless only" syntax promises that nothing was cut off.
  const bool promised = std::string_view(way.syntax) == way.lossless || way.syntax == kPart2Lossless;
  EXPECT_EQ(result->lossy_method.empty(), promised);
  EXPECT_EQ(result->made_lossless, !promised);
  EXPECT_EQ(result->lossy_ratio > 0, !promised);

  const auto after = streams_of(file, folder);
  ASSERT_EQ(after.size(), 3U);
  for (std::size_t f = 0; f < 3; ++f) {
    expect_masked(layout, before[f], decode(after[f], way.lossless), f == 1 ? box : Box{});
    EXPECT_FALSE(test::has_text(after[f], "Created by")) << "a library's comment";
    EXPECT_FALSE(test::has_text(after[f], "OpenJPH"));
    const auto read = read_j2k(after[f]);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->info.reversible);
    EXPECT_EQ(read->info.color_transform, layout.photometric == "YBR_RCT");
    EXPECT_EQ(read->info.components.front().bits, kind.bits);
    EXPECT_EQ(read->info.components.front().is_signed, kind.is_signed);
    if (way.syntax == kHtRpcl && f == 1) {
      EXPECT_TRUE(read->info.has_tile_lengths);
    }
  }
  ASSERT_TRUE(codec->decode(file, [&](const Frame& frame) -> Result<void> {
    if (frame.index == 1) {
      EXPECT_EQ(frame.bgr.at<cv::Vec3b>(10, 20), cv::Vec3b::all(0));
    }
    return {};
  }));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, J2kMatrix,
    testing::Combine(
        testing::Values(Kind{"rgb", "RGB", 8, false}, Kind{"rct", "YBR_RCT", 8, false},
                        Kind{"rct12", "YBR_RCT", 12, false}, Kind{"rct16", "YBR_RCT", 16, false},
                        Kind{"rgb16", "RGB", 16, false}, Kind{"ybr", "YBR_FULL", 8, false},
                        Kind{"mono2", "MONOCHROME2", 8, false}, Kind{"mono1", "MONOCHROME1", 8, false},
                        Kind{"mono2_5", "MONOCHROME2", 5, false}, Kind{"mono2_12", "MONOCHROME2", 12, false},
                        Kind{"mono1_12", "MONOCHROME1", 12, false}, Kind{"mono2_16", "MONOCHROME2", 16, false},
                        Kind{"mono2_s8", "MONOCHROME2", 8, true}, Kind{"mono2_s12", "MONOCHROME2", 12, true},
                        Kind{"mono2_s16", "MONOCHROME2", 16, true}),
        testing::Values(Way{"j2k_lossless", kJ2kLossless, kJ2kLossless}, Way{"j2k", kJ2k, kJ2kLossless},
                        Way{"part2_lossless", kPart2Lossless, kJ2kLossless}, Way{"part2", kPart2, kJ2kLossless},
                        Way{"ht_lossless", kHtLossless, kHtLossless}, Way{"ht_rpcl", kHtRpcl, kHtRpcl},
                        Way{"ht", kHt, kHtLossless})),
    [](const auto& test) { return std::string(std::get<0>(test.param).name) + "_" + std::get<1>(test.param).name; });

/// Red, green, blue and grey bars.
constexpr int kColors[4][3]{{220, 30, 30}, {40, 200, 40}, {20, 60, 210}, {128, 128, 128}};

Planes color_bars(const Layout& layout, bool as_ybr) {
  Planes planes(3);
  for (int y = 0; y < layout.rows; ++y) {
    for (int x = 0; x < layout.columns; ++x) {
      const auto& rgb = kColors[x * 4 / layout.columns];
      const double r = rgb[0], g = rgb[1], b = rgb[2];
      const double ybr[3]{0.299 * r + 0.587 * g + 0.114 * b, -0.1687 * r - 0.3313 * g + 0.5 * b + 128,
                          0.5 * r - 0.4187 * g - 0.0813 * b + 128};
      for (std::size_t c = 0; c < 3; ++c) {
        const int value = as_ybr ? static_cast<int>(ybr[c] + 0.5) : rgb[c];
        planes[c].push_back(value << (layout.bits_stored - 8));
      }
    }
  }
  return planes;
}

struct ColorPath {
  const char* name;
  const char* photometric;
  const char* syntax;
  int bits;
  bool transform, irreversible;
  int tolerance;
};
std::ostream& operator<<(std::ostream& out, const ColorPath& path) { return out << path.name; }
class J2kColors : public testing::TestWithParam<ColorPath> {};

TEST_P(J2kColors, ComeBackAsThemselves) {
  const auto& path = GetParam();
  const Layout layout = layout_of(path.photometric, path.bits, false, 1, 96, 128);
  auto shape = shape_of(layout);
  shape.transform = path.transform;
  shape.irreversible = path.irreversible;
  const auto planes = color_bars(layout, layout.photometric == "YBR_FULL");
  TempFolder folder;
  auto file =
      file_with(layout, {is_ht(path.syntax) ? test::encode_htj2k(planes, shape) : test::encode_j2k(planes, shape)},
                path.syntax, folder);
  const auto look = [&](bool masked) {
    const auto* codec = find_codec(file.transfer_syntax()->str());
    const auto done = codec->decode(file, [&](const Frame& frame) -> Result<void> {
      for (int bar = 0; bar < 4; ++bar) {
        for (int c = 0; c < 3; ++c) {
          EXPECT_NEAR(frame.bgr.at<cv::Vec3b>(40, bar * 32 + 16)[c], kColors[bar][2 - c], path.tolerance) << bar << c;
          if (masked) {
            EXPECT_EQ(frame.bgr.at<cv::Vec3b>(90, bar * 32 + 16)[c], 0);
          }
        }
      }
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
  };
  look(false);
  ASSERT_TRUE(find_codec(path.syntax)->mask(file, {.regions = std::vector{region(0, {0, 80, 128, 16})}}));
  look(true);
}

INSTANTIATE_TEST_SUITE_P(Paths, J2kColors,
                         testing::Values(ColorPath{"rgb", "RGB", kJ2kLossless, 8, false, false, 0},
                                         ColorPath{"rgb_with_transform", "RGB", kJ2kLossless, 8, true, false, 0},
                                         ColorPath{"rct", "YBR_RCT", kJ2kLossless, 8, true, false, 0},
                                         ColorPath{"rct12", "YBR_RCT", kJ2kLossless, 12, true, false, 1},
                                         ColorPath{"rct_lossy_syntax", "YBR_RCT", kJ2k, 8, true, false, 0},
                                         ColorPath{"ict", "YBR_ICT", kJ2k, 8, true, true, 3},
                                         ColorPath{"rgb_irreversible", "RGB", kJ2k, 8, false, true, 3},
                                         ColorPath{"ybr", "YBR_FULL", kJ2kLossless, 8, false, false, 2},
                                         ColorPath{"ybr_irreversible", "YBR_FULL", kJ2k, 8, false, true, 4},
                                         ColorPath{"ht_rgb", "RGB", kHtLossless, 8, false, false, 0},
                                         ColorPath{"ht_rct", "YBR_RCT", kHtRpcl, 8, true, false, 0},
                                         ColorPath{"ht_ict", "YBR_ICT", kHt, 8, true, true, 3}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(J2kCodec, PaletteIsMaskedWithItsDarkestEntry) {
  const Layout layout = layout_of("PALETTE COLOR");
  const auto before = noise(layout);
  for (const char* syntax : {kJ2kLossless, kHtLossless}) {
    TempFolder folder;
    auto file = file_with(layout, {encode(before, layout, syntax)}, syntax, folder, [](DcmDataset& set) {
      const Uint16 shape[]{256, 0, 16};
      std::vector<Uint16> table(256, 0xC000);
      table[9] = 0;
      for (const auto& tag : {DCM_RedPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableDescriptor,
                              DCM_BluePaletteColorLookupTableDescriptor}) {
        test::check(set.putAndInsertUint16Array(tag, shape, 3));
      }
      for (const auto& tag : {DCM_RedPaletteColorLookupTableData, DCM_GreenPaletteColorLookupTableData,
                              DCM_BluePaletteColorLookupTableData}) {
        test::check(set.putAndInsertUint16Array(tag, table.data(), 256));
      }
    });
    const auto result = find_codec(syntax)->mask(file, {.regions = std::vector{region(0, {4, 4, 10, 10})}});
    ASSERT_TRUE(result) << result.error().message;
    const auto after = decode(streams_of(file, folder).at(0), syntax);
    EXPECT_EQ(after[0][5 * 70 + 5], 9);
    EXPECT_EQ(after[0][40 * 70 + 40], before[0][40 * 70 + 40]);
  }
}

TEST(J2kCodec, LossyFrameStaysWithoutMaskAndBecomesLosslessWithOne) {
  for (const auto& [syntax, lossless, method, photometric] :
       {std::tuple{kJ2k, kJ2kLossless, "ISO_15444_1", "YBR_ICT"},
        std::tuple{kHt, kHtLossless, "ISO_15444_15", "YBR_ICT"},
        std::tuple{kJ2k, kJ2kLossless, "ISO_15444_1", "MONOCHROME2"}}) {
    const Layout layout = layout_of(photometric, 8, false, 2);
    auto shape = shape_of(layout);
    shape.irreversible = true;
    const auto planes = slopes(layout);
    const Bytes stream = is_ht(syntax) ? test::encode_htj2k(planes, shape) : test::encode_j2k(planes, shape);
    // The judge is the decoder itself: what OpenJPEG shows of the lossy frame, in whole numbers.
    const Planes shown = test::decode_j2k(stream);
    TempFolder folder;
    auto file = file_with(layout, {stream, stream}, syntax, folder);
    auto result = find_codec(syntax)->mask(file, {});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(file.transfer_syntax()->str(), syntax);
    EXPECT_EQ(result->lossy_method, method);
    EXPECT_FALSE(result->made_lossless);
    const auto picture = read_j2k(stream)->bytes.size();  // without the encoder's comment
    EXPECT_LT(picture, stream.size());
    EXPECT_NEAR(result->lossy_ratio, 53.0 * 70 * layout.samples / static_cast<double>(picture), 0.01);
    EXPECT_EQ(file.dataset().text({0x0028, 0x0004}).reveal(), photometric);
    for (const auto& after : streams_of(file, folder)) EXPECT_EQ(test::decode_j2k(after), shown);

    const Box box{20, 10, 16, 16};
    result = find_codec(syntax)->mask(file, {.regions = std::vector{region(1, box)}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(file.transfer_syntax()->str(), lossless);
    EXPECT_EQ(result->lossy_method, method);
    EXPECT_TRUE(result->made_lossless);
    EXPECT_EQ(file.dataset().text({0x0028, 0x0004}).reveal(),
              std::string_view(photometric) == "YBR_ICT" ? "YBR_RCT" : photometric);
    const auto after = streams_of(file, folder);
    expect_masked(layout, shown, decode(after[0], lossless), {});
    expect_masked(layout, shown, decode(after[1], lossless), box);
  }
}

TEST(J2kCodec, IrreversibleFrameUnderALosslessSyntaxIsNotCalledLossless) {
  const Layout layout = layout_of("MONOCHROME2");
  auto shape = shape_of(layout);
  shape.irreversible = true;
  TempFolder folder;
  auto file = file_with(layout, {test::encode_j2k(slopes(layout), shape)}, kJ2kLossless, folder);
  const auto result = find_codec(kJ2kLossless)->mask(file, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->lossy_method, "ISO_15444_1");
}

TEST(J2kCodec, IrreversibleFramesUnderALosslessSyntaxAreAllStoredAnewWithAMask) {
  for (const auto& [syntax, photometric] : {std::pair{kJ2kLossless, "MONOCHROME2"}, std::pair{kJ2kLossless, "YBR_ICT"},
                                            std::pair{kHtLossless, "YBR_ICT"}, std::pair{kHtRpcl, "MONOCHROME2"}}) {
    const Layout layout = layout_of(photometric, 8, false, 2);
    auto shape = shape_of(layout);
    shape.irreversible = true;
    const Bytes stream =
        is_ht(syntax) ? test::encode_htj2k(slopes(layout), shape) : test::encode_j2k(slopes(layout), shape);
    const Planes shown = test::decode_j2k(stream);
    TempFolder folder;
    auto file = file_with(layout, {stream, stream}, syntax, folder);
    const Box box{20, 10, 16, 16};
    const auto result = find_codec(syntax)->mask(file, {.regions = std::vector{region(1, box)}});
    ASSERT_TRUE(result) << syntax << photometric << result.error().message;
    EXPECT_EQ(file.transfer_syntax()->str(), syntax);
    EXPECT_FALSE(result->lossy_method.empty());
    EXPECT_TRUE(result->made_lossless);
    EXPECT_EQ(file.dataset().text({0x0028, 0x0004}).reveal(), layout.samples == 3 ? "YBR_RCT" : photometric);
    const auto after = streams_of(file, folder);
    for (const auto& one : after) EXPECT_TRUE(read_j2k(one)->info.reversible);
    expect_masked(layout, shown, decode(after[0], syntax), {});
    expect_masked(layout, shown, decode(after[1], syntax), box);
  }
}

/// SIZ with other sizes than the data were written for: picture and tile alike, so that no tile is missing.
Bytes resized(Bytes stream, int rows, int columns) {
  constexpr std::size_t kXsiz = 8, kTile = 24;  // behind SOC, SIZ, Lsiz, Rsiz
  for (const std::size_t at : {kXsiz, kTile}) {
    test::put_u32(stream, at, static_cast<std::uint32_t>(columns));
    test::put_u32(stream, at + 4, static_cast<std::uint32_t>(rows));
  }
  return stream;
}

TEST(J2kCodec, DataWrittenForAnotherSizeAreNoPicture) {
  const Layout small = layout_of("MONOCHROME2");
  const Layout color = layout_of("YBR_RCT");
  std::mt19937 random(9);
  int accepted = 0;
  for (int round = 0; round < 300; ++round) {
    const bool in_color = round % 3 == 0, ht = round % 5 == 0, flat = round % 2 == 0;
    Layout layout = in_color ? color : small;
    const auto planes = flat ? slopes(layout) : noise(layout);
    const char* syntax = ht ? kHtLossless : kJ2kLossless;
    const Bytes stream = encode(planes, layout, syntax);
    // So much larger that it takes more code blocks.
    layout.rows += 128 + static_cast<int>(random() % 300);
    layout.columns += 128 + static_cast<int>(random() % 300);
    TempFolder folder;
    auto file = file_with(layout, {resized(stream, layout.rows, layout.columns)}, syntax, folder);
    if (find_codec(syntax)->mask(file, {})) ++accepted;
  }
  EXPECT_EQ(accepted, 0);
}

TEST(J2kCodec, BytesBehindTheLastPacketAndMissingPacketsAreErrors) {
  for (const char* syntax : {kJ2kLossless, kJ2k, kHtLossless}) {
    const Layout layout = layout_of("MONOCHROME2");
    const Bytes stream = encode(noise(layout), layout, syntax);
    const auto end = stream.size() - 2;  // EOC
    const auto with_data = [&](const Bytes& data_end, std::size_t cut) {
      Bytes out(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(end - cut));
      out.insert(out.end(), data_end.begin(), data_end.end());
      const auto part = test::first_tile_part(out);
      test::put_u32(out, part + 6, static_cast<std::uint32_t>(out.size() - part));
      out.insert(out.end(), {0xFF, 0xD9});
      return out;
    };
    const auto code = [&](const Bytes& changed) {
      TempFolder folder;
      auto file = file_with(layout, {changed}, syntax, folder);
      const auto masked = find_codec(syntax)->mask(file, {});
      return masked ? std::string() : masked.error().code;
    };
    EXPECT_EQ(code(with_data({}, 0)), "") << syntax;
    EXPECT_EQ(code(with_data({kSecret.begin(), kSecret.end()}, 0)), "pixel.j2k_corrupt") << syntax;
    EXPECT_EQ(code(with_data({0}, 0)), "pixel.j2k_corrupt") << syntax;
    EXPECT_EQ(code(with_data({}, 1)), "pixel.j2k_corrupt") << syntax;
    EXPECT_EQ(code(with_data({}, 1500)), "pixel.j2k_corrupt") << syntax;
  }
}

TEST(J2kCodec, NothingButThePictureSurvives) {
  const Layout layout = layout_of("YBR_RCT");
  const auto before = noise(layout);
  const Bytes secret = test::marker_segment(0xFF64, std::string("\0\1", 2) + std::string(kSecret));
  struct Plant {
    const char* name;
    bool jp2 = false;
    std::function<void(Bytes&)> plant;
  };
  const std::string text(kSecret);
  const std::vector<Plant> plants{
      {"comment", false, [&](Bytes& b) { test::plant_in_main_header(b, secret); }},
      {"comment of a tile", false, [&](Bytes& b) { test::plant_in_tile_header(b, secret); }},
      {"registration", false,
       [&](Bytes& b) { test::plant_in_main_header(b, test::marker_segment(0xFF63, "SECRET^PATIE")); }},
      {"unknown", false, [&](Bytes& b) { test::plant_in_main_header(b, test::marker_segment(0xFF6B, kSecret)); }},
      {"unknown in a tile", false,
       [&](Bytes& b) { test::plant_in_tile_header(b, test::marker_segment(0xFF00 | 0x44, kSecret)); }},
      {"packet lengths", false,
       [&](Bytes& b) { test::plant_in_tile_header(b, test::marker_segment(0xFF58, "\x01" + text)); }},
      {"packet lengths in the main header", false,
       [&](Bytes& b) { test::plant_in_main_header(b, test::marker_segment(0xFF57, "\x01" + text)); }},
      {"tile lengths", false,
       [&](Bytes& b) { test::plant_in_main_header(b, test::marker_segment(0xFF55, std::string("\0\x60", 2) + text)); }},
      {"behind the end", false, [&](Bytes& b) { b.insert(b.end(), text.begin(), text.end()); }},
      {"boxes", true,
       [&](Bytes& b) {
         const auto content =
             std::span(static_cast<const std::uint8_t*>(static_cast<const void*>(text.data())), text.size());
         for (const char* type : {"xml ", "uuid", "uinf", "free"}) {
           const Bytes made = test::box(type, content);
           b.insert(b.begin() + 12, made.begin(), made.end());  // behind the signature
           if (std::string_view(type) == "free") b.insert(b.end(), made.begin(), made.end());
         }
       }},
  };
  for (const auto& [name, jp2, plant] : plants) {
    for (const char* syntax : {kJ2kLossless, kHtLossless}) {
      if (jp2 && is_ht(syntax)) continue;
      Bytes stream = is_ht(syntax) ? encode(before, layout, syntax) : test::encode_j2k(before, shape_of(layout), jp2);
      plant(stream);
      ASSERT_TRUE(test::has_text(stream, "SECRET^PATIE")) << name;
      for (const auto& regions : {std::vector<Region>{}, std::vector{region(1, {3, 3, 20, 20})}}) {
        TempFolder folder;
        const Layout two = layout_of("YBR_RCT", 8, false, 2);
        auto file = file_with(two, {stream, stream}, syntax, folder);
        const auto result = find_codec(syntax)->mask(file, {.regions = regions});
        ASSERT_TRUE(result) << name << ": " << result.error().message;
        const auto after = streams_of(file, folder);
        for (const auto& bytes : after) {
          EXPECT_FALSE(test::has_text(bytes, "SECRET")) << name;
          EXPECT_EQ(test::j2k_u16(bytes, 0), 0xFF4FU) << name;
        }
        expect_masked(layout, before, decode(after[0], syntax), {});
        expect_masked(layout, before, decode(after[1], syntax), regions.empty() ? Box{} : regions.front().box);
      }
    }
  }
}

TEST(J2kCodec, EveryArrangementOfACodestreamIsRead) {
  const Layout layout = layout_of("YBR_RCT", 8, false, 1, 150, 170);
  const auto before = noise(layout);
  std::vector<J2kShape> shapes(7, shape_of(layout));
  shapes[0].tile = 64;
  shapes[1].tile = 48;
  shapes[1].lengths = true;
  shapes[2].tile_parts = true;
  shapes[2].order = OPJ_RPCL;
  shapes[2].lengths = true;
  shapes[3].layers = 4;
  shapes[4].order = OPJ_CPRL;
  shapes[5].order = OPJ_PCRL;
  shapes[5].tile = 100;
  shapes[5].layers = 3;
  shapes[6].tile_parts = true;
  shapes[6].tile = 70;
  shapes[6].order = OPJ_RLCP;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    TempFolder folder;
    Bytes stream = test::encode_j2k(before, shapes[i]);
    test::plant_in_tile_header(stream, test::marker_segment(0xFF64, kSecret));
    auto file = file_with(layout, {stream}, kJ2kLossless, folder);
    ASSERT_TRUE(find_codec(kJ2kLossless)->mask(file, {})) << i;
    expect_masked(layout, before, decode(streams_of(file, folder).at(0), kJ2kLossless), {});
    const auto result = find_codec(kJ2kLossless)->mask(file, {.regions = std::vector{region(0, {60, 60, 10, 10})}});
    ASSERT_TRUE(result) << i;
    expect_masked(layout, before, decode(streams_of(file, folder).at(0), kJ2kLossless), {60, 60, 10, 10});
  }
}

TEST(J2kCodec, EncodedBytesAreTheSameEachTime) {
  const Layout layout = layout_of("YBR_RCT", 8, false, 1, 130, 140);
  for (const char* syntax : {kJ2kLossless, kHtRpcl}) {
    std::vector<Bytes> made;
    for (int i = 0; i < 2; ++i) {
      TempFolder folder;
      auto file = file_with(layout, {encode(noise(layout), layout, syntax)}, syntax, folder);
      ASSERT_TRUE(find_codec(syntax)->mask(file, {.regions = std::vector{region(0, {9, 9, 50, 50})}}));
      made.push_back(streams_of(file, folder).at(0));
    }
    EXPECT_EQ(made[0], made[1]);
  }
}

TEST(J2kCodec, FragmentsThatWereLeftOnDiskAreReadFromTheirPlace) {
  const Layout layout = layout_of("YBR_RCT", 8, false, 2, 300, 300);
  const Bytes stream = encode(noise(layout), layout, kHtLossless);
  ASSERT_GT(stream.size(), 128U * 1024) << "larger than what is read at once";
  TempFolder folder;
  auto file = file_with(layout, {stream, stream}, kHtLossless, folder);
  auto items = test::fragments_of(file.native());
  ASSERT_EQ(items.size(), 3U);
  for (std::size_t i = 1; i < items.size(); ++i) {
    items[i].resize(stream.size());  // without padding
    EXPECT_TRUE(items[i] == stream);
  }
}

TEST(J2kCodec, RpclHasAThumbnailAndTileLengths) {
  const Layout layout = layout_of("MONOCHROME2", 8, false, 1, 70, 5000);
  const Layout large = layout_of("MONOCHROME2", 8, false, 1, 2300, 2200);
  for (const auto& [shape, levels] : {std::pair{layout, 5}, std::pair{large, 6}}) {
    TempFolder folder;
    auto file = file_with(shape, {encode(slopes(shape), shape, kHtRpcl)}, kHtRpcl, folder);
    const auto result = find_codec(kHtRpcl)->mask(file, {.regions = std::vector{region(0, {9, 9, 50, 50})}});
    ASSERT_TRUE(result) << result.error().code << " " << result.error().message;
    const Bytes stream = streams_of(file, folder).at(0);
    // COD: marker, length, Scod, progression, layers, transform, levels.
    const auto marker = std::string("\xFF\x52\x00\x0C", 4);
    const auto at = std::search(stream.begin(), stream.end(), marker.begin(), marker.end(),
                                [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
    ASSERT_NE(at, stream.end());
    EXPECT_EQ(at[5], 2) << "RPCL";
    EXPECT_EQ(at[9], levels);
    EXPECT_TRUE(read_j2k(stream)->info.has_tile_lengths);
  }
}

TEST(J2kCodec, ContradictionsAreErrors) {
  const Layout color = layout_of("YBR_RCT");
  const Layout gray = layout_of("MONOCHROME2");
  const Bytes color_stream = encode(noise(color), color, kJ2kLossless);
  const Bytes gray_stream = encode(noise(gray), gray, kJ2kLossless);
  const auto with = [](Layout layout, const std::function<void(Layout&)>& change) {
    change(layout);
    return layout;
  };
  auto halved = shape_of(layout_of("YBR_FULL"));
  halved.subsampling = 2;
  const Layout deep = layout_of("MONOCHROME2", 12);
  auto unsigned_10 = shape_of(layout_of("MONOCHROME2", 10));
  auto signed_10 = shape_of(layout_of("MONOCHROME2", 10, true));
  auto plain = shape_of(color);
  plain.transform = false;
  Bytes part2 = gray_stream;
  test::plant_in_main_header(part2, test::marker_segment(0xFF74, "0123456789"));
  struct Bad {
    const char* name;
    Layout layout;
    Bytes stream;
    const char* syntax;
    ErrorKind kind;
  };
  const std::vector<Bad> cases{
      {"rows", with(color, [](Layout& l) { l.rows = 52; }), color_stream, kJ2kLossless, ErrorKind::Permanent},
      {"columns", with(color, [](Layout& l) { l.columns = 71; }), color_stream, kJ2kLossless, ErrorKind::Permanent},
      {"components", color, gray_stream, kJ2kLossless, ErrorKind::Permanent},
      {"components of mono", gray, color_stream, kJ2kLossless, ErrorKind::Permanent},
      {"several frames in one", gray, color_stream, kPart2, ErrorKind::Refused},
      {"part 2 transform", gray, part2, kPart2, ErrorKind::Refused},
      {"more bits than allocated", gray, encode(noise(deep), deep, kJ2kLossless), kJ2kLossless, ErrorKind::Permanent},
      {"sign bit of an unsigned stream", layout_of("MONOCHROME2", 12, true),
       test::encode_j2k(noise(layout_of("MONOCHROME2", 10)), unsigned_10), kJ2kLossless, ErrorKind::Refused},
      {"negative in unsigned", deep, test::encode_j2k(noise(layout_of("MONOCHROME2", 10, true)), signed_10),
       kJ2kLossless, ErrorKind::Refused},
      {"RCT promised, none there", color, test::encode_j2k(noise(color), plain), kJ2kLossless, ErrorKind::Refused},
      {"YBR_FULL with a transform", layout_of("YBR_FULL"), color_stream, kJ2kLossless, ErrorKind::Refused},
      {"YBR_FULL_422", layout_of("YBR_FULL_422"), color_stream, kJ2kLossless, ErrorKind::Refused},
      {"YBR_PARTIAL_420", layout_of("YBR_PARTIAL_420"), color_stream, kJ2kLossless, ErrorKind::Refused},
      {"subsampled", layout_of("YBR_FULL"), test::encode_j2k(noise(color), halved), kJ2kLossless, ErrorKind::Refused},
      {"HT under JPEG 2000", gray, encode(noise(gray), gray, kHt), kJ2kLossless, ErrorKind::Permanent},
      {"JPEG 2000 under HT", gray, gray_stream, kHtLossless, ErrorKind::Permanent},
      {"garbage", gray, Bytes(100, 7), kJ2kLossless, ErrorKind::Permanent},
      {"empty", gray, Bytes{}, kJ2kLossless, ErrorKind::Permanent},
      {"half", gray, Bytes(gray_stream.begin(), gray_stream.begin() + static_cast<long>(gray_stream.size() / 2)),
       kJ2kLossless, ErrorKind::Permanent},
  };
  for (const auto& bad : cases) {
    TempFolder folder;
    auto file = file_with(bad.layout, {bad.stream}, bad.syntax, folder);
    const auto* codec = find_codec(bad.syntax);
    const auto decoded = codec->decode(file, [](const Frame&) -> Result<void> { return {}; });
    ASSERT_FALSE(decoded) << bad.name;
    EXPECT_EQ(decoded.error().kind, bad.kind) << bad.name << ": " << decoded.error().message;
    const auto masked = codec->mask(file, {});
    ASSERT_FALSE(masked) << bad.name;
    EXPECT_EQ(masked.error().kind, bad.kind) << bad.name;
  }
}

TEST(J2kCodec, PrecisionBesideBitsStoredIsUnderstood) {
  struct Case {
    const char* name;
    Layout layout;   // of the object
    Layout encoded;  // of the codestream
    bool clean;      // nothing hidden
  };
  Layout high = layout_of("MONOCHROME2", 12);
  high.high_bit = 15;
  const std::vector<Case> cases{
      {"fewer", layout_of("MONOCHROME2", 16, true), layout_of("MONOCHROME2", 14, true), true},
      {"fewer unsigned", layout_of("MONOCHROME2", 16), layout_of("MONOCHROME2", 10), true},
      {"hidden above", layout_of("MONOCHROME2", 12), layout_of("MONOCHROME2", 16), false},
      {"hidden below", high, layout_of("MONOCHROME2", 16), false},
  };
  for (const auto& [name, layout, encoded, clean] : cases) {
    const auto before = noise(encoded);
    TempFolder folder;
    auto file = file_with(layout, {encode(before, encoded, kJ2kLossless)}, kJ2kLossless, folder);
    ASSERT_TRUE(find_codec(kJ2kLossless)->mask(file, {.regions = std::vector{region(0, {2, 2, 5, 5})}})) << name;
    const Bytes stream = streams_of(file, folder).at(0);
    const auto after = decode(stream, kJ2kLossless);
    const int shift = layout.high_bit + 1 - layout.bits_stored;
    const int keep = ((1 << layout.bits_stored) - 1) << shift;
    for (std::size_t i = 30 * 70; i < before[0].size(); ++i) {
      ASSERT_EQ(after[0][i], clean ? before[0][i] : before[0][i] & keep) << name;
    }
    EXPECT_EQ(read_j2k(stream)->info.components[0].bits, layout.high_bit + 1) << name;
    // And once more: what was written is read back as the same.
    ASSERT_TRUE(find_codec(kJ2kLossless)->mask(file, {.regions = std::vector{region(0, {2, 2, 5, 5})}})) << name;
    EXPECT_EQ(streams_of(file, folder).at(0), stream) << name;
  }
}

TEST(J2kCodec, TruncatedAndMutatedStreamsEndInTime) {
  const Layout color = layout_of("YBR_RCT", 8, false, 1, 64, 64);
  const Layout deep = layout_of("MONOCHROME2", 12, false, 1, 64, 64);
  auto tiled = shape_of(color);
  tiled.tile = 32;
  tiled.lengths = true;
  struct Seed {
    Layout layout;
    Bytes stream;
    const char* syntax;
  };
  const std::vector<Seed> seeds{{color, encode(noise(color), color, kJ2kLossless), kJ2kLossless},
                                {color, test::encode_j2k(slopes(color), tiled), kJ2k},
                                {deep, encode(slopes(deep), deep, kJ2kLossless), kJ2kLossless},
                                {color, encode(slopes(color), color, kHtLossless), kHtLossless},
                                {deep, encode(noise(deep), deep, kHt), kHt}};
  std::mt19937 random(4);
  for (const auto& seed : seeds) {
    TempFolder folder;
    auto file = file_with(seed.layout, {seed.stream}, seed.syntax, folder);
    const auto* codec = find_codec(seed.syntax);
    int accepted = 0;
    for (int round = 0; round < 400; ++round) {
      Bytes bytes = seed.stream;
      if (round % 4 == 0) {
        bytes.resize(bytes.size() * static_cast<std::size_t>(round) / 400);
      } else {
        for (unsigned i = 0; i <= random() % 4; ++i) {
          const std::size_t reach = random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 160) : bytes.size();
          bytes[random() % reach] = static_cast<std::uint8_t>(random());
        }
      }
      auto object = test::image_object(seed.layout);
      test::set_fragments(*object, {{bytes}}, OffsetTable::Empty, EXS_JPEG2000LosslessOnly);
      auto broken = test::through_disk(*object, folder / "broken.dcm", EXS_JPEG2000LosslessOnly);
      broken.set_transfer_syntax(*Uid::parse(seed.syntax));
      const auto start = std::chrono::steady_clock::now();
      const auto done = codec->mask(broken, {.regions = std::vector{region(0, {8, 8, 16, 16})}});
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
      if (done) ++accepted;
      if (round % 4 == 0) {
        EXPECT_FALSE(done) << "truncated at " << bytes.size();
      }
    }
    EXPECT_GT(accepted, 0);
  }
}
}  // namespace
}  // namespace veilgate::pixel
