#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <opencv2/core.hpp>
#include <span>

#include "base/result.h"
#include "base/scratch_file.h"

/// Video streams through FFmpeg's libraries, which only the files video_av, video_reader and video_writer know. Whoever
/// uses them sees pictures in order, and errors as Result.
namespace veilgate::pixel {

enum class VideoFormat { Mpeg2, H264, Hevc };

/// What a stream says about all its pictures: what a new one must repeat to be shown in the same way.
struct VideoFacts {
  VideoFormat format = VideoFormat::H264;
  bool mp4 = false;  ///< in an MP4 file; otherwise a transport, program or elementary stream
  int width = 0, height = 0;
  int rate_num = 0, rate_den = 1;      ///< pictures per second, on average
  int aspect_num = 0, aspect_den = 1;  ///< of a pixel; 0: not told
  bool interlaced = false, top_first = false;
  bool full_range = false;
  int primaries = 2, transfer = 2, matrix = 2;  ///< code points of ISO/IEC 23091-2; 2: not told
  /// As exif.h: how the container asks players to turn the pictures, which are decoded as they are stored.
  int orientation = 1;
};

/// Bytes that lie somewhere: fills `out` with those from `at` on, and says how many there were.
struct VideoSource {
  std::uint64_t size = 0;
  std::function<Result<std::size_t>(std::uint64_t at, std::span<std::uint8_t> out)> read;
};

/// Decodes the one video stream of a source. Nothing else of it is decoded, and nothing outside it is ever opened,
/// whatever it refers to. Errors: Permanent "pixel.video_corrupt" (the decoder complained about anything, or lost or
/// guessed a part of a picture); Permanent "pixel.inconsistent" (another size or format than expected); Refused
/// "pixel.unsupported" (container, more than one video stream, not 8 bits 4:2:0, mixed or interlaced HEVC pictures,
/// no frame rate); Transient "pixel.memory".
class VideoReader {
 public:
  static Result<std::unique_ptr<VideoReader>> open(VideoSource source, VideoFormat format, const cv::Size& size);
  virtual ~VideoReader() = default;
  /// Complete after the first picture.
  virtual const VideoFacts& facts() const = 0;
  /// The next picture as it is shown: CV_8UC1 of height * 3 / 2 rows, luma over both planes of chroma (I420), written
  /// over `picture`. False after the last one.
  virtual Result<bool> next(cv::Mat& picture) = 0;
};

/// Bounds of one profile and level, in blocks of 16 x 16 pixels.
struct VideoLevel {
  int number = 0;  ///< as the stream says it: 41 is 4.1 of H.264, 153 is 5.1 of HEVC
  std::int64_t max_frame_blocks = 0, max_blocks_per_second = 0;
  std::int64_t max_rate_bits = 0, max_buffer_bits = 0;
};

/// Whether pictures of this size and rate are within the level.
bool fits(const VideoLevel& level, const VideoFacts& facts);

/// Encodes pictures at high quality, evenly spaced, and nothing else: no sound, titles, dates, supplemental or user
/// data. The same pictures give the same bytes. Errors: Refused "pixel.unsupported" (the encoder cannot do this),
/// Transient (memory, disk).
class VideoWriter {
 public:
  static Result<std::unique_ptr<VideoWriter>> create(const VideoFacts& facts, const VideoLevel& level,
                                                     std::shared_ptr<ScratchFile> out);
  virtual ~VideoWriter() = default;
  virtual Result<void> add(const cv::Mat& picture) = 0;
  /// After the last picture.
  virtual Result<void> finish() = 0;
};

}  // namespace veilgate::pixel
