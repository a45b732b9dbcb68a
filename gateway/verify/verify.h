#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "base/types.h"
#include "dicom/dataset.h"
#include "dicom/plain_file.h"
#include "pixel/frame.h"

namespace veilgate::verify {

/// Something that should not be in the output. PHI-free: says where and what kind, never the value.
struct Finding {
  std::string code;   ///< "verify.attribute", "verify.identifier", "verify.face", "verify.text", "verify.barcode",
                      ///< "verify.structure", "verify.label", "verify.protected", "verify.mask"
  std::string where;  ///< "(0010,0010)", "byte 1203", "frame 0 at 120,40 80x30, thumbnail"
  bool approvable = false;  ///< a person may release it after looking (pixel findings); attribute findings never
  std::optional<Region> region = std::nullopt;  ///< of a pixel finding, in stored pixels
};

/// A value of the input to look for.
struct Needle {
  std::string text;   ///< UTF-8; PHI: never printed
  std::string place;  ///< "(0010,0010)"
};

/// Searches the bytes for every needle in every text form: UTF-8, Latin-1, UTF-16 and UTF-32 LE/BE, hexadecimal and
/// base64 (six characters and more), case folded, name parts
/// and orders, dates in usual notations, identifiers without separators. Needles too short or too common to mean
/// anything (under 3 letters, "M", "OTHER", code words of the standard) are skipped. `pixel_bytes` (offset, length
/// ranges of pixel data) are skipped for needles under 6 characters, where chance hits would drown the signal.
std::vector<Finding> search_identifiers(std::span<const std::uint8_t> file_bytes,
                                        std::span<const std::pair<std::size_t, std::size_t>> pixel_ranges,
                                        std::span<const Needle> needles);

/// Offset and length of Pixel Data values (native or fragments) in a Part 10 file's bytes; empty when there are none
/// or the structure cannot be walked (then every needle is searched everywhere).
std::vector<std::pair<std::size_t, std::size_t>> pixel_ranges(std::span<const std::uint8_t> file_bytes);

/// How a part of the output is shown: each view has looks of its own.
enum class View {
  Full,      ///< the frame
  Mirrored,  ///< the frame mirrored left to right, about 1 megapixel
  Preview,   ///< a thumbnail or recompressed preview, at most half a megapixel
  FaceEdge,  ///< the surroundings of masked faces, about as large as the face networks' inputs
  TextEdge,  ///< the surroundings of all other masks, lines about as high as the text networks read best
};
/// Detector on the output, as verify needs it; bound to detect::Ensemble by the worker. Regions in the pixels of what
/// it is shown.
using DetectView = std::function<Result<std::vector<Region>>(const pixel::Frame&, View)>;

/// What masking says it did.
struct Masks {
  std::span<const Region> burned = {};
  std::span<const Region> to_hide = {};  ///< what had to come under them
  double least_hidden = 0.98;            ///< share of each of `to_hide`
  bool solid = true;                     ///< otherwise something may show under masks, and nothing there is excused
};

/// Judges one frame of the output, in full-frame coordinates:
/// - each solid mask is of one colour, and nothing that had to be hidden lies beside it ("verify.mask");
/// - nothing is seen at full size, mirrored, in thumbnails (50 %, 25 %, 12 %), in a JPEG-recompressed preview and
/// around
///   the edges of masks. What mostly lies under masks that really are of one colour is their own trace, and ignored,
///   except a face with an eye beside them. Views that would show the networks the same pixels are looked at once.
/// Regions for which `excused` (when given) says yes are meant to be seen.
Result<std::vector<Finding>> check_pixels(const pixel::Frame& output, const Masks& masks, const DetectView& detect,
                                          const std::function<bool(const Region&)>& excused = {});

enum class PrivateAttributes { Refused, LeftToProfile };

/// Structure of the output file: zero preamble, our file meta only, nothing after the last element, no icon, no
/// overlays, no private attributes (unless the profile answers for them), nothing in a
/// compressed frame but the picture (no comments, application segments other than JFIF, Adobe, ICC, trailing bytes).
Result<std::vector<Finding>> check_structure(const dicom::PlainFile& output, PrivateAttributes allowed);

}  // namespace veilgate::verify
