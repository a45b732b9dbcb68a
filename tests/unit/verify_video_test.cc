#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/pixel_objects.h"
#include "support/video_clips.h"
#include "verify/video_segments.h"

namespace veilgate::verify {
namespace {

using test::Bytes;
using testing::IsEmpty;
using testing::Not;

Bytes made(const test::TempFolder& folder, const std::string& encoding, const std::string& inputs = "") {
  return test::clip(folder / "", "320x240", 10, "-fflags +bitexact -flags:v +bitexact " + encoding, inputs);
}

constexpr const char* kSilent = "-bsf:v filter_units=remove_types=6 -c:v libx264 ";
constexpr const char* kSound = "-f lavfi -i sine=frequency=440 -t 0.4";

TEST(VideoParts, OfAFilmAndNothingElseAreNone) {
  const test::TempFolder folder;
  EXPECT_THAT(foreign_video_parts(made(folder, std::string(kSilent) + "a.ts"), VideoKind::Avc), IsEmpty());
  EXPECT_THAT(foreign_video_parts(made(folder, "-c:v mpeg2video a.ts"), VideoKind::Mpeg2), IsEmpty());
  EXPECT_THAT(foreign_video_parts(made(folder,
                                       "-bsf:v filter_units=remove_types=39-40 -c:v libx265 -x265-params "
                                       "log-level=none:info=0 a.ts"),
                                  VideoKind::Hevc),
              IsEmpty());
}

TEST(VideoParts, ThatAreForeignAreNamed) {
  const test::TempFolder folder;
  const std::string sei = "-bsf:v h264_metadata=sei_user_data='086f3693-b7b3-4f2c-9653-21492feee5b8+x' ";
  for (const auto& [encoding, inputs] : std::vector<std::pair<std::string, std::string>>{
           {sei + "-c:v libx264 a.ts", ""},
           {sei + "-c:v libx264 a.mp4", ""},
           {std::string(kSilent) + "-c:a mp2 a.ts", kSound},
           {std::string(kSilent) + "-c:a aac a.mp4", kSound},
           {std::string(kSilent) + "-metadata service_name=Kunigunde a.ts", ""},
           {std::string(kSilent) + "-metadata title=Kunigunde a.mp4", ""},
           {std::string(kSilent) + "-metadata:s:v handler_name=Kunigunde a.mp4", ""},
           {std::string(kSilent) + "a.mkv", ""},
           {std::string(kSilent) + "a.h264", ""},
       }) {
    EXPECT_THAT(foreign_video_parts(made(folder, encoding, inputs), VideoKind::Avc), Not(IsEmpty())) << encoding;
  }
}

TEST(VideoParts, BytesOutsideThePicturesAreForeign) {
  const test::TempFolder folder;
  auto transport = made(folder, std::string(kSilent) + "a.ts");
  auto behind = transport;
  behind.insert(behind.end(), {'K', 'u', 'n', 'i'});
  EXPECT_THAT(foreign_video_parts(behind, VideoKind::Avc), Not(IsEmpty()));
  auto null_packet = transport;
  null_packet.resize(transport.size() + 188, 'K');
  std::copy_n("\x47\x1F\xFF\x10", 4, null_packet.end() - 188);
  EXPECT_THAT(foreign_video_parts(null_packet, VideoKind::Avc), Not(IsEmpty()));
  EXPECT_THAT(foreign_video_parts(transport, VideoKind::Hevc), Not(IsEmpty()));
}

TEST(VideoParts, NoBytesAtAllEndTheWalk) {
  const test::TempFolder folder;
  for (const char* name : {"a.ts", "a.mp4"}) {
    const auto whole = made(folder, std::string(kSilent) + name);
    for (std::size_t size = 0; size < whole.size(); size += 97) {
      const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      foreign_video_parts(part, VideoKind::Avc);
      auto damaged = whole;
      damaged[size] ^= 0x5A;
      foreign_video_parts(damaged, VideoKind::Avc);
    }
  }
  EXPECT_THAT(foreign_video_parts({}, VideoKind::Avc), Not(IsEmpty()));
}

}  // namespace
}  // namespace veilgate::verify
