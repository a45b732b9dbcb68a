#include <openjph/ojph_arch.h>
#include <openjph/ojph_codestream.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_message.h>
#include <openjph/ojph_params.h>

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>

#include "pixel/codecs/codecs.h"
#include "pixel/codecs/j2k_samples.h"

namespace veilgate::pixel {
namespace {
constexpr std::string_view kLossless = "1.2.840.10008.1.2.4.201";
constexpr std::string_view kLosslessRpcl = "1.2.840.10008.1.2.4.202";
constexpr std::string_view kAny = "1.2.840.10008.1.2.4.203";
/// PS3.5 10.18: the lowest resolution of an RPCL codestream is a thumbnail of this width or height at most.
constexpr int kThumbnailSide = 64;

// OpenJPH's handlers have no virtual destructor; these live as long as the process.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
/// OpenJPH's own handlers print; errors must throw, since its code goes on otherwise.
class Silence final : public ojph::message_info {
  void operator()(int, const char*, int, const char*, ...) override {}
};
class SilentWarning final : public ojph::message_warning {
  void operator()(int, const char*, int, const char*, ...) override {}
};
class ThrownError final : public ojph::message_error {
  void operator()(int, const char*, int, const char*, ...) override { throw std::runtime_error("encoder"); }
};
#pragma GCC diagnostic pop

void silence_openjph() {
  static Silence info;
  static SilentWarning warning;
  static ThrownError error;
  static const bool done = [] {
    ojph::configure_info(&info);
    ojph::configure_warning(&warning);
    ojph::configure_error(&error);
    return true;
  }();
  static_cast<void>(done);
}

class Sink final : public ojph::outfile_base {
 public:
  std::size_t write(const void* from, std::size_t size) override {
    const auto* bytes = static_cast<const std::uint8_t*>(from);
    bytes_.insert(bytes_.end(), bytes, bytes + size);
    return size;
  }
  ojph::si64 tell() override { return static_cast<ojph::si64>(bytes_.size()); }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

void set_parameters(ojph::codestream& codestream, const Layout& layout, bool transform) {
  const auto columns = static_cast<ojph::ui32>(layout.columns), rows = static_cast<ojph::ui32>(layout.rows);
  auto size = codestream.access_siz();
  size.set_image_extent(ojph::point(columns, rows));
  size.set_num_components(static_cast<ojph::ui32>(layout.samples));
  for (int c = 0; c < layout.samples; ++c) {
    size.set_component(static_cast<ojph::ui32>(c), ojph::point(1, 1), static_cast<ojph::ui32>(layout.high_bit + 1),
                       layout.is_signed);
  }
  int levels = levels_for(layout);
  while ((std::min(layout.columns, layout.rows) + (1 << levels) - 1) >> levels > kThumbnailSide) ++levels;
  auto coding = codestream.access_cod();
  coding.set_num_decomposition(static_cast<ojph::ui32>(levels));
  coding.set_block_dims(64, 64);
  coding.set_progression_order("RPCL");
  coding.set_color_transform(transform);
  coding.set_reversible(true);
  codestream.set_planar(!transform);
}

void push_lines(ojph::codestream& codestream, const Layout& layout, std::span<const std::uint8_t> samples) {
  std::vector<std::vector<std::int32_t>> values;
  for (int c = 0; c < layout.samples; ++c) values.push_back(component_values(layout, samples, c));
  const auto columns = static_cast<std::size_t>(layout.columns);
  std::vector<std::size_t> line_of(values.size());
  ojph::ui32 component = 0;
  ojph::line_buf* line = codestream.exchange(nullptr, component);
  for (std::size_t left = columns == 0 ? 0 : values.size() * static_cast<std::size_t>(layout.rows); left > 0; --left) {
    const auto row = line_of.at(component)++;
    std::copy_n(values.at(component).begin() + static_cast<std::ptrdiff_t>(row * columns), columns, line->i32);
    line = codestream.exchange(line, component);
  }
}

/// OpenJPEG 2.5 decodes: its parser and HT decoder are the fuzzed ones, OpenJPH 0.9 trusts its input. It cannot encode
/// HT, which OpenJPH does.
class Htj2kCoder final : public SampleCoder {
 public:
  std::string_view name() const override { return "htj2k"; }

  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 3> kSyntaxes{kLossless, kLosslessRpcl, kAny};
    return kSyntaxes;
  }

  std::string_view start() const override { return {"\xFF\x4F\xFF\x51", 4}; }
  std::string_view lossy_method() const override { return "ISO_15444_15"; }
  std::string_view lossless_syntax(std::string_view syntax) const override {
    return syntax == kLosslessRpcl ? kLosslessRpcl : kLossless;
  }

  Result<Decoded> decode(std::span<const std::uint8_t> stream, const Layout& layout,
                         std::string_view syntax) const override {
    return decode_j2k(stream, layout, {.high_throughput = true, .lossless_only = syntax != kAny});
  }

  Result<std::vector<std::uint8_t>> encode(const Layout& layout, std::span<const std::uint8_t> samples,
                                           std::string_view syntax, std::string_view photometric) const override {
    VG_ASSIGN(const bool transform, needs_color_transform(layout, photometric));
    silence_openjph();
    Sink sink;
    try {
      ojph::codestream codestream;
      set_parameters(codestream, layout, transform);
      codestream.write_headers(&sink);
      push_lines(codestream, layout, samples);
      codestream.flush();
      codestream.close();
    } catch (const std::exception&) {
      return fail(ErrorKind::Permanent, "pixel.encode", "The masked frame could not be stored as HTJ2K.");
    } catch (const char*) {  // how OpenJPH says that memory ran out
      return fail(ErrorKind::Transient, "pixel.memory", "There was not enough memory to encode.");
    }
    // OpenJPH signs its work in a comment, and does not write the tile-part lengths that RPCL demands.
    VG_ASSIGN(auto cleaned,
              read_j2k(sink.bytes(), syntax == kLosslessRpcl ? TileLengths::Present : TileLengths::AsFound));
    return std::move(cleaned.bytes);
  }

  Result<std::vector<std::uint8_t>> clean(std::span<const std::uint8_t> stream) const override {
    VG_ASSIGN(auto cleaned, read_j2k(stream));
    return std::move(cleaned.bytes);
  }
};
}  // namespace

const Codec& htj2k_codec() {
  static const Htj2kCoder coder;
  static const SampleCodec codec(coder);
  return codec;
}

}  // namespace veilgate::pixel
