#include <array>

#include "pixel/codecs/codecs.h"
#include "pixel/codecs/j2k_samples.h"

namespace veilgate::pixel {
namespace {
constexpr std::string_view kLossless = "1.2.840.10008.1.2.4.90";
constexpr std::string_view kPart2Lossless = "1.2.840.10008.1.2.4.92";
constexpr std::string_view kPart2 = "1.2.840.10008.1.2.4.93";

class Jpeg2000Coder final : public SampleCoder {
 public:
  std::string_view name() const override { return "jpeg2000"; }

  std::span<const std::string_view> transfer_syntaxes() const override {
    // .92 and .93 only where the codestreams use nothing of Part 2.
    static constexpr std::array<std::string_view, 4> kSyntaxes{kLossless, "1.2.840.10008.1.2.4.91", kPart2Lossless,
                                                               kPart2};
    return kSyntaxes;
  }

  std::string_view start() const override { return {"\xFF\x4F\xFF\x51", 4}; }
  std::string_view lossy_method() const override { return "ISO_15444_1"; }
  std::string_view lossless_syntax(std::string_view) const override { return kLossless; }

  Result<Decoded> decode(std::span<const std::uint8_t> stream, const Layout& layout,
                         std::string_view syntax) const override {
    return decode_j2k(stream, layout,
                      {.lossless_only = syntax == kLossless || syntax == kPart2Lossless,
                       .part2 = syntax == kPart2Lossless || syntax == kPart2});
  }

  Result<std::vector<std::uint8_t>> encode(const Layout& layout, std::span<const std::uint8_t> samples,
                                           std::string_view, std::string_view photometric) const override {
    return encode_j2k(layout, samples, photometric);
  }

  Result<std::vector<std::uint8_t>> clean(std::span<const std::uint8_t> stream) const override {
    VG_ASSIGN(auto cleaned, read_j2k(stream));
    return std::move(cleaned.bytes);
  }
};
}  // namespace

const Codec& jpeg2000_codec() {
  static const Jpeg2000Coder coder;
  static const SampleCodec codec(coder);
  return codec;
}

}  // namespace veilgate::pixel
