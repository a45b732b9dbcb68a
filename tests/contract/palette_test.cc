// Palettes after masking: what pixels show stays, everything else is gone, in every codec that knows palettes.
#include "pixel/palette.h"

#include <gtest/gtest.h>

#include <functional>

#include "pixel/codec.h"
#include "pixel/render.h"
#include "pixel/samples.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
using test::TempFolder;
using Bytes = std::vector<std::uint8_t>;

constexpr std::string_view kSecret = "Zwiebelhorst";
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";
const DcmTagKey kDescriptors[]{DCM_RedPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableDescriptor,
                               DCM_BluePaletteColorLookupTableDescriptor};
const DcmTagKey kTables[]{DCM_RedPaletteColorLookupTableData, DCM_GreenPaletteColorLookupTableData,
                          DCM_BluePaletteColorLookupTableData};

Layout palette_layout(int bits, bool is_signed = false) {
  Layout layout;
  layout.rows = 16;
  layout.columns = 20;
  layout.photometric = "PALETTE COLOR";
  layout.bits_allocated = bits > 8 ? 16 : 8;
  layout.bits_stored = bits;
  layout.high_bit = bits - 1;
  layout.is_signed = is_signed;
  return layout;
}

/// `entries` of 16 bits with 16-bit tables, `first`; pixels show stored values 3 to 6.
std::unique_ptr<DcmFileFormat> palette_object(const Layout& layout, std::size_t entries, int first,
                                              const std::string& behind = {}) {
  auto file = test::image_object(layout);
  for (unsigned color = 0; color < 3; ++color) {
    const Uint16 shape[]{static_cast<Uint16>(entries), static_cast<Uint16>(first), 16};
    std::vector<Uint16> table(entries + behind.size() / 2);
    for (std::size_t i = 0; i < entries; ++i)
      table[i] = static_cast<Uint16>(0x4000 + 0x0400 * color + i * 0x0101 % 0x3000);
    for (std::size_t i = 0; i + 1 < behind.size(); i += 2) {
      table[entries + i / 2] = static_cast<Uint16>(behind[i] | behind[i + 1] << 8);
      // And among the entries that nothing shows.
      table[200 + i / 2] = table[entries + i / 2];
    }
    test::check(file->getDataset()->putAndInsertUint16Array(kDescriptors[color], shape, 3));
    test::check(file->getDataset()->putAndInsertUint16Array(kTables[color], table.data(),
                                                            static_cast<unsigned long>(table.size())));
  }
  const std::size_t width = static_cast<std::size_t>(layout.bits_allocated / 8);
  Bytes data(16 * 20 * width);
  for (std::size_t i = 0; i < 16 * 20; ++i) data[i * width] = static_cast<std::uint8_t>(3 + i % 4);
  test::set_native(*file, layout.bits_allocated, data);
  return file;
}

Bytes saved_bytes(dicom::File& file, const TempFolder& folder) {
  if (!file.save(folder / "out.dcm", *file.transfer_syntax())) throw std::runtime_error("save");
  std::FILE* in = std::fopen((folder / "out.dcm").c_str(), "rb");
  Bytes out(std::filesystem::file_size(folder / "out.dcm"));
  const auto read = std::fread(out.data(), 1, out.size(), in);
  std::fclose(in);
  out.resize(read);
  return out;
}

bool has(const Bytes& bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

cv::Mat shown(dicom::File& file) {
  cv::Mat out;
  EXPECT_TRUE(find_codec(file.transfer_syntax()->str())->decode(file, [&](const Frame& frame) -> Result<void> {
    out = frame.bgr.clone();
    return {};
  }));
  return out;
}

std::vector<Uint16> table_of(dicom::File& file, const DcmTagKey& tag) {
  const Uint16* words = nullptr;
  unsigned long count = 0;
  test::check(file.native().getDataset()->findAndGetUint16Array(tag, words, &count));
  return {words, words + count};
}

class PaletteSyntax : public testing::TestWithParam<E_TransferSyntax> {};

TEST_P(PaletteSyntax, KeepsTheColoursThatPixelsShowAndNothingElse) {
  for (const int bits : {8, 16}) {
    for (const std::size_t entries : {256U, 65535U}) {
      TempFolder folder;
      auto object = palette_object(palette_layout(bits), entries, 0, std::string(kSecret));
      auto file = test::through_disk(*object, folder / "in.dcm", GetParam());
      const cv::Mat before = shown(file);
      const auto masked = find_codec(file.transfer_syntax()->str())->mask(file, {});
      ASSERT_TRUE(masked) << masked.error().message;
      const Bytes after = saved_bytes(file, folder);
      EXPECT_FALSE(has(after, kSecret));
      EXPECT_EQ(cv::norm(before, shown(file), cv::NORM_INF), 0);
      for (const auto& tag : kTables) {
        const auto table = table_of(file, tag);
        ASSERT_EQ(table.size(), entries);
        for (std::size_t i = 0; i < entries; ++i) EXPECT_EQ(table[i] != 0, i >= 3 && i <= 6) << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Syntaxes, PaletteSyntax,
                         testing::Values(EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit),
                         [](const auto& test) {
                           return std::string(test.param == EXS_BigEndianExplicit      ? "big"
                                              : test.param == EXS_LittleEndianImplicit ? "implicit"
                                                                                       : "explicit");
                         });

TEST(Palette, TheColourOfTheMaskIsKept) {
  TempFolder folder;
  auto object = palette_object(palette_layout(8), 256, 0);
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_LittleEndianExplicit);
  const Region region{{0, 0, 20, 8}, 0, RegionKind::Text, 1.0, "test"};
  ASSERT_TRUE(find_codec(kExplicit)->mask(file, {.regions = std::vector{region}}));
  EXPECT_EQ(table_of(file, DCM_RedPaletteColorLookupTableData)[0], 0x4000) << "the darkest entry was the first";
  EXPECT_EQ(table_of(file, DCM_RedPaletteColorLookupTableData)[7], 0);
}

TEST(Palette, ValuesBesideTheTableShowItsEnds) {
  TempFolder folder;
  auto object = palette_object(palette_layout(8), 100, 5);  // values 3 to 5 show entry 0, 6 shows entry 1
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_LittleEndianExplicit);
  const cv::Mat before = shown(file);
  ASSERT_TRUE(find_codec(kExplicit)->mask(file, {}));
  EXPECT_EQ(cv::norm(before, shown(file), cv::NORM_INF), 0);
  const auto table = table_of(file, DCM_GreenPaletteColorLookupTableData);
  EXPECT_NE(table[0], 0);
  EXPECT_NE(table[1], 0);
  EXPECT_EQ(std::ranges::count(table, 0), 98);
}

TEST(Palette, EightBitEntriesInBytesStayInBytes) {
  TempFolder folder;
  auto object = palette_object(palette_layout(8), 256, 0);
  for (unsigned color = 0; color < 3; ++color) {
    const Uint16 shape[]{255, 0, 8};
    std::vector<Uint16> packed(128, 0x5A59);
    test::check(object->getDataset()->putAndInsertUint16Array(kDescriptors[color], shape, 3));
    test::check(object->getDataset()->putAndInsertUint16Array(kTables[color], packed.data(), 128));
  }
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_LittleEndianExplicit);
  const cv::Mat before = shown(file);
  ASSERT_TRUE(find_codec(kExplicit)->mask(file, {}));
  EXPECT_EQ(cv::norm(before, shown(file), cv::NORM_INF), 0);
  const auto table = table_of(file, DCM_RedPaletteColorLookupTableData);
  ASSERT_EQ(table.size(), 128U);
  EXPECT_EQ(table[0], 0);
  EXPECT_EQ(table[1], 0x5A00);
  EXPECT_EQ(table[2], 0x5A59);
  EXPECT_EQ(table[3], 0x0059);
  EXPECT_EQ(table[127], 0) << "the byte behind entry 254 too";
}

TEST(Palette, TablesThatThePictureDoesNotUseGo) {
  TempFolder folder;
  auto layout = palette_layout(8);
  layout.photometric = "MONOCHROME2";
  auto object = palette_object(layout, 256, 0, std::string(kSecret));
  const std::string text(kSecret);
  std::vector<Uint16> words(text.size() / 2);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = static_cast<Uint16>(text[2 * i] | text[2 * i + 1] << 8);
  test::check(object->getDataset()->putAndInsertUint16Array(DCM_SegmentedAlphaPaletteColorLookupTableData, words.data(),
                                                            static_cast<unsigned long>(words.size())));
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_LittleEndianExplicit);
  ASSERT_TRUE(find_codec(kExplicit)->mask(file, {}));
  EXPECT_FALSE(has(saved_bytes(file, folder), kSecret));
  EXPECT_FALSE(file.dataset().contains({0x0028, 0x1101}));

  auto supplemental = palette_object(layout, 256, 0);
  test::check(supplemental->getDataset()->putAndInsertString(DCM_PixelPresentation, "MIXED"));
  auto held = test::through_disk(*supplemental, folder / "in.dcm", EXS_LittleEndianExplicit);
  const auto masked = find_codec(kExplicit)->mask(held, {});
  ASSERT_FALSE(masked);
  EXPECT_EQ(masked.error().kind, ErrorKind::Refused);
}

TEST(Palette, SignedValuesCountFromBelowZero) {
  const auto layout = palette_layout(8, true);
  UsedValues used(layout);
  used.add(layout, Bytes{0xFF, 0x80, 0x7F});
  EXPECT_TRUE(used.has(-1));
  EXPECT_TRUE(used.has(-128));
  EXPECT_TRUE(used.has(127));
  EXPECT_FALSE(used.has(0));
  EXPECT_FALSE(used.has(-129));
  EXPECT_FALSE(used.has(128));
}

}  // namespace
}  // namespace veilgate::pixel
