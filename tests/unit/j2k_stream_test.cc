// The JPEG 2000 reader on hostile and odd headers: defined errors in no time, lengths that are true afterwards.
#include "pixel/codecs/j2k_stream.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/j2k_tools.h"

namespace veilgate::pixel {
namespace {
using test::Bytes;

constexpr std::size_t kSizAt = 4;  // its length field; Rsiz follows

Bytes small(const test::J2kShape& change = {}) {
  test::J2kShape shape = change;
  shape.rows = 40;
  shape.columns = 48;
  test::Planes planes(3, std::vector<std::int32_t>(40 * 48));
  for (std::size_t i = 0; i < 40 * 48; ++i) planes[i % 3][i] = static_cast<int>(i % 200);
  return test::encode_j2k(planes, shape);
}

/// COD's first byte after its length.
std::size_t cod_at(const Bytes& bytes) {
  std::size_t at = 2;
  while (test::j2k_u16(bytes, at) != 0xFF52) at += 2 + test::j2k_u16(bytes, at + 2);
  return at + 4;
}

void expect_error(const Bytes& bytes, ErrorKind kind, const char* name) {
  const auto start = std::chrono::steady_clock::now();
  const auto read = read_j2k(bytes);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500)) << name;
  ASSERT_FALSE(read) << name;
  EXPECT_EQ(read.error().kind, kind) << name << ": " << read.error().message;
}

TEST(J2kStream, BombsInTheHeadersAreErrors) {
  struct Bomb {
    const char* name;
    void (*plant)(Bytes&);
  };
  const std::vector<Bomb> bombs{
      {"65535 x 65535",
       [](Bytes& b) {
         test::put_u32(b, kSizAt + 4, 65535);
         test::put_u32(b, kSizAt + 8, 65535);
       }},
      {"4 giga wide", [](Bytes& b) { test::put_u32(b, kSizAt + 4, 0xFFFFFFFF); }},
      {"nothing wide", [](Bytes& b) { test::put_u32(b, kSizAt + 4, 0); }},
      {"offset behind the end", [](Bytes& b) { test::put_u32(b, kSizAt + 12, 48); }},
      {"a million tiles",
       [](Bytes& b) {
         test::put_u32(b, kSizAt + 4, 10000);
         test::put_u32(b, kSizAt + 8, 10000);
         test::put_u32(b, kSizAt + 20, 10);
         test::put_u32(b, kSizAt + 24, 10);
       }},
      {"tiles of nothing", [](Bytes& b) { test::put_u32(b, kSizAt + 20, 0); }},
      {"16384 components told", [](Bytes& b) { b[kSizAt + 36] = 0x40; }},
      {"no components", [](Bytes& b) { b[kSizAt + 37] = 0; }},
      {"subsampling by zero", [](Bytes& b) { b[kSizAt + 39] = 0; }},
      {"no layers", [](Bytes& b) { b[cod_at(b) + 3] = 0; }},
      {"255 levels", [](Bytes& b) { b[cod_at(b) + 5] = 255; }},
      {"code blocks of 2^17", [](Bytes& b) { b[cod_at(b) + 6] = 15; }},
      {"precincts that are not there", [](Bytes& b) { b[cod_at(b)] |= 1; }},
      {"tile that is not there", [](Bytes& b) { b[test::first_tile_part(b) + 5] = 1; }},
      {"tile-part too long", [](Bytes& b) { test::put_u32(b, test::first_tile_part(b) + 6, 0xFFFFFFFF); }},
      {"tile-part one too long",
       [](Bytes& b) {
         test::put_u32(b, test::first_tile_part(b) + 6, 1 + test::j2k_u32(b, test::first_tile_part(b) + 6));
       }},
      {"tile-part too short", [](Bytes& b) { test::put_u32(b, test::first_tile_part(b) + 6, 13); }},
      {"more tile-parts promised", [](Bytes& b) { b[test::first_tile_part(b) + 11] = 2; }},
      {"segment of length 0",
       [](Bytes& b) {
         test::plant_in_main_header(b, {0xFF, 0x64, 0, 0});
       }},
      {"segment longer than the stream",
       [](Bytes& b) {
         test::plant_in_main_header(b, {0xFF, 0x64, 0xFF, 0xFF});
       }},
      {"second SIZ", [](Bytes& b) { test::plant_in_main_header(b, Bytes(b.begin() + 2, b.begin() + 51)); }},
      {"second SOC",
       [](Bytes& b) {
         test::plant_in_main_header(b, {0xFF, 0x4F});
       }},
      {"no marker",
       [](Bytes& b) {
         test::plant_in_main_header(b, {0x12, 0x34, 0, 2});
       }},
  };
  for (const auto& [name, plant] : bombs) {
    Bytes bytes = small();
    ASSERT_TRUE(read_j2k(bytes));
    plant(bytes);
    expect_error(bytes, ErrorKind::Permanent, name);
  }
}

TEST(J2kStream, StructuresBeyondWhatThePictureNeedsAreErrors) {
  Bytes bytes = small();
  test::put_u32(bytes, kSizAt + 4, 14000);
  test::put_u32(bytes, kSizAt + 8, 14000);
  test::put_u32(bytes, kSizAt + 20, 14000);
  test::put_u32(bytes, kSizAt + 24, 14000);
  EXPECT_TRUE(read_j2k(bytes)) << "a large picture alone is none";
  Bytes blocks = bytes;
  blocks[cod_at(blocks) + 6] = blocks[cod_at(blocks) + 7] = 0;  // 4 x 4
  expect_error(blocks, ErrorKind::Permanent, "147 million code blocks");
  Bytes layers = bytes;
  layers[cod_at(layers) + 2] = layers[cod_at(layers) + 3] = 0xFF;
  test::put_u32(layers, kSizAt + 20, 300);
  test::put_u32(layers, kSizAt + 24, 300);
  expect_error(layers, ErrorKind::Permanent, "65535 layers in 2209 tiles");
}

TEST(J2kStream, ManyMarkersTakeLinearTime) {
  Bytes bytes = small();
  Bytes many;
  for (int i = 0; i < 1'000'000; ++i) many.insert(many.end(), {0xFF, 0x30, 0xFF, 0x64, 0, 2});
  test::plant_in_main_header(bytes, many);
  const auto start = std::chrono::steady_clock::now();
  const auto read = read_j2k(bytes);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->bytes, read_j2k(small())->bytes);
}

TEST(J2kStream, BoxLoopsAndLiesAreErrors) {
  const Bytes signature{0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10};
  const auto with = [&](const Bytes& more) {
    Bytes out = signature;
    out.insert(out.end(), more.begin(), more.end());
    return out;
  };
  expect_error(with({}), ErrorKind::Permanent, "no codestream");
  expect_error(with({0, 0, 0, 4, 'f', 'r', 'e', 'e'}), ErrorKind::Permanent, "box shorter than its header");
  expect_error(with({0xFF, 0, 0, 4, 'f', 'r', 'e', 'e'}), ErrorKind::Permanent, "box longer than the file");
  expect_error(with({0, 0, 0, 1, 'f', 'r', 'e', 'e', 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}),
               ErrorKind::Permanent, "64-bit length");
  Bytes empty_boxes;
  for (int i = 0; i < 2000; ++i) empty_boxes.insert(empty_boxes.end(), {0, 0, 0, 8, 'f', 'r', 'e', 'e'});
  expect_error(with(empty_boxes), ErrorKind::Permanent, "too many boxes");
  Bytes twice = with(test::box("jp2c", small()));
  const Bytes second = test::box("jp2c", small());
  twice.insert(twice.end(), second.begin(), second.end());
  expect_error(twice, ErrorKind::Refused, "two codestreams");
  EXPECT_EQ(read_j2k(with(test::box("jp2c", small())))->bytes, read_j2k(small())->bytes);
}

TEST(J2kStream, OpenEndedLastTilePartIsClosed) {
  const Bytes whole = small();
  Bytes open = whole;
  test::put_u32(open, test::first_tile_part(open) + 6, 0);
  const auto read = read_j2k(open);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->bytes, read_j2k(whole)->bytes) << "with its true length";
  open.resize(open.size() - 2);
  expect_error(open, ErrorKind::Permanent, "without EOC nobody knows whether it is complete");
  Bytes no_end = whole;
  no_end.resize(no_end.size() - 2);
  ASSERT_TRUE(read_j2k(no_end)) << "the lengths say that all is there";
  EXPECT_EQ(read_j2k(no_end)->bytes, read_j2k(whole)->bytes);
}

TEST(J2kStream, TileLengthsAreMadeAnewAndTrue) {
  Bytes bytes = small({.tile = 16, .lengths = true});
  test::plant_in_tile_header(bytes, test::marker_segment(0xFF64, "a comment of the first tile"));
  const auto read = read_j2k(bytes);
  ASSERT_TRUE(read);
  ASSERT_TRUE(read->info.has_tile_lengths);
  const Bytes& out = read->bytes;
  std::size_t tlm = 2;
  while (test::j2k_u16(out, tlm) != 0xFF55) tlm += 2 + test::j2k_u16(out, tlm + 2);
  std::size_t at = test::first_tile_part(out);
  for (unsigned tile = 0; tile < 9; ++tile) {
    ASSERT_EQ(test::j2k_u16(out, at), 0xFF90U);
    EXPECT_EQ(test::j2k_u16(out, tlm + 6 + 6 * tile), tile);
    EXPECT_EQ(test::j2k_u32(out, tlm + 8 + 6 * tile), test::j2k_u32(out, at + 6));
    EXPECT_EQ(test::j2k_u16(out, at + 12), 0xFF58U) << "packet lengths that add up stay";
    at += test::j2k_u32(out, at + 6);
  }
  EXPECT_EQ(test::j2k_u16(out, at), 0xFFD9U);
  EXPECT_EQ(out.size(), at + 2);
  EXPECT_EQ(test::decode_j2k(out), test::decode_j2k(small()));
}

TEST(J2kStream, HtDataWithMarkerCodesAreErrors) {
  test::Planes planes(1, std::vector<std::int32_t>(40 * 48));
  for (std::size_t i = 0; i < planes[0].size(); ++i) planes[0][i] = static_cast<int>(i * 7 % 251);
  Bytes bytes = test::encode_htj2k(planes, {.rows = 40, .columns = 48});
  ASSERT_TRUE(read_j2k(bytes));
  Bytes ends_open = bytes;
  ends_open[bytes.size() - 3] = 0xFF;
  expect_error(ends_open, ErrorKind::Permanent, "ends in FF");
  Bytes marker = bytes;
  marker[bytes.size() - 10] = 0xFF;
  marker[bytes.size() - 9] = 0x91;
  expect_error(marker, ErrorKind::Permanent, "marker code");
  bytes[cod_at(bytes)] |= 2;
  expect_error(bytes, ErrorKind::Refused, "SOP");
}
}  // namespace
}  // namespace veilgate::pixel
