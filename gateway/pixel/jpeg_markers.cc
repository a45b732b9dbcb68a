#include "pixel/jpeg_markers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr int kApp0 = 0xE0, kApp8 = 0xE8, kApp14 = 0xEE;
constexpr int kSoi = 0xD8, kEoi = 0xD9, kSos = 0xDA, kDqt = 0xDB, kDri = 0xDD, kDht = 0xC4, kCom = 0xFE;
constexpr int kSof55 = 0xF7, kLse = 0xF8;
/// Categories of differences: 0 to 16 (T.81 H.1.2.2). Larger values of a lossless table could only be a message.
constexpr int kMaxLosslessCategory = 16;
constexpr int kProgressive = 2, kLossless = 3;
/// Encoders make 10 to 20; each costs a pass over the picture.
constexpr std::size_t kMaxProgressiveScans = 64;

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.jpeg_corrupt", "The JPEG stream is damaged or incomplete.");
}
tl::unexpected<Error> unsupported() {
  return fail(ErrorKind::Refused, "pixel.unsupported",
              "The JPEG stream uses a process or a number of components that cannot be masked yet.");
}

int word(Bytes bytes, std::size_t at) { return (bytes[at] << 8) | bytes[at + 1]; }

bool starts_with(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

struct Component {
  int id, quantisation;
  bool scanned = false;
};

/// A table as it was last defined; `changed` until it is written.
struct Table {
  std::vector<std::uint8_t> bytes;  ///< from Tc/Th or Pq/Tq on
  bool changed = false;
};

class Walker {
 public:
  Walker(Bytes stream, JpegFamily family) : stream_(stream), family_(family) {}
  Result<JpegStream> run();

 private:
  Result<int> next_marker();
  Result<Bytes> payload();
  Result<void> segment(int marker, Bytes body);
  Result<void> frame_header(int marker, Bytes body);
  Result<void> huffman_tables(Bytes body);
  Result<void> quantisation_tables(Bytes body);
  void application(int marker, Bytes body);
  Result<void> scan(Bytes body);
  Result<void> use_tables(int tables, Bytes selection);
  static Result<void> check_lossless_table(const Table& table);
  Result<void> use(std::array<Table, 8>& tables, std::size_t index, int marker);
  Result<Bytes> entropy_coded();
  void write(int marker, Bytes body);
  void write_application();

  Bytes stream_;
  JpegFamily family_;
  std::size_t at_ = 0;
  JpegStream out_;
  std::vector<Component> components_;
  std::array<Table, 8> huffman_;       ///< class * 4 + id
  std::array<Table, 8> quantisation_;  ///< by id, 0 to 3
  std::vector<std::uint8_t> jfif_, adobe_, transform_;
};

Result<JpegStream> Walker::run() {
  if (stream_.size() < 4 || word(stream_, 0) != (0xFF00 | kSoi)) return corrupt();
  at_ = 2;
  out_.clean.reserve(stream_.size());
  out_.clean = {0xFF, kSoi};
  for (;;) {
    VG_ASSIGN(const int marker, next_marker());
    if (marker == kEoi) break;
    VG_ASSIGN(const auto body, payload());
    VG_TRY(segment(marker, body));
  }
  const bool complete = std::ranges::all_of(components_, [](const Component& one) { return one.scanned; });
  if (components_.empty() || !complete) return corrupt();
  out_.clean.insert(out_.clean.end(), {0xFF, kEoi});
  return std::move(out_);
}

/// Fill bytes before a marker are allowed (T.81 B.1.1.2).
Result<int> Walker::next_marker() {
  if (at_ >= stream_.size() || stream_[at_] != 0xFF) return corrupt();
  while (at_ < stream_.size() && stream_[at_] == 0xFF) ++at_;
  if (at_ >= stream_.size()) return corrupt();
  return stream_[at_++];
}

Result<Bytes> Walker::payload() {
  if (stream_.size() - at_ < 2) return corrupt();
  const auto length = static_cast<std::size_t>(word(stream_, at_));
  if (length < 2 || length > stream_.size() - at_) return corrupt();
  const Bytes body = stream_.subspan(at_ + 2, length - 2);
  at_ += length;
  return body;
}

Result<void> Walker::segment(int marker, Bytes body) {
  const bool ls = family_ == JpegFamily::Ls;
  if (marker >= kApp0 && marker <= kApp0 + 15) {
    application(marker, body);
    return {};
  }
  if (marker == kCom) return {};
  if (marker == kSos) return scan(body);
  if (marker == kDri && body.size() >= 2 && body.size() <= (ls ? 4U : 2U)) {
    write(marker, body);
    return {};
  }
  if (ls && marker == kSof55) return frame_header(marker, body);
  // Preset coding parameters; the other kinds (palettes, oversize) no decoder here reads.
  if (ls && marker == kLse) {
    if (body.size() != 11 || body[0] != 1) return unsupported();
    write(marker, body);
    return {};
  }
  if (!ls && marker >= 0xC0 && marker <= 0xC3) return frame_header(marker, body);
  if (!ls && marker == kDht) return huffman_tables(body);
  if (!ls && marker == kDqt) return quantisation_tables(body);
  const bool other_process = (marker >= 0xC0 && marker <= 0xCF) || marker == kSof55;
  if (other_process) return unsupported();
  return corrupt();
}

Result<void> Walker::frame_header(int marker, Bytes body) {
  if (!components_.empty() || body.size() < 6) return corrupt();
  out_.process = marker - 0xC0;
  out_.precision = body[0];
  out_.height = word(body, 1);
  out_.width = word(body, 3);
  out_.components = body[5];
  if (body.size() != 6 + 3 * static_cast<std::size_t>(out_.components)) return corrupt();
  if (out_.components != 1 && out_.components != 3) return unsupported();
  if (out_.width == 0 || out_.height == 0) return corrupt();
  for (std::size_t i = 6; i < body.size(); i += 3) {
    const bool repeated = std::ranges::any_of(components_, [&](const Component& other) { return other.id == body[i]; });
    const int across = body[i + 1] >> 4;
    const int down = body[i + 1] & 15;
    if (repeated || across < 1 || across > 4 || down < 1 || down > 4 || body[i + 2] > 3) return corrupt();
    // One component is never interleaved; what its factors say does not count.
    if (out_.components > 1 && body[i + 1] != 0x11) out_.subsampled = true;
    components_.push_back({body[i], body[i + 2]});
  }
  write_application();
  write(marker, body);
  return {};
}

Result<void> Walker::huffman_tables(Bytes body) {
  while (!body.empty()) {
    if (body.size() < 17 || (body[0] >> 4) > 1 || (body[0] & 15) > 3) return corrupt();
    std::size_t count = 0;
    for (std::size_t length = 1; length <= 16; ++length) count += body[length];
    if (count > 256 || body.size() < 17 + count) return corrupt();
    auto& table = huffman_[static_cast<std::size_t>(body[0] >> 4) * 4 + (body[0] & 15U)];
    table.bytes.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(17 + count));
    table.changed = true;
    body = body.subspan(17 + count);
  }
  return {};
}

Result<void> Walker::quantisation_tables(Bytes body) {
  while (!body.empty()) {
    const std::size_t size = 1 + ((body[0] >> 4) != 0 ? 128U : 64U);
    if ((body[0] >> 4) > 1 || (body[0] & 15) > 3 || body.size() < size) return corrupt();
    const bool deep = (body[0] >> 4) != 0;
    for (std::size_t i = 1; i < size; i += deep ? 2 : 1) {
      if (body[i] == 0 && (!deep || body[i + 1] == 0)) return corrupt();  // 1 and up: T.81 B.2.4.1
    }
    auto& table = quantisation_[body[0] & 15U];
    table.bytes.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    table.changed = true;
    body = body.subspan(size);
  }
  return {};
}

/// What tells colours is kept, in its shortest form; the frame header comes after it.
void Walker::application(int marker, Bytes body) {
  if (!components_.empty()) return;
  if (family_ == JpegFamily::Ls) {
    if (marker == kApp8 && body.size() == 5 && starts_with(body, "mrfx")) transform_.assign(body.begin(), body.end());
    return;
  }
  if (marker == kApp0 && body.size() >= 14 && starts_with(body, std::string_view("JFIF\0", 5))) {
    jfif_.assign(body.begin(), body.begin() + 12);
    jfif_.insert(jfif_.end(), {0, 0});  // no thumbnail
    if (out_.colors == JpegStream::Colors::Unmarked) out_.colors = JpegStream::Colors::Ybr;
  }
  if (marker == kApp14 && body.size() >= 12 && starts_with(body, "Adobe")) {
    adobe_ = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, body[11]};
    out_.colors = body[11] == 0 ? JpegStream::Colors::Rgb : JpegStream::Colors::Ybr;
  }
}

Result<void> Walker::scan(Bytes body) {
  const std::size_t count = body.empty() ? 0 : body[0];
  if (components_.empty() || count < 1 || count > components_.size() || body.size() != 4 + 2 * count) return corrupt();
  for (std::size_t i = 1; i <= 2 * count; i += 2) {
    const auto component = std::ranges::find_if(components_, [&](const Component& one) { return one.id == body[i]; });
    // Only progressive pictures show a component more than once, and its DC first.
    if (component == components_.end()) return corrupt();
    const bool first = out_.process != kProgressive || body[2 * count + 1] == 0;
    if (component->scanned ? first && out_.process != kProgressive : !first) return corrupt();
    component->scanned = true;
    if (family_ == JpegFamily::Ls) {
      if (body[i + 1] != 0) return unsupported();  // a palette
      continue;
    }
    if (out_.process != kLossless) {
      VG_TRY(use(quantisation_, static_cast<std::size_t>(component->quantisation), kDqt));
    }
    VG_TRY(use_tables(body[i + 1], body.last(3)));
  }
  if (out_.scans.size() == kMaxProgressiveScans) {
    return fail(ErrorKind::Permanent, "pixel.jpeg_corrupt", "The JPEG stream has more scans than its picture needs.");
  }
  out_.scans.push_back({body[2 * count + 1], body[2 * count + 2], body[2 * count + 3] & 15});
  write(kSos, body);
  VG_ASSIGN(const auto data, entropy_coded());
  out_.clean.insert(out_.clean.end(), data.begin(), data.end());
  return {};
}

/// `selection`: Ss, Se, Ah and Al of the scan.
Result<void> Walker::use_tables(int tables, Bytes selection) {
  const int dc = tables >> 4;
  const int ac = tables & 15;
  if (dc > 3 || ac > 3) return corrupt();
  const bool progressive = out_.process == kProgressive;
  const bool refinement = progressive && (selection[2] >> 4) != 0;
  // A refinement of DC has raw bits only.
  if (selection[0] == 0 || !progressive) {
    if (!refinement) VG_TRY(use(huffman_, static_cast<std::size_t>(dc), kDht));
  }
  if (out_.process == kLossless) return check_lossless_table(huffman_[static_cast<std::size_t>(dc)]);
  if (progressive && selection[0] == 0) return {};
  return use(huffman_, static_cast<std::size_t>(4 + ac), kDht);
}

Result<void> Walker::check_lossless_table(const Table& table) {
  const bool plain =
      std::all_of(table.bytes.begin() + 17, table.bytes.end(), [](int value) { return value <= kMaxLosslessCategory; });
  if (!plain) return corrupt();
  return {};
}

Result<void> Walker::use(std::array<Table, 8>& tables, std::size_t index, int marker) {
  Table& table = tables[index];
  if (table.bytes.empty()) return corrupt();
  if (table.changed) write(marker, table.bytes);
  table.changed = false;
  return {};
}

/// Up to the next marker that is no restart.
Result<Bytes> Walker::entropy_coded() {
  const std::size_t start = at_;
  const int data_below = family_ == JpegFamily::Ls ? 0x80 : 0x01;
  while (at_ + 1 < stream_.size()) {
    const auto* found =
        static_cast<const std::uint8_t*>(std::memchr(stream_.data() + at_, 0xFF, stream_.size() - 1 - at_));
    if (found == nullptr) break;
    at_ = static_cast<std::size_t>(found - stream_.data());
    const int next = stream_[at_ + 1];
    if (next >= data_below && (next < 0xD0 || next > 0xD7)) return stream_.subspan(start, at_ - start);
    at_ += 2;
  }
  return corrupt();
}

void Walker::write(int marker, Bytes body) {
  const std::size_t length = body.size() + 2;
  out_.clean.insert(out_.clean.end(), {0xFF, static_cast<std::uint8_t>(marker), static_cast<std::uint8_t>(length >> 8),
                                       static_cast<std::uint8_t>(length & 255)});
  out_.clean.insert(out_.clean.end(), body.begin(), body.end());
}

void Walker::write_application() {
  if (!jfif_.empty()) write(kApp0, jfif_);
  if (!adobe_.empty()) write(kApp14, adobe_);
  if (!transform_.empty()) write(kApp8, transform_);
}

}  // namespace

Result<JpegStream> read_jpeg_stream(Bytes stream, JpegFamily family) { return Walker(stream, family).run(); }

int peek_jpeg_precision(Bytes stream) {
  std::size_t at = 2;
  while (at + 4 < stream.size() && stream[at] == 0xFF) {
    const int marker = stream[at + 1];
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != kDht && marker != 0xC8 && marker != 0xCC;
    if (frame) return stream[at + 4];
    at += 2 + static_cast<std::size_t>(word(stream, at + 2));
  }
  return 0;
}

}  // namespace veilgate::pixel
