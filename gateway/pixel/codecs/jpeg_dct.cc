#include <algorithm>
#include <array>

#include "pixel/beside_pixels.h"
#include "pixel/codecs/codecs.h"
#include "pixel/codecs/fragments.h"
#include "pixel/exif.h"
#include "pixel/jpeg_edit.h"
#include "pixel/jpeg_size.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {
constexpr std::string_view kStartOfImage{"\xFF\xD8", 2};
constexpr std::string_view kBaseline = "1.2.840.10008.1.2.4.50";
constexpr std::string_view kExtended = "1.2.840.10008.1.2.4.51";

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

JpegHints hints_of(const Layout& layout) {
  return {.rgb_if_unmarked = layout.photometric == "RGB", .inverted = layout.photometric == "MONOCHROME1"};
}

/// A stream of another size than the attributes say would put every mask in the wrong place.
Result<JpegInfo> inspect(std::span<const std::uint8_t> stream, const Layout& layout) {
  VG_ASSIGN(const auto info, inspect_jpeg(stream, hints_of(layout)));
  if (info.width == layout.columns && info.height == layout.rows && info.components == layout.samples) return info;
  return fail(ErrorKind::Permanent, "pixel.inconsistent",
              "The JPEG stream's size or components differ from Rows, Columns and Samples per Pixel.");
}

class JpegDctCodec : public Codec {
 public:
  std::string_view name() const override { return "jpeg_dct"; }

  std::span<const std::string_view> transfer_syntaxes() const override {
    static constexpr std::array<std::string_view, 1> kSyntaxes{kBaseline};
    return kSyntaxes;
  }

  Result<void> decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const override {
    VG_ASSIGN(const auto layout, read_jpeg_layout(file));
    VG_ASSIGN(auto reader, FragmentReader::open(file, layout, kStartOfImage));
    for (int index = 0; index < layout.frames; ++index) {
      VG_ASSIGN(const auto stream, reader.frame(index));
      VG_TRY(inspect(stream, layout));
      Frame frame;
      frame.index = index;
      VG_ASSIGN(frame.bgr, decode_jpeg(stream, hints_of(layout)));
      VG_TRY(use(frame));
    }
    return {};
  }

  Result<MaskResult> mask(dicom::File& file, const MaskRequest& request) const override {
    VG_ASSIGN(const auto layout, read_jpeg_layout(file));
    VG_ASSIGN(const auto order, by_frame(request.regions, layout));
    VG_ASSIGN(auto reader, FragmentReader::open(file, layout, kStartOfImage));
    FragmentWriter writer(request.scratch);
    MaskResult result;
    result.applied.resize(request.regions.size());
    auto next = order.begin();
    std::vector<Box> boxes;
    std::uint64_t compressed = 0;
    for (int index = 0; index < layout.frames; ++index) {
      VG_ASSIGN(const auto stream, reader.frame(index));
      VG_ASSIGN(const auto info, inspect(stream, layout));
      compressed += jpeg_picture_bytes(stream);
      if (index == 0) result.exif_orientation = exif_orientation(stream);
      boxes.clear();
      for (; next != order.end() && request.regions[*next].frame == index; ++next) {
        boxes.push_back(request.regions[*next].box);
        result.applied[*next] = mcu_box(info, request.regions[*next].box);
      }
      VG_ASSIGN(auto edited, edit_jpeg(stream, boxes, request.style, hints_of(layout)));
      VG_TRY(writer.add(std::move(edited)));
    }
    result.lossy_method = "ISO_10918_1";
    result.lossy_ratio = compression_ratio(layout, compressed);
    // What is written is sequential with Huffman codes: retired syntaxes, which few can read, become Baseline with the
    // same coefficients. Baseline streams are valid in Extended, so that stays.
    VG_ASSIGN(const Uid syntax, file.transfer_syntax());
    VG_TRY(clean_beside_pixels(file, layout, UsedValues(layout)));
    VG_TRY(writer.commit(file, syntax.str() == kExtended ? kExtended : kBaseline));
    return result;
  }
};
}  // namespace

const Codec& jpeg_dct_codec() {
  static const JpegDctCodec codec;
  return codec;
}

}  // namespace veilgate::pixel
