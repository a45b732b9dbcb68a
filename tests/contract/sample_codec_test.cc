// Codecs that decode to samples: every way to compress x photometric interpretation x bits, judged by DCMTK's decoders.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "pixel/codec.h"
#include "support/sample_encoders.h"
#include "support/sample_objects.h"

namespace veilgate::pixel {
namespace {
using test::Bytes;
using test::SamplePath;
using test::Shape;
using test::TempFolder;

bool any_shape(const Shape&) { return true; }
bool twelve_bits(const Shape& shape) {
  return shape.allocated == 16 && shape.coded_bits() == 12 && !shape.is_signed &&
         std::string_view(shape.photometric) != "PALETTE COLOR";
}

SamplePath jpeg_ls(const char* name, charls::interleave_mode mode,
                   charls::color_transformation transform = charls::color_transformation::none) {
  const bool transformed = transform != charls::color_transformation::none;
  return {name,
          EXS_JPEGLSLossless,
          EXS_JPEGLSLossless,
          "",
          [transformed](const Shape& shape) {
            return !transformed || (std::string_view(shape.photometric) == "RGB" && shape.allocated == shape.stored);
          },
          [=](const Layout& layout, const Bytes& samples, int bits) {
            return test::encode_jpeg_ls(layout, samples, bits, mode, 0, transform);
          },
          [](const Bytes& stream) { return test::plant_jpeg(stream, true); }};
}

SamplePath jpeg_lossless(const char* name, E_TransferSyntax syntax, int predictor) {
  return {name,
          syntax,
          syntax,
          "",
          any_shape,
          [predictor](const Layout& layout, const Bytes& samples, int bits) {
            return test::encode_jpeg_lossless(layout, samples, bits, predictor);
          },
          [](const Bytes& stream) { return test::plant_jpeg(stream, false); }};
}

SamplePath jpeg_12(const char* name, E_TransferSyntax syntax, EJ_Mode mode) {
  return {
      name,
      syntax,
      EXS_JPEGProcess14SV1,
      "ISO_10918_1",
      twelve_bits,
      [mode](const Layout& layout, const Bytes& samples, int) { return test::encode_jpeg_12(layout, samples, mode); },
      [](const Bytes& stream) { return test::plant_jpeg(stream, false); }};
}

/// A new coder is one row here.
const std::vector<SamplePath>& paths() {
  using charls::color_transformation;
  using charls::interleave_mode;
  static const std::vector<SamplePath> rows{
      {"rle", EXS_RLELossless, EXS_RLELossless, "", any_shape, test::encode_rle, test::plant_rle},
      jpeg_ls("jpeg_ls_line", interleave_mode::line),
      jpeg_ls("jpeg_ls_sample", interleave_mode::sample),
      jpeg_ls("jpeg_ls_planes", interleave_mode::none),
      jpeg_ls("jpeg_ls_hp1", interleave_mode::line, color_transformation::hp1),
      jpeg_ls("jpeg_ls_hp2", interleave_mode::sample, color_transformation::hp2),
      jpeg_ls("jpeg_ls_hp3", interleave_mode::line, color_transformation::hp3),
      {"jpeg_ls_near", EXS_JPEGLSLossy, EXS_JPEGLSLossless, "ISO_14495_1",
       // Loss may carry into the bits above and below the sample; DCMTK, the judge, reads no fewer than 8.
       [](const Shape& shape) { return shape.coded_bits() == shape.stored && shape.stored >= 8; },
       [](const Layout& layout, const Bytes& samples, int bits) {
         return test::encode_jpeg_ls(layout, samples, bits, interleave_mode::sample, 3);
       },
       [](const Bytes& stream) { return test::plant_jpeg(stream, true); }},
      jpeg_lossless("jpeg_lossless_sv1", EXS_JPEGProcess14SV1, 1),
      jpeg_lossless("jpeg_lossless_1", EXS_JPEGProcess14, 1),
      jpeg_lossless("jpeg_lossless_2", EXS_JPEGProcess14, 2),
      jpeg_lossless("jpeg_lossless_3", EXS_JPEGProcess14, 3),
      jpeg_lossless("jpeg_lossless_4", EXS_JPEGProcess14, 4),
      jpeg_lossless("jpeg_lossless_5", EXS_JPEGProcess14, 5),
      jpeg_lossless("jpeg_lossless_6", EXS_JPEGProcess14, 6),
      jpeg_lossless("jpeg_lossless_7", EXS_JPEGProcess14, 7),
      jpeg_12("jpeg_extended_12", EXS_JPEGProcess2_4, EJM_sequential),
      jpeg_12("jpeg_spectral_12", EXS_JPEGProcess6_8, EJM_spectralSelection),
      jpeg_12("jpeg_progressive_12", EXS_JPEGProcess10_12, EJM_progressive),
  };
  return rows;
}

std::string uid_of(E_TransferSyntax syntax) { return DcmXfer(syntax).getXferID(); }

Region region(int frame, const Box& box) { return {box, frame, RegionKind::Text, 1.0, "test"}; }

/// DCMTK's codecs, as long as one lives.
struct Judges {
  Judges() {
    DcmRLEDecoderRegistration::registerCodecs();
    DJDecoderRegistration::registerCodecs(EDC_never, EUC_never, EPC_colorByPixel);
  }
  ~Judges() {
    DcmRLEDecoderRegistration::cleanup();
    DJDecoderRegistration::cleanup();
  }
};

/// DCMTK's JPEG-LS library has the same symbols as the gateway's, so that judge lives in a process of its own.
std::filesystem::path without_jpeg_ls(const std::filesystem::path& path) {
  const auto out = path.string() + ".native";
  const std::string command = "dcmdjpls +px '" + path.string() + "' '" + out + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("dcmdjpls does not take " + path.string());
  return out;
}

/// Frames by DCMTK.
std::vector<Bytes> judged(const std::filesystem::path& path, const Layout& layout) {
  const Judges judges;
  DcmFileFormat file;
  test::check(file.loadFile(path.c_str()));
  const auto syntax = file.getDataset()->getOriginalXfer();
  if (syntax == EXS_JPEGLSLossless || syntax == EXS_JPEGLSLossy) {
    test::check(file.loadFile(without_jpeg_ls(path).c_str()));
  }
  test::check(file.getDataset()->chooseRepresentation(EXS_LittleEndianExplicit, nullptr));
  const Bytes all = test::native_bytes(file, layout.bits_allocated);
  const std::size_t size = test::sample_count(layout) * static_cast<std::size_t>(layout.bits_allocated / 8);
  std::vector<Bytes> frames;
  for (int i = 0; i < layout.frames; ++i) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(size * static_cast<std::size_t>(i));
    frames.emplace_back(from, from + static_cast<std::ptrdiff_t>(size));
  }
  return frames;
}

struct Prepared {
  Layout layout;
  std::vector<Bytes> pictures, streams;
};

Prepared prepare(const SamplePath& path, const Shape& shape, bool planted, int rows = 37, int columns = 46,
                 int frames = 3) {
  Prepared out{test::layout_of(shape, rows, columns, frames), {}, {}};
  for (int i = 0; i < frames; ++i) {
    out.pictures.push_back(test::sample_picture(out.layout, shape.coded_bits(), static_cast<unsigned>(i) * 9 + 3));
    out.streams.push_back(path.encode(out.layout, out.pictures.back(), shape.coded_bits()));
    if (planted) out.streams.back() = path.plant(out.streams.back());
  }
  return out;
}

class SampleMatrix : public testing::TestWithParam<std::tuple<SamplePath, Shape>> {
 protected:
  void SetUp() override {
    if (!path().takes(shape())) GTEST_SKIP() << "this compression does not hold such samples";
  }
  const SamplePath& path() const { return std::get<0>(GetParam()); }
  const Shape& shape() const { return std::get<1>(GetParam()); }
};

void expect_frames(const Layout& layout, const std::vector<Bytes>& before, const std::vector<Bytes>& after,
                   const std::vector<Region>& regions, const std::vector<Box>& applied) {
  for (std::size_t f = 0; f < before.size(); ++f) {
    for (std::size_t i = 0; i < test::sample_count(layout); ++i) {
      const int pixel = static_cast<int>(i) / layout.samples;
      const int x = pixel % layout.columns;
      const int y = pixel / layout.columns;
      bool masked = false;
      for (std::size_t r = 0; r < regions.size(); ++r) {
        masked = masked || (regions[r].frame == static_cast<int>(f) && !intersection(applied[r], {x, y, 1, 1}).empty());
      }
      const unsigned expected = masked ? test::expected_black(layout, static_cast<int>(i) % layout.samples)
                                       : test::stored_bits(layout, test::raw_at(layout, before[f], i));
      ASSERT_EQ(test::stored_bits(layout, test::raw_at(layout, after[f], i)), expected)
          << "frame " << f << " at " << x << "," << y << (masked ? " masked" : " outside");
    }
  }
}

TEST_P(SampleMatrix, MaskedInsideAndUnchangedOutside) {
  const auto [layout, pictures, streams] = prepare(path(), shape(), false);
  TempFolder folder;
  auto file = test::through_disk(*test::sample_object(path(), layout, streams), folder / "in.dcm", path().syntax);
  const auto before = path().lossy() ? judged(folder / "in.dcm", layout) : pictures;

  const auto* codec = find_codec(uid_of(path().syntax));
  ASSERT_NE(codec, nullptr);
  const std::vector<Region> regions{region(1, {7, 5, 11, 9}), region(2, {40, 30, 100, 100}), region(1, {0, 0, 1, 1})};
  const auto result = codec->mask(file, {.regions = regions, .style = Style::Solid, .scratch = "."});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->applied, (std::vector<Box>{{7, 5, 11, 9}, {40, 30, 6, 7}, {0, 0, 1, 1}}));
  EXPECT_EQ(result->lossy_method, path().lossy_method);
  EXPECT_EQ(result->made_lossless, path().lossy());
  if (path().lossy()) {
    EXPECT_GT(result->lossy_ratio, 1.0);
  } else {
    EXPECT_EQ(result->lossy_ratio, 0);
  }
  EXPECT_EQ(file.transfer_syntax()->str(), uid_of(path().masked_syntax));
  ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
  expect_frames(layout, before, judged(folder / "out.dcm", layout), regions, result->applied);

  int shown = 0;
  const auto done = find_codec(uid_of(path().masked_syntax))->decode(file, [&](const Frame& frame) -> Result<void> {
    EXPECT_EQ(frame.index, shown++);
    EXPECT_EQ(frame.bgr.size(), cv::Size(layout.columns, layout.rows));
    if (frame.index == 1) {
      EXPECT_EQ(frame.bgr.at<cv::Vec3b>(8, 10), cv::Vec3b::all(0));
    }
    return {};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(shown, layout.frames);
}

TEST_P(SampleMatrix, WithoutAMaskThePictureStaysAndEverythingElseGoes) {
  const auto [layout, pictures, streams] = prepare(path(), shape(), true);
  for (const auto& stream : streams) ASSERT_NE(std::ranges::search(stream, test::kSecret).begin(), stream.end());
  TempFolder folder;
  auto clean = prepare(path(), shape(), false);
  test::check(
      test::sample_object(path(), layout, clean.streams)->saveFile((folder / "ref.dcm").c_str(), path().syntax));
  const auto before = path().lossy() ? judged(folder / "ref.dcm", layout) : pictures;
  auto file = test::through_disk(*test::sample_object(path(), layout, streams), folder / "in.dcm", path().syntax);
  const auto result =
      find_codec(uid_of(path().syntax))->mask(file, {.regions = {}, .style = Style::Solid, .scratch = "."});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->lossy_method, path().lossy_method);
  EXPECT_FALSE(result->made_lossless);
  EXPECT_EQ(file.transfer_syntax()->str(), uid_of(path().syntax));
  ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
  expect_frames(layout, before, judged(folder / "out.dcm", layout), {}, {});
  DcmFileFormat saved;
  test::check(saved.loadFile((folder / "out.dcm").c_str()));
  for (const auto& fragment : test::fragments_of(saved)) {
    EXPECT_EQ(std::ranges::search(fragment, test::kSecret).begin(), fragment.end());
  }
}

INSTANTIATE_TEST_SUITE_P(Coders, SampleMatrix,
                         testing::Combine(testing::ValuesIn(paths()), testing::ValuesIn(test::sample_shapes())),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) + "_" + std::get<1>(test.param).name;
                         });

class SampleCoderTest : public testing::TestWithParam<SamplePath> {
 protected:
  const Codec& codec() const { return *find_codec(uid_of(GetParam().syntax)); }
  /// A small shape that the path takes.
  const Shape& shape(bool color) const {
    return *std::ranges::find_if(test::sample_shapes(), [&](const Shape& one) {
      return (one.samples() == 3) == color && GetParam().takes(one);
    });
  }
  bool takes_grey() const {
    return std::ranges::any_of(test::sample_shapes(),
                               [&](const Shape& one) { return one.samples() == 1 && GetParam().takes(one); });
  }
};

TEST_P(SampleCoderTest, KnownColoursComeBack) {
  const std::array<std::array<unsigned, 3>, 4> rgb{{{220, 20, 20}, {20, 220, 20}, {20, 20, 220}, {128, 128, 128}}};
  const std::array<std::array<unsigned, 3>, 4> ybr{{{80, 94, 228}, {137, 62, 44}, {43, 228, 112}, {128, 128, 128}}};
  for (const auto& shape : test::sample_shapes()) {
    const std::string_view photometric = shape.photometric;
    if (!GetParam().takes(shape) || (shape.samples() == 1 && photometric != "PALETTE COLOR")) continue;
    if (GetParam().lossy() && photometric == "PALETTE COLOR") continue;  // nobody indexes with loss
    const Layout layout = test::layout_of(shape, 24, 64, 1);
    Bytes picture(test::sample_count(layout) * static_cast<std::size_t>(layout.bits_allocated / 8));
    for (std::size_t i = 0; i < test::sample_count(layout); ++i) {
      const std::size_t pixel = i / static_cast<std::size_t>(layout.samples);
      const std::size_t which = pixel % 64 / 16;
      unsigned value = (photometric == "RGB" ? rgb : ybr)[which][i % 3];
      if (layout.bits_stored > 8) value = value * ((1U << layout.bits_stored) - 1U) / 255;
      test::put_raw(layout, picture, i, layout.samples == 1 ? static_cast<unsigned>(which) + 1 : value);
    }
    TempFolder folder;
    const auto stream = GetParam().encode(layout, picture, shape.coded_bits());
    auto file =
        test::through_disk(*test::sample_object(GetParam(), layout, {stream}), folder / "in.dcm", GetParam().syntax);
    const auto expect_colors = [&](const Frame& frame) -> Result<void> {
      for (int which = 0; which < 4; ++which) {
        const auto pixel = frame.bgr.at<cv::Vec3b>(20, which * 16 + 8);
        for (int c = 0; c < 3; ++c) {
          EXPECT_NEAR(pixel[2 - c], static_cast<int>(rgb[static_cast<std::size_t>(which)][static_cast<std::size_t>(c)]),
                      GetParam().lossy() ? 10 : 2)
              << shape.name << " patch " << which;
        }
      }
      return {};
    };
    ASSERT_TRUE(codec().decode(file, expect_colors)) << shape.name;
    ASSERT_TRUE(
        codec().mask(file, {.regions = std::vector{region(0, {0, 0, 64, 8})}, .style = Style::Solid, .scratch = "."}));
    ASSERT_TRUE(find_codec(file.transfer_syntax()->str())->decode(file, expect_colors)) << shape.name;
  }
}

TEST_P(SampleCoderTest, BitsBesideTheSampleAreCleared) {
  const Shape shape{"hidden", "MONOCHROME2", 16, 10, 11, false, 16};
  if (!GetParam().takes(shape) || GetParam().lossy()) GTEST_SKIP() << "no room for hidden bits";
  const Layout layout = test::layout_of(shape, 20, 20, 1);
  std::mt19937 random(5);
  Bytes picture(800);
  for (auto& byte : picture) byte = static_cast<std::uint8_t>(random());
  TempFolder folder;
  const auto stream = GetParam().encode(layout, picture, 16);
  auto file =
      test::through_disk(*test::sample_object(GetParam(), layout, {stream}), folder / "in.dcm", GetParam().syntax);
  ASSERT_TRUE(codec().mask(file, {.regions = {}, .style = Style::Solid, .scratch = "."}));
  ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
  const auto after = judged(folder / "out.dcm", layout);
  for (std::size_t i = 0; i < test::sample_count(layout); ++i) {
    ASSERT_EQ(test::raw_at(layout, after[0], i), test::raw_at(layout, picture, i) & 0x0FFCU);
  }
}

TEST_P(SampleCoderTest, BitsOfThePictureAreNotTakenForHiddenOnes) {
  const Shape twelve{"twelve", "MONOCHROME2", 16, 12, 11, false};
  const bool words = GetParam().syntax == EXS_RLELossless;
  if (!GetParam().takes(twelve) || GetParam().lossy() || words) GTEST_SKIP() << "no precision of its own";
  const Layout layout = test::layout_of(twelve, 20, 20, 1);
  Bytes picture(800);
  for (std::size_t i = 1; i < picture.size(); i += 2) picture[i] = 0x0A;
  const auto stream = GetParam().encode(layout, picture, 12);
  Layout lie = layout;
  lie.bits_stored = 8;
  lie.high_bit = 7;
  TempFolder folder;
  auto file = test::through_disk(*test::sample_object(GetParam(), lie, {stream}), folder / "in.dcm", GetParam().syntax);
  const auto masked = codec().mask(file, {});
  ASSERT_FALSE(masked);
  EXPECT_EQ(masked.error().kind, ErrorKind::Refused);
}

TEST_P(SampleCoderTest, OtherShapesThanTheAttributesSayAreErrors) {
  const bool color = !takes_grey();
  const auto made = prepare(GetParam(), shape(color), false, 20, 24, 1);
  struct Change {
    const char* name;
    int rows, columns;
    bool other_samples;
  };
  for (const auto& [name, rows, columns, other_samples] :
       {Change{"rows", 1, 0, false}, Change{"fewer rows", -1, 0, false}, Change{"columns", 0, 1, false},
        Change{"fewer columns", 0, -1, false}, Change{"samples", 0, 0, true}}) {
    // RLE does not say its size: more pixels are missing, fewer leave a rest.
    const bool untold = GetParam().syntax == EXS_RLELossless && rows + columns < 0;
    if (untold) continue;
    Layout layout = made.layout;
    layout.rows += rows;
    layout.columns += columns;
    if (other_samples) {
      layout.samples = color ? 1 : 3;
      layout.photometric = color ? "MONOCHROME2" : "RGB";
    }
    TempFolder folder;
    auto file = test::through_disk(*test::sample_object(GetParam(), layout, made.streams), folder / "in.dcm",
                                   GetParam().syntax);
    const auto decoded = codec().decode(file, [](const Frame&) -> Result<void> { return {}; });
    ASSERT_FALSE(decoded) << name;
    EXPECT_EQ(decoded.error().kind, ErrorKind::Permanent) << name;
    const auto masked = codec().mask(file, {.regions = {}, .style = Style::Solid, .scratch = "."});
    ASSERT_FALSE(masked) << name;
    EXPECT_EQ(masked.error().kind, ErrorKind::Permanent) << name;
  }
}

/// Decodes and masks in memory; true when both worked, and then the output must decode again. Within a second.
bool survives(const SamplePath& path, const Layout& layout, const Bytes& stream) {
  const auto begin = std::chrono::steady_clock::now();
  auto object = test::sample_object(path, layout, {stream});
  static TempFolder folder;
  auto file = test::through_disk(*object, folder / "in.dcm", path.syntax);
  const auto ignore = [](const Frame&) -> Result<void> { return {}; };
  const auto* codec = find_codec(uid_of(path.syntax));
  const auto decoded = codec->decode(file, ignore);
  const auto masked =
      codec->mask(file, {.regions = std::vector{region(0, {2, 2, 5, 5})}, .style = Style::Solid, .scratch = "."});
  if (masked) {
    EXPECT_TRUE(decoded);
    const auto again = find_codec(file.transfer_syntax()->str())->decode(file, ignore);
    EXPECT_TRUE(again) << again.error().message;
  } else {
    EXPECT_TRUE(masked.error().kind == ErrorKind::Permanent || masked.error().kind == ErrorKind::Refused)
        << masked.error().code << ": " << masked.error().message;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  return decoded && masked;
}

TEST_P(SampleCoderTest, TruncatedStreamsAreErrors) {
  const auto made = prepare(GetParam(), shape(true), false, 12, 16, 1);
  ASSERT_TRUE(survives(GetParam(), made.layout, made.streams[0]));
  for (std::size_t size = 0; size + 2 < made.streams[0].size(); ++size) {
    EXPECT_FALSE(survives(GetParam(), made.layout,
                          Bytes(made.streams[0].begin(), made.streams[0].begin() + static_cast<std::ptrdiff_t>(size))))
        << size << " of " << made.streams[0].size();
  }
}

TEST_P(SampleCoderTest, EveryFlippedByteEndsInAnErrorOrAPicture) {
  const auto made = prepare(GetParam(), shape(true), false, 12, 16, 1);
  for (std::size_t at = 0; at < made.streams[0].size(); ++at) {
    for (const int flip : {0xFF, 0x01, 0x80}) {
      Bytes stream = made.streams[0];
      stream[at] = static_cast<std::uint8_t>(stream[at] ^ flip);
      survives(GetParam(), made.layout, stream);
      if (HasFailure()) FAIL() << "byte " << at << " flipped by " << flip;
    }
  }
}

TEST_P(SampleCoderTest, RandomDamageEndsInAnErrorOrAPicture) {
  std::mt19937 random(11);
  const auto made = prepare(GetParam(), shape(true), true, 12, 16, 1);
  for (int round = 0; round < 800; ++round) {
    Bytes stream = made.streams[0];
    for (unsigned i = 0; i <= random() % 8; ++i) {
      const auto at = static_cast<std::ptrdiff_t>(random() % stream.size());
      switch (random() % 4) {
        case 0:
          stream[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random());
          break;
        case 1:
          stream.insert(stream.begin() + at, {0xFF, static_cast<std::uint8_t>(random())});
          break;
        case 2:
          stream.erase(stream.begin() + at,
                       stream.begin() + std::min<std::ptrdiff_t>(at + static_cast<std::ptrdiff_t>(random() % 9),
                                                                 static_cast<std::ptrdiff_t>(stream.size())));
          break;
        default:
          stream[static_cast<std::size_t>(at)] = 0xFF;
      }
      if (stream.size() < 4) break;
    }
    survives(GetParam(), made.layout, stream);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_P(SampleCoderTest, AHugeFrameOverASmallStreamEndsSoon) {
  auto made = prepare(GetParam(), shape(true), false, 16, 16, 1);
  made.layout.rows = made.layout.columns = 14000;
  EXPECT_FALSE(survives(GetParam(), made.layout, made.streams[0]));  // the stream knows better, or is too short
  if (GetParam().syntax == EXS_RLELossless) return;
  for (const int marker : {0xF7, 0xC0, 0xC1, 0xC2, 0xC3}) {
    try {
      const std::size_t at = test::find_segment(made.streams[0], marker);
      Bytes stream = made.streams[0];
      for (const std::size_t side : {at + 5, at + 7}) {
        stream[side] = 14000 >> 8;
        stream[side + 1] = 14000 & 255;
      }
      EXPECT_FALSE(survives(GetParam(), made.layout, stream));
    } catch (const std::out_of_range&) {
      continue;  // another process
    }
  }
}

/// One 12 x 16 grey or RGB frame of JPEG Lossless with its stream changed.
Result<MaskResult> mask_changed(const Shape& shape, int point_transform, const std::function<void(Bytes&)>& change) {
  const auto path = jpeg_lossless("", EXS_JPEGProcess14, 1);
  const Layout layout = test::layout_of(shape, 12, 16, 1);
  const auto picture = test::sample_picture(layout, shape.coded_bits(), 3);
  Bytes stream = test::encode_jpeg_lossless(layout, picture, shape.coded_bits(), 1, point_transform);
  change(stream);
  TempFolder folder;
  auto file = test::through_disk(*test::sample_object(path, layout, {stream}), folder / "in.dcm", path.syntax);
  auto masked = find_codec(uid_of(path.syntax))->mask(file, {.regions = {}, .style = Style::Solid, .scratch = "."});
  if (!masked) return masked;
  EXPECT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
  DcmFileFormat saved;
  test::check(saved.loadFile((folder / "out.dcm").c_str()));
  const auto written = test::fragments_of(saved).at(1);
  EXPECT_EQ(std::ranges::search(written, test::kSecret).begin(), written.end());
  return masked;
}

void insert(Bytes& stream, std::size_t at, const Bytes& bytes) {
  stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(), bytes.end());
}

TEST(JpegLossless, MarkersThatHangDecodersAndBytesBetweenScanAndEndAreErrors) {
  const Shape& rgb = test::sample_shapes().front();
  ASSERT_TRUE(mask_changed(rgb, 0, [](Bytes&) {}));
  const std::vector<std::pair<const char*, std::function<void(Bytes&)>>> changes{
      {"TEM",
       [](Bytes& s) {
         insert(s, 2, {0xFF, 0x01});
       }},
      {"many TEM",
       [](Bytes& s) {
         for (int i = 0; i < 9000; ++i) insert(s, 2, {0xFF, 0x01});
       }},
      {"second SOI",
       [](Bytes& s) {
         insert(s, 2, {0xFF, 0xD8});
       }},
      {"RST in the header",
       [](Bytes& s) {
         insert(s, 2, {0xFF, 0xD0});
       }},
      {"no marker",
       [](Bytes& s) {
         insert(s, 2, {0, 0});
       }},
      {"length 1",
       [](Bytes& s) {
         insert(s, 2, {0xFF, 0xE1, 0, 1});
       }},
      {"long length",
       [](Bytes& s) {
         insert(s, 2, {0xFF, 0xE1, 0xFF, 0xFF});
       }},
      {"second frame header",
       [](Bytes& s) {
         const auto at = static_cast<std::ptrdiff_t>(test::find_segment(s, 0xC3));
         insert(s, 2, Bytes(s.begin() + at, s.begin() + at + 19));
       }},
      {"predictor 8", [](Bytes& s) { s[test::find_segment(s, 0xDA) + 11] = 8; }},
      {"bytes before EOI",
       [](Bytes& s) {
         const Bytes text(test::kSecret.begin(), test::kSecret.end());
         const Bytes end{0xFF, 0xD9};
         insert(s, static_cast<std::size_t>(std::find_end(s.begin(), s.end(), end.begin(), end.end()) - s.begin()),
                text);
       }},
  };
  for (const auto& [name, change] : changes) {
    const auto masked = mask_changed(rgb, 0, change);
    ASSERT_FALSE(masked) << name;
    EXPECT_EQ(masked.error().kind, ErrorKind::Permanent) << name;
  }
}

TEST(JpegLossless, SubsampledFramesAreRefused) {
  const auto masked =
      mask_changed(test::sample_shapes().front(), 0, [](Bytes& s) { s[test::find_segment(s, 0xC3) + 11] = 0x21; });
  ASSERT_FALSE(masked);
  EXPECT_EQ(masked.error().kind, ErrorKind::Refused);
}

TEST(JpegLossless, APointTransformCountsAsLoss) {
  const auto masked = mask_changed(test::sample_shapes().front(), 2, [](Bytes&) {});
  ASSERT_TRUE(masked) << masked.error().message;
  EXPECT_EQ(masked->lossy_method, "ISO_10918_1");
}

INSTANTIATE_TEST_SUITE_P(Coders, SampleCoderTest, testing::ValuesIn(paths()),
                         [](const auto& test) { return std::string(test.param.name); });
}  // namespace
}  // namespace veilgate::pixel
