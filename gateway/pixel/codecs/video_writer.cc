extern "C" {
#include <libavcodec/bsf.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <optional>
#include <string>

#include "pixel/codecs/video_av.h"

namespace veilgate::pixel {
namespace {

constexpr int kBufferBytes = 256 * 1024;
constexpr int kBlock = 16;
/// Seconds between pictures that need no other: players can jump there, and an error ends there.
constexpr int kIntraSeconds = 1;
/// Nearly without visible loss: this is a second generation.
constexpr const char* kQuality = "16";
constexpr int kFinestMpeg2Step = 2;
/// Share of the level's rate that MPEG-2 aims at; it takes less where the finest step does.
constexpr double kMpeg2RateShare = 0.8;

using BitFilter = std::unique_ptr<AVBSFContext, av::Freed<av_bsf_free>>;

tl::unexpected<Error> cannot_encode() {
  return fail(ErrorKind::Refused, "pixel.unsupported", "The video cannot be encoded anew in its transfer syntax.");
}

struct EncoderChoice {
  const char* name;
  const char* unit_filter;  ///< kinds of NAL units to leave out: what the encoder tells of itself; nullptr: none
};

EncoderChoice encoder_of(VideoFormat format) {
  switch (format) {
    case VideoFormat::Mpeg2:
      return {"mpeg2video", nullptr};
    case VideoFormat::H264:
      return {"libx264", "6"};
    case VideoFormat::Hevc:
      break;
  }
  return {"libx265", "39-40"};
}

struct Output {
  std::shared_ptr<ScratchFile> file;
  std::uint64_t at = 0;
  av::Latch latch;
  AVIOContext* io = nullptr;
  AVFormatContext* format = nullptr;

  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    avformat_free_context(format);
    if (io != nullptr) av_freep(static_cast<void*>(&io->buffer));
    avio_context_free(&io);
  }

  /// At the end, or over what is there: an MP4 file's length is known last.
  Result<void> put(std::span<const std::uint8_t> bytes) {
    const auto over = std::min<std::uint64_t>(bytes.size(), file->size() - std::min(at, file->size()));
    if (over > 0) VG_TRY(file->overwrite(at, bytes.first(static_cast<std::size_t>(over))));
    if (over < bytes.size()) VG_TRY(file->append(bytes.subspan(static_cast<std::size_t>(over))));
    at += bytes.size();
    return {};
  }

  static int write(void* self, std::uint8_t* bytes, int size) {
    auto& output = *static_cast<Output*>(self);
    if (auto done = output.put({bytes, static_cast<std::size_t>(size)}); !done) return output.latch.set(done.error());
    return size;
  }

  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& output = *static_cast<Output*>(self);
    const auto size = static_cast<std::int64_t>(output.file->size());
    if (whence == AVSEEK_SIZE) return size;
    const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? static_cast<std::int64_t>(output.at) : size;
    if (offset < -base || offset > size - base) return AVERROR(EINVAL);
    output.at = static_cast<std::uint64_t>(base + offset);
    return base + offset;
  }
};

class StreamWriter final : public VideoWriter {
 public:
  Result<void> open(const VideoFacts& facts, const VideoLevel& level, std::shared_ptr<ScratchFile> out) {
    av::silence();
    facts_ = facts;
    output_.file = std::move(out);
    VG_TRY(open_container());
    VG_TRY(open_encoder(level));
    VG_TRY(open_filter());
    return write_header();
  }

  Result<void> add(const cv::Mat& picture) override {
    av::Frame frame(av_frame_alloc());
    if (!frame) return av::no_memory();
    frame->width = facts_.width;
    frame->height = facts_.height;
    frame->format = AV_PIX_FMT_YUV420P;
    if (av_frame_get_buffer(frame.get(), 0) < 0) return av::no_memory();
    std::uint8_t* planes[4] = {};
    int strides[4] = {};
    av_image_fill_arrays(planes, strides, picture.data, AV_PIX_FMT_YUV420P, facts_.width, facts_.height, 1);
    const std::uint8_t* const from[4] = {planes[0], planes[1], planes[2], nullptr};
    av_image_copy(frame->data, frame->linesize, const_cast<const std::uint8_t**>(from), strides, AV_PIX_FMT_YUV420P,
                  facts_.width, facts_.height);
    frame->pts = count_++;
    frame->interlaced_frame = facts_.interlaced ? 1 : 0;
    frame->top_field_first = facts_.top_first ? 1 : 0;
    return encode(frame.get());
  }

  Result<void> finish() override {
    VG_TRY(encode(nullptr));
    VG_TRY(filter(nullptr));
    VG_TRY(done(av_write_trailer(output_.format)));
    avio_flush(output_.io);
    return done(output_.io->error);
  }

 private:
  Result<void> done(int code) const {
    if (output_.latch.error) return fail(*output_.latch.error);
    if (code == AVERROR(ENOMEM)) return av::no_memory();
    return code < 0 ? Result<void>(cannot_encode()) : Result<void>{};
  }

  Result<void> open_container() {
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBufferBytes));
    if (buffer == nullptr) return av::no_memory();
    output_.io = avio_alloc_context(buffer, kBufferBytes, 1, &output_, nullptr, Output::write, Output::seek);
    if (output_.io == nullptr) av_free(buffer);
    avformat_alloc_output_context2(&output_.format, nullptr, facts_.mp4 ? "mp4" : "mpegts", nullptr);
    if (output_.io == nullptr || output_.format == nullptr) return av::no_memory();
    output_.format->pb = output_.io;
    output_.format->io_open = av::open_nothing;
    output_.format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    stream_ = avformat_new_stream(output_.format, nullptr);
    return stream_ == nullptr ? Result<void>(av::no_memory()) : Result<void>{};
  }

  void describe(AVCodecContext& encoder, const VideoLevel& level) const {
    encoder.width = facts_.width;
    encoder.height = facts_.height;
    encoder.pix_fmt = AV_PIX_FMT_YUV420P;
    encoder.time_base = {facts_.rate_den, facts_.rate_num};
    encoder.framerate = {facts_.rate_num, facts_.rate_den};
    encoder.sample_aspect_ratio = {facts_.aspect_num, facts_.aspect_den};
    encoder.color_range = facts_.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    encoder.color_primaries = static_cast<AVColorPrimaries>(facts_.primaries);
    encoder.color_trc = static_cast<AVColorTransferCharacteristic>(facts_.transfer);
    encoder.colorspace = static_cast<AVColorSpace>(facts_.matrix);
    encoder.gop_size = std::max(1, kIntraSeconds * facts_.rate_num / facts_.rate_den);
    encoder.thread_count = 1;  // more would make the bytes depend on the machine
    encoder.flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_CLOSED_GOP;
    if (facts_.interlaced) encoder.flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    if (facts_.mp4) encoder.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    encoder.rc_max_rate = level.max_rate_bits;
    encoder.rc_buffer_size = static_cast<int>(level.max_buffer_bits);
  }

  void describe_mpeg2(AVCodecContext& encoder, const VideoLevel& level, av::Options& options) const {
    options.set("sc_threshold", "1000000000");  // it does not search for cuts where groups are closed
    encoder.profile = FF_PROFILE_MPEG2_MAIN;
    encoder.level = level.number;
    encoder.qmin = kFinestMpeg2Step;
    encoder.bit_rate = static_cast<std::int64_t>(kMpeg2RateShare * static_cast<double>(level.max_rate_bits));
    encoder.gop_size = std::min(encoder.gop_size, 15);  // as players of discs expect
  }

  void describe_avc(const VideoLevel& level, av::Options& options) const {
    options.set("preset", "veryfast");
    options.set("crf", kQuality);
    if (facts_.format == VideoFormat::H264) {
      options.set("profile", "high");
      options.set("level", std::to_string(level.number).c_str());
      options.set("a53cc", "0");
      options.set("x264-params", "rc-lookahead=10:sync-lookahead=0:sliced-threads=0");
    } else {
      options.set("profile", "main");
      options.set("x265-params",
                  "pools=none:frame-threads=1:wpp=0:pmode=0:pme=0:info=0:rc-lookahead=10:log-level=none:open-gop=0");
    }
  }

  Result<void> open_encoder(const VideoLevel& level) {
    const auto* codec = avcodec_find_encoder_by_name(encoder_of(facts_.format).name);
    if (codec == nullptr) return fail(ErrorKind::Config, "pixel.encoder", "FFmpeg's libraries lack a video encoder");
    encoder_.reset(avcodec_alloc_context3(codec));
    packet_.reset(av_packet_alloc());
    if (!encoder_ || !packet_) return av::no_memory();
    describe(*encoder_, level);
    av::Options options;
    if (facts_.format == VideoFormat::Mpeg2) {
      describe_mpeg2(*encoder_, level, options);
    } else {
      describe_avc(level, options);
    }
    VG_TRY(done(avcodec_open2(encoder_.get(), codec, options.get())));
    return options.all_taken() ? Result<void>{} : fail(ErrorKind::Bug, "pixel.encoder", "an option is not known");
  }

  Result<void> open_filter() {
    const char* units = encoder_of(facts_.format).unit_filter;
    AVBSFContext* made = nullptr;
    VG_TRY(done(av_bsf_alloc(av_bsf_get_by_name(units == nullptr ? "null" : "filter_units"), &made)));
    filter_.reset(made);
    VG_TRY(done(avcodec_parameters_from_context(filter_->par_in, encoder_.get())));
    filter_->time_base_in = encoder_->time_base;
    if (units != nullptr) VG_TRY(done(av_opt_set(filter_->priv_data, "remove_types", units, 0)));
    return done(av_bsf_init(filter_.get()));
  }

  Result<void> write_header() {
    VG_TRY(done(avcodec_parameters_copy(stream_->codecpar, filter_->par_out)));
    stream_->codecpar->codec_tag = 0;
    stream_->time_base = encoder_->time_base;
    stream_->avg_frame_rate = encoder_->framerate;
    stream_->sample_aspect_ratio = encoder_->sample_aspect_ratio;
    return done(avformat_write_header(output_.format, nullptr));
  }

  /// nullptr: no more pictures.
  Result<void> encode(const AVFrame* frame) {
    VG_TRY(done(avcodec_send_frame(encoder_.get(), frame)));
    for (;;) {
      const int got = avcodec_receive_packet(encoder_.get(), packet_.get());
      if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
      VG_TRY(done(got));
      VG_TRY(filter(packet_.get()));
    }
  }

  /// nullptr: no more packets.
  Result<void> filter(AVPacket* packet) {
    VG_TRY(done(av_bsf_send_packet(filter_.get(), packet)));
    for (;;) {
      const int got = av_bsf_receive_packet(filter_.get(), packet_.get());
      if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
      VG_TRY(done(got));
      // Only the pictures: what encoders say beside them is not needed.
      av_packet_free_side_data(packet_.get());
      packet_->duration = 1;
      av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
      packet_->stream_index = 0;
      VG_TRY(done(av_interleaved_write_frame(output_.format, packet_.get())));
    }
  }

  VideoFacts facts_;
  Output output_;
  AVStream* stream_ = nullptr;  ///< the output's
  av::Codec encoder_;
  BitFilter filter_;
  av::Packet packet_;
  std::int64_t count_ = 0;  ///< pictures so far
};

}  // namespace

bool fits(const VideoLevel& level, const VideoFacts& facts) {
  const auto blocks = [](int pixels) { return (std::int64_t{pixels} + kBlock - 1) / kBlock; };
  const std::int64_t frame = blocks(facts.width) * blocks(facts.height);
  return frame <= level.max_frame_blocks && frame * facts.rate_num <= level.max_blocks_per_second * facts.rate_den;
}

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const VideoFacts& facts, const VideoLevel& level,
                                                         std::shared_ptr<ScratchFile> out) {
  auto writer = std::make_unique<StreamWriter>();
  VG_TRY(writer->open(facts, level, std::move(out)));
  return std::unique_ptr<VideoWriter>(std::move(writer));
}

}  // namespace veilgate::pixel
