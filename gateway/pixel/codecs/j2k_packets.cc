#include "pixel/codecs/j2k_packets.h"

#include <array>
#include <bit>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "pixel/codecs/j2k_packet_bits.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

/// Each goes over all packets again; encoders write one or two.
constexpr std::size_t kMaxOrderChanges = 32;
/// Missing bit planes of a block: 38 bits, guard bits and the shift of a region of interest.
constexpr int kMaxMissingPlanes = 128;
constexpr unsigned kMaxLengthBits = 32;

enum Marker : unsigned {
  kSiz = 0xFF51,
  kCod = 0xFF52,
  kCoc = 0xFF53,
  kPoc = 0xFF5F,
  kPpm = 0xFF60,
  kPpt = 0xFF61,
  kSot = 0xFF90,
  kSop = 0xFF91,
  kEph = 0xFF92,
  kSod = 0xFF93,
  kEoc = 0xFFD9,
};
enum Order : unsigned { kLrcp, kRlcp, kRpcl, kPcrl, kCprl };
/// Code block styles (Table A.19, 15444-15 Table A.4).
constexpr unsigned kBypass = 0x01, kTerminateAll = 0x04, kHighThroughput = 0x40;

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.j2k_corrupt",
              "The JPEG 2000 data are not those of a picture of this size: packets are missing or left over.");
}
tl::unexpected<Error> unsupported() {
  return fail(ErrorKind::Refused, "pixel.unsupported",
              "The JPEG 2000 codestream keeps its packet headers elsewhere, which cannot be checked yet.");
}

unsigned u8(Bytes bytes, std::size_t at) { return bytes[at]; }
unsigned u16(Bytes bytes, std::size_t at) { return u8(bytes, at) << 8 | u8(bytes, at + 1); }
std::int64_t u32(Bytes bytes, std::size_t at) {
  return static_cast<std::int64_t>(u16(bytes, at)) << 16 | u16(bytes, at + 2);
}

std::int64_t ceil_div(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }
std::int64_t ceil_shift(std::int64_t value, unsigned by) {
  return (value + (std::int64_t{1} << by) - 1) >> by;  // also for negative ones
}

/// Right and bottom exclusive.
struct Rect {
  std::int64_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool empty() const { return x1 <= x0 || y1 <= y0; }
};

struct Size {
  Rect picture;
  std::int64_t tile_x = 0, tile_y = 0, tile_w = 1, tile_h = 1;
  std::vector<std::pair<int, int>> steps;  ///< XRsiz and YRsiz of each component
  Rect tile(std::size_t index) const {
    const auto across = static_cast<std::size_t>(ceil_div(picture.x1 - tile_x, tile_w));
    const auto left = tile_x + static_cast<std::int64_t>(index % across) * tile_w;
    const auto top = tile_y + static_cast<std::int64_t>(index / across) * tile_h;
    return {std::max(left, picture.x0), std::max(top, picture.y0), std::min(left + tile_w, picture.x1),
            std::min(top + tile_h, picture.y1)};
  }
};

/// SPcod or SPcoc.
struct Coding {
  unsigned levels = 0, block_w = 6, block_h = 6, style = 0;
  std::vector<std::uint8_t> precincts;  ///< PPx and PPy by resolution; empty: 15
  static Coding read(Bytes body, bool has_precincts) {
    Coding out{u8(body, 0), (u8(body, 1) & 15U) + 2, (u8(body, 2) & 15U) + 2, u8(body, 3), {}};
    if (has_precincts) out.precincts.assign(body.begin() + 5, body.end());
    return out;
  }
};

struct OrderChange {
  std::size_t first_resolution, first_component, layers_end, resolution_end, component_end;
  unsigned order;
};

/// COD, COC and POC of one header, as far as they stand there.
struct Style {
  std::optional<Coding> coding;
  std::size_t layers = 0;
  unsigned order = 0;
  bool sop = false, eph = false;
  std::map<std::size_t, Coding> components;
  std::vector<OrderChange> changes;

  void take(unsigned marker, Bytes body, std::size_t component_count) {
    const std::size_t number = component_count < 257 ? 1 : 2;
    if (marker == kCod) {
      order = u8(body, 1);
      layers = u16(body, 2);
      sop = (u8(body, 0) & 2U) != 0;
      eph = (u8(body, 0) & 4U) != 0;
      coding = Coding::read(body.subspan(5), (u8(body, 0) & 1U) != 0);
    } else if (marker == kCoc) {
      components[number == 1 ? u8(body, 0) : u16(body, 0)] =
          Coding::read(body.subspan(number + 1), (u8(body, number) & 1U) != 0);
    } else if (marker == kPoc) {
      for (std::size_t at = 0, entry = 5 + 2 * number; at + entry <= body.size(); at += entry) {
        const auto component = [&](std::size_t from) { return number == 1 ? u8(body, from) : u16(body, from); };
        const std::size_t end = component(at + 4 + number);
        changes.push_back({u8(body, at), component(at + 1), u16(body, at + 1 + number), u8(body, at + 3 + number),
                           end == 0 ? 256 : end, u8(body, at + 4 + 2 * number)});
      }
    }
  }
};

struct Block {
  bool included = false;
  unsigned length_bits = 3;
  unsigned segment = 0;           ///< index
  unsigned passes = 0, most = 0;  ///< in this segment, and how many it may have
  void begin(unsigned index, unsigned style) {
    if ((style & kTerminateAll) != 0) {
      most = 1;
    } else if ((style & kBypass) != 0) {
      most = index == 0 ? 10 : (most == 1 || most == 10) ? 2 : 1;
    } else {
      most = 109;  // (B.10.6)
    }
    segment = index;
    passes = 0;
  }
};

/// The blocks of one precinct in one band.
struct Part {
  std::size_t width, height;
  std::vector<Block> blocks;
  TagTree inclusion, missing_planes;
  Part(std::size_t w, std::size_t h) : width(w), height(h), blocks(w * h), inclusion(w, h), missing_planes(w, h) {}
};

struct Precinct {
  std::size_t component, resolution, index;
  std::int64_t x, y;  ///< on the reference grid
  unsigned style;
  std::vector<Part> parts;
  std::size_t layers_done = 0;
};

unsigned pass_count(PacketBits& bits) {
  if (bits.bit() == 0) return 1;
  if (bits.bit() == 0) return 2;
  auto more = static_cast<unsigned>(bits.bits(2));
  if (more != 3) return 3 + more;
  more = static_cast<unsigned>(bits.bits(5));
  if (more != 31) return 6 + more;
  return 37 + static_cast<unsigned>(bits.bits(7));
}

/// One tile: its packets, in order, against its bytes.
class TileWalk {
 public:
  TileWalk(const Size& size, std::size_t index, const Style& main, const Style& own)
      : size_(size), area_(size.tile(index)), main_(main), own_(own), cod_(own.coding ? own : main) {}

  Result<void> run(Bytes data) {
    data_ = data;
    for (std::size_t c = 0; c < size_.steps.size(); ++c) add_component(c);
    const auto& changes = own_.changes.empty() ? main_.changes : own_.changes;
    if (changes.size() > kMaxOrderChanges) return unsupported();
    if (changes.empty()) {
      VG_TRY(walk({0, 0, cod_.layers, 33, size_.steps.size(), cod_.order}));
    }
    for (const auto& change : changes) VG_TRY(walk(change));
    for (const auto& precinct : precincts_) {
      if (precinct.layers_done != cod_.layers) return corrupt();
    }
    if (at_ != data_.size()) return corrupt();
    return {};
  }

 private:
  /// A component's own style of the tile, the tile's, the component's, the picture's (A.6.1, A.6.2).
  const Coding& coding_of(std::size_t component) const {
    if (const auto found = own_.components.find(component); found != own_.components.end()) return found->second;
    if (own_.coding) return *own_.coding;
    if (const auto found = main_.components.find(component); found != main_.components.end()) return found->second;
    return *main_.coding;
  }

  void add_component(std::size_t c) {
    const Coding& coding = coding_of(c);
    const auto [dx, dy] = size_.steps[c];
    const Rect in{ceil_div(area_.x0, dx), ceil_div(area_.y0, dy), ceil_div(area_.x1, dx), ceil_div(area_.y1, dy)};
    for (unsigned r = 0; r <= coding.levels; ++r) {
      const unsigned down = coding.levels - r;
      const Rect shape{ceil_shift(in.x0, down), ceil_shift(in.y0, down), ceil_shift(in.x1, down),
                       ceil_shift(in.y1, down)};
      if (shape.empty()) continue;
      const unsigned both = coding.precincts.empty() ? 0xFFU : coding.precincts[r];
      const unsigned w = both & 15U, h = both >> 4;
      const std::int64_t left = shape.x0 >> w, top = shape.y0 >> h;
      const std::int64_t across = ceil_shift(shape.x1, w) - left, rows = ceil_shift(shape.y1, h) - top;
      for (std::int64_t k = 0; k < across * rows; ++k) {
        const std::int64_t px = left + k % across, py = top + k / across;
        precincts_.push_back({c,
                              r,
                              static_cast<std::size_t>(k),
                              std::max(area_.x0, (px << (w + down)) * dx),
                              std::max(area_.y0, (py << (h + down)) * dy),
                              coding.style,
                              {}});
        add_parts(precincts_.back(), in, coding, r, {px, py, w, h});
      }
    }
  }

  struct Place {
    std::int64_t px, py;
    unsigned w, h;  ///< log2 of the precinct
  };
  static void add_parts(Precinct& precinct, const Rect& in, const Coding& coding, unsigned r, const Place& place) {
    const unsigned half = r == 0 ? 0 : 1;
    const unsigned depth = coding.levels - r + half;
    for (unsigned band = half; band <= 3 * half; ++band) {
      // 0: LL; 1 to 3: HL, LH, HH (B.5).
      const std::int64_t ox = (band & 1U) != 0 ? std::int64_t{1} << (depth - 1) : 0;
      const std::int64_t oy = (band & 2U) != 0 ? std::int64_t{1} << (depth - 1) : 0;
      const unsigned w = place.w - half, h = place.h - half;
      const Rect area{std::max(ceil_shift(in.x0 - ox, depth), place.px << w),
                      std::max(ceil_shift(in.y0 - oy, depth), place.py << h),
                      std::min(ceil_shift(in.x1 - ox, depth), (place.px + 1) << w),
                      std::min(ceil_shift(in.y1 - oy, depth), (place.py + 1) << h)};
      if (area.empty()) continue;
      const unsigned bw = std::min(coding.block_w, w), bh = std::min(coding.block_h, h);
      precinct.parts.emplace_back(static_cast<std::size_t>(ceil_shift(area.x1, bw) - (area.x0 >> bw)),
                                  static_cast<std::size_t>(ceil_shift(area.y1, bh) - (area.y0 >> bh)));
    }
  }

  /// B.12.1: what the loops of the standard come to, as an order of precincts.
  using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
  static Key key_of(const Precinct& p, unsigned order) {
    const auto c = static_cast<std::int64_t>(p.component), r = static_cast<std::int64_t>(p.resolution);
    const auto k = static_cast<std::int64_t>(p.index);
    switch (order) {
      case kRpcl:
        return {r, p.y, p.x, c, k};
      case kPcrl:
        return {p.y, p.x, c, r, k};
      case kCprl:
        return {c, p.y, p.x, r, k};
      default:
        return {r, c, k, 0, 0};
    }
  }

  Result<void> walk(const OrderChange& part) {
    if (part.order > kCprl) return corrupt();
    std::vector<Precinct*> chosen;
    for (auto& p : precincts_) {
      if (p.resolution >= part.first_resolution && p.resolution < part.resolution_end &&
          p.component >= part.first_component && p.component < part.component_end) {
        chosen.push_back(&p);
      }
    }
    std::ranges::sort(chosen, {}, [&](const Precinct* p) { return key_of(*p, part.order); });
    const std::size_t layers = std::min(part.layers_end, cod_.layers);
    // Layers turn slowest, within a resolution, or fastest.
    for (std::size_t from = 0; from < chosen.size();) {
      std::size_t to = part.order == kLrcp ? chosen.size() : from + 1;
      while (part.order == kRlcp && to < chosen.size() && chosen[to]->resolution == chosen[from]->resolution) ++to;
      for (std::size_t layer = 0; layer < layers; ++layer) {
        for (std::size_t i = from; i < to; ++i) {
          if (layer < chosen[i]->layers_done) continue;
          VG_TRY(read_packet(*chosen[i]));
        }
      }
      from = to;
    }
    return {};
  }

  Result<void> read_packet(Precinct& precinct) {
    if (cod_.sop && starts_with(kSop)) at_ = std::min(at_ + 6, data_.size());
    if (at_ >= data_.size()) return corrupt();
    PacketBits bits(data_, at_);
    std::uint64_t body = 0;
    if (bits.bit() != 0) {
      for (auto& part : precinct.parts) {
        for (std::size_t i = 0; i < part.blocks.size(); ++i) {
          VG_TRY(read_block(part, i, precinct, bits, body));
        }
      }
    }
    at_ = bits.end();
    if (bits.exhausted()) return corrupt();
    if (cod_.eph && starts_with(kEph)) at_ += 2;
    if (body > data_.size() - at_) return corrupt();
    at_ += static_cast<std::size_t>(body);
    ++precinct.layers_done;
    return {};
  }

  /// B.10.3 to B.10.7.
  static Result<void> read_block(Part& part, std::size_t index, const Precinct& precinct, PacketBits& bits,
                                 std::uint64_t& body) {
    Block& block = part.blocks[index];
    const std::size_t x = index % part.width, y = index / part.width;
    const auto layer = static_cast<int>(precinct.layers_done);
    if (bits.exhausted()) return corrupt();
    const bool here = block.included ? bits.bit() != 0 : part.inclusion.is_below(x, y, layer + 1, bits);
    if (!here) return {};
    if (!block.included) {
      int planes = 0;
      while (!part.missing_planes.is_below(x, y, planes + 1, bits)) {
        if (++planes > kMaxMissingPlanes || bits.exhausted()) return corrupt();
      }
      block.included = true;
      block.begin(0, precinct.style);
    } else if (block.passes == block.most) {
      block.begin(block.segment + 1, precinct.style);
    }
    unsigned passes = pass_count(bits);
    while (bits.bit() != 0) {
      if (++block.length_bits > kMaxLengthBits) return corrupt();
    }
    const bool ht = (precinct.style & kHighThroughput) != 0;
    while (passes > 0) {
      // Of HT blocks the first segment is the cleanup pass, the second all that refine it.
      const unsigned ht_count = block.segment == 0 ? 1 : passes;
      const unsigned count = ht ? ht_count : std::min(block.most - block.passes, passes);
      const unsigned length_bits = block.length_bits + static_cast<unsigned>(std::bit_width(count)) - 1;
      if (count == 0 || length_bits > kMaxLengthBits) return corrupt();
      body += bits.bits(length_bits);
      block.passes += count;
      passes -= count;
      if (passes > 0) block.begin(block.segment + 1, precinct.style);
    }
    return {};
  }

  bool starts_with(unsigned marker) const { return data_.size() - at_ >= 2 && u16(data_, at_) == marker; }

  const Size& size_;
  const Rect area_;
  const Style &main_, &own_;
  const Style& cod_;  ///< whose COD counts
  Bytes data_;
  std::size_t at_ = 0;
  std::vector<Precinct> precincts_;
};

Size read_size(Bytes body) {
  Size out;
  out.picture = {u32(body, 10), u32(body, 14), u32(body, 2), u32(body, 6)};
  out.tile_w = u32(body, 18);
  out.tile_h = u32(body, 22);
  out.tile_x = u32(body, 26);
  out.tile_y = u32(body, 30);
  for (std::size_t i = 37; i + 1 < body.size(); i += 3) {
    out.steps.emplace_back(static_cast<int>(u8(body, i)), static_cast<int>(u8(body, i + 1)));
  }
  return out;
}

struct Tile {
  Style style;
  std::vector<std::uint8_t> data;
};

}  // namespace

Result<void> check_packets(Bytes codestream) {
  Size size;
  Style main;
  std::map<unsigned, Tile> tiles;
  std::size_t at = 2;
  const auto read_headers = [&](Style& style, unsigned until) -> Result<void> {
    while (u16(codestream, at) != until) {
      const unsigned marker = u16(codestream, at);
      if (marker == kPpm || marker == kPpt) return unsupported();
      const std::size_t length = u16(codestream, at + 2);
      const Bytes body = codestream.subspan(at + 4, length - 2);
      if (marker == kSiz) {
        size = read_size(body);
      } else {
        style.take(marker, body, size.steps.size());
      }
      at += 2 + length;
    }
    return {};
  };
  VG_TRY(read_headers(main, kSot));
  while (u16(codestream, at) == kSot) {
    const std::size_t end = at + static_cast<std::size_t>(u32(codestream, at + 6));
    Tile& tile = tiles[u16(codestream, at + 4)];
    at += 12;
    VG_TRY(read_headers(tile.style, kSod));
    const auto data = codestream.subspan(at + 2, end - at - 2);
    tile.data.insert(tile.data.end(), data.begin(), data.end());
    at = end;
  }
  for (auto& [index, tile] : tiles) {
    VG_TRY(TileWalk(size, index, main, tile.style).run(tile.data));
    tile = {};
  }
  return {};
}

}  // namespace veilgate::pixel
