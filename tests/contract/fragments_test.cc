// Which fragments make a frame, for honest, careless and hostile writers; and frames too many for memory.
#include "pixel/codecs/fragments.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <bit>
#include <chrono>
#include <numeric>
#include <random>

#include "base/limits.h"
#include "support/pixel_objects.h"

namespace veilgate::pixel {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Frames = std::vector<std::vector<Bytes>>;
constexpr std::string_view kStart{"\xFF\xD8", 2};
constexpr const char* kJpeg = "1.2.840.10008.1.2.4.50";

Layout layout_of(int frames) { return {.rows = 2, .columns = 2, .frames = frames, .samples = 3, .photometric = "RGB"}; }

/// A stream that only begins like one: the reader does not look further.
Bytes stream(std::uint8_t mark, std::size_t size = 6) {
  Bytes out(size, mark);
  out[0] = 0xFF;
  out[1] = 0xD8;
  return out;
}
Bytes rest(std::uint8_t mark) { return Bytes(4, mark); }

class Fragments : public ::testing::Test {
 protected:
  dicom::File object(int frames, const Frames& content, test::OffsetTable kind) {
    auto file = test::image_object(layout_of(frames));
    test::set_fragments(*file, content, kind);
    return test::through_disk(*file, folder_ / "in.dcm", EXS_JPEGProcess1);
  }
  /// With a Basic Offset Table of exactly these offsets.
  dicom::File object_with(int frames, const Frames& content, const std::vector<std::uint32_t>& offsets) {
    auto file = test::image_object(layout_of(frames));
    test::set_fragments(*file, content, test::OffsetTable::Empty);
    DcmElement* element = nullptr;
    test::check(file->getDataset()->findAndGetElement(DCM_PixelData, element));
    DcmPixelSequence* sequence = nullptr;
    test::check(
        dynamic_cast<DcmPixelData&>(*element).getEncapsulatedRepresentation(EXS_JPEGProcess1, nullptr, sequence));
    DcmPixelItem* table = nullptr;
    test::check(sequence->getItem(table, 0));
    Bytes bytes;
    for (const auto offset : offsets) {
      for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(offset >> shift));
    }
    test::check(table->putUint8Array(bytes.data(), static_cast<unsigned long>(bytes.size())));
    return test::through_disk(*file, folder_ / "in.dcm", EXS_JPEGProcess1);
  }
  static std::string code_of(dicom::File& file, int frames, std::string_view start = kStart) {
    const auto reader = FragmentReader::open(file, layout_of(frames), start);
    return reader ? "" : std::string(to_string(reader.error().kind)) + " " + reader.error().code;
  }
  static Frames joined(dicom::File& file, int frames, std::string_view start = kStart) {
    auto reader = FragmentReader::open(file, layout_of(frames), start);
    EXPECT_TRUE(reader) << reader.error().code;
    Frames out;
    for (int i = 0; reader && i < frames; ++i) {
      const auto bytes = reader->frame(i);
      EXPECT_TRUE(bytes);
      out.push_back({Bytes(bytes->begin(), bytes->end())});
    }
    return out;
  }
  test::TempFolder folder_;
};

const Frames kTwoCutFrames{{stream(1), rest(1)}, {stream(2), rest(2), rest(3)}};

TEST_F(Fragments, AreJoinedByEitherOffsetTableOrByHowStreamsBegin) {
  for (const auto kind : {test::OffsetTable::Filled, test::OffsetTable::Extended, test::OffsetTable::Empty}) {
    auto file = object(2, kTwoCutFrames, kind);
    const auto got = joined(file, 2);
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0][0].size(), 10u);
    EXPECT_EQ(got[1][0].size(), 14u);
    EXPECT_EQ(got[1][0].back(), 3);
  }
}

TEST_F(Fragments, AllBelongToASingleFrameAndOneEachToMany) {
  auto single = object(1, {{stream(1), rest(1), rest(1)}}, test::OffsetTable::Empty);
  EXPECT_EQ(joined(single, 1)[0][0].size(), 14u);
  auto many = object(3, {{rest(1)}, {rest(2)}, {rest(3)}}, test::OffsetTable::Empty);
  EXPECT_EQ(joined(many, 3, {})[2][0], rest(3)) << "one fragment a frame needs no known beginning";
}

TEST_F(Fragments, OffsetsThatLieAreErrors) {
  const std::vector<std::vector<std::uint32_t>> lies{{0},          // fewer than frames
                                                     {0, 14, 26},  // more than frames
                                                     {8, 26},    // the first frame does not begin at the first fragment
                                                     {0, 0},     // twice the same
                                                     {0, 25},    // inside a fragment
                                                     {0, 4000},  // behind the end
                                                     {26, 0},    // backwards
                                                     {0, 0xFFFFFFFE}};
  for (const auto& offsets : lies) {
    auto file = object_with(2, kTwoCutFrames, offsets);
    EXPECT_EQ(code_of(file, 2), "permanent pixel.fragments") << ::testing::PrintToString(offsets);
  }
}

TEST_F(Fragments, EveryMismatchOfFramesAndFragmentsEndsInAnErrorOrInThatManyFrames) {
  for (int frames = 1; frames <= 5; ++frames) {
    for (int fragments = 1; fragments <= 6; ++fragments) {
      for (unsigned starts = 0; starts < (1U << fragments); ++starts) {
        std::vector<Bytes> content;
        for (int i = 0; i < fragments; ++i) content.push_back((starts >> i & 1U) != 0 ? stream(1) : rest(2));
        auto file = object(frames, {content}, test::OffsetTable::Empty);
        auto reader = FragmentReader::open(file, layout_of(frames), kStart);
        const bool fits = frames == 1 || fragments == frames || (std::popcount(starts) == frames && (starts & 1U) != 0);
        EXPECT_EQ(reader.has_value(), fits) << frames << " frames, " << fragments << " fragments, starts " << starts;
        std::size_t bytes = 0;
        for (int i = 0; reader && i < frames; ++i) bytes += reader->frame(i)->size();
        const std::size_t all = std::accumulate(content.begin(), content.end(), std::size_t{0},
                                                [](std::size_t sum, const Bytes& one) { return sum + one.size(); });
        EXPECT_EQ(bytes, reader ? all : 0) << "every byte belongs to exactly one frame";
      }
    }
  }
}

TEST_F(Fragments, EmptyOnesAndNoneAtAllAreNoFrames) {
  auto none = object(1, {}, test::OffsetTable::Empty);
  EXPECT_EQ(code_of(none, 1), "permanent pixel.fragments");
  auto empty = object(2, {{Bytes()}, {Bytes()}}, test::OffsetTable::Empty);
  EXPECT_TRUE(joined(empty, 2)[1][0].empty()) << "the decoder refuses it";
}

TEST_F(Fragments, ManyFramesOutOfLittleDataAreRefusedAtOnce) {
  const auto begun = std::chrono::steady_clock::now();
  auto file = object(limits::kMaxFrames, {{stream(1)}}, test::OffsetTable::Empty);
  EXPECT_EQ(code_of(file, limits::kMaxFrames), "permanent pixel.fragments");
  auto cut = object(2, {std::vector<Bytes>(20'000, rest(1))}, test::OffsetTable::Empty);
  EXPECT_EQ(code_of(cut, 2), "permanent pixel.fragments");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

TEST_F(Fragments, FarMorePictureThanTheBytesCanHoldIsRefusedBeforeItIsDecoded) {
  const auto open_as = [&](int frames, int side, std::size_t bytes) {
    auto file = object(frames, Frames(static_cast<std::size_t>(frames), {stream(1, bytes)}), test::OffsetTable::Filled);
    auto layout = layout_of(frames);
    layout.rows = layout.columns = side;
    const auto reader = FragmentReader::open(file, layout, kStart);
    return reader ? "" : std::string(to_string(reader.error().kind)) + " " + reader.error().code;
  };
  EXPECT_EQ(open_as(1, 10'000, 23'000), "refused pixel.too_dense");
  EXPECT_EQ(open_as(12, 10'000, 23'000), "refused pixel.too_dense");
  EXPECT_EQ(open_as(500, 1'000, 150), "refused pixel.too_dense") << "together they are as large";
  EXPECT_EQ(open_as(1, 6'600, 300), "") << "a picture of one colour is legal, 43 megapixels of it too";
  EXPECT_EQ(open_as(1, 10'000, 1'600'000), "") << "and a large one that is hardly compressible";
}

TEST_F(Fragments, RandomTablesNeverReadBeyondTheFragments) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint32_t> offsets(random() % 5);
    for (auto& offset : offsets)
      offset = random() % 3 == 0 ? random() : static_cast<std::uint32_t>(random() % 6 * 2 + random() % 30);
    if (!offsets.empty()) offsets[0] = 0;
    auto file = object_with(3, {{stream(1), rest(1)}, {stream(2)}, {stream(3), rest(3)}}, offsets);
    auto reader = FragmentReader::open(file, layout_of(3), kStart);
    for (int i = 0; reader && i < 3; ++i) EXPECT_TRUE(reader->frame(i));
  }
}

TEST_F(Fragments, OfOneStreamAreReadAnywhereAsIfTheyWereOne) {
  constexpr std::size_t kLarge = 100'000;  // stays on disk until it is asked for
  Bytes whole;
  std::vector<Bytes> parts;
  std::mt19937 random(3);
  for (const std::size_t size : {std::size_t{10}, kLarge, std::size_t{0}, std::size_t{2}, kLarge}) {
    Bytes part(size);
    for (auto& byte : part) byte = static_cast<std::uint8_t>(random());
    whole.insert(whole.end(), part.begin(), part.end());
    parts.push_back(std::move(part));
  }
  auto file = object(30, {parts}, test::OffsetTable::Empty);
  auto bytes = FragmentBytes::open(file);
  ASSERT_TRUE(bytes) << bytes.error().message;
  ASSERT_EQ(bytes->size(), whole.size());
  for (int round = 0; round < 300; ++round) {
    const auto at = random() % (whole.size() + 10);
    Bytes out(1 + random() % 150'000, 0xEE);
    const auto got = bytes->read(at, out);
    ASSERT_TRUE(got) << got.error().message;
    const auto expected = at >= whole.size() ? 0 : std::min(out.size(), whole.size() - at);
    ASSERT_EQ(*got, expected);
    EXPECT_TRUE(std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(expected),
                           whole.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(at, whole.size()))));
  }
  auto empty = object(1, {{Bytes{}}}, test::OffsetTable::Empty);
  EXPECT_EQ(FragmentBytes::open(empty).error().code, "pixel.fragments");
}

TEST_F(Fragments, AStreamOfManyFramesBecomesOneFragmentOfEvenLengthWithoutOffsets) {
  auto file = object(30, {{stream(1)}}, test::OffsetTable::Filled);
  auto scratch = ScratchFile::create(folder_ / "");
  ASSERT_TRUE(scratch);
  ASSERT_TRUE((*scratch)->append(Bytes{1, 2, 3, 4, 5}));
  ASSERT_TRUE((*scratch)->overwrite(1, Bytes{9, 8}));
  EXPECT_EQ((*scratch)->overwrite(4, Bytes{7, 7}).error().kind, ErrorKind::Bug);
  FragmentWriter writer(folder_ / "");
  ASSERT_TRUE(writer.add_stream(*scratch));
  ASSERT_TRUE(writer.commit(file, "1.2.840.10008.1.2.4.102"));
  ASSERT_TRUE(file.save(folder_ / "out.dcm", *file.transfer_syntax()));
  auto saved = dicom::File::load(folder_ / "out.dcm");
  ASSERT_TRUE(saved);
  EXPECT_EQ(test::fragments_of(saved->native()), (std::vector<Bytes>{{}, {1, 9, 8, 4, 5, 0}}));
}

TEST_F(Fragments, FramesBeyondTheLimitWaitOnDiskAndAreSavedTheSame) {
  constexpr int kFrames = 5;
  constexpr std::size_t kSize = 20u << 20;
  auto file = object(1, {{stream(1)}}, test::OffsetTable::Empty);
  FragmentWriter writer(folder_ / "");
  for (int i = 0; i < kFrames; ++i) {
    ASSERT_TRUE(writer.add(stream(static_cast<std::uint8_t>(i + 1), kSize + static_cast<std::size_t>(i))));
  }
  ASSERT_TRUE(file.dataset().set_text({0x0028, 0x0008}, std::to_string(kFrames)));
  ASSERT_TRUE(writer.commit(file, kJpeg));
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  ASSERT_TRUE(file.save(folder_ / "out.dcm", *Uid::parse(kJpeg)));
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16 * 1024) << "saving must not gather the frames in memory";
  auto saved = dicom::File::load(folder_ / "out.dcm");
  ASSERT_TRUE(saved);
  const auto got = joined(*saved, kFrames);
  for (std::size_t i = 0; i < kFrames; ++i) {
    auto want = stream(static_cast<std::uint8_t>(i + 1), kSize + i);
    want.resize(want.size() + want.size() % 2, 0);
    EXPECT_TRUE(got[i][0] == want) << i;
  }
}

}  // namespace
}  // namespace veilgate::pixel
