#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "verify/video_units.h"

namespace veilgate::verify {
namespace {

constexpr std::size_t kPacketBytes = 188;
constexpr std::uint8_t kSync = 0x47, kStuffing = 0xFF;
constexpr int kPat = 0, kSdt = 0x11, kNull = 0x1FFF;

/// Packets of one film: PAT, one PMT, the SDT that names the multiplexer, and one stream of video.
class TransportCheck {
 public:
  TransportCheck(VideoKind kind, ForeignParts& parts) : kind_(kind), parts_(parts) {}

  void run(VideoBytes stream) {
    if (stream.size() % kPacketBytes != 0) parts_.insert("bytes after the last packet");
    for (std::size_t at = 0; at + kPacketBytes <= stream.size(); at += kPacketBytes) {
      packet(stream.subspan(at, kPacketBytes));
    }
    finish_unit();
    if (video_ < 0) parts_.insert("no video stream");
  }

 private:
  void packet(VideoBytes bytes) {
    if (bytes[0] != kSync) return note("a packet without its mark");
    const int pid = static_cast<int>(big_endian(bytes, 1, 2) & 0x1FFF);
    const bool first = (bytes[1] & 0x40) != 0, adapted = (bytes[3] & 0x20) != 0, loaded = (bytes[3] & 0x10) != 0;
    if (pid == kNull) return note("packets without content");
    std::size_t at = 4;
    if (adapted) {
      at += 1 + std::size_t{bytes[4]};
      if (at > bytes.size()) return note("a malformed packet");
      adaptation(bytes.subspan(5, at - 5));
    }
    if (!loaded) return at == bytes.size() ? void() : note("bytes in an empty packet");
    const auto payload = bytes.subspan(at);
    if (pid == video_) return video(payload, first);
    if (pid == kPat || pid == kSdt || pid == pmt_) return table(pid, payload, first);
    note("a stream that is no video");
  }

  /// Clock and stuffing only.
  void adaptation(VideoBytes field) {
    if (field.empty()) return;
    constexpr std::uint8_t kClock = 0x10, kSplice = 0x04, kPrivate = 0x02, kMore = 0x01, kOldClock = 0x08;
    if ((field[0] & (kSplice | kPrivate | kMore | kOldClock)) != 0) note("data in an adaptation field");
    const std::size_t used = 1 + ((field[0] & kClock) != 0 ? std::size_t{6} : 0);
    stuffing(field.subspan(std::min(used, field.size())));
  }

  void stuffing(VideoBytes rest) {
    if (!std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == kStuffing; })) note("bytes in stuffing");
  }

  /// A table in one packet; every repetition must be the same.
  void table(int pid, VideoBytes payload, bool first) {
    if (!first || payload.empty()) return note("a table in pieces");
    const auto [known, is_new] = tables_.try_emplace(pid, payload.begin(), payload.end());
    if (!is_new) return std::ranges::equal(known->second, payload) ? void() : note("a table that changes");
    const std::size_t start = 1 + std::size_t{payload[0]};
    if (start + 3 > payload.size()) return note("a malformed table");
    const std::size_t length = big_endian(payload, start + 1, 2) & 0xFFF;
    constexpr std::size_t kHead = 8, kCheckSum = 4;
    if (start + 3 + length > payload.size() || length < kHead - 3 + kCheckSum) return note("a malformed table");
    stuffing(payload.subspan(1, start - 1));
    stuffing(payload.subspan(start + 3 + length));
    const auto body = payload.subspan(start + kHead, length - (kHead - 3) - kCheckSum);
    if (pid == kPat) return programs(body);
    if (pid == kSdt) return services(body);
    streams(body);
  }

  void programs(VideoBytes body) {
    if (body.size() != 4) return note("more than one programme");
    pmt_ = static_cast<int>(big_endian(body, 2, 2) & 0x1FFF);
  }

  void streams(VideoBytes body) {
    constexpr std::size_t kHead = 4, kStream = 5, kRegistration = 6;
    if (body.size() < kHead + kStream || (big_endian(body, 2, 2) & 0xFFF) != 0)
      return note("descriptors of a programme");
    const auto stream = body.subspan(kHead);
    const std::size_t described = big_endian(stream, 3, 2) & 0xFFF;
    const std::uint8_t type = kind_ == VideoKind::Mpeg2 ? 0x02 : kind_ == VideoKind::Avc ? 0x1B : 0x24;
    if (stream[0] != type) return note("a stream that is no video");
    if (stream.size() != kStream + described) return note("more than one stream");
    constexpr std::string_view kHevc{"\x05\x04HEVC", kRegistration};
    const auto descriptors = stream.subspan(kStream);
    if (!descriptors.empty() && !std::ranges::equal(descriptors, kHevc, [](std::uint8_t a, char b) {
          return a == static_cast<std::uint8_t>(b);
        })) {
      return note("descriptors of a stream");
    }
    video_ = static_cast<int>(big_endian(stream, 1, 2) & 0x1FFF);
  }

  /// What the multiplexer writes for everyone.
  void services(VideoBytes body) {
    constexpr std::string_view kNames{
        "\x06"
        "FFmpeg"
        "\x09"
        "Service01",
        17};
    const auto same = [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); };
    constexpr std::size_t kBefore = 11;
    if (body.size() != kBefore + kNames.size() || !std::ranges::equal(body.subspan(kBefore), kNames, same))
      note("names of a service");
  }

  void video(VideoBytes payload, bool first) {
    if (!first) {
      if (unit_.empty()) return note("video before its first packet");
      unit_.insert(unit_.end(), payload.begin(), payload.end());
      return;
    }
    finish_unit();
    constexpr std::size_t kHead = 9;
    if (payload.size() < kHead || big_endian(payload, 0, 3) != 1 || payload[3] != 0xE0)
      return note("a malformed packet");
    constexpr std::uint8_t kTimes = 0xC0;
    const std::size_t rest = kHead + payload[8];
    if (rest > payload.size() || (payload[7] & ~kTimes & 0xFF) != 0) return note("data in a packet's head");
    const std::size_t used = kHead + ((payload[7] & kTimes) == kTimes ? 10 : (payload[7] & kTimes) != 0 ? 5 : 0);
    if (used > rest) return note("a malformed packet");
    stuffing(payload.subspan(used, rest - used));
    unit_.assign(payload.begin() + static_cast<std::ptrdiff_t>(rest), payload.end());
  }

  void finish_unit() {
    if (!unit_.empty()) check_start_codes(unit_, kind_, parts_);
    unit_.clear();
  }

  void note(const char* what) { parts_.insert(what); }

  VideoKind kind_;
  ForeignParts& parts_;
  int pmt_ = -1, video_ = -1;
  std::map<int, std::vector<std::uint8_t>> tables_;
  std::vector<std::uint8_t> unit_;  ///< one picture
};

}  // namespace

void check_transport_stream(VideoBytes stream, VideoKind kind, ForeignParts& parts) {
  TransportCheck(kind, parts).run(stream);
}

}  // namespace veilgate::verify
