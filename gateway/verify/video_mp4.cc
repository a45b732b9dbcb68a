#include <algorithm>
#include <array>
#include <string_view>

#include "verify/video_units.h"

namespace veilgate::verify {
namespace {

constexpr std::array<std::string_view, 7> kContainers{"moov", "trak", "edts", "mdia", "minf", "dinf", "stbl"};
/// Sizes, times and places of the pictures.
constexpr std::array<std::string_view, 15> kNumbers{"mvhd", "tkhd", "elst", "mdhd", "vmhd", "stts", "stss", "ctts",
                                                    "stsc", "stsz", "stco", "co64", "sdtp", "sbgp", "sgpd"};

class Mp4Check {
 public:
  Mp4Check(VideoKind kind, ForeignParts& parts) : kind_(kind), parts_(parts) {}

  void run(VideoBytes stream) {
    walk(stream, 0);
    if (tracks_ != 1) parts_.insert("not one stream");
    if (films_ != 1) parts_.insert("not one film");
  }

 private:
  static constexpr int kMaxDepth = 8;

  void walk(VideoBytes bytes, int depth) {
    constexpr std::size_t kHead = 8, kLongHead = 16;
    while (bytes.size() >= kHead) {
      std::uint64_t size = big_endian(bytes, 0, 4);
      std::size_t head = kHead;
      if (size == 1 && bytes.size() >= kLongHead) {
        size = std::uint64_t{big_endian(bytes, 8, 4)} << 32 | big_endian(bytes, 12, 4);
        head = kLongHead;
      }
      if (size < head || size > bytes.size()) return note("a malformed box");
      const std::string_view type(static_cast<const char*>(static_cast<const void*>(bytes.data() + 4)), 4);
      box(type, bytes.subspan(head, static_cast<std::size_t>(size) - head), depth);
      bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
    const bool pad = depth == 0 && bytes.size() == 1 && bytes[0] == 0;
    if (!bytes.empty() && !pad) note("bytes after the last box");
  }

  void box(std::string_view type, VideoBytes content, int depth) {
    if (std::ranges::find(kContainers, type) != kContainers.end() && depth < kMaxDepth) {
      tracks_ += type == "trak" ? 1 : 0;
      return walk(content, depth + 1);
    }
    if (type == "mdat") return pictures(content);
    if (type == "stsd") return description(content);
    if (type == "free") return content.empty() ? void() : note("content in a free box");
    // Brands; the kind of the track, with the name that the multiplexer gives to all; "in this file".
    if (type == "ftyp") return content.size() <= 40 ? void() : note("a long list of brands");
    if (type == "hdlr") return expect(content.subspan(std::min<std::size_t>(8, content.size())), kHandler, type);
    if (type == "udta") return expect(content, kNoTags, type);
    if (type == "dref") return expect(content.subspan(std::min<std::size_t>(8, content.size())), kHere, type);
    if (std::ranges::find(kNumbers, type) == kNumbers.end()) note("a box that no picture needs");
  }

  static constexpr std::string_view kHandler{"vide\0\0\0\0\0\0\0\0\0\0\0\0VideoHandler\0", 29};
  /// An empty list of titles and dates, which the multiplexer always writes.
  static constexpr std::string_view kNoTags{
      "\0\0\0\x35meta\0\0\0\0\0\0\0\x21hdlr\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0\0\0\0\x08ilst", 53};
  static constexpr std::string_view kHere{"\0\0\0\x0curl \0\0\0\1", 12};

  void expect(VideoBytes content, std::string_view known, std::string_view type) {
    const auto same = [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); };
    if (!std::ranges::equal(content, known, same)) parts_.insert("words in a box: " + std::string(type));
  }

  /// NAL units with their lengths, one after the other, and nothing between.
  void pictures(VideoBytes content) {
    ++films_;
    while (content.size() > 4) {
      const std::size_t length = big_endian(content, 0, 4);
      if (length == 0 || length > content.size() - 4) return note("bytes between pictures");
      check_unit(content[4], kind_, parts_);
      content = content.subspan(4 + length);
    }
    if (!content.empty()) note("bytes between pictures");
  }

  /// One visual sample entry without a compressor's name, whose boxes hold parameters of the decoder.
  void description(VideoBytes content) {
    constexpr std::size_t kTable = 8, kEntry = 86, kName = 50, kNameBytes = 32;
    if (content.size() < kTable + kEntry || big_endian(content, 4, 4) != 1 ||
        big_endian(content, kTable, 4) != content.size() - kTable) {
      return note("not one description of pictures");
    }
    const auto entry = content.subspan(kTable);
    const auto name = entry.subspan(kName, kNameBytes);
    if (!std::ranges::all_of(name, [](std::uint8_t byte) { return byte == 0; })) note("a compressor's name");
    for (auto boxes = entry.subspan(kEntry); !boxes.empty();) {
      const std::size_t size = boxes.size() < 8 ? 0 : big_endian(boxes, 0, 4);
      if (size < 8 || size > boxes.size()) return note("a malformed box");
      parameters({static_cast<const char*>(static_cast<const void*>(boxes.data() + 4)), 4}, boxes.subspan(8, size - 8));
      boxes = boxes.subspan(size);
    }
  }

  void parameters(std::string_view type, VideoBytes content) {
    constexpr std::array<std::string_view, 5> kShort{"pasp", "colr", "fiel", "btrt", "clap"};
    if (std::ranges::find(kShort, type) != kShort.end()) {
      if (content.size() > 40) note("a long description of pictures");
    } else if (type == "avcC") {
      return avc_sets(content);
    } else if (type == "hvcC") {
      return hevc_sets(content);
    } else {
      note("a box that no picture needs");
    }
  }

  /// `count` parameter sets with lengths of 16 bits at the start of `content`; what is left after them.
  VideoBytes sets(VideoBytes content, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t length = content.size() < 2 ? 0 : big_endian(content, 0, 2);
      if (length == 0 || content.size() < 2 + length) {
        note("malformed parameters");
        return {};
      }
      check_unit(content[2], kind_, parts_);
      content = content.subspan(2 + length);
    }
    return content;
  }

  void avc_sets(VideoBytes content) {
    constexpr std::size_t kHead = 6, kHighProfile = 4;
    if (content.size() < kHead) return note("malformed parameters");
    auto rest = sets(content.subspan(kHead), content[5] & 0x1F);
    if (rest.empty()) return note("malformed parameters");
    rest = sets(rest.subspan(1), rest[0]);
    if (!rest.empty() && rest.size() != kHighProfile) note("bytes after the parameters");
  }

  void hevc_sets(VideoBytes content) {
    constexpr std::size_t kHead = 23;
    if (content.size() < kHead) return note("malformed parameters");
    auto rest = content.subspan(kHead);
    for (std::size_t array = 0; array < content[kHead - 1]; ++array) {
      if (rest.size() < 3) return note("malformed parameters");
      rest = sets(rest.subspan(3), big_endian(rest, 1, 2));
    }
    if (!rest.empty()) note("bytes after the parameters");
  }

  void note(const char* what) { parts_.insert(what); }

  VideoKind kind_;
  ForeignParts& parts_;
  int tracks_ = 0, films_ = 0;
};

}  // namespace

void check_mp4(VideoBytes stream, VideoKind kind, ForeignParts& parts) { Mp4Check(kind, parts).run(stream); }

}  // namespace veilgate::verify
