#include "pixel/codecs/video_av.h"

#include <algorithm>
#include <array>

namespace veilgate::pixel::av {
namespace {

thread_local std::uint64_t complaints = 0;

bool is_decoder(void* object) {
  const auto* type = *static_cast<AVClass**>(object);
  if (type == nullptr) return false;
  const auto category = type->get_category != nullptr ? type->get_category(object) : type->category;
  return category == AV_CLASS_CATEGORY_DECODER;
}

void count_complaint(void* object, int level, const char* format, va_list) {
  if (object == nullptr || !is_decoder(object)) return;
  // That it made up parts of a picture is only a piece of information to a player.
  if (level <= AV_LOG_ERROR || std::string_view(format).starts_with("concealing")) ++complaints;
}

bool is_transport_stream(std::string_view head) {
  constexpr char kSync = 0x47;
  struct Shape {
    std::size_t first, step;
  };
  for (const auto& shape : {Shape{0, 188}, Shape{4, 192}, Shape{0, 204}}) {
    const auto synced = [&](std::size_t packet) {
      const auto at = shape.first + packet * shape.step;
      return at < head.size() && head[at] == kSync;
    };
    if (synced(0) && synced(1) && synced(2)) return true;
  }
  return false;
}

}  // namespace

void silence() { av_log_set_callback(count_complaint); }
std::uint64_t decoder_complaints() { return complaints; }

int open_nothing(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

const char* container_of(std::string_view head, VideoFormat format) {
  constexpr std::array<std::string_view, 6> kMp4Boxes{"ftyp", "moov", "mdat", "wide", "free", "skip"};
  const auto starts = [head](std::string_view bytes) { return head.substr(0, bytes.size()) == bytes; };
  if (head.size() < 8) return nullptr;
  if (std::ranges::find(kMp4Boxes, head.substr(4, 4)) != kMp4Boxes.end()) return "mov";
  if (is_transport_stream(head)) return "mpegts";
  if (starts({"\0\0\1\xBA", 4})) return "mpeg";
  if (format == VideoFormat::Mpeg2) return starts({"\0\0\1\xB3", 4}) ? "mpegvideo" : nullptr;
  const bool annex_b = starts({"\0\0\1", 3}) || starts({"\0\0\0\1", 4});
  return annex_b ? (format == VideoFormat::H264 ? "h264" : "hevc") : nullptr;
}

}  // namespace veilgate::pixel::av
