// Deflated Image Frame Compression (PS3.5 8.2.16, A.4.13): each frame one raw deflate stream of its native bytes.
#include <algorithm>
#include <array>

#include "base/deflate.h"
#include "pixel/codecs/codecs.h"
#include "pixel/codecs/sample_codec.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {

constexpr std::string_view kSyntax = "1.2.840.10008.1.2.8.1";

tl::unexpected<Error> inconsistent() {
  return fail(ErrorKind::Permanent, "pixel.inconsistent",
              "A deflated frame has another size than rows, columns and samples say.");
}

Result<std::vector<std::uint8_t>> deflate_frame(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint8_t> out;
  Deflater deflater([&out](std::span<const std::uint8_t> piece) -> Result<void> {
    out.insert(out.end(), piece.begin(), piece.end());
    return {};
  });
  VG_TRY(deflater.append(bytes));
  VG_TRY(deflater.finish());
  return out;
}

Result<std::vector<std::uint8_t>> inflate_frame(std::span<const std::uint8_t> stream, std::uint64_t max_bytes) {
  std::vector<std::uint8_t> out;
  VG_TRY(inflate_raw(stream, max_bytes, [&out](std::span<const std::uint8_t> piece) -> Result<void> {
    out.insert(out.end(), piece.begin(), piece.end());
    return {};
  }));
  return out;
}

class DeflatedFrameCoder final : public SampleCoder {
 public:
  std::string_view name() const override { return "deflated_frame"; }
  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 1> kSyntaxes{kSyntax};
    return kSyntaxes;
  }
  std::string_view start() const override { return {}; }
  std::string_view lossy_method() const override { return {}; }
  std::string_view lossless_syntax(std::string_view) const override { return kSyntax; }

  Result<Decoded> decode(std::span<const std::uint8_t> stream, const Layout& layout, std::string_view) const override {
    static constexpr std::array<std::string_view, 5> kKnown{"RGB", "YBR_FULL", "MONOCHROME1", "MONOCHROME2",
                                                            "PALETTE COLOR"};
    if (std::ranges::find(kKnown, layout.photometric) == kKnown.end() ||
        (layout.bits_allocated == 1 && !layout.photometric.starts_with("MONOCHROME"))) {
      return fail(ErrorKind::Refused, "pixel.unsupported",
                  "This Photometric Interpretation cannot be masked in deflated frames.");
    }
    Decoded out{layout, {}, false};
    out.layout.frames = 1;
    const std::uint64_t size = data_bytes(out.layout);
    // Writers may make an odd frame even before they deflate it.
    VG_ASSIGN(out.samples, inflate_frame(stream, size + size % 2));
    if (out.samples.size() < size) return inconsistent();
    if (out.samples.size() > size && out.samples.back() != 0) return inconsistent();
    out.samples.resize(size);
    return out;
  }

  Result<std::vector<std::uint8_t>> encode(const Layout&, std::span<const std::uint8_t> samples, std::string_view,
                                           std::string_view) const override {
    return deflate_frame(samples);
  }

  /// What follows the stream goes; decode() has seen that the rest is the picture's size.
  Result<std::vector<std::uint8_t>> clean(std::span<const std::uint8_t> stream) const override {
    constexpr std::uint64_t kDeflateLimit = 1032;  // to 1, by the format
    VG_ASSIGN(const auto samples, inflate_frame(stream, stream.size() * kDeflateLimit));
    return deflate_frame(samples);
  }
};

}  // namespace

const Codec& deflated_frame_codec() {
  static const DeflatedFrameCoder coder;
  static const SampleCodec codec(coder);
  return codec;
}

}  // namespace veilgate::pixel
