#pragma once
// Private to video_av.cc, video_reader.cc and video_writer.cc.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
}

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "pixel/codecs/video_stream.h"

/// FFmpeg's objects with owners.
namespace veilgate::pixel::av {

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    kFree(&object);
  }
};
using Frame = std::unique_ptr<AVFrame, Freed<av_frame_free>>;
using Packet = std::unique_ptr<AVPacket, Freed<av_packet_free>>;
using Codec = std::unique_ptr<AVCodecContext, Freed<avcodec_free_context>>;

/// Options by name, freed with it.
class Options {
 public:
  Options() = default;
  ~Options() { av_dict_free(&dictionary_); }
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  void set(const char* name, const char* value) { av_dict_set(&dictionary_, name, value, 0); }
  AVDictionary** get() { return &dictionary_; }
  /// True when every option was known to whoever read them.
  bool all_taken() const { return av_dict_count(dictionary_) == 0; }

 private:
  AVDictionary* dictionary_ = nullptr;
};

/// FFmpeg's log may quote what a stream says about itself: it is dropped. Complaints of decoders in this thread are
/// counted.
void silence();
std::uint64_t decoder_complaints();

/// FFmpeg's name of the demuxer for a stream that begins like this; by our own look, so that it never tries all it has.
/// nullptr for anything else: playlists, lists of files, pictures, scripts.
const char* container_of(std::string_view head, VideoFormat format);
inline constexpr std::size_t kSniffedBytes = 1024;  // three packets of a transport stream

/// Never opens anything: for AVFormatContext::io_open.
int open_nothing(AVFormatContext* context, AVIOContext** out, const char* url, int flags, AVDictionary** options);

inline AVCodecID codec_id(VideoFormat format) {
  switch (format) {
    case VideoFormat::Mpeg2:
      return AV_CODEC_ID_MPEG2VIDEO;
    case VideoFormat::H264:
      return AV_CODEC_ID_H264;
    case VideoFormat::Hevc:
      break;
  }
  return AV_CODEC_ID_HEVC;
}

inline tl::unexpected<Error> no_memory() {
  return fail(ErrorKind::Transient, "pixel.memory", "not enough memory for a video");
}

/// What went wrong on our side of a callback, since FFmpeg only knows numbers.
struct Latch {
  std::optional<Error> error;
  int set(Error what) {
    if (!error) error = std::move(what);
    return AVERROR(EIO);
  }
};

}  // namespace veilgate::pixel::av
