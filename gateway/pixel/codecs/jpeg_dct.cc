#include <algorithm>
#include <array>

#include "pixel/beside_pixels.h"
#include "pixel/codecs/codecs.h"
#include "pixel/codecs/fragments.h"
#include "pixel/codecs/jxl_reader.h"
#include "pixel/exif.h"
#include "pixel/jpeg_edit.h"
#include "pixel/jpeg_size.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
constexpr std::string_view kStartOfImage{"\xFF\xD8", 2};
constexpr std::string_view kBaseline = "1.2.840.10008.1.2.4.50";
constexpr std::string_view kExtended = "1.2.840.10008.1.2.4.51";
constexpr std::string_view kPackedInJpegXl = "1.2.840.10008.1.2.4.111";
/// Pixels of an MCU as photographs have it (4:2:0); the few that are larger lose a little more beside what is kept.
constexpr int kMaxMcu = 16;
constexpr dicom::Tag kPhotometric{0x0028, 0x0004};

Result<Layout> read_jpeg_layout(const dicom::File& file) {
  static constexpr std::array<std::string_view, 5> kKnown{"MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL",
                                                          "YBR_FULL_422"};
  VG_ASSIGN(auto layout, read_layout(file));
  if (std::find(kKnown.begin(), kKnown.end(), layout.photometric) == kKnown.end()) {
    return fail(ErrorKind::Refused, "pixel.unsupported", "This Photometric Interpretation cannot be masked in JPEG.");
  }
  if (layout.bits_allocated != 8 || layout.is_signed) {
    return fail(ErrorKind::Permanent, "pixel.inconsistent", "This JPEG process needs 8 unsigned bits.");
  }
  return layout;
}

/// A stream of another size than the attributes say would put every mask in the wrong place.
Result<JpegInfo> inspect(std::span<const std::uint8_t> stream, const Layout& layout, const JpegHints& hints) {
  VG_ASSIGN(const auto info, inspect_jpeg(stream, hints));
  if (info.width == layout.columns && info.height == layout.rows && info.components == layout.samples) return info;
  return fail(ErrorKind::Permanent, "pixel.inconsistent",
              "The JPEG stream's size or components differ from Rows, Columns and Samples per Pixel.");
}

/// How the frames of one transfer syntax hold their JPEG streams: as they are, or packed into JPEG XL, which writes
/// them with fewer bytes and gives them back bit by bit.
struct Packing {
  std::string_view name, syntax, start;
  bool jpeg_xl;
};
constexpr Packing kPlain{"jpeg_dct", kBaseline, kStartOfImage, false};
/// Bare codestreams and box files begin differently.
constexpr Packing kInJpegXl{"jpeg_xl_recompression", kPackedInJpegXl, {}, true};

class JpegDctCodec : public Codec {
 public:
  explicit JpegDctCodec(const Packing& packing) : packing_(packing) {}
  std::string_view name() const override { return packing_.name; }
  std::span<const std::string_view> transfer_syntaxes() const override { return {&packing_.syntax, 1}; }

  int mask_grid() const override { return kMaxMcu; }

  Result<void> decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const override {
    VG_ASSIGN(const auto layout, read_jpeg_layout(file));
    VG_ASSIGN(auto reader, FragmentReader::open(file, layout, packing_.start));
    const JpegHints hints = hints_of(layout);
    std::vector<std::uint8_t> unpacked;
    for (int index = 0; index < layout.frames; ++index) {
      VG_ASSIGN(const auto stream, jpeg_of(reader, index, layout, unpacked));
      VG_TRY(inspect(stream, layout, hints));
      Frame frame;
      frame.index = index;
      VG_ASSIGN(frame.bgr, decode_jpeg(stream, hints));
      VG_TRY(use(frame));
    }
    return {};
  }

  Result<MaskResult> mask(dicom::File& file, const MaskRequest& request) const override {
    VG_ASSIGN(const auto layout, read_jpeg_layout(file));
    VG_ASSIGN(const auto order, by_frame(request.regions, layout));
    VG_ASSIGN(auto reader, FragmentReader::open(file, layout, packing_.start));
    const JpegHints hints = hints_of(layout);
    FragmentWriter writer(request.scratch);
    MaskResult result;
    result.applied.resize(request.regions.size());
    auto next = order.begin();
    std::vector<Box> boxes;
    std::vector<std::uint8_t> unpacked;
    std::uint64_t compressed = 0;
    for (int index = 0; index < layout.frames; ++index) {
      VG_ASSIGN(const auto stream, jpeg_of(reader, index, layout, unpacked));
      VG_ASSIGN(const auto info, inspect(stream, layout, hints));
      compressed += jpeg_picture_bytes(stream);
      if (index == 0) result.exif_orientation = exif_orientation(stream);
      if (packing_.jpeg_xl && index == 0) VG_TRY(tell_colors(file, info, layout));
      boxes.clear();
      for (; next != order.end() && request.regions[*next].frame == index; ++next) {
        boxes.push_back(request.regions[*next].box);
        result.applied[*next] = mcu_box(info, request.regions[*next].box);
      }
      VG_ASSIGN(auto edited, edit_jpeg(stream, boxes, request.style, hints));
      VG_TRY(writer.add(std::move(edited)));
    }
    result.lossy_method = "ISO_10918_1";
    result.style = request.style == Style::Solid ? Style::Solid : Style::Pixelate;
    result.lossy_ratio = compression_ratio(layout, compressed);
    // What is written is sequential with Huffman codes: retired syntaxes, which few can read, become Baseline with the
    // same coefficients. Baseline streams are valid in Extended, so that stays.
    VG_ASSIGN(const Uid syntax, file.transfer_syntax());
    VG_TRY(clean_beside_pixels(file, layout, UsedValues(layout)));
    VG_TRY(writer.commit(file, syntax.str() == kExtended ? kExtended : kBaseline));
    return result;
  }

 private:
  /// What JPEG XL packs has the colours that its stream says, as its decoders see them; the attribute may tell theirs.
  JpegHints hints_of(const Layout& layout) const {
    return {.rgb_if_unmarked = layout.photometric == "RGB" && !packing_.jpeg_xl,
            .inverted = layout.photometric == "MONOCHROME1"};
  }

  /// Valid until the next call.
  Result<std::span<const std::uint8_t>> jpeg_of(FragmentReader& reader, int index, const Layout& layout,
                                                std::vector<std::uint8_t>& unpacked) const {
    VG_ASSIGN(const auto stream, reader.frame(index));
    if (!packing_.jpeg_xl) return stream;
    VG_ASSIGN(unpacked, unpack_jpeg(stream, layout));
    return std::span<const std::uint8_t>(unpacked);
  }

  /// JPEG XL decoders give RGB, and some writers say so; JPEG decoders give what is in the stream.
  static Result<void> tell_colors(dicom::File& file, const JpegInfo& info, const Layout& layout) {
    if (info.components == 1 || info.rgb == (layout.photometric == "RGB")) return {};
    return file.dataset().set_text(kPhotometric, info.rgb ? "RGB" : "YBR_FULL_422");
  }

  const Packing& packing_;
};
}  // namespace

const Codec& jpeg_dct_codec() {
  static const JpegDctCodec codec(kPlain);
  return codec;
}

const Codec& jpeg_xl_recompression_codec() {
  static const JpegDctCodec codec(kInJpegXl);
  return codec;
}

}  // namespace veilgate::pixel
