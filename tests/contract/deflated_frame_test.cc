// Deflated Image Frame Compression, with streams made and read by zlib itself.
#include <gtest/gtest.h>
#include <zlib.h>

#include "pixel/codec.h"
#include "pixel/samples.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr const char* kSyntax = "1.2.840.10008.1.2.8.1";

Bytes deflated(Bytes plain) {
  z_stream z{};
  deflateInit2(&z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&z, plain.size()));
  z.next_in = plain.data();
  z.avail_in = static_cast<uInt>(plain.size());
  z.next_out = out.data();
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

Bytes inflated(Bytes stream, std::size_t size) {
  z_stream z{};
  inflateInit2(&z, -15);
  Bytes out(size + 1);
  z.next_in = stream.data();
  z.avail_in = static_cast<uInt>(stream.size());
  z.next_out = out.data();
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
  EXPECT_LE(z.avail_in, 1u) << "only the pad byte follows";
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

Bytes noise(std::size_t size, unsigned seed) {
  Bytes out(size);
  for (auto& byte : out) byte = static_cast<std::uint8_t>((seed = seed * 1103515245 + 12345) >> 16);
  return out;
}

class DeflatedFrame : public ::testing::Test {
 protected:
  dicom::File object(const Layout& layout, const std::vector<Bytes>& streams) {
    auto file = test::image_object(layout);
    std::vector<std::vector<Bytes>> frames;
    for (const auto& one : streams) frames.push_back({one});
    test::set_fragments(*file, frames, test::OffsetTable::Filled, EXS_JPEG2000LosslessOnly);
    auto loaded = test::through_disk(*file, folder_ / "in.dcm", EXS_JPEG2000LosslessOnly);
    loaded.set_transfer_syntax(*Uid::parse(kSyntax));
    EXPECT_TRUE(loaded.save(folder_ / "deflated.dcm", *Uid::parse(kSyntax)));
    auto read = dicom::File::load(folder_ / "deflated.dcm");
    if (!read) throw std::runtime_error(read.error().code + ": " + read.error().message);
    return std::move(*read);
  }
  static Result<MaskResult> mask(dicom::File& file, const std::vector<Region>& regions) {
    return find_codec(kSyntax)->mask(file, {.regions = regions});
  }
  test::TempFolder folder_;
};

TEST_F(DeflatedFrame, KeepsEverythingOutsideTheMaskInEveryLayout) {
  const std::vector<Layout> layouts{
      {.rows = 11, .columns = 13, .frames = 3, .samples = 3, .photometric = "RGB"},
      {.rows = 11, .columns = 13, .frames = 3, .samples = 3, .planar = true, .photometric = "RGB"},
      {.rows = 11, .columns = 13, .frames = 3, .samples = 3, .photometric = "YBR_FULL"},
      {.rows = 11, .columns = 13, .frames = 3, .samples = 1, .photometric = "MONOCHROME1"},
      {.rows = 11,
       .columns = 13,
       .frames = 3,
       .samples = 1,
       .bits_allocated = 16,
       .bits_stored = 16,
       .high_bit = 15,
       .photometric = "MONOCHROME2"},
      {.rows = 11,
       .columns = 13,
       .frames = 3,
       .samples = 1,
       .bits_allocated = 1,
       .bits_stored = 1,
       .high_bit = 0,
       .photometric = "MONOCHROME2"}};
  for (const auto& layout : layouts) {
    Layout one = layout;
    one.frames = 1;
    std::vector<Bytes> plain, streams;
    for (unsigned i = 0; i < 3; ++i) {
      plain.push_back(noise(data_bytes(one), i + 1));
      clear_unused_bits(one, plain.back());
      streams.push_back(deflated(plain.back()));
    }
    auto file = object(layout, streams);
    const auto done = mask(file, {{{2, 3, 5, 4}, 1, RegionKind::Fixed, 1, "r"}});
    ASSERT_TRUE(done) << layout.photometric << " " << done.error().code << done.error().message;
    EXPECT_TRUE(done->lossy_method.empty());
    ASSERT_TRUE(file.save(folder_ / "out.dcm", *file.transfer_syntax()));
    auto saved = dicom::File::load(folder_ / "out.dcm");
    const auto items = test::fragments_of(saved->native());
    ASSERT_EQ(items.size(), 4u);
    burn(one, plain[1], 0, {2, 3, 5, 4}, Style::Solid, black(one));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(inflated(items[i + 1], plain[i].size()) == plain[i]) << i;
  }
}

TEST_F(DeflatedFrame, LosesWhatFollowsTheStreamAlsoWithoutAMask) {
  const Layout layout{.rows = 4, .columns = 4, .samples = 1, .photometric = "MONOCHROME2"};
  Bytes stream = deflated(noise(16, 1));
  for (const char c : std::string_view("Mustermann^Erika")) stream.push_back(static_cast<std::uint8_t>(c));
  auto file = object(layout, {stream});
  ASSERT_TRUE(mask(file, {}));
  EXPECT_TRUE(inflated(test::fragments_of(file.native()).at(1), 16) == noise(16, 1));
}

TEST_F(DeflatedFrame, LargeFragmentsPassUnchangedFromFileToFile) {
  const Layout layout{.rows = 1000, .columns = 1000, .samples = 1, .photometric = "MONOCHROME2"};
  const Bytes stream = deflated(noise(1'000'000, 1));
  auto file = object(layout, {stream});
  Bytes got = test::fragments_of(file.native()).at(1);
  got.resize(stream.size());
  EXPECT_TRUE(got == stream);
}

TEST_F(DeflatedFrame, BombsAndWrongSizesAreErrors) {
  const Layout layout{.rows = 4, .columns = 4, .samples = 1, .photometric = "MONOCHROME2"};
  const auto code = [&](const Bytes& stream) {
    auto file = object(layout, {stream});
    const auto done = mask(file, {});
    return done ? std::string() : std::string(to_string(done.error().kind)) + " " + done.error().code;
  };
  EXPECT_EQ(code(deflated(Bytes(100u << 20, 0))), "permanent deflate.too_large");
  EXPECT_EQ(code(deflated(noise(15, 1))), "permanent pixel.inconsistent");
  EXPECT_EQ(code(deflated(noise(17, 1))), "permanent deflate.too_large");
  Bytes cut = deflated(noise(16, 1));
  cut.resize(cut.size() / 2);
  EXPECT_EQ(code(cut), "permanent deflate.corrupt");
  EXPECT_EQ(code({}), "permanent deflate.corrupt");
}

}  // namespace
}  // namespace veilgate::pixel
