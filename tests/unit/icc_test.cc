// Colour profiles: what colour management calculates with stays byte by byte, everything else is gone.
#include "pixel/icc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::vector<std::uint8_t>;

constexpr std::string_view kSecret = "Zwiebelhorst";

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
void put32(Bytes& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}
void set32(Bytes& out, std::size_t at, std::size_t value) {
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}
std::size_t get32(const Bytes& bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes.at(at + i);
  return value;
}

struct Tag {
  std::string name;
  Bytes data;
};

Bytes element(std::string_view type, const Bytes& content) {
  Bytes out = bytes_of(type);
  out.resize(8);
  out.insert(out.end(), content.begin(), content.end());
  return out;
}
Bytes xyz() { return element("XYZ ", Bytes{0, 0, 0x60, 0, 0, 0, 0x80, 0, 0, 0, 0x20, 0}); }
Bytes gamma() { return element("curv", Bytes{0, 0, 0, 1, 2, 0x33}); }

std::vector<Tag> matrix_tags() {
  return {{"rXYZ", xyz()},   {"gXYZ", xyz()},   {"bXYZ", xyz()}, {"rTRC", gamma()},
          {"gTRC", gamma()}, {"bTRC", gamma()}, {"wtpt", xyz()}};
}

/// A version 2 display profile; `secret` in the header's free places.
Bytes profile(const std::vector<Tag>& tags, std::string_view secret = kSecret, std::uint8_t version = 2) {
  Bytes out(128);
  const auto write = [&out](std::size_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  };
  write(4, secret.substr(0, 4));
  out[8] = version;
  write(12, "mntrRGB XYZ ");
  write(36, "acsp");
  write(48, secret.substr(0, 12));
  write(80, secret.substr(0, 4));
  write(100, secret);
  put32(out, tags.size());
  std::size_t at = 132 + 12 * tags.size();
  for (const auto& tag : tags) {
    out.insert(out.end(), tag.name.begin(), tag.name.end());
    put32(out, at);
    put32(out, tag.data.size());
    at += tag.data.size();
  }
  for (const auto& tag : tags) out.insert(out.end(), tag.data.begin(), tag.data.end());
  set32(out, 0, out.size());
  return out;
}

bool holds(const Bytes& bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

/// Contents of one tag; empty when the profile does not have it.
Bytes tag_of(const Bytes& profile, std::string_view name) {
  for (std::size_t i = 0; i < get32(profile, 128); ++i) {
    const std::size_t entry = 132 + 12 * i;
    if (!std::equal(name.begin(), name.end(), profile.begin() + static_cast<std::ptrdiff_t>(entry))) continue;
    const auto from = profile.begin() + static_cast<std::ptrdiff_t>(get32(profile, entry + 4));
    return {from, from + static_cast<std::ptrdiff_t>(get32(profile, entry + 8))};
  }
  return {};
}

TEST(Icc, colours_stay_and_words_go) {
  for (const std::uint8_t version : {2, 4}) {
    auto tags = matrix_tags();
    tags.push_back({"desc", element("desc", bytes_of(kSecret))});
    tags.push_back({"cprt", element("text", bytes_of(kSecret))});
    tags.push_back({"dmnd", element("desc", bytes_of(kSecret))});
    tags.push_back({"Zwie", element("XYZ ", bytes_of(kSecret))});
    const auto clean = clean_icc(profile(tags, kSecret, version));
    ASSERT_TRUE(clean);
    EXPECT_FALSE(holds(*clean, kSecret));
    EXPECT_FALSE(holds(*clean, kSecret.substr(0, 4)));
    EXPECT_EQ(get32(*clean, 0), clean->size());
    EXPECT_EQ((*clean)[8], version);
    for (const auto& tag : matrix_tags()) EXPECT_EQ(tag_of(*clean, tag.name), tag.data) << tag.name;
    EXPECT_FALSE(tag_of(*clean, "desc").empty()) << "profiles must have one";
    EXPECT_TRUE(tag_of(*clean, "dmnd").empty());
  }
}

TEST(Icc, a_clean_profile_stays_as_it_is) {
  const auto once = clean_icc(profile(matrix_tags()));
  ASSERT_TRUE(once);
  EXPECT_EQ(clean_icc(*once), once);
  Bytes padded = *once;
  padded.push_back(0);
  EXPECT_EQ(clean_icc(padded), once) << "DICOM pads to an even length";
}

TEST(Icc, nothing_rides_behind_the_numbers_of_a_tag) {
  const Bytes parametric{0, 3, 0,    0,    0, 2, 0x66, 0x66, 0, 0, 0xF2, 0xA7,
                         0, 0, 0x0D, 0x59, 0, 0, 0x13, 0xD0, 0, 0, 0x0A, 0x5B};
  Bytes table8(2 * 4 + 2 + 36);  // mft1: 1 channel in and out, a grid of 2
  table8 = Bytes(40, 0);
  table8[0] = table8[1] = 1;
  table8[2] = 2;
  table8.resize(40 + 256 + 2 + 256, 7);
  Bytes table16(44, 0);
  table16[0] = table16[1] = 1;
  table16[2] = 2;
  table16[41] = 2;  // entries in and out
  table16[43] = 2;
  table16.resize(44 + 2 * (2 + 2 + 2), 9);
  const std::vector<Tag> whole{{"rXYZ", xyz()},
                               {"rTRC", gamma()},
                               {"gTRC", element("para", parametric)},
                               {"chad", element("sf32", Bytes(36, 1))},
                               {"meas", element("meas", Bytes(28, 1))},
                               {"A2B0", element("mft1", table8)},
                               {"B2A0", element("mft2", table16)}};
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto tags = whole;
    tags[i].data.insert(tags[i].data.end(), kSecret.begin(), kSecret.end());
    const auto clean = clean_icc(profile(tags));
    ASSERT_TRUE(clean) << whole[i].name;
    EXPECT_FALSE(holds(*clean, kSecret)) << whole[i].name;
    for (const auto& tag : whole) EXPECT_EQ(tag_of(*clean, tag.name), tag.data) << tag.name;
  }
}

TEST(Icc, tables_of_parts_carry_nothing_between_or_behind_them) {
  // mAB: one channel in and out; B curve at 32, A curve behind it.
  Bytes content{1, 1, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const auto curve = gamma();
  content.insert(content.end(), curve.begin(), curve.end());
  const Bytes tight = element("mAB ", content);
  auto tags = matrix_tags();
  tags.push_back({"A2B0", tight});
  auto clean = clean_icc(profile(tags));
  ASSERT_TRUE(clean);
  EXPECT_EQ(tag_of(*clean, "A2B0"), tight);

  tags.back().data.insert(tags.back().data.end(), kSecret.begin(), kSecret.end());
  clean = clean_icc(profile(tags));
  ASSERT_TRUE(clean);
  EXPECT_FALSE(holds(*clean, kSecret));

  Bytes gap = tight;
  gap.insert(gap.begin() + 32, kSecret.begin(), kSecret.end());
  set32(gap, 12, 32 + kSecret.size());
  tags.back().data = gap;
  clean = clean_icc(profile(tags));
  ASSERT_TRUE(clean);
  EXPECT_FALSE(holds(*clean, kSecret));
  EXPECT_EQ(tag_of(*clean, "rXYZ"), xyz());

  tags.back().data = element("mpet", bytes_of(kSecret));
  clean = clean_icc(profile(tags));
  ASSERT_TRUE(clean);
  EXPECT_FALSE(holds(*clean, kSecret));
}

TEST(Icc, a_tag_counts_once_and_only_with_a_type_of_numbers) {
  auto tags = matrix_tags();
  auto second = xyz();
  second[8] = 0x55;
  tags.push_back({"rXYZ", second});
  tags.push_back({"bkpt", element("text", bytes_of(kSecret))});
  tags.push_back({"lumi", Bytes{'X', 'Y', 'Z'}});
  const auto clean = clean_icc(profile(tags));
  ASSERT_TRUE(clean);
  EXPECT_EQ(tag_of(*clean, "rXYZ"), xyz());
  EXPECT_TRUE(tag_of(*clean, "bkpt").empty());
  EXPECT_TRUE(tag_of(*clean, "lumi").empty());
  EXPECT_FALSE(holds(*clean, kSecret));
}

TEST(Icc, what_is_no_profile_is_told_apart) {
  const Bytes good = profile(matrix_tags());
  ASSERT_TRUE(clean_icc(good));
  const auto with = [&good](auto change) {
    Bytes bad = good;
    change(bad);
    return clean_icc(bad);
  };
  EXPECT_FALSE(clean_icc({}));
  EXPECT_FALSE(clean_icc(Bytes(good.begin(), good.begin() + 131)));
  EXPECT_FALSE(with([](Bytes& bad) { bad[36] = 'A'; }));                    // signature
  EXPECT_FALSE(with([&](Bytes& bad) { set32(bad, 0, good.size() + 1); }));  // longer than it is
  EXPECT_FALSE(with([](Bytes& bad) { bad.insert(bad.end(), {1, 2}); }));    // bytes behind it
  EXPECT_FALSE(with([](Bytes& bad) { bad[12] = 'l'; }));                    // a device link
  EXPECT_FALSE(with([](Bytes& bad) { bad[16] = 'X'; }));                    // colour space
  EXPECT_FALSE(with([](Bytes& bad) { bad[20] = 'Q'; }));                    // connection space
  EXPECT_FALSE(with([](Bytes& bad) { set32(bad, 128, 101); }));             // tags
  EXPECT_FALSE(with([](Bytes& bad) { set32(bad, 128, 0xFFFFFFFF); }));
  EXPECT_FALSE(with([](Bytes& bad) { set32(bad, 136, 0xFFFFFF00); }));  // a tag behind the end
  EXPECT_FALSE(with([](Bytes& bad) { set32(bad, 140, 0xFFFFFF00); }));
  EXPECT_FALSE(clean_icc(profile({{"desc", element("desc", bytes_of(kSecret))}})));  // no colours
  Bytes huge = profile(matrix_tags());
  huge.resize((4U << 20) + 2);
  set32(huge, 0, huge.size());
  EXPECT_FALSE(clean_icc(huge));
}

TEST(Icc, damaged_profiles_give_clean_ones_or_none) {
  auto tags = matrix_tags();
  tags.push_back({"desc", element("desc", bytes_of(kSecret))});
  tags.push_back({"A2B0", element("mAB ", Bytes(60, 3))});
  const Bytes good = profile(tags);
  std::mt19937 random(3);
  int kept = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bad = good;
    for (int k = 0; k < 3; ++k)
      bad[random() % bad.size()] = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xFF : random());
    const auto clean = clean_icc(bad);
    if (!clean) continue;
    ++kept;
    ASSERT_FALSE(holds(*clean, kSecret));
    ASSERT_EQ(clean_icc(*clean), clean);
  }
  EXPECT_GT(kept, 1000);
}

TEST(Icc, attributes_at_any_depth_are_cleaned_or_removed) {
  const test::TempFolder folder;
  Layout layout;
  layout.rows = layout.columns = 8;
  layout.photometric = "MONOCHROME2";
  auto object = test::image_object(layout);
  test::set_native(*object, 8, Bytes(64, 1));
  const DcmTag tag(0x0028, 0x2000, EVR_OB);
  const auto put = [&tag](DcmItem& item, Bytes bytes) {
    if (bytes.size() % 2 != 0) bytes.push_back(0);
    test::check(item.putAndInsertUint8Array(tag, bytes.data(), static_cast<unsigned long>(bytes.size())));
  };
  put(*object->getDataset(), profile(matrix_tags()));
  for (const bool deep : {false, true}) {
    DcmItem* item = nullptr;
    test::check(object->getDataset()->findOrCreateSequenceItem(DCM_OpticalPathSequence, item, -2));
    if (deep) test::check(item->findOrCreateSequenceItem(DCM_OpticalPathSequence, item, -2));
    put(*item, deep ? profile(matrix_tags()) : bytes_of("a picture, or a name: Zwiebelhorst"));
  }
  auto file = test::through_disk(*object, folder / "in.dcm", EXS_LittleEndianExplicit);
  clean_icc_attributes(file);
  const auto expected = clean_icc(profile(matrix_tags()));
  const auto top = file.dataset().find({0x0028, 0x2000});
  ASSERT_TRUE(top);
  EXPECT_EQ(bytes_of(top->bytes().reveal()).size(), expected->size());
  const auto paths = file.dataset().find({0x0048, 0x0105})->items();
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_FALSE(paths[0].contains({0x0028, 0x2000}));
  const auto inner = paths[1].find({0x0048, 0x0105})->items();
  const auto nested = inner.at(0).find({0x0028, 0x2000});
  ASSERT_TRUE(nested);
  EXPECT_EQ(bytes_of(nested->bytes().reveal()), *expected);
}

}  // namespace
}  // namespace veilgate::pixel
