#include "pixel/codecs/j2k_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

/// Tiles of one picture: 200 megapixels in tiles of 256 x 256 are 3052. Decoders hold some KB for each.
constexpr std::uint64_t kMaxTiles = 4096;
/// Tile-parts of one tile: TNsot has 8 bits.
constexpr int kMaxTileParts = 255;
/// Boxes of one file; a JP2 has five or six.
constexpr int kMaxBoxes = 1000;
/// Precincts and code blocks, for each of which decoders allocate: as many as tiny tiles need, and beyond that one per
/// so many samples (blocks of 32 x 32 have 1024).
constexpr std::uint64_t kFreeStructures = 500'000;
constexpr std::uint64_t kSamplesPerStructure = 128;
/// Packets beyond those for which the stream has a byte: decoders keep a mark for each.
constexpr std::uint64_t kFreePackets = 1'000'000;
constexpr int kMaxLevels = 32;
/// QCD with 16 bits for each band of 32 levels.
constexpr std::size_t kMaxQuantization = 1 + 2 * (3 * kMaxLevels + 1);

constexpr std::size_t kSotBytes = 12;

enum Marker : std::uint16_t {
  kSoc = 0xFF4F,
  kCap = 0xFF50,
  kSiz = 0xFF51,
  kCod = 0xFF52,
  kCoc = 0xFF53,
  kTlm = 0xFF55,
  kPlt = 0xFF58,
  kQcd = 0xFF5C,
  kQcc = 0xFF5D,
  kRgn = 0xFF5E,
  kPoc = 0xFF5F,
  kPpm = 0xFF60,
  kPpt = 0xFF61,
  kPart2First = 0xFF70,
  kPart2Last = 0xFF7F,
  kSot = 0xFF90,
  kSop = 0xFF91,
  kEph = 0xFF92,
  kSod = 0xFF93,
  kEoc = 0xFFD9,
};

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.j2k_corrupt", "The JPEG 2000 codestream is damaged or incomplete.");
}
tl::unexpected<Error> excessive() {
  return fail(ErrorKind::Permanent, "pixel.j2k_corrupt",
              "The JPEG 2000 codestream asks for more tiles, precincts or layers than such a picture needs.");
}
tl::unexpected<Error> unsupported() {
  return fail(ErrorKind::Refused, "pixel.unsupported",
              "The JPEG 2000 codestream uses parts of the standard that cannot be masked yet.");
}

/// Big-endian numbers; the caller has checked the length.
std::uint32_t u8(Bytes bytes, std::size_t at) { return bytes[at]; }
std::uint32_t u16(Bytes bytes, std::size_t at) { return (u8(bytes, at) << 8) | u8(bytes, at + 1); }
std::uint32_t u32(Bytes bytes, std::size_t at) { return (u16(bytes, at) << 16) | u16(bytes, at + 2); }

void put(std::vector<std::uint8_t>& out, std::uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint64_t ceil_div(std::uint64_t value, std::uint64_t by) { return (value + by - 1) / by; }
std::uint64_t ceil_shift(std::uint64_t value, unsigned by) { return ceil_div(value, std::uint64_t{1} << by); }

/// The contiguous codestream of a box file (ISO 15444-1 Annex I), or the frame itself when it is none.
Result<Bytes> unwrapped(Bytes frame) {
  static constexpr std::array<std::uint8_t, 12> kSignature{0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10};
  if (frame.size() < kSignature.size() || std::memcmp(frame.data(), kSignature.data(), kSignature.size()) != 0) {
    return frame;
  }
  std::optional<Bytes> found;
  std::size_t at = 0;
  for (int boxes = 0; frame.size() - at >= 8; ++boxes) {
    if (boxes == kMaxBoxes) return corrupt();
    std::uint64_t length = u32(frame, at);
    std::size_t header = 8;
    if (length == 1) {
      if (frame.size() - at < 16) return corrupt();
      length = (std::uint64_t{u32(frame, at + 8)} << 32) | u32(frame, at + 12);
      header = 16;
    }
    if (length == 0) length = frame.size() - at;
    if (length < header || length > frame.size() - at) return corrupt();
    const auto content = frame.subspan(at + header, static_cast<std::size_t>(length) - header);
    if (std::memcmp(frame.data() + at + 4, "jp2c", 4) == 0) {
      if (found) return unsupported();
      found = content;
    }
    at += static_cast<std::size_t>(length);
  }
  if (!found) return corrupt();
  return *found;
}

struct Segment {
  std::uint16_t marker = 0;
  Bytes whole;  ///< with marker and length
  Bytes body;   ///< without them
};

struct TilePart {
  std::uint32_t tile = 0;
  std::uint64_t length = 0;
};

class Reader {
 public:
  Reader(Bytes in, TileLengths tile_lengths) : in_(in), tile_lengths_(tile_lengths) {}

  Result<J2kStream> read() {
    if (in_.size() < 2 || u16(in_, 0) != kSoc) return corrupt();
    out_.reserve(in_.size() + 64);
    put(out_, kSoc, 2);
    at_ = 2;
    VG_TRY(read_main_header());
    VG_TRY(read_tile_parts());
    put(out_, kEoc, 2);
    VG_TRY(insert_tile_lengths());
    return J2kStream{std::move(info_), std::move(out_)};
  }

 private:
  bool left(std::size_t count) const { return in_.size() - at_ >= count; }

  /// The marker segment here, below `end`; goes past it. Markers 0xFF30 to 0xFF3F have no length.
  Result<Segment> next(std::size_t end) {
    if (end - at_ < 2) return corrupt();
    Segment segment;
    segment.marker = static_cast<std::uint16_t>(u16(in_, at_));
    if (segment.marker < 0xFF30) return corrupt();
    std::size_t size = 2;
    if (segment.marker > 0xFF3F) {
      if (segment.marker == kSoc || (segment.marker >= kSot && segment.marker <= kSod) || segment.marker == kEoc) {
        return corrupt();
      }
      if (end - at_ < 4) return corrupt();
      const std::size_t length = u16(in_, at_ + 2);
      if (length < 2 || length > end - at_ - 2) return corrupt();
      size += length;
      segment.body = in_.subspan(at_ + 4, length - 2);
    }
    segment.whole = in_.subspan(at_, size);
    at_ += size;
    return segment;
  }

  void keep(Bytes bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

  Result<void> read_main_header() {
    VG_ASSIGN(const Segment size, next(in_.size()));
    if (size.marker != kSiz) return corrupt();
    VG_TRY(read_size(size.body));
    keep(size.whole);
    bool styled = false;
    bool quantized = false;
    while (left(2) && u16(in_, at_) != kSot) {
      VG_ASSIGN(const Segment segment, next(in_.size()));
      switch (segment.marker) {
        case kCod:
          if (std::exchange(styled, true)) return corrupt();
          break;
        case kQcd:
          if (std::exchange(quantized, true)) return corrupt();
          break;
        case kTlm:
          if (!info_.has_tile_lengths) lengths_at_ = out_.size();
          info_.has_tile_lengths = true;
          continue;  // made anew
        case kCap:
          if (segment.body.size() < 4 || segment.body.size() > 4 + 2 * 32) return corrupt();
          if ((u32(segment.body, 0) & 0x00020000U) != 0) info_.high_throughput = true;
          break;
        case kPpm:
          packed_headers_ = true;
          break;
        case kCoc:
        case kQcc:
        case kRgn:
        case kPoc:
          break;
        default:
          if (!is_droppable(segment.marker)) return corrupt();
          continue;
      }
      VG_TRY(read_style(segment));
      keep(segment.whole);
    }
    if (!styled || !quantized) return corrupt();
    if (!info_.has_tile_lengths) lengths_at_ = out_.size();
    return {};
  }

  /// Whether a segment that this reader does not keep may be left out.
  bool is_droppable(std::uint16_t marker) {
    if (marker == kSiz) return false;
    // A decoder without Part 2 would show another picture: the caller has to refuse.
    if (marker >= kPart2First && marker <= kPart2Last) info_.extended = true;
    return true;
  }

  Result<void> read_size(Bytes body) {
    if (body.size() < 36) return corrupt();
    if ((u16(body, 0) & 0x8000U) != 0) info_.extended = true;
    const std::uint64_t right = u32(body, 2), bottom = u32(body, 6), x = u32(body, 10), y = u32(body, 14);
    tile_w_ = u32(body, 18);
    tile_h_ = u32(body, 22);
    const std::uint64_t tile_x = u32(body, 26), tile_y = u32(body, 30);
    const std::size_t count = u16(body, 34);
    if (right <= x || bottom <= y || tile_w_ == 0 || tile_h_ == 0) return corrupt();
    if (tile_x > x || tile_y > y || tile_x + tile_w_ <= x || tile_y + tile_h_ <= y) return corrupt();
    if (count == 0 || count > 16384 || body.size() != 36 + 3 * count) return corrupt();
    if (right - x > limits::kMaxFrameSide || bottom - y > limits::kMaxFrameSide ||
        (right - x) * (bottom - y) > limits::kMaxFramePixels) {
      return fail(ErrorKind::Permanent, "pixel.too_large",
                  "The JPEG 2000 picture is larger than this gateway decodes.");
    }
    info_.width = static_cast<std::uint32_t>(right - x);
    info_.height = static_cast<std::uint32_t>(bottom - y);
    const std::uint64_t tiles = ceil_div(right - tile_x, tile_w_) * ceil_div(bottom - tile_y, tile_h_);
    if (tiles > kMaxTiles) return excessive();
    parts_of_.resize(static_cast<std::size_t>(tiles));
    tile_w_ = std::min<std::uint64_t>(tile_w_, info_.width);
    tile_h_ = std::min<std::uint64_t>(tile_h_, info_.height);
    for (std::size_t i = 0; i < count; ++i) {
      const auto depth = u8(body, 36 + 3 * i);
      const J2kComponent component{static_cast<int>(depth & 0x7FU) + 1, (depth & 0x80U) != 0,
                                   static_cast<int>(u8(body, 37 + 3 * i)), static_cast<int>(u8(body, 38 + 3 * i))};
      if (depth == 0xFF) return unsupported();
      if (component.bits > 38 || component.dx == 0 || component.dy == 0) return corrupt();
      info_.components.push_back(component);
    }
    return {};
  }

  /// Bytes of a component number in COC, QCC, RGN.
  std::size_t component_bytes() const { return info_.components.size() < 257 ? 1 : 2; }

  /// What a kept segment says about loss, colour and cost.
  Result<void> read_style(const Segment& segment) {
    const Bytes body = segment.body;
    if (segment.marker == kCod) {
      if (body.size() < 10) return corrupt();
      const auto transform = u8(body, 4);
      if (transform > 1) return unsupported();
      const bool on = transform == 1;
      if (layers_ != 0 && on != info_.color_transform) info_.mixed_transform = true;
      info_.color_transform = info_.color_transform || on;
      layers_ = u16(body, 2);
      if (layers_ == 0) return corrupt();
      most_layers_ = std::max(most_layers_, layers_);
      marked_packets_ = marked_packets_ || (u8(body, 0) & 6U) != 0;
      return read_coding(body.subspan(5), (u8(body, 0) & 1U) != 0);
    }
    if (segment.marker == kCoc) {
      const auto skip = component_bytes();
      if (body.size() < skip + 6) return corrupt();
      return read_coding(body.subspan(skip + 1), (u8(body, skip) & 1U) != 0);
    }
    if (segment.marker == kQcd || segment.marker == kQcc) {
      const auto skip = segment.marker == kQcd ? 0 : component_bytes();
      if (body.size() < skip + 2 || body.size() > skip + kMaxQuantization) return corrupt();
      if ((u8(body, skip) & 0x1FU) != 0) info_.reversible = false;
    }
    return {};
  }

  /// SPcod, SPcoc: levels, code block size and style, wavelet, precincts. Counted as if all tiles and components were
  /// coded so.
  Result<void> read_coding(Bytes body, bool has_precincts) {
    const auto levels = u8(body, 0);
    const auto block_w = (u8(body, 1) & 0xFU) + 2, block_h = (u8(body, 2) & 0xFU) + 2;
    if (levels > kMaxLevels || block_w > 10 || block_h > 10 || block_w + block_h > 12) return corrupt();
    if ((u8(body, 3) & 0xC0U) != 0) info_.high_throughput = true;
    if (u8(body, 4) > 1) return unsupported();
    if (u8(body, 4) == 0) info_.reversible = false;
    if (body.size() != 5 + (has_precincts ? 1 + levels : 0)) return corrupt();
    std::uint64_t precincts = 0, blocks = 0;
    for (unsigned level = 0; level <= levels; ++level) {
      const auto size = has_precincts ? u8(body, 5 + level) : 0xFFU;
      const unsigned precinct_w = size & 0xFU, precinct_h = size >> 4;
      const unsigned band = level == 0 ? 0 : 1;  // other resolutions than the lowest have bands of half their size
      if (precinct_w < band || precinct_h < band) return corrupt();
      const auto w = ceil_shift(tile_w_, levels - level), h = ceil_shift(tile_h_, levels - level);
      precincts += ceil_shift(w, precinct_w) * ceil_shift(h, precinct_h);
      blocks += (band == 0 ? 1 : 3) * ceil_shift(ceil_shift(w, band), std::min(block_w, precinct_w - band)) *
                ceil_shift(ceil_shift(h, band), std::min(block_h, precinct_h - band));
    }
    const std::uint64_t times = parts_of_.size() * info_.components.size();
    const std::uint64_t samples = std::uint64_t{info_.width} * info_.height * info_.components.size();
    if ((precincts + blocks) * times > kFreeStructures + samples / kSamplesPerStructure) return excessive();
    if (precincts * times * std::max<std::uint64_t>(1, layers_) > kFreePackets + in_.size()) return excessive();
    structures_ = std::max(structures_, precincts * times);
    return {};
  }

  Result<void> read_tile_parts() {
    bool open_ended = false;
    while (left(2) && u16(in_, at_) != kEoc) {
      if (open_ended || u16(in_, at_) != kSot) return corrupt();
      VG_ASSIGN(open_ended, read_tile_part());
    }
    // A lost EOC costs nothing where the lengths say that all is there; one byte may be the fragment's padding.
    if (!left(2) && (open_ended || (left(1) && in_[at_] != 0))) return corrupt();
    for (const auto& parts : parts_of_) {
      if (parts.found == 0 || parts.found < parts.promised) return corrupt();
    }
    // Tile-parts may raise the number of layers after precincts were counted with fewer, and the other way round.
    if (structures_ * most_layers_ > kFreePackets + in_.size()) return excessive();
    return {};
  }

  /// True when the part has no length of its own and runs to EOC.
  Result<bool> read_tile_part() {
    const std::size_t start = at_;
    const bool was_ht = info_.high_throughput;
    if (!left(kSotBytes + 2) || u16(in_, at_ + 2) != 10) return corrupt();
    const auto tile = u16(in_, at_ + 4);
    const auto length = u32(in_, at_ + 6);
    if (tile >= parts_of_.size()) return corrupt();
    auto& parts = parts_of_[tile];
    if (++parts.found > kMaxTileParts) return corrupt();
    parts.promised = std::max(parts.promised, static_cast<int>(u8(in_, at_ + 11)));
    if (length != 0 && (length < kSotBytes + 2 || length > in_.size() - start)) return corrupt();
    const std::size_t limit = length == 0 ? in_.size() : start + length;

    const std::size_t kept_from = out_.size();
    keep(in_.subspan(start, kSotBytes));
    at_ += kSotBytes;
    std::vector<Segment> packet_lengths;
    bool packed = packed_headers_;
    VG_TRY(read_tile_header(limit, packet_lengths, packed));
    if (info_.high_throughput != was_ht) return corrupt();  // the main header did not announce it
    at_ += 2;
    std::size_t end = limit;
    if (length == 0) {
      VG_ASSIGN(end, find_end(at_));
    }
    const auto data = in_.subspan(at_, end - at_);
    if (info_.high_throughput) VG_TRY(check_ht_data(data));
    if (!packed && adds_up(packet_lengths, data.size())) {
      for (const auto& segment : packet_lengths) keep(segment.whole);
    }
    put(out_, kSod, 2);
    keep(data);
    at_ = end;
    const std::uint64_t kept = out_.size() - kept_from;
    for (int i = 0; i < 4; ++i)
      out_[kept_from + 6 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(kept >> (24 - 8 * i));
    tile_parts_.push_back({tile, kept});
    return length == 0;
  }

  /// To the SOD marker, which must lie before `limit`.
  Result<void> read_tile_header(std::size_t limit, std::vector<Segment>& packet_lengths, bool& packed) {
    while (limit - at_ >= 2 && u16(in_, at_) != kSod) {
      VG_ASSIGN(const Segment segment, next(limit));
      switch (segment.marker) {
        case kPlt:
          packet_lengths.push_back(segment);
          continue;
        case kPpt:
          packed = true;
          break;
        case kCod:
        case kCoc:
        case kQcd:
        case kQcc:
        case kRgn:
        case kPoc:
          break;
        default:
          if (!is_droppable(segment.marker)) return corrupt();
          continue;
      }
      VG_TRY(read_style(segment));
      keep(segment.whole);
    }
    if (limit - at_ < 2) return corrupt();
    return {};
  }

  /// EOC after the data of the last tile-part. No packet holds a marker above 0xFF8F except SOP and EPH.
  Result<std::size_t> find_end(std::size_t from) const {
    for (std::size_t i = from; i + 1 < in_.size(); ++i) {
      const auto* hit = static_cast<const std::uint8_t*>(std::memchr(in_.data() + i, 0xFF, in_.size() - 1 - i));
      if (hit == nullptr) break;
      i = static_cast<std::size_t>(hit - in_.data());
      const auto code = u16(in_, i);
      if (code == kEoc) return i;
      if (code > 0xFF8F && code != kSop && code != kEph && code != 0xFFFF) return corrupt();
    }
    return corrupt();
  }

  /// HT code blocks hold no marker codes, and no tile-part ends in the middle of one. OpenJPEG aborts the process on
  /// those that do, so SOP and EPH, which would hide them, are not taken either.
  Result<void> check_ht_data(Bytes data) const {
    if (marked_packets_) return unsupported();
    for (std::size_t i = 0; i < data.size(); ++i) {
      const auto* hit = static_cast<const std::uint8_t*>(std::memchr(data.data() + i, 0xFF, data.size() - i));
      if (hit == nullptr) break;
      i = static_cast<std::size_t>(hit - data.data());
      if (i + 1 == data.size() || data[i + 1] > 0x8F) return corrupt();
    }
    return {};
  }

  /// Whether PLT (A.7.3) lists packets that fill the tile-part exactly: otherwise it is wrong, or no list at all.
  static bool adds_up(const std::vector<Segment>& segments, std::size_t size) {
    std::uint64_t sum = 0;
    for (const auto& segment : segments) {
      if (segment.body.size() < 2) return false;
      std::uint64_t packet = 0;
      for (const auto byte : segment.body.subspan(1)) {
        packet = (packet << 7) | (byte & 0x7FU);
        if (packet > size) return false;
        if ((byte & 0x80U) != 0) continue;
        sum += packet;
        packet = 0;
      }
      if ((segment.body.back() & 0x80U) != 0) return false;
    }
    return sum == size;
  }

  /// A.7.1, with 16-bit tile numbers and 32-bit lengths.
  Result<void> insert_tile_lengths() {
    if (tile_lengths_ == TileLengths::AsFound && !info_.has_tile_lengths) return {};
    constexpr std::size_t kPerSegment = (65535 - 4) / 6;
    if (tile_parts_.size() > kPerSegment * 255) return excessive();
    std::vector<std::uint8_t> made;
    for (std::size_t from = 0; from < tile_parts_.size(); from += kPerSegment) {
      const std::size_t count = std::min(kPerSegment, tile_parts_.size() - from);
      put(made, kTlm, 2);
      put(made, 4 + 6 * count, 2);
      put(made, from / kPerSegment, 1);
      put(made, 0x60, 1);
      for (const auto& part : std::span(tile_parts_).subspan(from, count)) {
        put(made, part.tile, 2);
        put(made, part.length, 4);
      }
    }
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(lengths_at_), made.begin(), made.end());
    return {};
  }

  struct Parts {
    int found = 0, promised = 0;
  };

  Bytes in_;
  TileLengths tile_lengths_;
  std::size_t at_ = 0;
  std::vector<std::uint8_t> out_;
  J2kInfo info_;
  std::uint64_t tile_w_ = 0, tile_h_ = 0;
  std::uint64_t layers_ = 0, most_layers_ = 0, structures_ = 0;
  bool packed_headers_ = false;
  bool marked_packets_ = false;  ///< SOP or EPH
  std::vector<Parts> parts_of_;  ///< by tile
  std::vector<TilePart> tile_parts_;
  std::size_t lengths_at_ = 0;  ///< where TLM belongs in `out_`
};

}  // namespace

Result<J2kStream> read_j2k(std::span<const std::uint8_t> frame, TileLengths tile_lengths) {
  VG_ASSIGN(const auto codestream, unwrapped(frame));
  return Reader(codestream, tile_lengths).read();
}

}  // namespace veilgate::pixel
