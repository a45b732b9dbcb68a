extern "C" {
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "pixel/codecs/video_av.h"

namespace veilgate::pixel {
namespace {

constexpr int kBufferBytes = 256 * 1024;
/// How far is looked for streams and their parameters. A transport stream repeats its tables ten times a second.
constexpr std::int64_t kProbeBytes = 8 << 20;
constexpr std::int64_t kProbeMicroseconds = 5'000'000;
/// Video, sound, subtitles and data of one camera; more is hostile.
constexpr int kMaxStreams = 16;
constexpr int kMaxRate = 240;  // pictures per second
/// Decoders pad pictures to blocks and keep an edge around them.
constexpr std::int64_t kPaddingPixels = 256;

tl::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorKind::Refused, "pixel.unsupported", std::move(message));
}
tl::unexpected<Error> inconsistent(std::string message) {
  return fail(ErrorKind::Permanent, "pixel.inconsistent", std::move(message));
}
tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.video_corrupt", "The video stream is broken, or cannot be decoded whole.");
}

const char* decoder_of(VideoFormat format) {
  switch (format) {
    case VideoFormat::Mpeg2:
      return "mpeg2video";
    case VideoFormat::H264:
      return "h264";
    case VideoFormat::Hevc:
      break;
  }
  return "hevc";
}

/// The turn that the container asks for, as EXIF counts it; mirrored pictures count as not turned.
int orientation_of(const AVStream& stream) {
  const auto* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
  if (matrix == nullptr) return 1;
  std::array<std::int32_t, 9> values{};
  std::memcpy(values.data(), matrix, sizeof values);
  const double degrees = -av_display_rotation_get(values.data());
  if (!std::isfinite(degrees)) return 1;
  constexpr std::array<int, 4> kExif{1, 6, 3, 8};
  return kExif[static_cast<std::size_t>(std::lround(degrees / 90) & 3)];
}

/// Reads through our own function only.
struct Input {
  VideoSource source;
  std::uint64_t at = 0;
  av::Latch latch;
  AVIOContext* io = nullptr;
  AVFormatContext* format = nullptr;

  Input() = default;
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() {
    avformat_close_input(&format);
    if (io != nullptr) av_freep(static_cast<void*>(&io->buffer));
    avio_context_free(&io);
  }

  static int read(void* self, std::uint8_t* out, int size) {
    auto& input = *static_cast<Input*>(self);
    const auto got = input.source.read(input.at, {out, static_cast<std::size_t>(size)});
    if (!got) return input.latch.set(got.error());
    input.at += *got;
    return *got == 0 ? AVERROR_EOF : static_cast<int>(*got);
  }

  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& input = *static_cast<Input*>(self);
    const auto size = static_cast<std::int64_t>(input.source.size);
    if (whence == AVSEEK_SIZE) return size;
    const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? static_cast<std::int64_t>(input.at) : size;
    if (offset < -base || offset > size - base) return AVERROR(EINVAL);
    input.at = static_cast<std::uint64_t>(base + offset);
    return base + offset;
  }
};

class StreamReader final : public VideoReader {
 public:
  Result<void> open(VideoSource source, VideoFormat format, const cv::Size& size) {
    av::silence();
    size_ = size;
    facts_.format = format;
    input_.source = std::move(source);
    VG_TRY(open_container());
    VG_TRY(choose_stream());
    VG_TRY(read_facts());
    return open_decoder();
  }

  const VideoFacts& facts() const override { return facts_; }

  Result<bool> next(cv::Mat& picture) override {
    for (;;) {
      const int got = avcodec_receive_frame(decoder_.get(), frame_.get());
      if (got == AVERROR_EOF) return finished();
      if (got == 0) {
        VG_TRY(check_picture());
        copy(picture);
        av_frame_unref(frame_.get());
        ++count_;
        return true;
      }
      if (got != AVERROR(EAGAIN)) return failed(got);
      VG_TRY(feed());
    }
  }

 private:
  tl::unexpected<Error> failed(int code) const {
    if (input_.latch.error) return fail(*input_.latch.error);
    return code == AVERROR(ENOMEM) ? av::no_memory() : corrupt();
  }

  Result<void> open_container() {
    std::array<std::uint8_t, av::kSniffedBytes> head{};
    VG_ASSIGN(const std::size_t got, input_.source.read(0, head));
    const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(head.data())), got);
    const char* name = av::container_of(bytes, facts_.format);
    const auto* demuxer = name == nullptr ? nullptr : av_find_input_format(name);
    if (demuxer == nullptr) return unsupported("The pixel data are no MP4, transport, program or elementary stream.");
    facts_.mp4 = std::string_view(name) == "mov" && facts_.format != VideoFormat::Mpeg2;
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBufferBytes));
    if (buffer == nullptr) return av::no_memory();
    input_.io = avio_alloc_context(buffer, kBufferBytes, 0, &input_, Input::read, nullptr, Input::seek);
    if (input_.io == nullptr) av_free(buffer);
    input_.format = avformat_alloc_context();
    if (input_.io == nullptr || input_.format == nullptr) return av::no_memory();
    auto* context = input_.format;
    context->pb = input_.io;
    context->io_open = av::open_nothing;
    context->flags |= AVFMT_FLAG_CUSTOM_IO;
    context->probesize = kProbeBytes;
    context->max_analyze_duration = kProbeMicroseconds;
    context->max_streams = kMaxStreams;
    av::Options options;
    options.set("format_whitelist", name == std::string_view("mov") ? demuxer->name : name);
    options.set("codec_whitelist", decoder_of(facts_.format));
    options.set("protocol_whitelist", "none");
    const int opened = avformat_open_input(&input_.format, nullptr, demuxer, options.get());
    return opened < 0 ? Result<void>(failed(opened)) : find_streams();
  }

  Result<void> find_streams() {
    const int found = avformat_find_stream_info(input_.format, nullptr);
    if (found < 0) return failed(found);
    return {};
  }

  static bool shows_pictures(const AVStream& stream) {
    // Cover art is not part of the film, and stays behind like everything else.
    return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO && (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
  }

  Result<void> choose_stream() {
    for (unsigned i = 0; i < input_.format->nb_streams; ++i) {
      AVStream* stream = input_.format->streams[i];
      stream->discard = AVDISCARD_ALL;
      if (!shows_pictures(*stream)) continue;
      if (stream_ != nullptr) return unsupported("The object holds more than one video stream.");
      stream_ = stream;
    }
    if (stream_ == nullptr) return corrupt();
    stream_->discard = AVDISCARD_DEFAULT;
    if (stream_->codecpar->codec_id != av::codec_id(facts_.format)) {
      return inconsistent("The video stream is of another kind than the transfer syntax says.");
    }
    return {};
  }

  Result<void> read_facts() {
    const auto& parameters = *stream_->codecpar;
    // A stream of another size than the attributes say would put every mask in the wrong place.
    if (parameters.width != size_.width || parameters.height != size_.height) {
      return inconsistent("The video stream's size differs from Rows and Columns.");
    }
    facts_.width = size_.width;
    facts_.height = size_.height;
    const auto rate = av_guess_frame_rate(input_.format, stream_, nullptr);
    if (rate.num <= 0 || rate.den <= 0 || rate.num > std::int64_t{kMaxRate} * rate.den) {
      return unsupported("The video stream has no sensible frame rate.");
    }
    facts_.rate_num = rate.num;
    facts_.rate_den = rate.den;
    const auto aspect = av_guess_sample_aspect_ratio(input_.format, stream_, nullptr);
    if (aspect.num > 0 && aspect.den > 0) {
      facts_.aspect_num = aspect.num;
      facts_.aspect_den = aspect.den;
    }
    facts_.orientation = orientation_of(*stream_);
    return {};
  }

  Result<void> open_decoder() {
    const auto* codec = avcodec_find_decoder_by_name(decoder_of(facts_.format));
    if (codec == nullptr) return fail(ErrorKind::Config, "pixel.decoder", "FFmpeg's libraries lack a video decoder");
    decoder_.reset(avcodec_alloc_context3(codec));
    frame_.reset(av_frame_alloc());
    packet_.reset(av_packet_alloc());
    if (!decoder_ || !frame_ || !packet_) return av::no_memory();
    if (const int set = avcodec_parameters_to_context(decoder_.get(), stream_->codecpar); set < 0) return failed(set);
    decoder_->pkt_timebase = stream_->time_base;
    decoder_->thread_count = 1;
    decoder_->flags |= AV_CODEC_FLAG_BITEXACT;
    // A picture is whole, or the object is held. Concealing errors stays on, since only then the decoder of H.264 knows
    // which slices are missing; what was concealed is never used.
    decoder_->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BUFFER;
    // Waits as long as the standard allows before it gives pictures out, so that their order is the true one.
    decoder_->strict_std_compliance = FF_COMPLIANCE_STRICT;
    decoder_->max_pixels = (size_.width + kPaddingPixels) * (size_.height + kPaddingPixels);
    const int opened = avcodec_open2(decoder_.get(), codec, nullptr);
    if (opened < 0) return failed(opened);
    complaints_ = av::decoder_complaints();
    return {};
  }

  /// One packet of the stream, or its end, to the decoder.
  Result<void> feed() {
    for (;;) {
      const int read = av_read_frame(input_.format, packet_.get());
      if (input_.latch.error) return failed(read);
      if (read < 0 && read != AVERROR_EOF) return failed(read);
      if (read == AVERROR_EOF) return sent(avcodec_send_packet(decoder_.get(), nullptr));
      const bool ours = packet_->stream_index == stream_->index;
      const bool broken = ours && (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0;
      const int code = ours && !broken ? avcodec_send_packet(decoder_.get(), packet_.get()) : 0;
      av_packet_unref(packet_.get());
      if (broken) return corrupt();
      if (ours) return sent(code);
    }
  }

  Result<void> sent(int code) const {
    if (code < 0) return failed(code);
    return check_complaints();
  }

  Result<void> check_complaints() const {
    if (av::decoder_complaints() != complaints_) return corrupt();
    return {};
  }

  Result<void> check_picture() {
    VG_TRY(check_complaints());
    const AVFrame& frame = *frame_;
    if ((frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0) return corrupt();
    if (frame.width != size_.width || frame.height != size_.height) {
      return inconsistent("A picture of the video has another size than Rows and Columns.");
    }
    if (frame.format != AV_PIX_FMT_YUV420P && frame.format != AV_PIX_FMT_YUVJ420P) {
      return unsupported("Only video of 8 bits with halved chroma (4:2:0) can be masked yet.");
    }
    const bool interlaced = frame.interlaced_frame != 0, top = frame.top_field_first != 0;
    if (count_ == 0) {
      facts_.interlaced = interlaced;
      facts_.top_first = interlaced && top;
      facts_.full_range = frame.format == AV_PIX_FMT_YUVJ420P || frame.color_range == AVCOL_RANGE_JPEG;
      facts_.primaries = frame.color_primaries;
      facts_.transfer = frame.color_trc;
      facts_.matrix = frame.colorspace;
    }
    const bool other_fields = interlaced != facts_.interlaced || (interlaced && top != facts_.top_first);
    if (other_fields || frame.repeat_pict != 0 || (interlaced && facts_.format == VideoFormat::Hevc)) {
      return unsupported("The video mixes fields and frames, or repeats fields.");
    }
    return {};
  }

  void copy(cv::Mat& picture) const {
    picture.create(size_.height * 3 / 2, size_.width, CV_8UC1);
    av_image_copy_to_buffer(picture.data, static_cast<int>(picture.total()), frame_->data, frame_->linesize,
                            AV_PIX_FMT_YUV420P, size_.width, size_.height, 1);
  }

  Result<bool> finished() const {
    VG_TRY(check_complaints());
    // Streams may turn up late; a second film among them was not looked at.
    int films = 0;
    for (unsigned i = 0; i < input_.format->nb_streams; ++i)
      films += shows_pictures(*input_.format->streams[i]) ? 1 : 0;
    if (films != 1) return unsupported("The object holds more than one video stream.");
    return false;
  }

  cv::Size size_;
  VideoFacts facts_;
  Input input_;
  AVStream* stream_ = nullptr;  ///< the input's
  av::Codec decoder_;
  av::Frame frame_;
  av::Packet packet_;
  std::uint64_t complaints_ = 0;
  std::uint64_t count_ = 0;  ///< pictures so far
};

}  // namespace

Result<std::unique_ptr<VideoReader>> VideoReader::open(VideoSource source, VideoFormat format, const cv::Size& size) {
  if (size.width % 2 != 0 || size.height % 2 != 0) return unsupported("Video of odd width or height cannot be masked.");
  auto reader = std::make_unique<StreamReader>();
  VG_TRY(reader->open(std::move(source), format, size));
  return std::unique_ptr<VideoReader>(std::move(reader));
}

}  // namespace veilgate::pixel
