#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "base/types.h"
#include "dicom/dataset.h"
#include "pixel/frame.h"

namespace veilgate::pixel {

/// How masked pixels look. Solid hides everything: black as displayed. Pixelate and Blur leave traces and are weaker;
/// they keep at most 6 x 6 colours of a box. Where they have no path they fall back to something stronger:
///   RGB, YBR_FULL, MONOCHROME of 8 unsigned bits, native or from a codec of samples   Pixelate, Blur
///   other bits (1, 12, 16, fewer stored than allocated), signed, PALETTE, native YBR_FULL_422   both become Solid
///   JPEG with DCT, 8 bits (also out of JPEG XL)   Pixelate on cells of 4x4 MCUs or more; Blur becomes Pixelate
///   video   both become Solid
enum class Style { Solid, Pixelate, Blur };

/// What masking needs besides the object.
struct MaskRequest {
  std::span<const Region> regions;  ///< final boxes in stored pixels, any frame, any order
  Style style = Style::Solid;
  /// Folder for pixel data too large for memory; files there have no name and vanish with the process.
  std::filesystem::path scratch = ".";
};

/// What a codec did to the pixel data, for the attributes that must tell the truth about it. No codec but video's ever
/// compresses with loss what was decoded.
struct MaskResult {
  std::vector<Box> applied;  ///< really masked per region (grown to blocks), in the order given; empty if off the frame
  /// Term of Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1) for the compression in which the pixels arrived,
  /// empty when it was lossless: native pixels may have been lossy before, which only their attributes know.
  std::string_view lossy_method;
  double lossy_ratio =
      0;  ///< of that compression, uncompressed to compressed picture (no EXIF, no padding); 0 when there was none
  int exif_orientation = 1;  ///< of the first frame, as its stream said (1 to 8, see exif.h); it is gone now
  /// The lossy stream was decoded and stored anew without loss, in another transfer syntax unless it was labelled as
  /// lossless before.
  bool made_lossless = false;
  Style style = Style::Solid;  ///< what was painted: as asked, or what it fell back to
  /// Decoded and compressed with loss again, whatever was masked: how, and uncompressed to compressed size. Empty for
  /// everything but video.
  std::string_view recompressed_method = {};
  double recompressed_ratio = 0;
};

/// One transfer syntax family. One file per family under codecs/, one line in codec_table().
class Codec {
 public:
  virtual ~Codec() = default;
  virtual std::string_view name() const = 0;
  virtual std::span<const std::string_view> transfer_syntaxes() const = 0;
  /// Whether frames follow each other so closely in time that what one shows tells of its neighbours.
  virtual bool is_time_series() const { return false; }
  /// Masks grow to whole cells of so many pixels a side.
  virtual int mask_grid() const { return 1; }
  /// Calls `use` for each frame in order; only one frame is in memory. Errors: Permanent (broken stream), Refused
  /// "pixel.unsupported" (bit depth or photometric interpretation that cannot be shown or masked yet).
  virtual Result<void> decode(dicom::File& file, const std::function<Result<void>(const Frame&)>& use) const = 0;
  /// Masks in place. Always cleans the codestream (APPn, COM, boxes, trailing bytes, bits that carry no sample), also
  /// without regions. Pixels outside keep their exact values. File, Photometric Interpretation and transfer syntax
  /// agree with the new pixel data afterwards. Bug "pixel.bad_region" for a frame that does not exist. After an error
  /// the file must not be used.
  virtual Result<MaskResult> mask(dicom::File& file, const MaskRequest& request) const = 0;
};

/// Every codec; the receiver's accepted transfer syntaxes and the pipeline derive from it.
std::span<const Codec* const> codec_table();
/// nullptr when the syntax cannot be masked yet.
const Codec* find_codec(std::string_view transfer_syntax_uid);

/// Whether the object carries pixel data of any kind, also kinds that read_layout refuses.
bool has_pixels(const dicom::File& file);
/// Reads and checks the Image Pixel Module. Permanent when inconsistent, Refused "pixel.absent" when the object has no
/// pixel data.
Result<Layout> read_layout(const dicom::File& file);

}  // namespace veilgate::pixel
