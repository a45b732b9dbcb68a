#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "pixel/codec.h"
#include "support/pixel_objects.h"
#include "support/video_clips.h"

namespace veilgate::pixel {
namespace {

using test::Bytes;
using test::TempFolder;

constexpr int kWidth = 320, kHeight = 240, kFrames = 30;
constexpr const char* kTitle = "Zwiebelsberg Kunigunde";

struct Kind {
  const char* name;
  E_TransferSyntax syntax;
  std::string encoding;
  const char* method;
};

std::vector<Kind> kinds() {
  const std::string told = std::string("-metadata title='") + kTitle + "' -metadata comment='" + kTitle + "' ";
  const std::string sei = "-bsf:v h264_metadata=sei_user_data='086f3693-b7b3-4f2c-9653-21492feee5b8+ZwiebelsbergSEI' ";
  return {
      {"H264Mp4", EXS_MPEG4HighProfileLevel4_1, told + sei + "-c:v libx264 -preset ultrafast -bf 2 -c:a aac clip.mp4",
       "ISO_14496_10"},
      {"H264Ts", EXS_MPEG4HighProfileLevel4_1, told + sei + "-c:v libx264 -preset veryfast -bf 2 -c:a mp2 clip.ts",
       "ISO_14496_10"},
      {"H264Elementary", EXS_MPEG4HighProfileLevel4_2_For2DVideo, sei + "-an -c:v libx264 -preset ultrafast clip.h264",
       "ISO_14496_10"},
      {"H264Disc", EXS_MPEG4BDcompatibleHighProfileLevel4_1,
       sei + "-an -c:v libx264 -preset veryfast -x264-params bluray-compat=1:slices=4 clip.ts", "ISO_14496_10"},
      {"Mpeg2Program", EXS_MPEG2MainProfileAtMainLevel, told + "-c:v mpeg2video -q:v 3 -bf 2 -c:a mp2 clip.mpg",
       "ISO_13818_2"},
      {"Mpeg2Transport", EXS_MPEG2MainProfileAtHighLevel, told + "-c:v mpeg2video -q:v 3 -c:a mp2 clip.ts",
       "ISO_13818_2"},
      {"Mpeg2Elementary", EXS_MPEG2MainProfileAtMainLevel, "-an -c:v mpeg2video -q:v 3 clip.m2v", "ISO_13818_2"},
      {"HevcMp4", EXS_HEVCMainProfileLevel5_1,
       told + "-c:v libx265 -preset ultrafast -x265-params log-level=none -c:a aac clip.mp4", "ISO_23008_2"},
      {"HevcTs", EXS_HEVCMain10ProfileLevel5_1,
       told + "-c:v libx265 -preset ultrafast -x265-params log-level=none -c:a mp2 clip.ts", "ISO_23008_2"},
  };
}

Layout film_layout(int frames = kFrames, int width = kWidth, int height = kHeight) {
  return {.rows = height, .columns = width, .frames = frames, .samples = 3, .photometric = "YBR_PARTIAL_420"};
}

dicom::File object_of(const Bytes& stream, const Layout& layout, E_TransferSyntax syntax, const TempFolder& folder,
                      std::size_t fragment_bytes = 1u << 30) {
  auto file = test::image_object(layout);
  std::vector<Bytes> fragments;
  for (std::size_t at = 0; at < stream.size(); at += fragment_bytes) {
    const auto end = std::min(stream.size(), at + fragment_bytes);
    fragments.emplace_back(stream.begin() + static_cast<std::ptrdiff_t>(at),
                           stream.begin() + static_cast<std::ptrdiff_t>(end));
  }
  test::set_fragments(*file, {fragments}, test::OffsetTable::Empty, syntax);
  return test::through_disk(*file, folder / "object.dcm", syntax);
}

Bytes clip_of(const Kind& kind, const TempFolder& folder) {
  return test::clip(folder / "", std::to_string(kWidth) + "x" + std::to_string(kHeight), kFrames, kind.encoding,
                    "-f lavfi -i sine=frequency=440:sample_rate=48000 -t 1.2");
}

Bytes stream_of(dicom::File& file) {
  const auto items = test::fragments_of(file.native());
  if (items.size() != 2) throw std::runtime_error("not one fragment");
  return items[1];
}

Result<int> decoded_frames(dicom::File& file) {
  int count = 0;
  VG_ASSIGN(const Uid syntax, file.transfer_syntax());
  VG_TRY(find_codec(syntax.str())->decode(file, [&](const Frame& frame) -> Result<void> {
    if (frame.index != count++) return fail(ErrorKind::Bug, "test", "out of order");
    return {};
  }));
  return count;
}

/// The error of decoding a clip as an object of this layout.
std::string refusal(const Bytes& stream, const Layout& layout, E_TransferSyntax syntax = EXS_MPEG4HighProfileLevel4_1) {
  const TempFolder folder;
  auto file = object_of(stream, layout, syntax, folder);
  const auto decoded = decoded_frames(file);
  if (decoded) return "decoded " + std::to_string(*decoded);
  auto again = object_of(stream, layout, syntax, folder);
  const auto uid = again.transfer_syntax();
  const auto masked = find_codec(uid->str())->mask(again, {.regions = {}, .scratch = folder / ""});
  return masked ? "masked" : decoded.error().code;
}

double mean_difference(const Bytes& a, const Bytes& b, int frame, const Box& box, bool outside) {
  const auto start = static_cast<std::size_t>(frame) * kWidth * kHeight * 3 / 2;
  double sum = 0;
  int count = 0;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const bool inside = x >= box.x && x < box.right() && y >= box.y && y < box.bottom();
      if (inside == outside) continue;
      const auto at = start + static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x);
      sum += std::abs(int{a[at]} - int{b[at]});
      ++count;
    }
  }
  return sum / count;
}

class VideoCodecTest : public testing::TestWithParam<Kind> {};

TEST_P(VideoCodecTest, HidesWhatIsMaskedAndKeepsTheRestAndDropsAllElse) {
  const TempFolder folder;
  const auto before = clip_of(GetParam(), folder);
  auto file = object_of(before, film_layout(), GetParam().syntax, folder, 4096);
  const auto* codec = find_codec(file.transfer_syntax()->str());
  ASSERT_NE(codec, nullptr);
  ASSERT_TRUE(codec->is_time_series());
  std::vector<Region> regions;
  for (int frame = 5; frame < 25; ++frame)
    regions.push_back({{50 + frame, 70, 61, 43}, frame, RegionKind::Face, 1.0, "test"});
  const auto masked = codec->mask(file, {.regions = regions, .scratch = folder / ""});
  ASSERT_TRUE(masked) << masked.error().message;
  EXPECT_EQ(masked->lossy_method, GetParam().method);
  EXPECT_EQ(masked->recompressed_method, GetParam().method);
  EXPECT_GT(masked->recompressed_ratio, 1);
  ASSERT_EQ(masked->applied.size(), regions.size());

  ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
  auto out = dicom::File::load(folder / "out.dcm");
  ASSERT_TRUE(out);
  const auto after = stream_of(*out);
  const auto was = test::decoded(folder / "", before), is = test::decoded(folder / "", after);
  ASSERT_EQ(is.size(), was.size());
  ASSERT_EQ(is.size(), std::size_t{kFrames} * kWidth * kHeight * 3 / 2);
  const Bytes black(is.size(), 16);
  for (int frame = 0; frame < kFrames; ++frame) {
    Box box{};
    for (std::size_t i = 0; i < regions.size(); ++i) {
      if (regions[i].frame == frame) box = masked->applied[i];
      EXPECT_EQ(hull(masked->applied[i], regions[i].box), masked->applied[i]);
    }
    EXPECT_LT(mean_difference(was, is, frame, box, true), 4) << frame;
    if (box.empty()) continue;
    EXPECT_LT(mean_difference(black, is, frame, box, false), 3) << frame;
  }
  const std::string text(after.begin(), after.end());
  for (const char* word : {"Zwiebelsberg", "Kunigunde", "x264", "x265", "Lavc", "Lavf"}) {
    EXPECT_EQ(text.find(word), std::string::npos) << word;
  }
  const auto facts =
      test::probed(folder / "", after, "-show_entries format=nb_streams:stream=codec_type,avg_frame_rate -of flat");
  EXPECT_THAT(facts, testing::HasSubstr("format.nb_streams=1\n"));
  EXPECT_THAT(facts, testing::HasSubstr("streams.stream.0.codec_type=\"video\""));
  EXPECT_THAT(facts, testing::HasSubstr("streams.stream.0.avg_frame_rate=\"25/1\""));
  EXPECT_EQ(decoded_frames(*out).value_or(-1), kFrames);
}

TEST_P(VideoCodecTest, MakesTheSameBytesTwice) {
  const TempFolder folder;
  const auto before = clip_of(GetParam(), folder);
  std::vector<Bytes> made;
  for (int time = 0; time < 2; ++time) {
    auto file = object_of(before, film_layout(), GetParam().syntax, folder);
    const auto masked = find_codec(file.transfer_syntax()->str())->mask(file, {.regions = {}, .scratch = folder / ""});
    ASSERT_TRUE(masked) << masked.error().message;
    ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
    made.push_back(test::bytes_of_file(folder / "out.dcm"));
  }
  EXPECT_EQ(made[0], made[1]);
}

TEST_P(VideoCodecTest, HoldsWhatIsCutOff) {
  const TempFolder folder;
  auto stream = clip_of(GetParam(), folder);
  stream.resize(stream.size() * 2 / 3);
  EXPECT_THAT(refusal(stream, film_layout(), GetParam().syntax),
              testing::AnyOf("pixel.video_corrupt", "pixel.frame_count", "pixel.inconsistent", "pixel.unsupported"));
}

TEST_P(VideoCodecTest, HoldsAnotherNumberOfFramesThanAttributesSay) {
  const TempFolder folder;
  const auto stream = clip_of(GetParam(), folder);
  for (const int frames : {1, kFrames - 1, kFrames + 1, 20'000}) {
    EXPECT_EQ(refusal(stream, film_layout(frames), GetParam().syntax), "pixel.frame_count") << frames;
  }
}

TEST_P(VideoCodecTest, DamageIsHeldOrLeavesAllFrames) {
  const TempFolder folder;
  const auto good = clip_of(GetParam(), folder);
  constexpr int kRounds = 7;
  int whole = 0, held = 0;
  for (int round = 1; round <= kRounds; ++round) {
    auto bad = good;
    const auto at = bad.size() * static_cast<std::size_t>(round) / (kRounds + 1);
    for (std::size_t i = at; i < std::min(bad.size(), at + 40); ++i) bad[i] = static_cast<std::uint8_t>(i * 151 + 7);
    auto file = object_of(bad, film_layout(), GetParam().syntax, folder);
    const auto seen = decoded_frames(file);
    held += seen ? 0 : 1;
    whole += seen && *seen == kFrames ? 1 : 0;
  }
  // Damage to sound, titles or padding may leave the pictures as they are; never is one missing.
  EXPECT_EQ(held + whole, kRounds);
  EXPECT_GE(held, 1);
}

INSTANTIATE_TEST_SUITE_P(All, VideoCodecTest, testing::ValuesIn(kinds()),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST(VideoRefusals, WhatIsNoSingleFilmOfEightBits) {
  const TempFolder folder;
  const auto make = [&](const std::string& encoding) { return test::clip(folder / "", "320x240", 10, encoding); };
  const auto layout = film_layout(10);
  EXPECT_EQ(refusal(make("-pix_fmt yuv422p -c:v libx264 clip.mp4"), layout), "pixel.unsupported");
  EXPECT_EQ(refusal(make("-pix_fmt yuv420p10le -c:v libx264 clip.mp4"), layout), "pixel.unsupported");
  EXPECT_EQ(refusal(make("-c:v mpeg2video clip.ts"), layout), "pixel.inconsistent");
  EXPECT_EQ(refusal(make("-map 0:v -map 0:v -c:v libx264 clip.mp4"), layout), "pixel.unsupported");
  EXPECT_EQ(refusal(make("-c:v libx264 clip.mkv"), layout), "pixel.unsupported");
  EXPECT_EQ(refusal(make("-c:v libx264 clip.mp4"), film_layout(10, 240, 320)), "pixel.inconsistent");
  EXPECT_EQ(refusal(make("-c:v libx264 clip.mp4"), film_layout(10, 8192, 8192)), "pixel.inconsistent");
}

TEST(VideoRefusals, NothingThatIsNoContainerIsEvenTried) {
  const TempFolder folder;
  test::clip(folder / "", "320x240", 10, "-c:v libx264 secret.mp4");
  const auto secret = (folder / "secret.mp4").string();
  const auto bytes = [](const std::string& text) {
    Bytes out(text.begin(), text.end());
    out.resize(4096, '\n');
    return out;
  };
  for (const auto& text :
       {"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://" + secret + "\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '" + secret + "'\n", "file '" + secret + "'\n", "concat:" + secret,
        "<?xml version=\"1.0\"?><MPD><BaseURL>file://" + secret + "</BaseURL></MPD>", std::string("RIFF????AVI "),
        std::string(4000, '\0'), std::string("v=0\no=- 0 0 IN IP4 127.0.0.1\n")}) {
    EXPECT_EQ(refusal(bytes(text), film_layout(10)), "pixel.unsupported") << text.substr(0, 12);
  }
}

TEST(VideoRefusals, AnMp4ThatKeepsItsPicturesElsewhereIsHeld) {
  const TempFolder folder;
  auto stream = test::clip(folder / "", "320x240", 10, "-c:v libx264 clip.mp4");
  // The data reference becomes an alias of a file: flags 1 ("in this file") cleared, type "alis".
  const std::string mark("url \0\0\0\1", 8);
  const auto found = std::search(stream.begin(), stream.end(), mark.begin(), mark.end());
  ASSERT_NE(found, stream.end());
  std::copy_n("alis\0\0\0\0", 8, found);
  EXPECT_THAT(refusal(stream, film_layout(10)), testing::AnyOf("decoded 10", "pixel.video_corrupt"));
}

TEST(VideoFields, InterlacedFilmsStayInterlaced) {
  const TempFolder folder;
  for (const auto& [encoding, syntax] :
       {std::pair{"-vf setfield=tff,interlace=lowpass=0 -flags +ilme+ildct -c:v mpeg2video -q:v 3 clip.mpg",
                  EXS_MPEG2MainProfileAtMainLevel},
        std::pair{"-vf setfield=tff,interlace=lowpass=0 -flags +ilme+ildct -c:v libx264 -preset veryfast clip.ts",
                  EXS_MPEG4HighProfileLevel4_1}}) {
    const auto stream = test::clip(folder / "", "320x240", 20, encoding);
    auto file = object_of(stream, film_layout(20), syntax, folder);
    const auto masked = find_codec(file.transfer_syntax()->str())->mask(file, {.regions = {}, .scratch = folder / ""});
    ASSERT_TRUE(masked) << masked.error().message;
    ASSERT_TRUE(file.save(folder / "out.dcm", *file.transfer_syntax()));
    auto out = dicom::File::load(folder / "out.dcm");
    const auto fields =
        test::probed(folder / "", stream_of(*out), "-show_entries frame=interlaced_frame,top_field_first -of csv=p=0");
    int both = 0;
    for (auto at = fields.find("1,1"); at != std::string::npos; at = fields.find("1,1", at + 1)) ++both;
    EXPECT_EQ(both, 20) << fields;
  }
}

TEST(VideoAttributes, SayWhatTheStreamIs) {
  const TempFolder folder;
  const auto stream = test::clip(folder / "", "320x240", 10,
                                 "-metadata:s:v rotate=90 -x264-params bluray-compat=1 -c:v libx264 clip.mp4");
  auto layout = film_layout(10);
  layout.photometric = "YBR_FULL_422";  // as many writers have it
  auto file = object_of(stream, layout, EXS_MPEG4BDcompatibleHighProfileLevel4_1, folder);
  const auto masked = find_codec(file.transfer_syntax()->str())->mask(file, {.regions = {}, .scratch = folder / ""});
  ASSERT_TRUE(masked) << masked.error().message;
  EXPECT_EQ(file.transfer_syntax()->str(), "1.2.840.10008.1.2.4.102");
  EXPECT_EQ(file.dataset().text({0x0028, 0x0004}).reveal(), "YBR_PARTIAL_420");
  EXPECT_EQ(file.dataset().integer({0x0028, 0x0008}), 10);
}

TEST(VideoLevels, WhatIsTooLargeOrTooFastForTheSyntaxIsHeldOrGoesOneLevelUp) {
  const TempFolder folder;
  const auto fast =
      test::clip(folder / "", "1280x720", 4, "-vf settb=1/100,setpts=N -r 100 -preset ultrafast -c:v libx264 clip.mp4");
  auto file = object_of(fast, film_layout(4, 1280, 720), EXS_MPEG4HighProfileLevel4_1, folder);
  const auto masked = find_codec(file.transfer_syntax()->str())->mask(file, {.regions = {}, .scratch = folder / ""});
  ASSERT_TRUE(masked) << masked.error().message;
  EXPECT_EQ(file.transfer_syntax()->str(), "1.2.840.10008.1.2.4.104");
  const auto large = test::clip(folder / "", "2560x1440", 2, "-preset ultrafast -c:v libx264 clip.mp4");
  auto other = object_of(large, film_layout(2, 2560, 1440), EXS_MPEG4HighProfileLevel4_1, folder);
  const auto refused = find_codec(other.transfer_syntax()->str())->mask(other, {.regions = {}, .scratch = folder / ""});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "pixel.unsupported");
}

}  // namespace
}  // namespace veilgate::pixel
