#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/region.h"
#include "base/result.h"
#include "evaluate/outline.h"

namespace veilgate::evaluate {

/// What a person drew on a picture, in stored pixels.
struct TruthBox {
  Box box;
  std::optional<RegionKind> kind;  ///< nullopt only with `ignored`: whatever is found there is neither right nor wrong
  bool ignored = false;            ///< too small or illegible: neither a miss nor a false alarm
  bool keep = false;               ///< must not be masked: a ruler's digits, a colour patch, a lesion
  std::string what{};              ///< the truth's own word for it: "digit"; may be empty
  Outline outline{};               ///< of the thing itself inside the box; empty: the box is all that is known
  bool operator==(const TruthBox&) const = default;
};

struct Truth {
  /// By path relative to the folder of pictures, "/" between folders; frame n (from 2) of a multi-frame object is
  /// "file#n". A name without boxes is a picture on which a person found nothing.
  std::map<std::string, std::vector<TruthBox>> boxes;
  /// Kinds that the truth says it labels everywhere (categories of COCO); empty: see labelled_kinds().
  std::vector<RegionKind> declared;

  /// Kinds that are labelled on this picture: declared ones, else those that occur anywhere in its folder.
  std::vector<RegionKind> labelled_kinds(std::string_view file) const;
};

/// CSV with the columns file,x,y,w,h,kind and perhaps what and outline (kind = face | text | barcode | label | ignore,
/// one of the four with _ignore, or keep for what no mask may hide; outline = "x y x y ...", the corners of what is
/// slanted or bent; a row with a file alone is a picture without anything), or COCO JSON (images, annotations with bbox
/// and perhaps polygons as segmentation, categories of these names; iscrowd means ignore) when the name ends in .json.
/// Config errors name the line or the annotation.
Result<Truth> read_truth(const std::filesystem::path& file);
Result<Truth> truth_from_csv(std::string_view text);
Result<Truth> truth_from_coco(std::string_view text);

/// "face", "text_ignore", "ignore", "keep"...; nullopt for any other word.
std::optional<TruthBox> truth_kind(std::string_view word);
/// x, y, w, h as written, rounded outwards to whole pixels; nullopt when they are no sane box.
std::optional<Box> truth_box(double x, double y, double w, double h);

}  // namespace veilgate::evaluate
