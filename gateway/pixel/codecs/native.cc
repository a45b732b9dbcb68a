#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfcache.h>
#include <dcmtk/dcmdata/dctk.h>

#include <array>
#include <optional>

#include "base/limits.h"
#include "dicom/scratch_stream.h"
#include "pixel/beside_pixels.h"
#include "pixel/codecs/codecs.h"
#include "pixel/codecs/fragments.h"
#include "pixel/render.h"
#include "pixel/samples.h"

namespace veilgate::pixel {
namespace {

/// Of compressed frames (PS3.3 C.7.6.3.1.8): here they point at nothing.
constexpr std::array<dicom::Tag, 3> kOffsetTables{{{0x7FE0, 0x0001}, {0x7FE0, 0x0002}, {0x7FE0, 0x0003}}};

tl::unexpected<Error> inconsistent(std::string message) {
  return fail(ErrorKind::Permanent, "pixel.inconsistent", std::move(message));
}
tl::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorKind::Refused, "pixel.unsupported", std::move(message));
}

Result<void> check_layout(const Layout& layout) {
  static constexpr std::array<std::string_view, 6> kKnown{"RGB",         "YBR_FULL",    "YBR_FULL_422",
                                                          "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"};
  if (std::find(kKnown.begin(), kKnown.end(), layout.photometric) == kKnown.end()) {
    return unsupported("This Photometric Interpretation cannot be masked uncompressed.");
  }
  if (is_subsampled(layout)) {
    if (layout.bits_allocated != 8 || layout.bits_stored != 8) return unsupported("YBR_FULL_422 needs 8-bit samples.");
    if (layout.planar || layout.columns % 2 != 0) {
      return inconsistent("Uncompressed YBR_FULL_422 needs an even number of columns and interleaved samples.");
    }
  }
  if (layout.photometric == "PALETTE COLOR" && layout.bits_allocated == 1) {
    return unsupported("A palette with 1-bit pixels cannot be masked.");
  }
  return {};
}

DcmPixelData* pixel_element(dicom::File& file) {
  DcmElement* element = nullptr;
  if (file.dataset().native()->findAndGetElement(DCM_PixelData, element).bad()) return nullptr;
  return dynamic_cast<DcmPixelData*>(element);
}

/// Samples in memory as DCMTK holds them, 16-bit ones in machine order; the only copy.
Result<std::uint8_t*> sample_memory(DcmPixelData& pixels, const Layout& layout) {
  if (layout.bits_allocated == 16) {
    Uint16* words = nullptr;
    if (pixels.getUint16Array(words).good() && words != nullptr)
      return static_cast<std::uint8_t*>(static_cast<void*>(words));
  } else {
    Uint8* bytes = nullptr;
    if (pixels.getUint8Array(bytes).good() && bytes != nullptr) return bytes;
  }
  return fail(ErrorKind::Permanent, "pixel.unreadable", "The pixel data could not be read.");
}

/// Uncompressed pixel data of one object, checked against its Image Pixel Module.
struct Native {
  Layout layout;
  DcmPixelData* element = nullptr;
  std::uint8_t* memory = nullptr;  ///< only after load()
  std::uint64_t present = 0;       ///< bytes in the element
  std::uint64_t needed = 0;        ///< bytes of all frames
  std::optional<Palette> palette;
  std::span<std::uint8_t> data() const { return {memory, needed}; }
  /// Frames of single bits may begin within a byte: those are only handled together.
  bool frames_begin_on_bytes() const { return frame_bits(layout) % 8 == 0; }
  Layout one_frame() const {
    Layout one = layout;
    one.frames = 1;
    return one;
  }
  Fill fill() const { return palette ? Fill{palette->darkest(layout), 0, 0} : black(layout); }
};

Result<void> check_length(const Native& native) {
  if (native.present < native.needed)
    return inconsistent("The pixel data are shorter than rows, columns and frames say.");
  // Some writers store 4:4:4 under this label; two thirds of it would be shown, scrambled, and masks would miss.
  if (is_subsampled(native.layout) && native.present - native.needed >= 2) {
    return inconsistent("The pixel data are longer than YBR_FULL_422 takes: they may not be subsampled.");
  }
  // A whole frame too much is a wrong header (or a picture nobody would look at), not padding.
  const std::uint64_t frame = frame_bits(native.layout) / 8;
  if (native.present - native.needed >= std::max<std::uint64_t>(frame, 2)) {
    return inconsistent("The pixel data are longer than rows, columns and frames say.");
  }
  return {};
}

Result<Native> open(dicom::File& file) {
  Native native;
  VG_ASSIGN(native.layout, read_layout(file));
  VG_TRY(check_layout(native.layout));
  native.element = pixel_element(file);
  if (native.element == nullptr) return inconsistent("Pixel Data is not readable as pixel data.");
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter* parameter = nullptr;
  native.element->getOriginalRepresentationKey(syntax, parameter);
  if (DcmXfer(syntax).isEncapsulated())
    return inconsistent("The transfer syntax is uncompressed, the pixel data are not.");
  if (native.layout.bits_allocated == 16 && syntax == EXS_BigEndianExplicit && native.element->getVR() == EVR_OB) {
    return unsupported("16-bit pixels as OB in big endian have no defined byte order.");
  }
  if (native.layout.photometric == "PALETTE COLOR") {
    VG_ASSIGN(native.palette, read_palette(file, native.layout));
  }
  native.present = native.element->getLength();
  native.needed = data_bytes(native.layout);
  VG_TRY(check_length(native));
  return native;
}

Result<void> load(Native& native) {
  VG_ASSIGN(native.memory, sample_memory(*native.element, native.layout));
  return {};
}

/// Reads frame by frame what lies on disk, 16-bit samples in machine order as well.
class FrameSource {
 public:
  explicit FrameSource(const Native& native) : native_(native), buffer_(frame_bits(native.layout) / 8) {}
  /// Valid until the next call.
  Result<std::span<std::uint8_t>> frame(int index) {
    const auto at = buffer_.size() * static_cast<std::uint64_t>(index);
    // DCMTK keeps lengths in 32 bits, and check_length() has compared with that length.
    if (native_.element
            ->getPartialValue(buffer_.data(), static_cast<Uint32>(at), static_cast<Uint32>(buffer_.size()), &cache_,
                              gLocalByteOrder)
            .bad()) {
      return fail(ErrorKind::Permanent, "pixel.unreadable", "The pixel data could not be read.");
    }
    return std::span(buffer_);
  }

 private:
  const Native& native_;
  std::vector<std::uint8_t> buffer_;
  DcmFileCache cache_;
};

/// Drops what follows the last frame and zeroes the pad byte.
Result<void> cut(Native& native) {
  const std::uint64_t padded = native.needed + native.needed % 2;
  if (native.present > padded) {
    // DCMTK frees the old value before it copies the new one, so the rest has to lie elsewhere for a moment.
    std::vector<std::uint8_t> kept(native.memory, native.memory + native.needed);
    kept.resize(padded, 0);
    const auto done = native.layout.bits_allocated == 16
                          ? native.element->putUint16Array(static_cast<Uint16*>(static_cast<void*>(kept.data())),
                                                           static_cast<unsigned long>(padded / 2))
                          : native.element->putUint8Array(kept.data(), static_cast<unsigned long>(padded));
    if (done.bad()) return fail(ErrorKind::Transient, "pixel.memory", "The pixel data could not be shortened.");
    VG_ASSIGN(native.memory, sample_memory(*native.element, native.layout));
    return {};
  }
  if (native.present > native.needed) native.memory[native.needed] = 0;
  return {};
}

class NativeCodec : public Codec {
 public:
  std::string_view name() const override { return "native"; }

  std::span<const std::string_view> transfer_syntaxes() const override {
    // Implicit LE, Explicit LE, Explicit BE, Explicit LE deflated.
    static constexpr std::array<std::string_view, 4> kSyntaxes{"1.2.840.10008.1.2", "1.2.840.10008.1.2.1",
                                                               "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"};
    return kSyntaxes;
  }

  Result<void> decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const override {
    VG_ASSIGN(Native native, open(file));
    const auto window = read_window(file);
    const auto* palette = native.palette ? &*native.palette : nullptr;
    if (!native.frames_begin_on_bytes()) {
      VG_TRY(load(native));
      for (int index = 0; index < native.layout.frames; ++index) {
        VG_TRY(use({render(native.layout, native.data(), index, window, palette), index}));
      }
      return {};
    }
    FrameSource source(native);
    for (int index = 0; index < native.layout.frames; ++index) {
      VG_ASSIGN(const auto data, source.frame(index));
      VG_TRY(use({render(native.one_frame(), data, 0, window, palette), index}));
    }
    return {};
  }

  Result<MaskResult> mask(dicom::File& file, const MaskRequest& request) const override {
    VG_ASSIGN(Native native, open(file));
    const bool through_disk = native.needed > limits::kMaxPixelBytesInMemory && native.frames_begin_on_bytes();
    UsedValues used(native.layout);
    VG_ASSIGN(auto result, through_disk ? mask_on_disk(native, request, used) : mask_in_memory(native, request, used));
    result.style = painted_style(native.layout, request.style);
    VG_TRY(clean_beside_pixels(file, native.layout, used));
    for (const dicom::Tag tag : kOffsetTables) file.dataset().remove(tag);
    return result;
  }

 private:
  static Result<MaskResult> mask_in_memory(Native& native, const MaskRequest& request, UsedValues& used) {
    VG_ASSIGN(const auto order, by_frame(request.regions, native.layout));
    VG_TRY(load(native));
    VG_TRY(cut(native));
    clear_unused_bits(native.layout, native.data());
    MaskResult result;
    result.applied.resize(order.size());
    for (const auto index : order) {
      const Region& region = request.regions[index];
      result.applied[index] =
          burn(native.layout, native.data(), region.frame, region.box, request.style, native.fill());
    }
    used.add(native.layout, native.data());
    return result;
  }

  /// Frame by frame into a scratch file, from which the object is saved later.
  static Result<MaskResult> mask_on_disk(Native& native, const MaskRequest& request, UsedValues& used) {
    VG_ASSIGN(const auto order, by_frame(request.regions, native.layout));
    VG_ASSIGN(const auto scratch, ScratchFile::create(request.scratch));
    const Layout one = native.one_frame();
    MaskResult result;
    result.applied.resize(order.size());
    FrameSource source(native);
    auto next = order.begin();
    for (int index = 0; index < native.layout.frames; ++index) {
      VG_ASSIGN(const auto data, source.frame(index));
      clear_unused_bits(one, data);
      for (; next != order.end() && request.regions[*next].frame == index; ++next) {
        result.applied[*next] = burn(one, data, 0, request.regions[*next].box, request.style, native.fill());
      }
      used.add(one, data);
      VG_TRY(scratch->append(data));
    }
    constexpr std::uint8_t kPad = 0;
    if (native.needed % 2 != 0) VG_TRY(scratch->append(std::span(&kPad, 1)));
    if (native.element
            ->createValueFromTempFile(new dicom::ScratchStreamFactory(scratch, 0), static_cast<Uint32>(scratch->size()),
                                      gLocalByteOrder)
            .bad()) {
      return fail(ErrorKind::Bug, "pixel.commit", "The masked pixel data could not be put in place.");
    }
    return result;
  }
};
}  // namespace

const Codec& native_codec() {
  static const NativeCodec codec;
  return codec;
}

}  // namespace veilgate::pixel
