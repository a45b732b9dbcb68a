#include "pixel/codecs/sample_codec.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pixel/beside_pixels.h"
#include "pixel/codecs/fragments.h"
#include "pixel/render.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {

constexpr dicom::Tag kPhotometric{0x0028, 0x0004};
/// Deflated Image Frame: the one compression made for single bits; each frame begins on a byte.
constexpr std::string_view kPacksBits = "1.2.840.10008.1.2.8.1";

/// What stays the same for all frames of one object.
struct Object {
  Layout layout;
  std::string syntax;
  std::optional<Palette> palette;
};

Result<Object> open(const dicom::File& file) {
  Object object;
  VG_ASSIGN(object.layout, read_layout(file));
  VG_ASSIGN(const Uid syntax, file.transfer_syntax());
  object.syntax = syntax.str();
  if (object.layout.bits_allocated == 1 && object.syntax != kPacksBits) {
    return fail(ErrorKind::Refused, "pixel.unsupported", "Compressed 1-bit pixels cannot be masked.");
  }
  if (object.layout.photometric == "PALETTE COLOR") {
    VG_ASSIGN(object.palette, read_palette(file, object.layout));
  }
  return object;
}

/// The coder's answer, checked: everything after it computes addresses from the layout.
Result<Decoded> decode_frame(const SampleCoder& coder, const Object& object, std::span<const std::uint8_t> stream) {
  VG_ASSIGN(auto decoded, coder.decode(stream, object.layout, object.syntax));
  const Layout& got = decoded.layout;
  const Layout& want = object.layout;
  if (got.rows != want.rows || got.columns != want.columns || got.samples != want.samples || got.frames != 1 ||
      got.bits_allocated != want.bits_allocated || decoded.samples.size() != data_bytes(got)) {
    return fail(ErrorKind::Bug, "pixel.decoder", "A decoder returned samples of another shape than it says.");
  }
  return decoded;
}

/// True when there was something in the bits that carry no sample.
bool clear_hidden_bits(Decoded& decoded) {
  auto cleared = decoded.samples;
  clear_unused_bits(decoded.layout, cleared);
  if (cleared == decoded.samples) return false;
  decoded.samples = std::move(cleared);
  return true;
}

/// Photometric Interpretation of the object once its frames are encoded without loss.
std::string lossless_photometric(const std::string& photometric) {
  if (photometric == "YBR_ICT") return "YBR_RCT";
  if (photometric == "XYB") return "RGB";
  return photometric == "YBR_FULL_422" ? "YBR_FULL" : photometric;
}

Fill fill_of(const Object& object, const Layout& layout) {
  return object.palette ? Fill{object.palette->darkest(layout), 0, 0} : black(layout);
}

}  // namespace

Result<void> SampleCodec::decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const {
  VG_ASSIGN(const auto object, open(file));
  VG_ASSIGN(auto reader, FragmentReader::open(file, object.layout, coder_.start()));
  const auto window = read_window(file);
  for (int index = 0; index < object.layout.frames; ++index) {
    VG_ASSIGN(const auto stream, reader.frame(index));
    VG_ASSIGN(const auto decoded, decode_frame(coder_, object, stream));
    const Frame frame{render(decoded.layout, decoded.samples, 0, window, object.palette ? &*object.palette : nullptr),
                      index};
    VG_TRY(use(frame));
  }
  return {};
}

Result<MaskResult> SampleCodec::mask(dicom::File& file, const MaskRequest& request) const {
  VG_ASSIGN(const auto object, open(file));
  VG_ASSIGN(const auto order, by_frame(request.regions, object.layout));
  VG_ASSIGN(auto reader, FragmentReader::open(file, object.layout, coder_.start()));
  const bool lossless = !order.empty() || !coder_.can_clean();
  const std::string syntax(lossless ? coder_.lossless_syntax(object.syntax) : std::string_view(object.syntax));
  const bool all_anew = syntax != object.syntax || !coder_.can_clean();
  // Without loss there is no ICT, whatever syntax said so.
  const bool contrary = lossless && object.layout.photometric == "YBR_ICT";
  const std::string photometric =
      all_anew || contrary ? lossless_photometric(object.layout.photometric) : object.layout.photometric;
  FragmentWriter writer(request.scratch);
  MaskResult result;
  result.applied.resize(request.regions.size());
  std::uint64_t compressed = 0;
  UsedValues used(object.layout);
  auto next = order.begin();
  for (int index = 0; index < object.layout.frames; ++index) {
    VG_ASSIGN(const auto stream, reader.frame(index));
    VG_ASSIGN(auto decoded, decode_frame(coder_, object, stream));
    compressed += decoded.picture_bytes;
    if (decoded.lossy) result.lossy_method = coder_.lossy_method();
    // Also under a syntax that knows no loss: one object is not half of it.
    const bool stored_anew = all_anew || (decoded.lossy && lossless);
    result.made_lossless = result.made_lossless || (decoded.lossy && stored_anew);
    bool changed = clear_hidden_bits(decoded);
    if (changed && decoded.odd_bits) {
      return fail(ErrorKind::Refused, "pixel.hidden_bits",
                  "The stream's bits per sample contradict Bits Stored and High Bit.");
    }
    if (changed && decoded.lossy && !stored_anew) {
      return fail(ErrorKind::Refused, "pixel.hidden_bits", "A lossy frame carries bits beyond Bits Stored.");
    }
    changed = changed || (decoded.recode && !decoded.lossy);
    for (; next != order.end() && request.regions[*next].frame == index; ++next) {
      result.applied[*next] = burn(decoded.layout, decoded.samples, 0, request.regions[*next].box, request.style,
                                   fill_of(object, decoded.layout));
      changed = true;
    }
    result.style = painted_style(decoded.layout, request.style);
    used.add(decoded.layout, decoded.samples);
    auto written = changed || stored_anew ? coder_.encode(decoded.layout, decoded.samples, syntax, photometric)
                                          : coder_.clean(stream);
    if (!written) return fail(written.error());
    VG_TRY(writer.add(std::move(*written)));
  }
  if (!result.lossy_method.empty()) result.lossy_ratio = compression_ratio(object.layout, compressed);
  if (photometric != object.layout.photometric) VG_TRY(file.dataset().set_text(kPhotometric, photometric));
  VG_TRY(clean_beside_pixels(file, object.layout, used));
  VG_TRY(writer.commit(file, syntax));
  return result;
}

}  // namespace veilgate::pixel
