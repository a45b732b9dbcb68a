#include <algorithm>
#include <array>
#include <vector>

#include "pixel/beside_pixels.h"
#include "pixel/codecs/codecs.h"
#include "pixel/codecs/fragments.h"
#include "pixel/codecs/video_picture.h"
#include "pixel/codecs/video_stream.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {

constexpr dicom::Tag kPhotometric{0x0028, 0x0004};

/// A transfer syntax: what its streams may be, and in which order new ones are tried. Two views of one scene (.105,
/// .106) are not here: a decoder may show one only, and the other would leave unseen.
struct Syntax {
  std::string_view uid;
  VideoFormat format;
  std::string_view method;  ///< term of Lossy Image Compression Method
  std::array<std::string_view, 2> written;
};
constexpr std::string_view kMpeg2Main = "1.2.840.10008.1.2.4.100", kMpeg2High = "1.2.840.10008.1.2.4.101",
                           kAvc41 = "1.2.840.10008.1.2.4.102", kAvcDisc = "1.2.840.10008.1.2.4.103",
                           kAvc42 = "1.2.840.10008.1.2.4.104", kHevc = "1.2.840.10008.1.2.4.107",
                           kHevc10 = "1.2.840.10008.1.2.4.108";
constexpr std::array<Syntax, 7> kSyntaxTable{{
    {kMpeg2Main, VideoFormat::Mpeg2, "ISO_13818_2", {kMpeg2Main, kMpeg2High}},
    {kMpeg2High, VideoFormat::Mpeg2, "ISO_13818_2", {kMpeg2High, kMpeg2High}},
    {kAvc41, VideoFormat::H264, "ISO_14496_10", {kAvc41, kAvc42}},
    {kAvcDisc, VideoFormat::H264, "ISO_14496_10", {kAvc41, kAvc42}},
    {kAvc42, VideoFormat::H264, "ISO_14496_10", {kAvc42, kAvc42}},
    {kHevc, VideoFormat::Hevc, "ISO_23008_2", {kHevc, kHevc}},
    {kHevc10, VideoFormat::Hevc, "ISO_23008_2", {kHevc, kHevc}},
}};

/// Bounds of what is written: ISO/IEC 13818-2 table 8-12 ff., 14496-10 table A-1, 23008-2 table A.8.
VideoLevel level_of(std::string_view written) {
  if (written == kMpeg2Main) return {8, 1620, 40'500, 15'000'000, 1'835'008};
  if (written == kMpeg2High) return {4, 8160, 489'600, 80'000'000, 9'781'248};
  if (written == kAvc41) return {41, 8192, 245'760, 50'000'000, 62'500'000};
  if (written == kAvc42) return {42, 8704, 522'240, 50'000'000, 62'500'000};
  return {153, 34'816, 2'088'960, 40'000'000, 40'000'000};
}

/// An opened object.
struct Film {
  Layout layout;
  const Syntax* syntax = nullptr;
  std::unique_ptr<FragmentBytes> bytes;
  std::unique_ptr<VideoReader> reader;
};

tl::unexpected<Error> wrong_count() {
  return fail(ErrorKind::Refused, "pixel.frame_count",
              "The video does not decode to as many frames as Number of Frames says.");
}

VideoSource source_of(FragmentBytes& bytes) {
  return {bytes.size(), [&bytes](std::uint64_t at, std::span<std::uint8_t> out) { return bytes.read(at, out); }};
}

VideoSource source_of(const ScratchFile& file) {
  return {file.size(), [&file](std::uint64_t at, std::span<std::uint8_t> out) { return file.read(at, out); }};
}

Result<Film> open(dicom::File& file) {
  Film film;
  VG_ASSIGN(film.layout, read_layout(file));
  if (film.layout.samples != 3 || film.layout.bits_allocated != 8 || film.layout.bits_stored != 8) {
    return fail(ErrorKind::Refused, "pixel.unsupported", "Only video of 8 bits in colour can be masked yet.");
  }
  VG_ASSIGN(const Uid uid, file.transfer_syntax());
  film.syntax = std::ranges::find(kSyntaxTable, uid.str(), &Syntax::uid);
  if (film.syntax == kSyntaxTable.end()) return fail(ErrorKind::Bug, "pixel.syntax", "no transfer syntax of video");
  VG_ASSIGN(auto bytes, FragmentBytes::open(file));
  film.bytes = std::make_unique<FragmentBytes>(std::move(bytes));
  VG_ASSIGN(film.reader,
            VideoReader::open(source_of(*film.bytes), film.syntax->format, {film.layout.columns, film.layout.rows}));
  return film;
}

/// Calls `use` with each picture and its number, and proves that there are as many as promised.
Result<void> for_each(VideoReader& reader, int frames, const std::function<Result<void>(cv::Mat&, int)>& use) {
  cv::Mat picture;
  int index = 0;
  for (;; ++index) {
    VG_ASSIGN(const bool more, reader.next(picture));
    if (!more) break;
    if (index >= frames) return wrong_count();
    VG_TRY(use(picture, index));
  }
  return index == frames ? Result<void>{} : Result<void>(wrong_count());
}

/// The first of the family's transfer syntaxes whose bounds the stream keeps.
Result<std::string_view> syntax_for(const Film& film) {
  for (const auto written : film.syntax->written) {
    if (fits(level_of(written), film.reader->facts())) return written;
  }
  return fail(ErrorKind::Refused, "pixel.unsupported",
              "The video is larger or faster than its transfer syntax allows.");
}

/// Masks of one frame, by their place in the request.
class Boxes {
 public:
  static Result<Boxes> make(std::span<const Region> regions, const Layout& layout) {
    Boxes out;
    VG_ASSIGN(const auto order, by_frame(regions, layout));
    out.applied_.resize(regions.size());
    out.of_frame_.resize(static_cast<std::size_t>(layout.frames));
    for (const auto i : order) {
      out.applied_[i] = block_box(regions[i].box, {layout.columns, layout.rows});
      if (!out.applied_[i].empty()) out.of_frame_[static_cast<std::size_t>(regions[i].frame)].push_back(i);
    }
    return out;
  }
  template <typename Use>
  void each(int frame, Use use) const {
    for (const auto i : of_frame_[static_cast<std::size_t>(frame)]) use(applied_[i]);
  }
  const std::vector<Box>& applied() const { return applied_; }

 private:
  std::vector<Box> applied_;
  std::vector<std::vector<std::size_t>> of_frame_;
};

/// Decodes what was written: every picture must be the one that was encoded there, and black where it was masked.
Result<void> prove(const ScratchFile& written, const VideoFacts& facts, const Boxes& boxes,
                   const std::vector<std::vector<std::uint8_t>>& sketches) {
  const auto failed = [] {
    return fail(ErrorKind::Refused, "pixel.video_unproved", "The masked video does not decode to what was encoded.");
  };
  VG_ASSIGN(const auto reader, VideoReader::open(source_of(written), facts.format, {facts.width, facts.height}));
  return for_each(*reader, static_cast<int>(sketches.size()), [&](cv::Mat& picture, int index) -> Result<void> {
    bool good = alike(sketch(picture), sketches[static_cast<std::size_t>(index)]);
    boxes.each(index, [&](const Box& box) { good = good && is_black(picture, box, facts.full_range); });
    return good ? Result<void>{} : Result<void>(failed());
  });
}

class VideoCodec final : public Codec {
 public:
  std::string_view name() const override { return "video"; }

  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 7> kUids{kMpeg2Main, kMpeg2High, kAvc41, kAvcDisc,
                                                           kAvc42,     kHevc,      kHevc10};
    return kUids;
  }

  bool is_time_series() const override { return true; }

  Result<void> decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const override {
    VG_ASSIGN(const auto film, open(file));
    return for_each(*film.reader, film.layout.frames, [&](const cv::Mat& picture, int index) {
      return use({to_bgr(picture), index});
    });
  }

  /// Every picture is encoded anew, also without regions: what else lies in the stream stays behind.
  Result<MaskResult> mask(dicom::File& file, const MaskRequest& request) const override {
    VG_ASSIGN(const auto film, open(file));
    VG_ASSIGN(const auto boxes, Boxes::make(request.regions, film.layout));
    VG_ASSIGN(auto written, ScratchFile::create(request.scratch));
    std::unique_ptr<VideoWriter> writer;
    std::string_view syntax;
    std::vector<std::vector<std::uint8_t>> sketches;
    VG_TRY(for_each(*film.reader, film.layout.frames, [&](cv::Mat& picture, int index) -> Result<void> {
      const auto& facts = film.reader->facts();
      if (!writer) {
        VG_ASSIGN(syntax, syntax_for(film));
        VG_ASSIGN(writer, VideoWriter::create(facts, level_of(syntax), written));
      }
      boxes.each(index, [&](const Box& box) { blacken(picture, box, facts.full_range); });
      sketches.push_back(sketch(picture));
      return writer->add(picture);
    }));
    VG_TRY(writer->finish());
    VG_TRY(prove(*written, film.reader->facts(), boxes, sketches));
    MaskResult result;
    result.applied = boxes.applied();
    result.lossy_method = film.syntax->method;
    result.lossy_ratio = compression_ratio(film.layout, film.bytes->size());
    result.recompressed_method = film.syntax->method;
    result.recompressed_ratio = compression_ratio(film.layout, written->size());
    result.exif_orientation = film.reader->facts().orientation;
    VG_TRY(file.dataset().set_text(kPhotometric, "YBR_PARTIAL_420"));
    VG_TRY(clean_beside_pixels(file, film.layout, UsedValues(film.layout)));
    FragmentWriter fragments(request.scratch);
    VG_TRY(fragments.add_stream(std::move(written)));
    VG_TRY(fragments.commit(file, syntax));
    return result;
  }
};

}  // namespace

const Codec& video_codec() {
  static const VideoCodec codec;
  return codec;
}

}  // namespace veilgate::pixel
