#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrleenc.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "pixel/codecs/codecs.h"
#include "pixel/codecs/sample_codec.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kMaxSegments = 15;

tl::unexpected<Error> corrupt() {
  return fail(ErrorKind::Permanent, "pixel.rle_corrupt", "The RLE stream is damaged or incomplete.");
}

std::uint32_t header_word(Bytes stream, std::size_t index) {
  std::uint32_t value = 0;
  std::memcpy(&value, stream.data() + 4 * index, 4);
  return value;
}

std::size_t pixels_of(const Layout& layout) {
  return static_cast<std::size_t>(layout.rows) * static_cast<std::size_t>(layout.columns);
}

/// Where the byte planes lie in the frame: segment s is byte (most significant first) of one sample (PS3.5 G.2).
struct Planes {
  std::size_t pixels, width, count, step, plane;
  explicit Planes(const Layout& layout)
      : pixels(pixels_of(layout)),
        width(static_cast<std::size_t>(layout.bits_allocated) / 8),
        count(width * static_cast<std::size_t>(layout.samples)),
        step(layout.planar ? width : count),
        plane(layout.planar ? pixels * width : width) {}
  std::size_t start(std::size_t segment) const { return segment / width * plane + (width - 1 - segment % width); }
};

struct Segments {
  std::vector<Bytes> segments;
  bool exact = true;  ///< no byte of the stream lies outside of them
};

Result<Segments> read_header(Bytes stream, std::size_t expected) {
  if (stream.size() < kHeaderBytes || expected > kMaxSegments || header_word(stream, 0) != expected) return corrupt();
  Segments out;
  out.exact = header_word(stream, 1) == kHeaderBytes;
  for (std::size_t i = 1; i <= kMaxSegments; ++i) {
    const std::uint32_t from = header_word(stream, i);
    if (i > expected) {
      out.exact = out.exact && from == 0;
      continue;
    }
    const std::size_t to = i == expected ? stream.size() : header_word(stream, i + 1);
    if (from < kHeaderBytes || to <= from || to > stream.size()) return corrupt();
    out.segments.push_back(stream.subspan(from, to - from));
  }
  return out;
}

/// PackBits into every `step`-th byte; true when `in` held nothing else but one pad byte to an even length. Written
/// here since DCMTK's decoder takes the byte 128, which means nothing (PS3.5 G.3.2), for a run, and does not tell where
/// the pixels ended.
Result<bool> unpack(Bytes in, std::uint8_t* out, std::size_t step, std::size_t pixels) {
  std::size_t at = 0;
  std::size_t done = 0;
  bool exact = true;
  while (done < pixels) {
    if (at + 1 >= in.size()) return corrupt();
    const unsigned control = in[at++];
    if (control == 128) {
      exact = false;
      continue;
    }
    const bool literal = control < 128;
    const std::size_t count = literal ? control + 1 : 257 - control;
    if (count > pixels - done || (literal && count > in.size() - at)) return corrupt();
    for (std::size_t i = 0; i < count; ++i) out[(done + i) * step] = in[literal ? at + i : at];
    done += count;
    at += literal ? count : 1;
  }
  return exact && (at == in.size() || (at + 1 == in.size() && in[at] == 0));
}

class RleCoder final : public SampleCoder {
 public:
  std::string_view name() const override { return "rle"; }
  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 1> kSyntaxes{"1.2.840.10008.1.2.5"};
    return kSyntaxes;
  }
  std::string_view start() const override { return {}; }
  std::string_view lossy_method() const override { return {}; }
  std::string_view lossless_syntax(std::string_view syntax) const override { return syntax; }

  Result<Decoded> decode(Bytes stream, const Layout& layout, std::string_view) const override {
    static constexpr std::array<std::string_view, 5> kShown{"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB",
                                                            "YBR_FULL"};
    if (std::ranges::find(kShown, layout.photometric) == kShown.end()) {
      return fail(ErrorKind::Refused, "pixel.unsupported", "This Photometric Interpretation cannot be masked in RLE.");
    }
    Decoded out;
    out.layout = layout;
    out.layout.frames = 1;
    out.layout.planar = true;  // as the segments lie
    const Planes planes(out.layout);
    VG_ASSIGN(const auto header, read_header(stream, planes.count));
    // Two bytes make 128 at most: a huge frame over a small stream ends here, before memory is taken.
    if (stream.size() < planes.count * planes.pixels / 64) return corrupt();
    out.samples.resize(data_bytes(out.layout));
    out.recode = !header.exact;
    for (std::size_t i = 0; i < planes.count; ++i) {
      VG_ASSIGN(const bool exact,
                unpack(header.segments[i], out.samples.data() + planes.start(i), planes.step, planes.pixels));
      out.recode = out.recode || !exact;
    }
    return out;
  }

  Result<std::vector<std::uint8_t>> encode(const Layout& layout, Bytes samples, std::string_view,
                                           std::string_view) const override {
    const Planes planes(layout);
    std::vector<std::uint8_t> out(kHeaderBytes);
    std::vector<std::uint8_t> row(static_cast<std::size_t>(layout.columns));
    out[0] = static_cast<std::uint8_t>(planes.count);
    for (std::size_t i = 0; i < planes.count; ++i) {
      const auto offset = static_cast<std::uint32_t>(out.size());
      std::memcpy(out.data() + 4 * (i + 1), &offset, 4);
      DcmRLEEncoder encoder(1);  // pads to even
      const auto* from = samples.data() + planes.start(i);
      for (int y = 0; y < layout.rows; ++y, from += row.size() * planes.step) {
        for (std::size_t x = 0; x < row.size(); ++x) row[x] = from[x * planes.step];
        encoder.add(row.data(), row.size());
        encoder.flush();  // no run crosses a row (PS3.5 G.3.1)
      }
      if (encoder.fail()) return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory for a frame.");
      const std::size_t size = encoder.size();
      out.resize(offset + size);
      encoder.write(out.data() + offset);
    }
    return out;
  }

  /// decode() asks for new streams where anything else than samples is in them.
  Result<std::vector<std::uint8_t>> clean(Bytes stream) const override {
    return std::vector<std::uint8_t>(stream.begin(), stream.end());
  }
};
}  // namespace

const Codec& rle_codec() {
  static const RleCoder coder;
  static const SampleCodec codec(coder);
  return codec;
}

}  // namespace veilgate::pixel
